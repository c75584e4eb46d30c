/* Interrupted, partial and non-blocking reads and writes: what a system call may do beside succeeding and failing. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>

/* True if the call that just failed should be made again, because a signal came or the descriptor is non-blocking. */
bool should_retry(int descriptor, short events);

/* open(), whose descriptor no other program inherits. What it makes is its user's alone. */
int open_path(const char *path, int flags);

/* Whether the path still leads to that file. */
bool is_file(const char *path, const struct stat *file);

/* Reads at least one byte; 0 is the end of the stream. */
ssize_t read_some(int descriptor, void *bytes, size_t size);

/* Receives one packet. What has no room in `size` bytes is lost; with MSG_PEEK the packet stays in the queue. */
ssize_t receive_one(int descriptor, void *bytes, size_t size, int flags);

/* Writes every part. A write may take fewer bytes than it was given: the rest is written again. */
bool write_fully(int descriptor, struct iovec *parts, int count);

void close_descriptor(int *descriptor);

#endif
