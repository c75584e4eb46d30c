/* Lets one system call of the main thread fail: LD_PRELOAD this, and write "accept 103" to the file that FAULT names. The call removes it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(const char *call) {
  const char *path = getenv("FAULT");
  if (path == NULL || syscall(SYS_gettid) != getpid()) return 0;
  /* Not with the functions below. */
  long file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[64] = "", wanted[16] = "";
  int number = 0;
  syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  if (sscanf(text, "%15s %d", wanted, &number) != 2 || strcmp(wanted, call) != 0) return 0;
  syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  errno = number;
  return 1;
}

#define WRAP(type, name, call, parameters, arguments)                    \
  type name parameters {                                                 \
    type(*real) parameters = (type(*) parameters)dlsym(RTLD_NEXT, #name); \
    return fails(call) ? -1 : real arguments;                            \
  }

WRAP(ssize_t, read, "read", (int a, void *b, size_t c), (a, b, c))
WRAP(ssize_t, write, "write", (int a, const void *b, size_t c), (a, b, c))
WRAP(ssize_t, recv, "recv", (int a, void *b, size_t c, int d), (a, b, c, d))
WRAP(ssize_t, recvfrom, "recv", (int a, void *b, size_t c, int d, struct sockaddr *e, socklen_t *f), (a, b, c, d, e, f))
WRAP(ssize_t, recvmsg, "recv", (int a, struct msghdr *b, int c), (a, b, c))
WRAP(ssize_t, send, "send", (int a, const void *b, size_t c, int d), (a, b, c, d))
WRAP(ssize_t, sendto, "send", (int a, const void *b, size_t c, int d, const struct sockaddr *e, socklen_t f), (a, b, c, d, e, f))
WRAP(ssize_t, sendmsg, "send", (int a, const struct msghdr *b, int c), (a, b, c))
WRAP(int, accept, "accept", (int a, struct sockaddr *b, socklen_t *c), (a, b, c))
WRAP(int, accept4, "accept", (int a, struct sockaddr *b, socklen_t *c, int d), (a, b, c, d))
WRAP(int, connect, "connect", (int a, const struct sockaddr *b, socklen_t c), (a, b, c))
