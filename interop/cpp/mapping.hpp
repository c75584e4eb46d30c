// A file as memory.
#pragma once

#include <span>
#include <string>

#include "descriptor.hpp"
#include "transports.hpp"

// The first bytes of a file, mapped for as long as this lives.
class Mapping {
public:
    // `protection` is that of mmap.
    Mapping(Descriptor file, std::size_t size, int protection);
    ~Mapping();
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;

    // To be asked for before each access. A mapping does not keep its file long: when somebody has cut it, touching the
    // mapping is a SIGBUS, which kills. So this looks at the size first, and throws `truncated`. Who cuts the file in
    // this very moment still wins, which is why such a file must never be cut.
    std::span<std::byte> bytes() const;
    bool is_whole() const noexcept;

private:
    Descriptor file_;
    std::span<std::byte> mapped_;
};

// Opens what a transport with a file of a fixed size needs. The writer makes a file that is missing and extends one that
// is short; for the reader that is `missing` and `malformed`.
Descriptor open_to_map(const std::string& path, Role role, std::size_t size, int reader_flags);
