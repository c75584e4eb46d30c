// Carriers: one message in, one message out, whatever it is that carries them.
#pragma once

#include <sys/socket.h>

#include <optional>

#include "descriptor.hpp"
#include "fault.hpp"
#include "waiting.hpp"

// `end_writing` of a socket.
inline void shut_down_writing(const Descriptor& socket) {
    // ENOTCONN: the peer has reset the connection, so there is no direction left to close.
    if (::shutdown(socket.number(), SHUT_WR) < 0 && errno != ENOTCONN) { throw_errno("cannot close a socket half"); }
}

class Carrier {
public:
    virtual ~Carrier() = default;

    // Returns when the system has all of the message.
    virtual void send(Bytes message) = 0;

    // Gives the next message, or nothing at the clean end of the stream. The message stays where it is, and is given again, until
    // it is consumed. What has come of it at the deadline stays too.
    virtual std::optional<Bytes> receive(const Deadline& deadline) = 0;
    virtual void consume() = 0;

    // Lets the peer see the end of the stream, while this side can still receive.
    virtual void end_writing() { throw Fault(Kind::unsupported, "this channel cannot be closed half; close it as a whole"); }
};
