/* Sockets: listening without harm to who listens already, accepting, connecting. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "addresses.h"

/* `chosen_port` becomes the port that the system chose, or stays 0. `text` is the address as it was given. */
bool open_listener(struct channel *channel, const struct socket_address *address, const char *text, unsigned *chosen_port);
bool open_connection(struct channel *channel, const struct socket_address *address, const char *text);
bool accept_peer(struct channel *channel, uint64_t deadline);

#endif
