// A channel: what `open` makes.
#pragma once

#include <memory>
#include <string>

#include "carrier.hpp"
#include "cell.hpp"
#include "commands.hpp"
#include "fault.hpp"
#include "framings.hpp"
#include "numbers.hpp"
#include "packets.hpp"
#include "pipes.hpp"
#include "shared_memory.hpp"
#include "slot.hpp"
#include "sockets.hpp"
#include "stream.hpp"
#include "transports.hpp"

constexpr std::size_t default_limit = 64 << 20;

inline Fault undeclared(std::string_view what, const std::string& name) {
    return Fault(Kind::unsupported, "there is no ", what, " \"", name, "\" here; hello lists what there is");
}

class Channel {
public:
    // Opens one as the values of `open` say.
    explicit Channel(const Values& values) : framing_{values.at("framing")}, limit_{default_limit} {
        const auto transport = named<Transport>(values.at("transport"), transport_names);
        if (!transport) { throw undeclared("transport", values.at("transport")); }
        transport_ = *transport;
        if (std::ranges::find(framing_names, framing_) == framing_names.end() || (framing_ == "none") != keeps_bounds(transport_)) {
            throw undeclared(text("framing for ", name_of(transport_)), framing_);
        }
        const auto role = named<Role>(values.at("role"), role_names);
        if (!role || has_listener(transport_) != (*role == Role::listen || *role == Role::connect)) {
            throw undeclared(text("role of ", name_of(transport_)), values.at("role"));
        }
        role_ = *role;
        if (const std::string* limit = find(values, "limit")) { limit_ = std::stoul(*limit); }
        const std::string& address = values.at("address");
        // Only an abstract name may have a NUL; in a path it would silently cut the rest off.
        if (address.empty() || (address.find('\0') != std::string::npos && transport_ != Transport::unix_abstract)) {
            throw Fault(Kind::usage, "the address of a ", name_of(transport_), " must not be empty or have a NUL");
        }
        open(values);
    }

    // What the system chose, or empty.
    const std::string& chosen_address() const { return chosen_address_; }

    // Throw `usage` where the channel cannot do that.
    void accept(const Deadline& deadline) {
        if (!listener_.descriptor || carrier_) {
            throw Fault(Kind::usage, "this channel has its peer, or waits for none; accept on one that listens");
        }
        carry(accept_peer(listener_, transport_, deadline));
    }

    void send(Bytes message) {
        check_can_send();
        if (message.size() > limit_) { throw too_large("the message", message.size(), limit_); }
        carrier_->send(message);
    }

    std::optional<Bytes> receive(const Deadline& deadline) {
        check_can_receive();
        return carrier_->receive(deadline);
    }

    void consume() { carrier_->consume(); }

    void end_writing() {
        // A .NET pipe's socket could; but the classes of .NET, for which that transport is there, have no call for it.
        if (is_one_way(transport_) || transport_ == Transport::dotnet_pipe) {
            throw Fault(Kind::unsupported, "a ", name_of(transport_), " cannot be closed half; close it as a whole");
        }
        check_has_peer();
        carrier_->end_writing();
    }

    // Before a message is looked at: whether it can go this way at all.
    void check_can_send() const { check_direction(Role::write); }

    void check_can_receive() const { check_direction(Role::read); }

    void check_goes_both_ways() const {
        check_has_peer();
        if (is_one_way(transport_)) { throw Fault(Kind::usage, "a ", name_of(transport_), " goes one way; echo and ping need both"); }
    }

    std::size_t limit() const { return limit_; }

private:
    void open(const Values& values) {
        const std::string& address = values.at("address");
        if (has_listener(transport_)) {
            open_socket(address);
        } else if (transport_ == Transport::fifo) {
            carry(open_fifo(address, role_));
        } else if (transport_ == Transport::file_slot) {
            carrier_ = std::make_unique<Slot>(address, role_, limit_);
        } else if (transport_ == Transport::file_cell) {
            carrier_ = std::make_unique<Cell>(address, role_, limit_);
        } else if (transport_ == Transport::shared_memory) {
            carrier_ = std::make_unique<SharedMemory>(values, role_, limit_);
        } else {
            carry(adopt_end(address, transport_, role_));
        }
    }

    void open_socket(const std::string& text) {
        const SocketAddress address{transport_, role_, text};
        if (role_ == Role::connect) {
            carry(connect_to(transport_, address));
            return;
        }
        BoundSocket bound = listen_at(transport_, address);
        if (transport_ == Transport::tcp && text.ends_with(":0")) {
            chosen_address_ = "127.0.0.1:" + std::to_string(port_of(bound.descriptor));
        }
        if (transport_ == Transport::unix_datagram) {
            // There are no connections to accept: the bound socket itself gets what anybody sends to it.
            carrier_ = std::make_unique<Packets>(std::move(bound), Packets::Connection::no, limit_);
        } else {
            listener_ = std::move(bound);
        }
    }

    void carry(Descriptor descriptor) {
        if (keeps_bounds(transport_)) {
            const auto connection = transport_ == Transport::unix_seqpacket ? Packets::Connection::yes : Packets::Connection::no;
            carrier_ = std::make_unique<Packets>(BoundSocket{std::move(descriptor), nullptr}, connection, limit_);
        } else {
            carrier_ = std::make_unique<Stream>(std::move(descriptor), make_framing(framing_, limit_));
        }
    }

    void check_has_peer() const {
        if (!carrier_) { throw Fault(Kind::usage, "this channel has no peer yet; accept one first"); }
    }

    // Datagrams go from who connects to who listens; on every other one-way channel the role says which way.
    void check_direction(Role direction) const {
        check_has_peer();
        const Role datagram_role = direction == Role::write ? Role::connect : Role::listen;
        if (is_one_way(transport_) && role_ != (transport_ == Transport::unix_datagram ? datagram_role : direction)) {
            throw Fault(Kind::usage, "this channel goes one way and was opened with role=", name_of(role_));
        }
    }

    Transport transport_;
    Role role_;
    std::string framing_;
    std::size_t limit_;
    std::string chosen_address_;
    BoundSocket listener_;              // what peers are accepted from
    std::unique_ptr<Carrier> carrier_;  // null until a listener has its peer
};
