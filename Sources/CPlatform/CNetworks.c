#define _GNU_SOURCE
#include "CNetworks.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__

static int start_loopback(void) {
  int socket_of_any_kind = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_of_any_kind < 0) return -1;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  int result = ioctl(socket_of_any_kind, SIOCSIFFLAGS, &request);
  close(socket_of_any_kind);
  return result;
}

int parley_enter_new_network(void) {
  int before = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (before < 0) return -1;
  if (unshare(CLONE_NEWNET) < 0) {
    close(before);
    return -1;
  }
  if (start_loopback() < 0) {
    int error = errno;
    parley_return_to_network(before);
    errno = error;
    return -1;
  }
  return before;
}

int parley_return_to_network(int network) {
  int result = setns(network, CLONE_NEWNET);
  close(network);
  return result;
}

#else

int parley_enter_new_network(void) {
  errno = ENOTSUP;
  return -1;
}

int parley_return_to_network(int network) {
  (void)network;
  errno = ENOTSUP;
  return -1;
}

#endif
