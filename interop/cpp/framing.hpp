// What a framing is: the rule by which messages are told apart in a stream of bytes. It does no input or output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "descriptor.hpp"
#include "fault.hpp"

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

    // Finds the bounds of the frame at the front, or nothing while more bytes are needed. It decides at the first byte that
    // settles the matter, so the outcome does not depend on how the stream is cut. Throws `malformed` and `too-large`.
    virtual std::optional<Frame> find_bounds(Bytes received) = 0;

    // Throws `malformed` for a message that this framing cannot carry.
    virtual void check_payload(Bytes) const {}

    // What goes before a message of this length.
    virtual std::string header(std::size_t length) const = 0;

    // What goes behind every message.
    virtual std::string_view trailer() const { return {}; }

protected:
    // The length is checked before any memory is taken: four hostile bytes must not be able to ask for gigabytes.
    Frame bounded(std::size_t header, std::uint64_t payload, std::size_t trailer = 0) const {
        if (payload > limit_) { throw too_large("a frame", payload, limit_); }
        return {header, static_cast<std::size_t>(payload), trailer};
    }

private:
    std::size_t limit_;
};

// The bytes as characters, for framings that are text. Characters may alias any memory.
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

template <class... Parts>
Fault malformed(const Parts&... parts) {
    return Fault(Kind::malformed, parts..., "; check that both ends use the same framing");
}

inline bool is_digit(char character) { return character >= '0' && character <= '9'; }
