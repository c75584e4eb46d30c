// C library calls that Swift cannot import: those that need _GNU_SOURCE, variadic functions and function-like macros.
// Unless stated otherwise, a function returns -1 and sets errno on failure.
#ifndef PARLEY_CPLATFORM_H
#define PARLEY_CPLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "CDescriptors.h"
#include "CNetworks.h"
#include "CPeers.h"
#include "CProcesses.h"
#include "CRecords.h"
#include "CSignals.h"

/// accept() with close-on-exec, so that no child process inherits the connection.
int parley_accept(int listener, bool nonblocking);
/// socket() with close-on-exec.
int parley_socket(int domain, int type, int protocol);
/// pipe() with close-on-exec on both ends.
int parley_pipe(int ends[2]);
/// socketpair(AF_UNIX, SOCK_STREAM) with close-on-exec on both ends.
int parley_socketpair(int ends[2]);
/// A duplicate of a descriptor, numbered at least `lowest`, with close-on-exec.
int parley_duplicate(int descriptor, int lowest);
int parley_open(const char *path, int flags, mode_t mode);
int parley_set_nonblocking(int descriptor, bool nonblocking);
int parley_set_close_on_exec(int descriptor);
/// Whether the descriptor is open.
bool parley_is_open(int descriptor);
/// The number of bytes written to a socket that its peer has not read, or of bytes in a pipe, from either end.
int parley_unread_count(int descriptor);
/// The full size of the next packet; waits for it if `wait`.
ssize_t parley_peek_packet_size(int socket, bool wait);
/// The full size of the next datagram, which may be 0; waits for it.
ssize_t parley_peek_datagram_size(int socket);
/// Fills a sockaddr_un; an abstract name gets its exact length, not the padded one. Returns the address length, or 0 if the name does not fit.
unsigned int parley_unix_address(void *address, const char *name, size_t length, bool abstract);

/// A descriptor that becomes readable when the process ends.
int parley_pidfd_open(pid_t process);
/// Takes a semaphore (a sem_t) with a timeout in nanoseconds, by the monotonic clock if possible; ETIMEDOUT when it expires.
int parley_wait_semaphore(void *semaphore, int64_t nanoseconds);
/// shm_open() with close-on-exec; it is variadic on some systems.
int parley_shm_open(const char *name, int flags, mode_t mode);
/// Ignores SIGPIPE in the whole process, unless a handler is set already.
void parley_ignore_broken_pipe(void);
/// Makes freed large allocations go back to the system, even if they are frequent.
void parley_return_large_memory(void);
/// Opens /dev/null for every closed standard stream, so that no other descriptor gets its number.
void parley_open_standard_streams(void);
/// Makes SIGINT, SIGTERM and SIGHUP write a byte to a pipe; returns its reading end. A second signal ends the process at once with exit status 130.
int parley_catch_interrupts(void);

/// The reading end that parley_catch_interrupts() returned; -1 before it was called.
int parley_interrupt_descriptor(void);
/// Whether a signal is ignored.
bool parley_is_ignored(int number);
/// Starts a detached thread with a small stack and no argument. Returns 0 or an errno.
int parley_start_thread(void *(*body)(void *));
/// Waits until the other side of a pipe or socket writes no more, or a terminal is gone, and reads nothing. A negative number of milliseconds waits for ever.
bool parley_hangs_up(int descriptor, int milliseconds);
/// The number of bytes that can be read without waiting; of a terminal, those of whole lines.
int parley_readable_count(int descriptor);
/// Removes a directory tree without following links. Returns 0 on success.
int parley_remove_tree(const char *path);

#endif
