// A file as memory.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <span>
#include <string>

#include "descriptor.hpp"
#include "fault.hpp"
#include "transports.hpp"

// The first bytes of a file, mapped for as long as this lives.
class Mapping {
public:
    enum class Access { read, write };

    Mapping(Descriptor file, std::size_t size, Access access) : file_{std::move(file)} {
        const int protection = access == Access::write ? PROT_READ | PROT_WRITE : PROT_READ;
        void* const start = ::mmap(nullptr, size, protection, MAP_SHARED, file_.number(), 0);
        if (start == MAP_FAILED) { throw_errno("cannot map the file"); }
        mapped_ = {static_cast<std::byte*>(start), size};
    }

    ~Mapping() { ::munmap(mapped_.data(), mapped_.size()); }

    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    // To be asked for before each access. A mapping does not keep its file long: when somebody has cut it, touching the mapping
    // is a SIGBUS, which kills. So this looks at the size first, and throws `truncated`. Who cuts the file in this very moment
    // still wins, which is why such a file must never be cut.
    std::span<std::byte> bytes() const {
        if (!is_whole()) {
            throw Fault(Kind::truncated, "the file has been cut to less than the ", mapped_.size(),
                        " bytes that are mapped; let its writer open it anew");
        }
        return mapped_;
    }

    bool is_whole() const noexcept {
        struct stat status;
        return ::fstat(file_.number(), &status) == 0 && static_cast<std::size_t>(status.st_size) >= mapped_.size();
    }

private:
    Descriptor file_;
    std::span<std::byte> mapped_;
};

// Looked at before it is opened, which could wait for ever on a FIFO.
inline void check_can_be_mapped(const std::string& path) {
    struct stat status;
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        throw Fault(Kind::usage, path, " is not a regular file; only such a file can be mapped here");
    }
}

// Gives a file its bytes. Not with ftruncate, which would leave a hole: touching that on a full disk is a SIGBUS.
inline void reserve(const Descriptor& file, std::size_t size) {
    int error = EINTR;
    while (error == EINTR) {
        error = ::posix_fallocate(file.number(), 0, static_cast<off_t>(size));  // It returns the error.
    }
    if (error != 0) { throw std::system_error{error, std::generic_category(), "cannot reserve the bytes of a mapped file"}; }
}

// Opens what a transport with a file of a fixed size needs. The writer makes a file that is missing and extends one that is
// short; for the reader that is `missing` and `malformed`.
inline Descriptor open_to_map(const std::string& path, Role role, std::size_t size, int reader_flags) {
    check_can_be_mapped(path);
    Descriptor file = open_path(path, role == Role::write ? O_RDWR | O_CREAT : reader_flags);
    if (role == Role::write) {
        reserve(file, size);
    } else if (static_cast<std::size_t>(status_of(file).st_size) < size) {
        throw Fault(Kind::malformed, path, " is shorter than ", size, " bytes; let its writer open it first");
    }
    return file;
}
