#include "failures.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct failure failure;

bool fail(const char *kind, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure.message, sizeof failure.message, format, arguments);
    va_end(arguments);
    failure.kind = kind;
    return false;
}

static const char *kind_of_errno(int code) {
    switch (code) {
    case EMSGSIZE: return "too-large";
    case EPIPE: return "closed";
    case ECONNRESET: return "reset";
    case ECONNREFUSED: case EPROTOTYPE: return "refused";
    case ENOENT: case ENOTDIR: case EBADF: return "missing";
    case EADDRINUSE: case EEXIST: return "exists";
    case EACCES: case EPERM: case EROFS: return "denied";
    case ETIMEDOUT: case EAGAIN: return "timeout"; /* EAGAIN is a listener whose queue is full; elsewhere it is waited for */
    case EAFNOSUPPORT: case EPROTONOSUPPORT: case EOPNOTSUPP: return "unsupported";
    case ENAMETOOLONG: case EISDIR: return "usage";
    default: return "internal";
    }
}

static const char *remedy_for_errno(int code) {
    switch (code) {
    case EMSGSIZE: return "send a smaller packet, or raise net.core.wmem_max";
    case EPIPE: return "the peer has closed its end, open the channel again";
    case ECONNRESET: return "the peer went away with unread data, open the channel again";
    case ECONNREFUSED: return "start the listener first";
    case EPROTOTYPE: return "the listener there uses another kind of socket";
    case ENOENT: case ENOTDIR: return "check the path";
    case EBADF: return "pass the descriptor to this process when it is started";
    case EADDRINUSE: case EEXIST: return "choose another address, or end the program that has it";
    case EACCES: case EPERM: case EROFS: return "check the permissions of the path and of its folder";
    case ETIMEDOUT: case EAGAIN: return "the peer did not do its part in time, ask again";
    case EMFILE: case ENFILE: return "close channels, or raise the limit on open files";
    case ENOSPC: return "free some space on that file system";
    case ENOMEM: return "free some memory, or lower the channel's limit";
    default: return "this is not a fault the endpoint foresees";
    }
}

bool fail_errno(const char *action, const char *object) {
    int code = errno;
    return fail(kind_of_errno(code), "cannot %s %s: %s; %s", action, object, strerror(code), remedy_for_errno(code));
}
