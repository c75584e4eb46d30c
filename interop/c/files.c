#define _GNU_SOURCE /* struct stat */
#include "files.h"

#include "failures.h"
#include "system.h"
#include "waiting.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_regular(const struct stat *status, const char *path) {
    return S_ISREG(status->st_mode) || fail("usage", "%s is not a regular file; only a regular file can be sent", path);
}

bool read_file(const char *path, size_t limit, unsigned char **bytes, size_t *length) {
    /* Looked at before it is opened: opening a device can have effects, and a FIFO's writer that waits for a reader would find one. */
    struct stat status;
    if (stat(path, &status) < 0) {
        return fail_errno("examine", path);
    }
    if (!is_regular(&status, path)) {
        return false;
    }
    /* If the path has become a FIFO since, O_NONBLOCK keeps the open from waiting for a writer. On a regular file it does nothing. */
    int descriptor = open_path(path, O_RDONLY | O_NONBLOCK);
    if (descriptor < 0) {
        return fail_errno("open", path);
    }
    bool succeeded = false;
    *bytes = NULL;
    *length = 0;
    if (fstat(descriptor, &status) < 0) {
        fail_errno("examine", path);
    } else if (!is_regular(&status, path)) {
        succeeded = false; /* is_regular has said why */
    } else if ((uintmax_t)status.st_size > limit) {
        fail("too-large", "%s has %jd bytes and the channel's limit is %zu; raise limit= when opening", path,
             (intmax_t)status.st_size, limit);
    } else if ((*bytes = malloc((size_t)status.st_size + 1)) == NULL) {
        fail_errno("find memory for", path);
    } else {
        ssize_t count = 1;
        while (*length < (size_t)status.st_size && count > 0) {
            count = read_some(descriptor, *bytes + *length, (size_t)status.st_size - *length);
            if (count > 0) {
                *length += (size_t)count;
            }
        }
        succeeded = count >= 0 || fail_errno("read", path);
    }
    if (!succeeded) {
        free(*bytes);
    }
    close_descriptor(&descriptor);
    return succeeded;
}

bool write_file(const char *path, unsigned char *bytes, size_t length) {
    wait_begins(); /* For the reader, if it is a FIFO. */
    int descriptor = open_path(path, O_WRONLY | O_CREAT | O_TRUNC);
    wait_ends();
    if (descriptor < 0) {
        return fail_errno("make", path);
    }
    struct stat status;
    if (fstat(descriptor, &status) < 0 || !S_ISREG(status.st_mode)) {
        wait_begins(); /* A disk is waited for as well, but never for long. */
    }
    struct iovec whole = {.iov_base = bytes, .iov_len = length};
    bool succeeded = write_fully(descriptor, &whole, 1);
    wait_ends();
    succeeded = succeeded || fail_errno("write", path);
    close_descriptor(&descriptor);
    return succeeded;
}
