// file-slot: one text in a mapped file. The last write wins, and nothing synchronises writer and reader.
#pragma once

#include <array>
#include <string>

#include "carrier.hpp"
#include "mapping.hpp"

class Slot : public Carrier {
public:
    Slot(const std::string& path, Role role, std::size_t limit);

    void send(Bytes message) override;
    std::optional<Bytes> receive(const Deadline& deadline) override;
    void consume() override {}  // It can be read as often as one likes.

private:
    static constexpr std::size_t size = 1024;

    Mapping mapping_;
    std::size_t limit_;
    std::array<std::byte, size> copy_{};
};
