#ifdef __linux__
#define _GNU_SOURCE
#endif

#include "CPlatform.h"

#ifdef __linux__

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

// The kernel's socket diagnostics: sock_diag(7). One request names one socket, and the answer is one message.

typedef struct {
  struct nlmsghdr header;
  union {
    struct unix_diag_req named_by_inode;
    struct inet_diag_req_v2 named_by_addresses;
  } socket;
} diagnosis_request;

typedef union {
  struct nlmsghdr header;
  char bytes[4096];
} diagnosis;

/// Asks for one socket. Returns the length of the answer's content, or -1.
static int diagnose(diagnosis_request *request, size_t size, diagnosis *answer) {
  int link = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (link < 0) return -1;
  request->header = (struct nlmsghdr){
      .nlmsg_len = (uint32_t)(NLMSG_HDRLEN + size), .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST};
  // The kernel answers inside send(); the timeout is for a sandbox that does not.
  struct timeval second = {.tv_sec = 1};
  setsockopt(link, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  ssize_t count = send(link, request, request->header.nlmsg_len, 0);
  if (count >= 0) {
    do count = recv(link, answer, sizeof *answer, 0);
    while (count < 0 && errno == EINTR);
  }
  close(link);
  if (count < (ssize_t)NLMSG_HDRLEN || answer->header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
      answer->header.nlmsg_len > (uint32_t)count)
    return -1;
  return (int)(answer->header.nlmsg_len - NLMSG_HDRLEN);
}

static sa_family_t addresses(int connection, struct sockaddr_in *own, struct sockaddr_in *peer) {
  struct sockaddr_storage address = {0};
  socklen_t length = sizeof address, own_length = sizeof *own, peer_length = sizeof *peer;
  if (getsockname(connection, (struct sockaddr *)&address, &length) < 0) return AF_UNSPEC;
  if (address.ss_family == AF_INET && (getsockname(connection, (struct sockaddr *)own, &own_length) < 0 ||
                                       getpeername(connection, (struct sockaddr *)peer, &peer_length) < 0))
    return AF_UNSPEC;
  return address.ss_family;
}

/// Asks for the socket at the other end of a TCP connection. Returns whether it has an owner, or -1.
static int other_end(const struct sockaddr_in *own, const struct sockaddr_in *peer, struct inet_diag_msg *found) {
  diagnosis_request request = {.socket.named_by_addresses = {
                                   .sdiag_family = AF_INET,
                                   .sdiag_protocol = IPPROTO_TCP,
                                   .idiag_states = ~0u,
                                   .id = {.idiag_sport = peer->sin_port,
                                          .idiag_dport = own->sin_port,
                                          .idiag_src = {peer->sin_addr.s_addr},
                                          .idiag_dst = {own->sin_addr.s_addr},
                                          .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}}};
  diagnosis answer;
  if (diagnose(&request, sizeof request.socket.named_by_addresses, &answer) < (int)sizeof *found) return -1;
  memcpy(found, NLMSG_DATA(&answer.header), sizeof *found);
  return found->idiag_inode != 0;
}

int64_t parley_peer_user(int connection) {
  struct sockaddr_in own, peer;
  switch (addresses(connection, &own, &peer)) {
    case AF_UNIX: {
      struct ucred owner;
      socklen_t length = sizeof owner;
      return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &owner, &length) < 0 ? -1 : (int64_t)owner.uid;
    }
    case AF_INET: {
      struct inet_diag_msg found;
      int has_owner = other_end(&own, &peer, &found);
      return has_owner < 0 ? -1 : has_owner ? (int64_t)found.idiag_uid : -2;
    }
    default: return -1;
  }
}

/// A Unix connection has been accepted when the socket at the other end has an inode, since accept() makes it.
static int is_unix_accepted(int connection) {
  struct stat status;
  if (fstat(connection, &status) < 0) return -1;
  diagnosis_request request = {.socket.named_by_inode = {.sdiag_family = AF_UNIX,
                                                         .udiag_states = ~0u,
                                                         .udiag_ino = (uint32_t)status.st_ino,
                                                         .udiag_show = UDIAG_SHOW_PEER,
                                                         .udiag_cookie = {~0u, ~0u}}};
  diagnosis answer;
  int length = diagnose(&request, sizeof request.socket.named_by_inode, &answer) - (int)sizeof(struct unix_diag_msg);
  if (length < 0) return -1;
  struct rtattr *attribute = (struct rtattr *)((char *)NLMSG_DATA(&answer.header) + sizeof(struct unix_diag_msg));
  for (; RTA_OK(attribute, length); attribute = RTA_NEXT(attribute, length))
    if (attribute->rta_type == UNIX_DIAG_PEER) return *(uint32_t *)RTA_DATA(attribute) != 0;
  return -1;
}

int parley_is_accepted(int connection) {
  struct sockaddr_in own, peer;
  switch (addresses(connection, &own, &peer)) {
    case AF_UNIX: return is_unix_accepted(connection);
    case AF_INET: {
      struct inet_diag_msg found;
      return other_end(&own, &peer, &found);
    }
    default: return -1;
  }
}

#else

int64_t parley_peer_user(int connection) {
  (void)connection;
  return -1;
}

int parley_is_accepted(int connection) {
  (void)connection;
  return -1;
}

#endif
