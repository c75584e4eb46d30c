// A channel: what `open` makes.
#pragma once

#include <memory>
#include <string>

#include "carrier.hpp"
#include "commands.hpp"
#include "sockets.hpp"
#include "transports.hpp"

class Channel {
public:
    // Opens one as the values of `open` say.
    explicit Channel(const Values& values);

    // What the system chose, or empty.
    const std::string& chosen_address() const { return chosen_address_; }

    // Throw `usage` where the channel cannot do that.
    void accept(const Deadline& deadline);
    void send(Bytes message);
    std::optional<Bytes> receive(const Deadline& deadline);

    void consume() { carrier_->consume(); }
    void end_writing();

    // Before a message is looked at: whether it can go this way at all.
    void check_can_send() const { check_direction(Role::write); }
    void check_can_receive() const { check_direction(Role::read); }
    void check_goes_both_ways() const;

    std::size_t limit() const { return limit_; }

private:
    void open(const std::string& address);
    void open_socket(const std::string& address);
    void carry(Descriptor descriptor);
    void check_has_peer() const;
    void check_direction(Role direction) const;

    Transport transport_;
    Role role_;
    std::string framing_;
    std::size_t limit_;
    std::string chosen_address_;
    BoundSocket listener_;              // what peers are accepted from
    std::unique_ptr<Carrier> carrier_;  // null until a listener has its peer
};
