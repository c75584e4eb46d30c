/* FIFOs, and descriptors that are inherited: of a pipe, a socketpair, or shared memory. */
#ifndef PIPES_H
#define PIPES_H

#include "channels.h"

bool open_fifo(struct channel *channel, const char *path);
bool open_inherited(struct channel *channel, const char *text);

#endif
