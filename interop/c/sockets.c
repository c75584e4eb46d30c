#define _GNU_SOURCE /* accept4, O_PATH */
#include "sockets.h"

#include "failures.h"
#include "handshake.h"
#include "system.h"
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
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
static bool check_stale(const struct socket_address *address) {
    const char *path = address->as.un.sun_path;
    int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) {
        return fail_errno("make a socket for", path);
    }
    bool is_stale = connect(probe, &address->as.any, address->length) < 0 && errno == ECONNREFUSED;
    close_descriptor(&probe);
    return is_stale || fail("exists", "the socket %s is in use; choose another path, or end the program that has it", path);
}

static bool remove_stale_socket(const struct socket_address *address) {
    const char *path = address->as.un.sun_path;
    /* Held until the end: the number of a file that is gone and held by nobody may be the next file's. */
    int held = open_path(path, O_PATH | O_NOFOLLOW);
    if (held < 0) {
        return errno == ENOENT || fail_errno("examine", path);
    }
    bool is_removed = false;
    struct stat found;
    if (fstat(held, &found) < 0) {
        fail_errno("examine", path);
    } else if (!S_ISSOCK(found.st_mode)) {
        fail("exists", "%s is there and is not a socket; choose another path, or remove it", path);
    } else if (check_stale(address)) {
        /* Somebody else may have found it stale as well, and listen there by now. */
        is_removed = is_file(path, &found) ? unlink(path) == 0 || errno == ENOENT || fail_errno("remove the stale socket", path)
                                           : fail("exists", "somebody else listens at %s since a moment ago; choose another path", path);
    }
    close_descriptor(&held);
    return is_removed;
}

/*
 * Binding makes the socket file, and which file that is has to be known before the watcher may end the process. While the socket is open the
 * file's number is not given to another file, even if somebody removes this one.
 */
static bool bind_and_note(struct channel *channel, int descriptor, const struct socket_address *address) {
    bool has_path = channel->transport != UNIX_ABSTRACT && channel->transport != TCP;
    char *path = has_path ? strdup(address->as.un.sun_path) : NULL;
    if (has_path && path == NULL) {
        return false;
    }
    lock_leftovers();
    bool is_noted = bind(descriptor, &address->as.any, address->length) == 0 && (!has_path || lstat(path, &channel->made_file) == 0);
    if (is_noted) {
        channel->made_path = path;
    }
    int code = errno;
    unlock_leftovers();
    if (!is_noted) {
        free(path);
        errno = code;
    }
    return is_noted;
}

static bool bind_socket(struct channel *channel, int descriptor, const struct socket_address *address, const char *text) {
    if (bind_and_note(channel, descriptor, address)) {
        return true;
    }
    if (errno != EADDRINUSE || channel->transport == UNIX_ABSTRACT || channel->transport == TCP) {
        return fail_errno("listen at", text);
    }
    return remove_stale_socket(address) && (bind_and_note(channel, descriptor, address) || fail_errno("listen at", text));
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
    int result;
    wait_begins(); /* until the listener's queue has room */
    do {
        result = connect(channel->descriptor, &address->as.any, address->length);
    } while (result < 0 && errno == EINTR);
    wait_ends();
    return (result == 0 || errno == EISCONN || fail_errno("connect to", text)) && send_at_once(channel)
        && (channel->key == NULL || shake_hands(channel, NEVER));
}

/* The channel waits for its peer again, and of this one nothing stays. */
static void drop_peer(struct channel *channel) {
    close_descriptor(&channel->descriptor);
    channel->start = channel->end = 0;
    channel->frame = (struct frame){0};
    channel->at_end = false;
}

bool accept_peer(struct channel *channel, uint64_t deadline) {
    do {
        if (!wait_until_readable(channel->listener, deadline, channel->name)) {
            return false;
        }
        wait_begins();
        channel->descriptor = accept4(channel->listener, NULL, NULL, SOCK_CLOEXEC);
        wait_ends();
        /* ECONNABORTED: that peer gave up while it waited; the next one may be serious. */
    } while (channel->descriptor < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (channel->descriptor < 0) {
        return fail_errno("accept on channel", channel->name);
    }
    if (send_at_once(channel) && (channel->key == NULL || shake_hands(channel, deadline))) {
        return true;
    }
    drop_peer(channel);
    return false;
}
