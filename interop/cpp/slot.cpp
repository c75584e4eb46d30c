#include "slot.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>

#include "fault.hpp"

namespace {

constexpr std::byte nul{0};

}  // namespace

Slot::Slot(const std::string& path, Role role, std::size_t limit)
    : mapping_{open_to_map(path, role, size, O_RDONLY), size, role == Role::write ? PROT_READ | PROT_WRITE : PROT_READ},
      limit_{limit} {}

void Slot::send(Bytes message) {
    if (message.size() > size) {
        throw Fault{Kind::too_large, "the text has ", message.size(), " bytes and a slot holds ", size,
                    "; send a shorter one"};
    }
    if (std::ranges::find(message, nul) != message.end()) {
        throw Fault{Kind::malformed, "the text has a NUL byte, which would end it in the slot; send it without"};
    }
    const auto slot = mapping_.bytes();
    std::ranges::copy(message, slot.begin());
    std::ranges::fill(slot.subspan(message.size()), nul);  // Nothing of a longer earlier text stays behind.
}

std::optional<Bytes> Slot::receive(const Deadline&) {
    // A copy, because the writer may change the slot between the search for its end and the reply.
    std::ranges::copy(mapping_.bytes(), copy_.begin());
    const auto length = static_cast<std::size_t>(std::ranges::find(copy_, nul) - copy_.begin());
    if (length > limit_) {
        throw Fault{Kind::too_large, "the slot has ", length, " bytes and the channel's limit is ", limit_,
                    "; raise limit= when opening"};
    }
    return Bytes{copy_}.first(length);
}
