/* FIFOs, and the pipes and socketpairs that are inherited. */
#ifndef PIPES_H
#define PIPES_H

#include "channels.h"

bool open_fifo(struct channel *channel, const char *path);
bool open_inherited(struct channel *channel, const char *text);

#endif
