#include "descriptor.hpp"

#include <fcntl.h>

#include "fault.hpp"

Descriptor open_path(const std::string& path, int flags) {
    Descriptor descriptor{uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0600); })};
    if (!descriptor) {
        throw_errno("cannot open ", path);
    }
    return descriptor;
}

struct stat status_of(const Descriptor& descriptor) {
    struct stat status;
    if (::fstat(descriptor.number(), &status) < 0) {
        throw_errno("cannot examine descriptor ", descriptor.number());
    }
    return status;
}

std::size_t read_some(const Descriptor& descriptor, std::span<std::byte> room) {
    const ssize_t count =
        persistently(descriptor, POLLIN, [&] { return ::read(descriptor.number(), room.data(), room.size()); });
    if (count < 0) {
        throw_errno("cannot read");
    }
    return static_cast<std::size_t>(count);
}

void write_all(const Descriptor& descriptor, std::span<iovec> parts) {
    while (!parts.empty()) {
        const ssize_t count = persistently(descriptor, POLLOUT, [&] {
            return ::writev(descriptor.number(), parts.data(), static_cast<int>(parts.size()));
        });
        if (count < 0) {
            throw_errno("cannot write");
        }
        auto written = static_cast<std::size_t>(count);
        while (!parts.empty() && written >= parts.front().iov_len) {
            written -= parts.front().iov_len;
            parts = parts.subspan(1);
        }
        if (!parts.empty()) {
            parts.front().iov_base = static_cast<std::byte*>(parts.front().iov_base) + written;
            parts.front().iov_len -= written;
        }
    }
}
