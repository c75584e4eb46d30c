// Framings: where a message ends in a stream of bytes. They do no input or output.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "descriptor.hpp"

constexpr std::array<std::string_view, 7> framing_names = {
    "none", "multiprocessing", "u32le", "line", "netstring", "varint", "content-length",
};

// A frame at the front of what has been received; all lengths are in bytes.
struct Frame {
    std::size_t header = 0;
    std::size_t payload = 0;
    std::size_t trailer = 0;

    std::size_t size() const { return header + payload + trailer; }
};

class Framing {
public:
    explicit Framing(std::size_t limit) : limit_{limit} {}
    virtual ~Framing() = default;

    std::size_t limit() const { return limit_; }

    // Finds the bounds of the frame at the front, or nothing while more bytes are needed. It decides at the first byte
    // that settles the matter, so the outcome does not depend on how the stream is cut. Throws `malformed` and
    // `too-large`.
    virtual std::optional<Frame> find_bounds(Bytes received) = 0;

    // Throws `malformed` for a message that this framing cannot carry.
    virtual void check_payload(Bytes) const {}

    // What goes before a message of this length.
    virtual std::string header(std::size_t length) const = 0;

    // What goes behind every message.
    virtual std::string_view trailer() const { return {}; }

protected:
    // The length is checked before any memory is taken: four hostile bytes must not be able to ask for gigabytes.
    Frame bounded(std::size_t header, std::uint64_t payload, std::size_t trailer = 0) const;

private:
    std::size_t limit_;
};

// By one of the names but `none`, for a stream whose messages have at most `limit` bytes.
std::unique_ptr<Framing> make_framing(std::string_view name, std::size_t limit);

// The bytes as characters, for framings that are text. Characters may alias any memory.
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
