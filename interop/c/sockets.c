#define _GNU_SOURCE /* accept4 */
#include "sockets.h"

#include "failures.h"
#include "system.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 16 };

static int make_socket(enum transport transport) {
    int type = transport == UNIX_SEQPACKET ? SOCK_SEQPACKET : transport == UNIX_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM;
    /* SOCK_CLOEXEC in the call itself: with fcntl afterwards another thread's fork could come between. */
    return socket(transport == TCP ? AF_INET : AF_UNIX, type | SOCK_CLOEXEC, 0);
}

/*
 * bind() fails on any existing socket file, also on a stale one that no process has open. To tell the two apart, connect a datagram socket
 * to it, whatever kind of socket is to be bound. A stream or seqpacket socket there refuses it (EPROTOTYPE) and never notices; it would
 * take a connection of its own kind for a peer. A datagram socket there does not notice either: connecting only records the address on our
 * side, or fails with EPERM if that socket is connected to another one. Only ECONNREFUSED means that nobody has the file.
 */
static bool remove_stale_socket(const struct socket_address *address) {
    const char *path = address->as.un.sun_path;
    struct stat status;
    if (lstat(path, &status) < 0) {
        return errno == ENOENT || fail_errno("examine", path);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return fail("exists", "%s is there and is not a socket; choose another path, or remove it", path);
    }
    int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) {
        return fail_errno("make a socket for", path);
    }
    bool is_stale = connect(probe, &address->as.any, address->length) < 0 && errno == ECONNREFUSED;
    close_descriptor(&probe);
    if (!is_stale) {
        return fail("exists", "the socket %s is in use; choose another path, or end the program that has it", path);
    }
    return unlink(path) == 0 || errno == ENOENT || fail_errno("remove the stale socket", path);
}

static bool bind_socket(struct channel *channel, int descriptor, const struct socket_address *address, const char *text) {
    bool has_path = channel->transport != UNIX_ABSTRACT && channel->transport != TCP;
    const char *path = address->as.un.sun_path;
    if (bind(descriptor, &address->as.any, address->length) < 0) {
        if (!has_path || errno != EADDRINUSE) {
            return fail_errno("listen at", text);
        }
        if (!remove_stale_socket(address)) {
            return false;
        }
        if (bind(descriptor, &address->as.any, address->length) < 0) {
            return fail_errno("listen at", text);
        }
    }
    if (has_path) {
        struct stat status;
        if (lstat(path, &status) < 0 || (channel->socket_path = strdup(path)) == NULL) {
            fail_errno("keep track of", path);
            unlink(path);
            return false;
        }
        channel->socket_device = status.st_dev;
        channel->socket_inode = status.st_ino;
    }
    return true;
}

bool open_listener(struct channel *channel, const struct socket_address *address, const char *text, unsigned *chosen_port) {
    int descriptor = make_socket(channel->transport);
    if (descriptor < 0) {
        return fail_errno("make a socket for", text);
    }
    /* Datagrams have no connections to accept: the bound socket itself gets what anybody sends to it. */
    *(channel->transport == UNIX_DATAGRAM ? &channel->descriptor : &channel->listener) = descriptor;
    int yes = 1;
    if (channel->transport == TCP) {
        /* Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one. */
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    if (!bind_socket(channel, descriptor, address, text)) {
        return false;
    }
    if (channel->transport != UNIX_DATAGRAM && listen(descriptor, BACKLOG) < 0) {
        return fail_errno("listen at", text);
    }
    if (channel->transport == TCP && address->as.in.sin_port == 0) {
        struct sockaddr_in bound;
        socklen_t length = sizeof bound;
        if (getsockname(descriptor, (struct sockaddr *)&bound, &length) < 0) {
            return fail_errno("learn the port of", text);
        }
        *chosen_port = ntohs(bound.sin_port);
    }
    return true;
}

/* Without this a small message waits until the peer has confirmed the one before, which may take 40 ms. */
static bool send_at_once(struct channel *channel) {
    int yes = 1;
    return channel->transport != TCP || setsockopt(channel->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0
        || fail_errno("set TCP_NODELAY on channel", channel->name);
}

bool open_connection(struct channel *channel, const struct socket_address *address, const char *text) {
    channel->descriptor = make_socket(channel->transport);
    if (channel->descriptor < 0) {
        return fail_errno("make a socket for", text);
    }
    /* An interrupted attempt goes on in the kernel. Asking again continues it on Linux; elsewhere poll and read SO_ERROR. */
    while (connect(channel->descriptor, &address->as.any, address->length) < 0) {
        if (errno == EISCONN) {
            break;
        }
        if (errno != EINTR) {
            return fail_errno("connect to", text);
        }
    }
    return send_at_once(channel);
}

bool accept_peer(struct channel *channel) {
    do {
        channel->descriptor = accept4(channel->listener, NULL, NULL, SOCK_CLOEXEC);
        /* ECONNABORTED: that peer gave up while it waited; the next one may be serious. */
    } while (channel->descriptor < 0 && (errno == EINTR || errno == ECONNABORTED));
    return channel->descriptor >= 0 ? send_at_once(channel) : fail_errno("accept on channel", channel->name);
}

/* Removes the socket file only if it is still the one this channel made: another listener may have taken the path since. */
void remove_socket_file(struct channel *channel) {
    struct stat status;
    if (channel->socket_path != NULL && lstat(channel->socket_path, &status) == 0 && status.st_dev == channel->socket_device
        && status.st_ino == channel->socket_inode) {
        unlink(channel->socket_path);
    }
    free(channel->socket_path);
}
