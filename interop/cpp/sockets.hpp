// Sockets: listening without harm to who listens already, accepting, connecting.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <memory>
#include <string>

#include "addresses.hpp"
#include "descriptor.hpp"
#include "fault.hpp"
#include "leftovers.hpp"
#include "transports.hpp"
#include "waiting.hpp"

// The file goes before the socket, as members are destroyed from the last to the first: a peer that finds no file learns more
// than one that finds a file where nobody listens.
struct BoundSocket {
    Descriptor descriptor;
    std::unique_ptr<Leftover> file;
};

inline Descriptor make_socket(int family, int type) {
    // SOCK_CLOEXEC in the call itself: with fcntl afterwards another thread's fork could come between.
    Descriptor made{::socket(family, type | SOCK_CLOEXEC, 0)};
    if (!made) { throw_errno("cannot make a socket"); }
    return made;
}

inline Descriptor make_socket(Transport transport) {
    const int type = transport == Transport::unix_seqpacket  ? SOCK_SEQPACKET
                     : transport == Transport::unix_datagram ? SOCK_DGRAM
                                                             : SOCK_STREAM;
    return make_socket(transport == Transport::tcp ? AF_INET : AF_UNIX, type);
}

inline BoundSocket bind_to(const SocketAddress& address, Descriptor socket) {
    const auto bind = [&] {
        if (::bind(socket.number(), address.data(), address.size()) < 0) { throw_errno("cannot listen at ", address.text()); }
    };
    if (address.path().empty()) {
        bind();
        return {std::move(socket), nullptr};
    }
    auto file = std::make_unique<Leftover>([&] {
        bind();
        return removal_of(address.path());
    });
    return {std::move(socket), std::move(file)};
}

// To tell a stale socket file from one that a process holds, connect a datagram socket to it, whatever its own type is. A stream
// or seqpacket socket there refuses that (EPROTOTYPE) and never notices; it would take a connection of its own type for a peer. A
// datagram socket there does not notice either: connecting only records the address on our side, or fails with EPERM. Only
// ECONNREFUSED means that nobody has the file.
inline bool is_stale(const SocketAddress& address) {
    const Descriptor probe = make_socket(AF_UNIX, SOCK_DGRAM);
    return uninterrupted([&] { return ::connect(probe.number(), address.data(), address.size()); }) < 0 && errno == ECONNREFUSED;
}

inline void remove_stale_file(const SocketAddress& address) {
    const std::string& path = address.path();
    // Held until the end: the number of a file that is gone and held by nobody may be the next file's.
    const Descriptor held{uninterrupted([&] { return ::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC); })};
    if (!held) {
        if (errno == ENOENT) { return; }
        throw_errno("cannot examine ", path);
    }
    const struct stat found = status_of(held);
    if (!S_ISSOCK(found.st_mode)) { throw Fault(Kind::exists, path, " is there and is not a socket; choose another path, or remove it"); }
    if (!is_stale(address)) {
        throw Fault(Kind::exists, "the socket ", path, " is in use; choose another path, or end the program that has it");
    }
    // Somebody else may have found it stale as well, and listen there by now.
    if (file_at(path) != Identity{found.st_dev, found.st_ino}) {
        throw Fault(Kind::exists, "somebody else listens at ", path, " since a moment ago; choose another path");
    }
    if (::unlink(path.c_str()) < 0 && errno != ENOENT) { throw_errno("cannot remove the stale socket ", path); }
}

inline void turn_on(const Descriptor& socket, int level, int option) {
    const int yes = 1;
    if (::setsockopt(socket.number(), level, option, &yes, sizeof yes) < 0) { throw_errno("cannot set an option of a socket"); }
}

// Without TCP_NODELAY a small message waits until the peer has confirmed the one before, which may take 40 ms.
inline Descriptor without_delay(Descriptor socket, Transport transport) {
    if (transport == Transport::tcp) { turn_on(socket, IPPROTO_TCP, TCP_NODELAY); }
    return socket;
}

// Binds a socket, and lets peers come unless they send datagrams, which need no connection.
inline BoundSocket listen_at(Transport transport, const SocketAddress& address) {
    const auto bind_new = [&] {
        Descriptor socket = make_socket(transport);
        if (transport == Transport::tcp) {
            // Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one.
            turn_on(socket, SOL_SOCKET, SO_REUSEADDR);
        }
        return bind_to(address, std::move(socket));
    };
    BoundSocket bound;
    try {
        bound = bind_new();
    } catch (const std::system_error& error) {
        // Any socket file is in the way, also one that nobody holds.
        if (error.code() != std::errc::address_in_use || !has_socket_file(transport)) { throw; }
        remove_stale_file(address);
        bound = bind_new();
    }
    if (transport != Transport::unix_datagram && ::listen(bound.descriptor.number(), SOMAXCONN) < 0) {
        throw_errno("cannot listen at ", address.text());
    }
    return bound;
}

// The port that the system chose.
inline unsigned port_of(const Descriptor& socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size) < 0) { throw_errno("cannot learn the port"); }
    return ::ntohs(address.sin_port);
}

inline Descriptor accept_peer(const BoundSocket& listener, Transport transport, const Deadline& deadline) {
    for (;;) {
        wait_until_readable(listener.descriptor, deadline);
        const Waiting waiting;
        Descriptor peer{::accept4(listener.descriptor.number(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (peer) { return without_delay(std::move(peer), transport); }
        // ECONNABORTED: that peer gave up while it waited; the next one may be serious.
        if (errno != EINTR && errno != ECONNABORTED) { throw_errno("cannot accept a peer"); }
    }
}

inline Descriptor connect_to(Transport transport, const SocketAddress& address) {
    Descriptor socket = make_socket(transport);
    const Waiting waiting;  // until the listener's queue has room
    // An interrupted attempt goes on in the kernel. Asking again continues it on Linux; elsewhere poll and read SO_ERROR.
    const int result = uninterrupted([&] { return ::connect(socket.number(), address.data(), address.size()); });
    if (result < 0 && errno != EISCONN) { throw_errno("cannot connect to ", address.text()); }
    return without_delay(std::move(socket), transport);
}
