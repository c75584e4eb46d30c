// Descriptors that a process inherits from the one that started it.
#pragma once

#include <fcntl.h>

#include <functional>
#include <limits>
#include <string>

#include "descriptor.hpp"
#include "fault.hpp"
#include "numbers.hpp"

// Makes an inherited descriptor ours. `text` is its number. Throws `usage` unless it is fit for its purpose.
inline Descriptor adopt(const std::string& text, const std::function<bool(int)>& is_fit) {
    // 0 to 2 carry the commands, the replies and the log.
    const auto parsed = parse_number(text, 3, std::numeric_limits<int>::max());
    if (!parsed) { throw Fault(Kind::usage, "\"", text, "\" is not the number of an inherited descriptor, which is 3 or more"); }
    const int number = static_cast<int>(*parsed);
    const int flags = ::fcntl(number, F_GETFD);
    if (flags < 0) { throw_errno("cannot use descriptor ", number); }
    // What came through an exec cannot have FD_CLOEXEC, and all descriptors of our own have it.
    if ((flags & FD_CLOEXEC) != 0) { throw Fault(Kind::usage, "descriptor ", number, " is in use here already; pass another one"); }
    if (!is_fit(number)) { throw Fault(Kind::usage, "descriptor ", number, " is not what this transport and role need; pass one that is"); }
    ::fcntl(number, F_SETFD, FD_CLOEXEC);
    return Descriptor{number};
}
