// Sockets: listening without harm to who listens already, accepting, connecting.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <string>

#include "descriptor.hpp"
#include "leftovers.hpp"
#include "transports.hpp"
#include "waiting.hpp"

// An address as the system takes it.
class SocketAddress {
public:
    // Throws `usage` if the text is none of this transport.
    SocketAddress(Transport transport, Role role, const std::string& text);

    const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
    socklen_t size() const { return size_; }

    // As it was given.
    const std::string& text() const { return text_; }

    // Of the socket file; empty if there is none.
    const std::string& path() const { return path_; }

private:
    void set_port(const std::string& text, Role role);
    void set_name(const std::string& name);

    sockaddr_storage storage_{};
    socklen_t size_ = 0;
    std::string text_;
    std::string path_;
};

// The file goes before the socket, as members are destroyed from the last to the first: a peer that finds no file learns
// more than one that finds a file where nobody listens.
struct BoundSocket {
    Descriptor descriptor;
    std::unique_ptr<Leftover> file;
};

// Binds a socket, and lets peers come unless they send datagrams, which need no connection.
BoundSocket listen_at(Transport transport, const SocketAddress& address);

// The port that the system chose.
unsigned port_of(const Descriptor& socket);

Descriptor accept_peer(const BoundSocket& listener, Transport transport, const Deadline& deadline);
Descriptor connect_to(Transport transport, const SocketAddress& address);
