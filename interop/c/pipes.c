#define _GNU_SOURCE /* struct stat, S_ISFIFO */
#include "pipes.h"

#include "failures.h"
#include "system.h"
#include "values.h"
#include "waiting.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool open_fifo(struct channel *channel, const char *path) {
    /* Looked at before it is opened: opening a device can have effects, and opening for reading can wait for ever. */
    struct stat status;
    if (stat(path, &status) < 0) {
        return fail_errno("examine", path);
    }
    if (!S_ISFIFO(status.st_mode)) {
        return fail("usage", "%s is not a FIFO; make one with mkfifo", path);
    }
    wait_begins(); /* until somebody has opened the other end */
    channel->descriptor = open_path(path, channel->role == READ ? O_RDONLY : O_WRONLY);
    wait_ends();
    return channel->descriptor >= 0 || fail_errno("open", path);
}

static bool check_inherited(const struct channel *channel, int descriptor) {
    struct stat status;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fstat(descriptor, &status) < 0) {
        return fail_errno("use", "that descriptor");
    }
    for (const struct channel *other = channels; other != NULL; other = other->next) {
        if (other->descriptor == descriptor || other->listener == descriptor) {
            return fail("usage", "descriptor %d belongs to channel %s; close that first", descriptor, other->name);
        }
    }
    if (channel->transport == SOCKETPAIR) {
        int type = 0;
        socklen_t length = sizeof type;
        if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) < 0 || type != SOCK_STREAM) {
            return fail("usage", "descriptor %d is not a stream socket; pass one end of a socketpair", descriptor);
        }
        return true;
    }
    int access = flags & O_ACCMODE;
    if (channel->transport == SHARED_MEMORY) {
        bool is_fit = S_ISREG(status.st_mode) && (access == O_RDWR || (access == O_RDONLY && channel->role == READ));
        return is_fit || fail("usage", "descriptor %d is not memory that role=%s can map", descriptor, role_names[channel->role]);
    }
    if (!S_ISFIFO(status.st_mode) || access == (channel->role == READ ? O_WRONLY : O_RDONLY)) {
        return fail("usage", "descriptor %d is not the end of a pipe that role=%s needs", descriptor, role_names[channel->role]);
    }
    return true;
}

bool open_inherited(struct channel *channel, const char *text) {
    uint64_t number;
    /* 0 to 2 carry the commands, the replies and the log. */
    if (!parse_number(text, 3, INT32_MAX, &number)) {
        return fail("usage", "\"%s\" is not the number of an inherited descriptor, which is 3 or more", text);
    }
    if (!check_inherited(channel, (int)number)) {
        return false;
    }
    channel->descriptor = (int)number;
    /* It came through an exec, so it cannot have the flag yet. */
    return fcntl(channel->descriptor, F_SETFD, FD_CLOEXEC) == 0 || fail_errno("set close-on-exec on descriptor", text);
}
