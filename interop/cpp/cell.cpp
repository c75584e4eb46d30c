#include "cell.hpp"

#include <endian.h>
#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>

#include "fault.hpp"

namespace {

using Word = std::atomic_ref<std::uint64_t>;

// A lock instead of a machine instruction would be inside this process, where the other side does not see it.
static_assert(Word::is_always_lock_free);

// Loading a counter with acquire, where the other side has stored it with release, makes the bytes that were stored
// before it visible here.
std::uint64_t load(std::uint64_t& word) { return le64toh(Word{word}.load(std::memory_order_acquire)); }

void store(std::uint64_t& word, std::uint64_t value) { Word{word}.store(htole64(value), std::memory_order_release); }

}  // namespace

// The reader stores too: how many messages it has taken.
Cell::Cell(const std::string& path, Role role, std::size_t limit)
    : mapping_{open_to_map(path, role, sizeof(Memory), O_RDWR), sizeof(Memory), PROT_READ | PROT_WRITE}, limit_{limit} {
    if (role == Role::write) {
        open_end_ = std::make_unique<Leftover>([this]() -> Leftover::Removal {
            Memory& cell = memory();
            store(cell.closed, 0);
            store(cell.length, 0);
            store(cell.written, 0);  // Before `taken`: never is there more written than taken.
            store(cell.taken, 0);
            return [this, &cell] {
                if (mapping_.is_whole()) {
                    store(cell.closed, 1);
                }
            };
        });
    }
}

void Cell::send(Bytes message) {
    if (message.size() > content_size) {
        throw Fault{Kind::too_large, "the message has ", message.size(), " bytes and a cell holds ", content_size,
                    "; send a shorter one"};
    }
    wait_until([this] { return load(memory().taken) == load(memory().written); }, {});
    Memory& cell = memory();
    std::ranges::copy(message, cell.content.begin());
    store(cell.length, message.size());
    store(cell.written, load(cell.written) + 1);  // Last: from here on the message is the reader's.
}

std::optional<Bytes> Cell::receive(const Deadline& deadline) {
    if (!length_) {
        const auto has_message = [](Memory& cell) { return load(cell.written) > load(cell.taken); };
        wait_until(
            [&] {
                Memory& cell = memory();
                // Before `written`: otherwise the writer could write and close in between, and the message were lost.
                const bool is_closed = load(cell.closed) != 0;
                return has_message(cell) || is_closed;
            },
            deadline);
        Memory& cell = memory();
        if (!has_message(cell)) {
            return {};
        }
        const std::uint64_t length = load(cell.length);
        if (length > content_size) {
            throw Fault{Kind::malformed, "the cell announces ", length, " bytes and holds ", content_size,
                        "; check what its writer stores"};
        }
        if (length > limit_) {
            throw Fault{Kind::too_large, "the cell has ", length, " bytes and the channel's limit is ", limit_,
                        "; raise limit= when opening"};
        }
        std::ranges::copy(Bytes{cell.content}.first(length), copy_.begin());
        length_ = length;
        store(cell.taken, load(cell.taken) + 1);  // Last: from here on the writer may overwrite the message.
    }
    return Bytes{copy_}.first(*length_);
}
