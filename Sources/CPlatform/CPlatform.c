#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#if __GLIBC_PREREQ(2, 30)
#define HAS_SEM_CLOCKWAIT
#endif
#endif
#ifdef __linux__
#include <linux/sockios.h>
#include <sys/syscall.h>
#endif

int parley_set_close_on_exec(int descriptor) {
  int flags = fcntl(descriptor, F_GETFD);
  return flags < 0 ? -1 : fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
}

int parley_set_nonblocking(int descriptor, bool nonblocking) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -1;
  return fcntl(descriptor, F_SETFL, nonblocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

#ifndef __linux__
static int prepared(int descriptor, bool nonblocking) {
  if (descriptor < 0) return -1;
  parley_set_close_on_exec(descriptor);
  parley_set_nonblocking(descriptor, nonblocking);
  return descriptor;
}
#endif

int parley_accept(int listener, bool nonblocking) {
#ifdef __linux__
  return accept4(listener, NULL, NULL, SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0));
#else
  return prepared(accept(listener, NULL, NULL), nonblocking);
#endif
}

int parley_socket(int domain, int type, int protocol) {
#ifdef __linux__
  return socket(domain, type | SOCK_CLOEXEC, protocol);
#else
  return prepared(socket(domain, type, protocol), false);
#endif
}

int parley_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC);
#else
  if (pipe(ends) < 0) return -1;
  prepared(ends[0], false);
  prepared(ends[1], false);
  return 0;
#endif
}

int parley_socketpair(int ends[2]) {
#ifdef __linux__
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return -1;
  prepared(ends[0], false);
  prepared(ends[1], false);
  return 0;
#endif
}

int parley_duplicate(int descriptor, int lowest) { return fcntl(descriptor, F_DUPFD_CLOEXEC, lowest); }

int parley_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

bool parley_is_open(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

int parley_unread_count(int descriptor) {
#ifdef __linux__
  int count = 0;
  if (ioctl(descriptor, SIOCOUTQ, &count) == 0) return count;
#endif
  return parley_readable_count(descriptor);
}

ssize_t parley_peek_packet_size(int socket, bool wait) {
  char byte;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_TRUNC | (wait ? 0 : MSG_DONTWAIT));
}

ssize_t parley_peek_datagram_size(int socket) {
#ifdef SO_NREAD
  // On Darwin MSG_TRUNC does not return the full size, and SO_NREAD does not wait.
  char byte;
  int size = 0;
  socklen_t length = sizeof size;
  if (recv(socket, &byte, 1, MSG_PEEK) < 0) return -1;
  return getsockopt(socket, SOL_SOCKET, SO_NREAD, &size, &length) == 0 ? size : -1;
#else
  return parley_peek_packet_size(socket, true);
#endif
}

unsigned int parley_unix_address(void *storage, const char *name, size_t length, bool abstract) {
  struct sockaddr_un *address = storage;
  // A path needs room for a NUL at the end, an abstract name for one at the beginning.
  if (length + 1 > sizeof address->sun_path) return 0;
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path + (abstract ? 1 : 0), name, length);
  return (unsigned int)(offsetof(struct sockaddr_un, sun_path) + length + 1);
}

int parley_pidfd_open(pid_t process) {
#ifdef __linux__
  return (int)syscall(SYS_pidfd_open, process, 0);
#else
  (void)process;
  errno = ENOSYS;
  return -1;
#endif
}

