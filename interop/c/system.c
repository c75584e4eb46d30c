#define _GNU_SOURCE /* O_CLOEXEC */
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * EINTR: a signal came before any byte moved. EAGAIN: an inherited descriptor may be non-blocking, because that flag belongs to the open
 * file description and any process that shares it can set it; then wait here instead of spinning.
 */
bool should_retry(int descriptor, short events) {
    if (errno == EINTR) {
        return true;
    }
    if (errno == EAGAIN) {
        struct pollfd waiting = {.fd = descriptor, .events = events};
        return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
    }
    return false;
}

int open_path(const char *path, int flags) {
    int descriptor;
    do {
        descriptor = open(path, flags | O_CLOEXEC, 0600);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

bool is_file(const char *path, const struct stat *file) {
    struct stat now;
    return lstat(path, &now) == 0 && now.st_dev == file->st_dev && now.st_ino == file->st_ino;
}

ssize_t read_some(int descriptor, void *bytes, size_t size) {
    ssize_t count;
    do {
        count = read(descriptor, bytes, size);
    } while (count < 0 && should_retry(descriptor, POLLIN));
    return count;
}

ssize_t receive_one(int descriptor, void *bytes, size_t size, int flags) {
    ssize_t count;
    do {
        count = recv(descriptor, bytes, size, flags);
    } while (count < 0 && should_retry(descriptor, POLLIN));
    return count;
}

bool write_fully(int descriptor, struct iovec *parts, int count) {
    for (;;) {
        ssize_t written = count == 1 ? write(descriptor, parts->iov_base, parts->iov_len) : writev(descriptor, parts, count);
        if (written < 0) {
            if (should_retry(descriptor, POLLOUT)) {
                continue;
            }
            return false;
        }
        size_t rest = (size_t)written;
        while (count > 0 && rest >= parts->iov_len) {
            rest -= parts->iov_len;
            parts++;
            count--;
        }
        if (count == 0) {
            return true;
        }
        parts->iov_base = (char *)parts->iov_base + rest;
        parts->iov_len -= rest;
    }
}

/* close() is never repeated: on Linux the descriptor is gone even after EINTR, and its number may be another thread's by then. */
void close_descriptor(int *descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}
