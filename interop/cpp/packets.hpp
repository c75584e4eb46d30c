// Messages whose bounds the system keeps: unix-seqpacket and unix-datagram.
#pragma once

#include <sys/socket.h>

#include <memory>
#include <vector>

#include "carrier.hpp"
#include "fault.hpp"
#include "sockets.hpp"

class Packets : public Carrier {
public:
    // With a connection an empty packet would be the end of the stream; without one there is no end.
    enum class Connection { yes, no };

    Packets(BoundSocket socket, Connection connection, std::size_t limit)
        : socket_{std::move(socket)}, is_connected_{connection == Connection::yes}, limit_{limit} {}

    void send(Bytes message) override {
        if (message.empty() && is_connected_) {
            throw Fault(Kind::malformed, "a packet of no bytes would look like the end of the stream; send at least one");
        }
        const Waiting waiting;
        const Descriptor& descriptor = socket_.descriptor;
        // The whole packet or nothing. This waits while the receiver's queue is full.
        const ssize_t sent =
            persistently(descriptor, POLLOUT, [&] { return ::send(descriptor.number(), message.data(), message.size(), 0); });
        if (sent < 0 && errno == ENOTCONN && !is_connected_) {
            // Linux says once that a datagram's receiver is gone (ECONNREFUSED), and disconnects the socket while doing so.
            errno = ECONNREFUSED;
        }
        if (sent < 0) { throw_errno("cannot send a packet"); }
    }

    // A receive with too little room would cut the packet and lose its rest. So its length is asked for first, which is all that
    // MSG_PEEK and MSG_TRUNC give without room for a byte, and no more memory is taken than it needs.
    std::optional<Bytes> receive(const Deadline& deadline) override {
        if (!has_packet_ && !is_at_end_) {
            wait_until_readable(socket_.descriptor, deadline);
            const auto size = static_cast<std::size_t>(receive_into({}, MSG_PEEK | MSG_TRUNC));
            is_at_end_ = size == 0 && is_connected_;
            if (size > limit_) {
                receive_into({}, 0);  // Drop it: the next one may fit.
                throw too_large("a packet", size, limit_);
            }
            packet_.resize(size);
            if (!is_at_end_) {
                receive_into(packet_, 0);  // A datagram of no bytes must be taken out of the queue too.
                has_packet_ = true;
            }
        }
        return is_at_end_ ? std::optional<Bytes>{} : packet_;
    }

    void consume() override { has_packet_ = false; }

    void end_writing() override { shut_down_writing(socket_.descriptor); }

private:
    ssize_t receive_into(std::span<std::byte> room, int flags) {
        const Waiting waiting;
        const Descriptor& descriptor = socket_.descriptor;
        const ssize_t size = persistently(descriptor, POLLIN, [&] { return ::recv(descriptor.number(), room.data(), room.size(), flags); });
        if (size < 0) { throw_errno("cannot receive a packet"); }
        return size;
    }

    BoundSocket socket_;
    bool is_connected_;
    std::size_t limit_;
    std::vector<std::byte> packet_;
    bool has_packet_ = false;
    bool is_at_end_ = false;
};