#ifdef __linux__
int parley_wait_semaphore(void *semaphore, int64_t nanoseconds) {
#ifdef HAS_SEM_CLOCKWAIT
  clockid_t clock = CLOCK_MONOTONIC;
#else
  // Without sem_clockwait the timeout uses the wall clock, which may be set meanwhile.
  clockid_t clock = CLOCK_REALTIME;
#endif
  struct timespec end;
  if (clock_gettime(clock, &end) < 0) return -1;
  end.tv_sec += nanoseconds / 1000000000;
  end.tv_nsec += nanoseconds % 1000000000;
  if (end.tv_nsec >= 1000000000) {
    end.tv_sec++;
    end.tv_nsec -= 1000000000;
  }
  int status;
  do {
#ifdef HAS_SEM_CLOCKWAIT
    status = sem_clockwait(semaphore, clock, &end);
#else
    status = sem_timedwait(semaphore, &end);
#endif
  } while (status < 0 && errno == EINTR);
  return status;
}
#else
int parley_wait_semaphore(void *semaphore, int64_t nanoseconds) {
  // There is no wait with a timeout, so try every millisecond.
  const int64_t step = 1000000;
  for (int64_t left = nanoseconds;; left -= step) {
    if (sem_trywait(semaphore) == 0) return 0;
    if (errno != EAGAIN && errno != EINTR) return -1;
    if (left <= 0) break;
    struct timespec pause = {0, step};
    nanosleep(&pause, NULL);
  }
  errno = ETIMEDOUT;
  return -1;
}
#endif

int parley_shm_open(const char *name, int flags, mode_t mode) {
  int descriptor = shm_open(name, flags, mode);
  if (descriptor >= 0) parley_set_close_on_exec(descriptor);
  return descriptor;
}

void parley_ignore_broken_pipe(void) {
  struct sigaction action;
  if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) signal(SIGPIPE, SIG_IGN);
}

void parley_return_large_memory(void) {
#ifdef __GLIBC__
  // By default glibc raises this threshold to the largest block ever freed, and then keeps such blocks.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

void parley_open_standard_streams(void) {
  // open() returns the lowest free number, so the loop ends at the first one above the standard streams.
  int descriptor;
  while ((descriptor = open("/dev/null", O_RDWR)) >= 0 && descriptor <= STDERR_FILENO) {}
  if (descriptor >= 0) close(descriptor);
}

static int interrupt_reader = -1;
static int interrupt_writer = -1;
static volatile sig_atomic_t interrupts = 0;

static void note_interrupt(int signal) {
  (void)signal;
  int saved = errno;
  if (interrupts++ > 0) _exit(130);
  ssize_t ignored = write(interrupt_writer, "i", 1);
  (void)ignored;
  errno = saved;
}

int parley_catch_interrupts(void) {
  int ends[2];
  if (parley_pipe(ends) < 0) return -1;
  interrupt_reader = ends[0];
  interrupt_writer = ends[1];
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_interrupt;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  // The parent process may have blocked them.
  sigset_t caught;
  sigemptyset(&caught);
  sigaddset(&caught, SIGINT);
  sigaddset(&caught, SIGTERM);
  sigaddset(&caught, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
  return ends[0];
}

bool parley_is_ignored(int number) {
  struct sigaction action;
  return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int parley_start_thread(void *(*body)(void *)) {
  pthread_attr_t attributes;
  int status = pthread_attr_init(&attributes);
  if (status) return status;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  pthread_t thread;
  status = pthread_create(&thread, &attributes, body, NULL);
  pthread_attr_destroy(&attributes);
  return status;
}

bool parley_hangs_up(int descriptor, int milliseconds) {
#ifdef POLLRDHUP
  // The other side of a socket may have ended its sending only.
  struct pollfd entry = {.fd = descriptor, .events = POLLRDHUP};
#else
  struct pollfd entry = {.fd = descriptor};
#endif
  return poll(&entry, 1, milliseconds) > 0;
}

int parley_readable_count(int descriptor) {
  int count = 0;
  return ioctl(descriptor, FIONREAD, &count) == 0 ? count : -1;
}

int parley_interrupt_descriptor(void) { return interrupt_reader; }

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk) {
  (void)status, (void)kind, (void)walk;
  // Another process may be removing the same tree.
  return remove(path) == 0 || errno == ENOENT ? 0 : -1;
}

int parley_remove_tree(const char *path) {
  // Most cases leave an empty folder, and to look into it costs several times as much.
  if (rmdir(path) == 0) return 0;
  return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT ? 0 : -1;
}
