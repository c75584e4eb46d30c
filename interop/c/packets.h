/* Messages whose bounds the system keeps: unix-seqpacket and unix-datagram. */
#ifndef PACKETS_H
#define PACKETS_H

#include "messages.h"

enum outcome receive_packet(struct channel *channel, uint64_t deadline, struct message *message);
bool send_packet(struct channel *channel, const unsigned char *payload, size_t length);

#endif
