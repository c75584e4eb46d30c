/* What every mapped file needs. */
#ifndef MAPPING_H
#define MAPPING_H

#include "channels.h"

/* Looked at before it is opened, which could wait for ever on a FIFO. The writer may make the file. */
bool check_regular(const struct channel *channel, const char *path);

/* Extends the file and reserves its blocks: ftruncate alone would leave a hole, and touching that on a full disk is a SIGBUS. */
bool reserve(int descriptor, off_t size, const char *object);

#endif
