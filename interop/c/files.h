/* The messages of send file= and receive file=. */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>

/* The content of a regular file of at most `limit` bytes; the caller frees it. */
bool read_file(const char *path, size_t limit, unsigned char **bytes, size_t *length);

bool write_file(const char *path, unsigned char *bytes, size_t length);

#endif
