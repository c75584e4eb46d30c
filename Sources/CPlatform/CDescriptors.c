#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

union control {
  char bytes[CMSG_SPACE(PARLEY_MOST_DESCRIPTORS * sizeof(int))];
  struct cmsghdr header;
};

ssize_t parley_receive(
    int socket, void *buffer, size_t size, int *descriptors, int *descriptor_count, bool *is_cut) {
  union control control;
  struct iovec part = {buffer, size};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  int flags = MSG_DONTWAIT;
#ifdef MSG_CMSG_CLOEXEC
  flags |= MSG_CMSG_CLOEXEC;
#endif
  *descriptor_count = 0;
  ssize_t count = recvmsg(socket, &message, flags);
  if (count < 0) return count;
  *is_cut = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    int found = (int)((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    if (found > PARLEY_MOST_DESCRIPTORS - *descriptor_count) found = PARLEY_MOST_DESCRIPTORS - *descriptor_count;
    memcpy(descriptors + *descriptor_count, CMSG_DATA(part), (size_t)found * sizeof(int));
#ifndef MSG_CMSG_CLOEXEC
    for (int i = 0; i < found; i++) parley_set_close_on_exec(descriptors[*descriptor_count + i]);
#endif
    *descriptor_count += found;
  }
  return count;
}

ssize_t parley_send(int socket, const void *buffer, size_t size, const int *descriptors, int descriptor_count) {
  int flags = MSG_DONTWAIT;
#ifdef MSG_NOSIGNAL
  flags |= MSG_NOSIGNAL;
#endif
  if (descriptor_count == 0) return send(socket, buffer, size, flags);
  union control control;
  memset(&control, 0, sizeof control);
  struct iovec part = {(void *)buffer, size};
  size_t length = (size_t)descriptor_count * sizeof(int);
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = CMSG_SPACE(length)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(length);
  memcpy(CMSG_DATA(header), descriptors, length);
  return sendmsg(socket, &message, flags);
}

bool parley_is_socket(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && S_ISSOCK(status.st_mode);
}

void parley_reset_on_close(int socket) {
  struct linger linger = {1, 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static int signal_writer = -1;

static void note_signal(int signal) {
  int saved = errno;
  unsigned char byte = (unsigned char)signal;
  ssize_t ignored = write(signal_writer, &byte, 1);
  (void)ignored;
  errno = saved;
}

int parley_catch_signals(const int *numbers, int count) {
  int ends[2];
  if (parley_pipe(ends) < 0) return -1;
  signal_writer = ends[1];
  // A handler must not wait, not even where somebody sends thousands.
  parley_set_nonblocking(ends[0], true);
  parley_set_nonblocking(ends[1], true);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  sigset_t caught;
  sigemptyset(&caught);
  for (int i = 0; i < count; i++) {
    if (parley_is_ignored(numbers[i]) && numbers[i] != SIGCHLD) continue;
    sigaction(numbers[i], &action, NULL);
    sigaddset(&caught, numbers[i]);
  }
  // The parent process may have blocked them.
  pthread_sigmask(SIG_UNBLOCK, &caught, NULL);
  return ends[0];
}

void parley_die_by(int number) {
  signal(number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, NULL);
  raise(number);
}
