#include "channel.hpp"

#include "cell.hpp"
#include "fault.hpp"
#include "framings.hpp"
#include "numbers.hpp"
#include "packets.hpp"
#include "pipes.hpp"
#include "slot.hpp"
#include "stream.hpp"

namespace {

constexpr std::size_t default_limit = 64 << 20;

Fault undeclared(std::string_view what, const std::string& name) {
    return Fault{Kind::unsupported, "there is no ", what, " \"", name, "\" here; hello lists what there is"};
}

}  // namespace

Channel::Channel(const Values& values) : framing_{values.at("framing")}, limit_{default_limit} {
    const auto transport = named<Transport>(values.at("transport"), transport_names);
    if (!transport) {
        throw undeclared("transport", values.at("transport"));
    }
    transport_ = *transport;
    if (std::ranges::find(framing_names, framing_) == framing_names.end() ||
        (framing_ == "none") != keeps_bounds(transport_)) {
        throw undeclared(text("framing for ", name_of(transport_)), framing_);
    }
    const auto role = named<Role>(values.at("role"), role_names);
    if (!role || has_listener(transport_) != (*role == Role::listen || *role == Role::connect)) {
        throw undeclared(text("role of ", name_of(transport_)), values.at("role"));
    }
    role_ = *role;
    if (const std::string* limit = find(values, "limit")) {
        limit_ = std::stoul(*limit);
    }
    const std::string& address = values.at("address");
    // Only an abstract name may have a NUL; in a path it would silently cut the rest off.
    if (address.empty() || (address.find('\0') != std::string::npos && transport_ != Transport::unix_abstract)) {
        throw Fault{Kind::usage, "the address of a ", name_of(transport_), " must not be empty or have a NUL"};
    }
    open(address);
}

void Channel::open(const std::string& address) {
    if (has_listener(transport_)) {
        open_socket(address);
    } else if (transport_ == Transport::file_slot) {
        carrier_ = std::make_unique<Slot>(address, role_, limit_);
    } else if (transport_ == Transport::file_cell) {
        carrier_ = std::make_unique<Cell>(address, role_, limit_);
    } else if (transport_ == Transport::fifo) {
        carry(open_fifo(address, role_));
    } else {
        carry(adopt(address, transport_, role_));
    }
}

void Channel::open_socket(const std::string& text) {
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

void Channel::carry(Descriptor descriptor) {
    if (keeps_bounds(transport_)) {
        const auto connection =
            transport_ == Transport::unix_seqpacket ? Packets::Connection::yes : Packets::Connection::no;
        carrier_ = std::make_unique<Packets>(BoundSocket{std::move(descriptor), nullptr}, connection, limit_);
    } else {
        carrier_ = std::make_unique<Stream>(std::move(descriptor), make_framing(framing_, limit_));
    }
}

void Channel::accept(const Deadline& deadline) {
    if (!listener_.descriptor || carrier_) {
        throw Fault{Kind::usage, "this channel has its peer, or waits for none; accept on one that listens"};
    }
    carry(accept_peer(listener_, transport_, deadline));
}

void Channel::send(Bytes message) {
    check_can_send();
    if (message.size() > limit_) {
        throw Fault{Kind::too_large, "the message has ", message.size(), " bytes and the channel's limit is ", limit_,
                    "; raise limit= when opening"};
    }
    carrier_->send(message);
}

std::optional<Bytes> Channel::receive(const Deadline& deadline) {
    check_can_receive();
    return carrier_->receive(deadline);
}

void Channel::end_writing() {
    // A .NET pipe's socket could; but the classes of .NET, for which that transport is there, have no call for it.
    if (is_one_way(transport_) || transport_ == Transport::dotnet_pipe) {
        throw Fault{Kind::unsupported, "a ", name_of(transport_), " cannot be closed half; close it as a whole"};
    }
    check_has_peer();
    carrier_->end_writing();
}

void Channel::check_goes_both_ways() const {
    check_has_peer();
    if (is_one_way(transport_)) {
        throw Fault{Kind::usage, "a ", name_of(transport_), " goes one way; echo and ping need both"};
    }
}

void Channel::check_has_peer() const {
    if (!carrier_) {
        throw Fault{Kind::usage, "this channel has no peer yet; accept one first"};
    }
}

// Datagrams go from who connects to who listens; on every other one-way channel the role says which way.
void Channel::check_direction(Role direction) const {
    check_has_peer();
    const Role datagram_role = direction == Role::write ? Role::connect : Role::listen;
    if (is_one_way(transport_) && role_ != (transport_ == Transport::unix_datagram ? datagram_role : direction)) {
        throw Fault{Kind::usage, "this channel goes one way and was opened with role=", name_of(role_)};
    }
}
