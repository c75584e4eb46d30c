/* Messages: one in, one out, whatever carries them. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "channels.h"

enum outcome { MESSAGE, END, FAILED };

struct message {
    unsigned char *bytes;
    size_t length;
};

/*
 * The message stays in the channel's buffer, and is given again, until it is consumed. What has come of it by the deadline, a moment of
 * waiting.h, stays too.
 */
enum outcome receive_message(struct channel *channel, uint64_t deadline, struct message *message);
void consume_message(struct channel *channel);

bool send_message(struct channel *channel, unsigned char *payload, size_t length);

/*
 * Room for `needed` bytes from the channel's first unconsumed byte on, and for at least one byte to read. A buffer that is too short grows
 * to `growth` bytes, or to `needed` if that is more.
 */
bool make_room(struct channel *channel, size_t needed, size_t growth);

enum { RECEIVE_BUFFER_SIZE = 65536 }; /* what a pipe holds, so one read empties it */

#endif
