// file-cell: one message at a time in a mapped file, from one writer to one reader. None is lost, and none comes twice.
#pragma once

#include <endian.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "carrier.hpp"
#include "fault.hpp"
#include "leftovers.hpp"
#include "mapping.hpp"

using Word = std::atomic_ref<std::uint64_t>;

// A lock instead of a machine instruction would be inside this process, where the other side does not see it.
static_assert(Word::is_always_lock_free);

// Loading a counter with acquire, where the other side has stored it with release, makes the bytes that were stored before it
// visible here.
inline std::uint64_t load(std::uint64_t& word) { return le64toh(Word{word}.load(std::memory_order_acquire)); }

inline void store(std::uint64_t& word, std::uint64_t value) { Word{word}.store(htole64(value), std::memory_order_release); }

class Cell : public Carrier {
public:
    // The reader stores too: how many messages it has taken.
    Cell(const std::string& path, Role role, std::size_t limit)
        : mapping_{open_to_map(path, role, sizeof(Memory), O_RDWR), sizeof(Memory), Mapping::Access::write}, limit_{limit} {
        if (role == Role::write) {
            open_end_ = std::make_unique<Leftover>([this]() -> Leftover::Removal {
                Memory& cell = memory();
                store(cell.closed, 0);
                store(cell.length, 0);
                store(cell.written, 0);  // Before `taken`: never is there more written than taken.
                store(cell.taken, 0);
                return [this, &cell] {
                    if (mapping_.is_whole()) { store(cell.closed, 1); }
                };
            });
        }
    }

    void send(Bytes message) override {
        if (message.size() > content_size) { throw too_large("the message for a cell", message.size(), content_size); }
        wait_until([this] { return load(memory().taken) == load(memory().written); }, {});
        Memory& cell = memory();
        std::ranges::copy(message, cell.content.begin());
        store(cell.length, message.size());
        store(cell.written, load(cell.written) + 1);  // Last: from here on the message is the reader's.
    }

    std::optional<Bytes> receive(const Deadline& deadline) override {
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
            if (!has_message(cell)) { return {}; }
            const std::uint64_t length = load(cell.length);
            if (length > content_size) {
                throw Fault(Kind::malformed, "the cell announces ", length, " bytes and holds ", content_size,
                            "; check what its writer stores");
            }
            if (length > limit_) { throw too_large("the message of the cell", length, limit_); }
            std::ranges::copy(Bytes{cell.content}.first(length), copy_.begin());
            length_ = length;
            store(cell.taken, load(cell.taken) + 1);  // Last: from here on the writer may overwrite the message.
        }
        return Bytes{copy_}.first(*length_);
    }

    void consume() override { length_.reset(); }

private:
    static constexpr std::size_t content_size = 4032;

    // What the file is. The words are little-endian. A message belongs to the writer while `written` equals `taken`, and to the
    // reader while it is more.
    struct Memory {
        std::uint64_t written;  // messages; stored by the writer
        std::uint64_t taken;    // messages; stored by the reader
        std::uint64_t length;
        std::uint64_t closed;  // 1 once the writer has gone
        std::array<std::byte, 32> unused;
        std::array<std::byte, content_size> content;
    };

    static_assert(sizeof(Memory) == 4096);

    // To be asked for before each access, as the bytes of the mapping.
    Memory& memory() const { return *reinterpret_cast<Memory*>(mapping_.bytes().data()); }

    Mapping mapping_;
    std::size_t limit_;
    std::array<std::byte, content_size> copy_{};
    std::optional<std::size_t> length_;   // of the copied message that is not consumed yet
    std::unique_ptr<Leftover> open_end_;  // the writer's: removing it tells the reader that the writer has gone
};
