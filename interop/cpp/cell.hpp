// file-cell: one message at a time in a mapped file, from one writer to one reader. None is lost, and none comes twice.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "carrier.hpp"
#include "leftovers.hpp"
#include "mapping.hpp"

class Cell : public Carrier {
public:
    Cell(const std::string& path, Role role, std::size_t limit);

    void send(Bytes message) override;
    std::optional<Bytes> receive(const Deadline& deadline) override;
    void consume() override { length_.reset(); }

private:
    static constexpr std::size_t content_size = 4032;

    // What the file is. The words are little-endian. A message belongs to the writer while `written` equals `taken`, and
    // to the reader while it is more.
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
