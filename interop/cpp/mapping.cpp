#include "mapping.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "fault.hpp"

Mapping::Mapping(Descriptor file, std::size_t size, int protection) : file_{std::move(file)} {
    void* const start = ::mmap(nullptr, size, protection, MAP_SHARED, file_.number(), 0);
    if (start == MAP_FAILED) {
        throw_errno("cannot map the file");
    }
    mapped_ = {static_cast<std::byte*>(start), size};
}

Mapping::~Mapping() { ::munmap(mapped_.data(), mapped_.size()); }

bool Mapping::is_whole() const noexcept {
    struct stat status;
    return ::fstat(file_.number(), &status) == 0 && static_cast<std::size_t>(status.st_size) >= mapped_.size();
}

std::span<std::byte> Mapping::bytes() const {
    if (!is_whole()) {
        throw Fault{Kind::truncated, "the file has been cut to less than the ", mapped_.size(),
                    " bytes that are mapped; let its writer open it anew"};
    }
    return mapped_;
}

Descriptor open_to_map(const std::string& path, Role role, std::size_t size, int reader_flags) {
    // Looked at before it is opened, which could wait for ever on a FIFO.
    struct stat status;
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
        throw Fault{Kind::usage, path, " is not a regular file; only such a file can be mapped here"};
    }
    Descriptor file = open_path(path, role == Role::write ? O_RDWR | O_CREAT : reader_flags);
    if (role == Role::write) {
        // Not ftruncate, which would leave a hole: touching that on a full disk is a SIGBUS. The error is returned.
        int error = EINTR;
        while (error == EINTR) {
            error = ::posix_fallocate(file.number(), 0, static_cast<off_t>(size));
        }
        if (error != 0) {
            throw std::system_error{error, std::generic_category(), text("cannot reserve the bytes of ", path)};
        }
    } else if (static_cast<std::size_t>(status_of(file).st_size) < size) {
        throw Fault{Kind::malformed, path, " is shorter than ", size, " bytes; let its writer open it first"};
    }
    return file;
}
