// Messages whose bounds the system keeps: unix-seqpacket and unix-datagram.
#pragma once

#include <memory>
#include <vector>

#include "carrier.hpp"
#include "sockets.hpp"

class Packets : public Carrier {
public:
    // With a connection an empty packet would be the end of the stream; without one there is no end.
    enum class Connection { yes, no };

    Packets(BoundSocket socket, Connection connection, std::size_t limit)
        : socket_{std::move(socket)}, is_connected_{connection == Connection::yes}, limit_{limit} {}

    void send(Bytes message) override;
    std::optional<Bytes> receive(const Deadline& deadline) override;
    void consume() override { has_packet_ = false; }
    void end_writing() override { shut_down_writing(socket_.descriptor); }

private:
    ssize_t receive_into(std::span<std::byte> room, int flags);

    BoundSocket socket_;
    bool is_connected_;
    std::size_t limit_;
    std::vector<std::byte> packet_;
    bool has_packet_ = false;
    bool is_at_end_ = false;
};
