// Descriptors: who closes them, and calls that are interrupted, partial, or refused because they would wait.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "fault.hpp"

using Bytes = std::span<const std::byte>;

// Owns an open descriptor and closes it. It can be moved and not copied, so there is always one owner.
class Descriptor {
public:
    Descriptor() = default;

    explicit Descriptor(int number) noexcept : number_{number} {}

    Descriptor(Descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}

    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);  // The other one closes what was here.
        return *this;
    }

    ~Descriptor() {
        if (number_ >= 0) {
            // Never repeated: on Linux the descriptor is gone even after EINTR, and its number may be another thread's.
            ::close(number_);
        }
    }

    int number() const noexcept { return number_; }

    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_ = -1;
};

// Makes a system call until no signal interrupts it. Gives its result, which is negative if it failed.
template <class Call>
auto uninterrupted(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) { result = call(); }
    return result;
}

// Makes a system call again if it was interrupted, or could not wait. EAGAIN: an inherited descriptor may be non-blocking,
// because that flag belongs to the open file, and any process that shares it can set it. Then this waits.
template <class Call>
ssize_t persistently(const Descriptor& descriptor, short events, Call call) {
    ssize_t result = uninterrupted(call);
    while (result < 0 && errno == EAGAIN) {
        pollfd watched{descriptor.number(), events, 0};
        ::poll(&watched, 1, -1);
        result = uninterrupted(call);
    }
    return result;
}

// A part that is only read, although the system's type could also be written to.
inline iovec part(const void* bytes, std::size_t size) { return {const_cast<void*>(bytes), size}; }

// Opens a path. No other program inherits the descriptor, and what it makes is its user's alone.
inline Descriptor open_path(const std::string& path, int flags) {
    Descriptor descriptor{uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0600); })};
    if (!descriptor) { throw_errno("cannot open ", path); }
    return descriptor;
}

inline struct stat status_of(const Descriptor& descriptor) {
    struct stat status;
    if (::fstat(descriptor.number(), &status) < 0) { throw_errno("cannot examine descriptor ", descriptor.number()); }
    return status;
}

// Reads at least one byte, or none at the end of the stream.
inline std::size_t read_some(const Descriptor& descriptor, std::span<std::byte> room) {
    const ssize_t count = persistently(descriptor, POLLIN, [&] { return ::read(descriptor.number(), room.data(), room.size()); });
    if (count < 0) { throw_errno("cannot read"); }
    return static_cast<std::size_t>(count);
}

// Writes all parts. A write may take fewer bytes than it was given: the rest is written again.
inline void write_all(const Descriptor& descriptor, std::span<iovec> parts) {
    while (!parts.empty()) {
        const ssize_t count =
            persistently(descriptor, POLLOUT, [&] { return ::writev(descriptor.number(), parts.data(), static_cast<int>(parts.size())); });
        if (count < 0) { throw_errno("cannot write"); }
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
