#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
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
