#define _GNU_SOURCE /* posix_fallocate */
#include "mapping.h"

#include "failures.h"

#include <errno.h>
#include <fcntl.h>

bool check_regular(const struct channel *channel, const char *path) {
    struct stat status;
    if (stat(path, &status) == 0) {
        return S_ISREG(status.st_mode)
            || fail("usage", "%s is not a regular file; a %s lives in one", path, transport_names[channel->transport]);
    }
    return (errno == ENOENT && channel->role == WRITE) || fail_errno("examine", path);
}

bool reserve(int descriptor, off_t size, const char *object) {
    do {
        errno = posix_fallocate(descriptor, 0, size); /* it returns the error instead of setting errno */
    } while (errno == EINTR);
    return errno == 0 || fail_errno("reserve the bytes of", object);
}
