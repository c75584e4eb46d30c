#include "carrier.hpp"

#include <sys/socket.h>

#include "fault.hpp"

void Carrier::end_writing() {
    throw Fault{Kind::unsupported, "this channel cannot be closed half; close it as a whole"};
}

void shut_down_writing(const Descriptor& socket) {
    // ENOTCONN: the peer has reset the connection, so there is no direction left to close.
    if (::shutdown(socket.number(), SHUT_WR) < 0 && errno != ENOTCONN) {
        throw_errno("cannot close a socket half");
    }
}
