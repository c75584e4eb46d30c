// A message from a file, a message into a file.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "fault.hpp"
#include "waiting.hpp"

inline void check_regular(const struct stat& status, const std::string& path) {
    if (!S_ISREG(status.st_mode)) { throw Fault(Kind::usage, path, " is not a regular file; only a regular file can be sent"); }
}

// The content of a regular file of at most `limit` bytes.
inline std::vector<std::byte> read_file(const std::string& path, std::size_t limit) {
    // Looked at before it is opened: opening a device can have effects, and the writer of a FIFO would find a reader.
    struct stat status;
    if (::stat(path.c_str(), &status) < 0) { throw_errno("cannot examine ", path); }
    check_regular(status, path);
    // If the path has become a FIFO since, O_NONBLOCK keeps the open from waiting. On a regular file it does nothing.
    const Descriptor file = open_path(path, O_RDONLY | O_NONBLOCK);
    status = status_of(file);
    check_regular(status, path);
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > limit) { throw too_large(path, size, limit); }
    std::vector<std::byte> content(size);
    std::size_t length = 0;
    while (length < size) {
        const std::size_t count = read_some(file, std::span{content}.subspan(length));
        if (count == 0) {
            break;  // Somebody has cut it meanwhile.
        }
        length += count;
    }
    content.resize(length);
    return content;
}

// Makes or replaces the file.
inline void write_file(const std::string& path, Bytes content) {
    std::optional<Waiting> waiting{std::in_place};  // for the reader, if it is a FIFO
    const Descriptor file = open_path(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (S_ISREG(status_of(file).st_mode)) {
        waiting.reset();  // A disk is waited for too, but never for long, and the file shall be whole.
    }
    std::array<iovec, 1> whole{part(content.data(), content.size())};
    write_all(file, whole);
}
