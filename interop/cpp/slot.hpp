// file-slot: one text in a mapped file. The last write wins, and nothing synchronises writer and reader.
#pragma once

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <string>

#include "carrier.hpp"
#include "fault.hpp"
#include "mapping.hpp"

class Slot : public Carrier {
public:
    Slot(const std::string& path, Role role, std::size_t limit)
        : mapping_{open_to_map(path, role, size, O_RDONLY), size, role == Role::write ? Mapping::Access::write : Mapping::Access::read},
          limit_{limit} {}

    void send(Bytes message) override {
        if (message.size() > size) { throw too_large("the text for a slot", message.size(), size); }
        if (std::ranges::find(message, nul) != message.end()) {
            throw Fault(Kind::malformed, "the text has a NUL byte, which would end it in the slot; send it without");
        }
        const auto slot = mapping_.bytes();
        std::ranges::copy(message, slot.begin());
        std::ranges::fill(slot.subspan(message.size()), nul);  // Nothing of a longer earlier text stays behind.
    }

    std::optional<Bytes> receive(const Deadline&) override {
        // A copy, because the writer may change the slot between the search for its end and the reply.
        std::ranges::copy(mapping_.bytes(), copy_.begin());
        const auto length = static_cast<std::size_t>(std::ranges::find(copy_, nul) - copy_.begin());
        if (length > limit_) { throw too_large("the text of the slot", length, limit_); }
        return Bytes{copy_}.first(length);
    }

    void consume() override {}  // It can be read as often as one likes.

private:
    static constexpr std::size_t size = 1024;
    static constexpr std::byte nul{0};

    Mapping mapping_;
    std::size_t limit_;
    std::array<std::byte, size> copy_{};
};
