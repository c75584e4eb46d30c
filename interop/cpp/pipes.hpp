// FIFOs, and the ends of pipes and socketpairs that a process inherits.
#pragma once

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <string>

#include "descriptor.hpp"
#include "fault.hpp"
#include "inherited.hpp"
#include "transports.hpp"
#include "waiting.hpp"

// Waits until somebody has opened the other end.
inline Descriptor open_fifo(const std::string& path, Role role) {
    // Looked at before it is opened: opening a device can have effects, and a file would be written to.
    struct stat status;
    if (::stat(path.c_str(), &status) < 0) { throw_errno("cannot examine ", path); }
    if (!S_ISFIFO(status.st_mode)) { throw Fault(Kind::usage, path, " is not a FIFO; make one with mkfifo"); }
    const Waiting waiting;
    // Never O_RDWR: a reader would be its own writer, and the end of the stream would never come.
    return open_path(path, role == Role::read ? O_RDONLY : O_WRONLY);
}

inline bool is_stream_socket(int number) {
    int type = 0;
    socklen_t size = sizeof type;
    return ::getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

inline bool is_end_of_pipe(int number, Role role) {
    struct stat status;
    const int access = ::fcntl(number, F_GETFL) & O_ACCMODE;
    const int wrong_access = role == Role::read ? O_WRONLY : O_RDONLY;
    return ::fstat(number, &status) == 0 && S_ISFIFO(status.st_mode) && access != wrong_access;
}

// Makes the inherited end of a pipe or socketpair ours. `text` is its number.
inline Descriptor adopt_end(const std::string& text, Transport transport, Role role) {
    return adopt(text, [&](int number) { return transport == Transport::pipe ? is_end_of_pipe(number, role) : is_stream_socket(number); });
}
