/* Messages in a stream of bytes, which need a framing. */
#ifndef STREAMS_H
#define STREAMS_H

#include "messages.h"

enum outcome receive_frame(struct channel *channel, uint64_t deadline, struct message *message);
bool send_frame(struct channel *channel, unsigned char *payload, size_t length);

#endif
