/* Waiting for a peer: until when, and that it can be seen from outside. */
#ifndef WAITING_H
#define WAITING_H

#include <stdbool.h>
#include <stdint.h>

/* Moments are nanoseconds of the monotonic clock, which nobody sets. */
#define NEVER UINT64_MAX

uint64_t nanoseconds_now(void);
uint64_t moment_in(uint64_t milliseconds);

/* Fails with `timeout` once the deadline has passed. */
bool check_deadline(uint64_t deadline, const char *channel);

/*
 * Waits until the descriptor can be read, or a connection accepted, without waiting; fails with `timeout` at the deadline. Without a
 * deadline it returns at once: then the read itself waits, which saves a system call.
 */
bool wait_until_readable(int descriptor, uint64_t deadline, const char *channel);

/*
 * Between two looks at memory, of whose change nobody tells. The other side often answers within microseconds, so after the first looks this
 * only gives the processor away, and then sleeps for longer and longer: waiting for hours costs nothing.
 */
void pause_after(unsigned look);

/*
 * Around each command, and around each call in it that may wait for somebody else: a peer, a reader of the FIFO. The watcher looks at
 * them (watcher.c). The second call leaves errno alone.
 */
void command_begins(void);
void command_ends(void);
void wait_begins(void);
void wait_ends(void);

/* For the watcher: the number of the command under way, 0 if there is none, and whether it waits. */
uint64_t command_under_way(void);
bool is_waiting(void);

#endif
