/* The handshake of Python's multiprocessing.connection, in which each side proves to the other that it has the key. */
#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include "channels.h"

/* With the channel's key, which it must have. Fails with `timeout` after 5 s, or at the deadline. */
bool shake_hands(struct channel *channel, uint64_t deadline);

#endif
