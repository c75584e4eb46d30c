// What Swift cannot import from the C library: calls behind _GNU_SOURCE, variadic calls and function-like macros.
// Every function returns -1 with errno set on failure unless it says otherwise.
#ifndef PARLEY_CPLATFORM_H
#define PARLEY_CPLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "CRecords.h"

/// accept() with close-on-exec set, so that no child started in between inherits the connection.
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
/// Bytes that were written to a socket and that its peer has not read; or bytes in a pipe, asked at either end.
int parley_unread_count(int descriptor);
/// The real size of the next packet; waits for it if `wait`.
ssize_t parley_peek_packet_size(int socket, bool wait);
/// The real size of the next datagram, which may be 0; waits for it.
ssize_t parley_peek_datagram_size(int socket);
/// Fills a sockaddr_un. An abstract name has its exact length, not the padded one. Returns the address length, 0 if it does not fit.
unsigned int parley_unix_address(void *address, const char *name, size_t length, bool abstract);

typedef struct {
  const char *program;
  char *const *arguments;
  char *const *environment;
  const char *directory;
  /// Descriptor i of the child is descriptors[i] of the caller; all others are closed.
  const int *descriptors;
  int descriptor_count;
  /// A session of its own, so that not even a signal of the terminal reaches it.
  bool own_session;
} parley_spawn_request;

/// Starts a program in a process group of its own, with every signal at its default and none blocked. Returns 0 or an errno.
int parley_spawn(const parley_spawn_request *request, pid_t *child);
/// A descriptor that becomes readable when the process ends.
int parley_pidfd_open(pid_t process);
/// Takes a semaphore (a sem_t), waiting for at most so many nanoseconds by a clock that nobody sets; ETIMEDOUT when they are over.
int parley_wait_semaphore(void *semaphore, int64_t nanoseconds);
/// shm_open(), which is variadic on some systems, with close-on-exec.
int parley_shm_open(const char *name, int flags, mode_t mode);
/// Ignores SIGPIPE in the whole process, if nobody has chosen otherwise.
void parley_ignore_broken_pipe(void);
/// Has the memory of large allocations given back to the system when they are freed, however often they are made.
void parley_return_large_memory(void);
/// Opens /dev/null in the place of a standard stream that is closed, so that no other descriptor gets its number.
void parley_open_standard_streams(void);
/// Makes SIGINT, SIGTERM and SIGHUP write a byte to a pipe; returns its reading end. The second signal ends the process at once with status 130.
int parley_catch_interrupts(void);
/// Removes a directory tree; follows no link. Returns 0 if it is gone.
int parley_remove_tree(const char *path);

#endif
