#include "pipes.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <limits>

#include "fault.hpp"
#include "numbers.hpp"
#include "waiting.hpp"

Descriptor open_fifo(const std::string& path, Role role) {
    // Looked at before it is opened: opening a device can have effects, and a file would be written to.
    struct stat status;
    if (::stat(path.c_str(), &status) < 0) {
        throw_errno("cannot examine ", path);
    }
    if (!S_ISFIFO(status.st_mode)) {
        throw Fault{Kind::usage, path, " is not a FIFO; make one with mkfifo"};
    }
    const Waiting waiting;
    // Never O_RDWR: a reader would be its own writer, and the end of the stream would never come.
    return open_path(path, role == Role::read ? O_RDONLY : O_WRONLY);
}

namespace {

bool is_stream_socket(int number) {
    int type = 0;
    socklen_t size = sizeof type;
    return ::getsockopt(number, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

bool is_end_of_pipe(int number, Role role) {
    struct stat status;
    const int access = ::fcntl(number, F_GETFL) & O_ACCMODE;
    const int wrong_access = role == Role::read ? O_WRONLY : O_RDONLY;
    return ::fstat(number, &status) == 0 && S_ISFIFO(status.st_mode) && access != wrong_access;
}

}  // namespace

Descriptor adopt(const std::string& text, Transport transport, Role role) {
    // 0 to 2 carry the commands, the replies and the log.
    const auto parsed = parse_number(text, 3, std::numeric_limits<int>::max());
    if (!parsed) {
        throw Fault{Kind::usage, "\"", text, "\" is not the number of an inherited descriptor, which is 3 or more"};
    }
    const int number = static_cast<int>(*parsed);
    const int flags = ::fcntl(number, F_GETFD);
    if (flags < 0) {
        throw_errno("cannot use descriptor ", number);
    }
    // What came through an exec cannot have FD_CLOEXEC, and all descriptors of our own have it.
    if ((flags & FD_CLOEXEC) != 0) {
        throw Fault{Kind::usage, "descriptor ", number, " is in use here already; pass another one"};
    }
    if (transport == Transport::pipe ? !is_end_of_pipe(number, role) : !is_stream_socket(number)) {
        throw Fault{Kind::usage, "descriptor ", number, " is not what a ", name_of(transport), " with role=", name_of(role),
                    " needs; pass such an end"};
    }
    Descriptor adopted{number};
    if (::fcntl(number, F_SETFD, FD_CLOEXEC) < 0) {
        throw_errno("cannot set close-on-exec on descriptor ", number);
    }
    return adopted;
}
