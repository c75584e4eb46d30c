// The framings: multiprocessing, u32le, line, netstring, varint and content-length.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "framing.hpp"

constexpr std::array<std::string_view, 7> framing_names = {
    "none", "multiprocessing", "u32le", "line", "netstring", "varint", "content-length",
};

// Shifts instead of a cast to an integer pointer: no alignment to respect, and right on machines of either byte order.
inline std::uint64_t big_endian(Bytes bytes) {
    std::uint64_t value = 0;
    for (const std::byte byte : bytes) { value = value << 8 | std::to_integer<std::uint64_t>(byte); }
    return value;
}

// Python's multiprocessing.connection: int32 big-endian; -1 and uint64 for what is longer.
class Multiprocessing : public Framing {
public:
    using Framing::Framing;

    std::optional<Frame> find_bounds(Bytes received) override {
        if (received.size() < 4) { return {}; }
        const std::uint64_t length = big_endian(received.first(4));
        if (length <= std::numeric_limits<std::int32_t>::max()) { return bounded(4, length); }
        if (length != std::numeric_limits<std::uint32_t>::max()) {
            throw malformed("a frame announces a length of ", static_cast<std::int32_t>(length));
        }
        if (received.size() < 12) { return {}; }
        return bounded(12, big_endian(received.subspan(4, 8)));
    }

    // No limit is above the largest int32, so the long form is never the shortest.
    std::string header(std::size_t length) const override {
        std::string bytes;
        for (const int shift : {24, 16, 8, 0}) { bytes += static_cast<char>(length >> shift); }
        return bytes;
    }
};

class U32le : public Framing {
public:
    using Framing::Framing;

    std::optional<Frame> find_bounds(Bytes received) override {
        if (received.size() < 4) { return {}; }
        std::array<std::byte, 4> swapped;
        std::reverse_copy(received.begin(), received.begin() + 4, swapped.begin());
        return bounded(4, big_endian(swapped));
    }

    std::string header(std::size_t length) const override {
        std::string bytes;
        for (const int shift : {0, 8, 16, 24}) { bytes += static_cast<char>(length >> shift); }
        return bytes;
    }
};

class Line : public Framing {
public:
    using Framing::Framing;

    std::optional<Frame> find_bounds(Bytes received) override {
        const std::size_t line_feed = as_text(received).find('\n', searched_);
        searched_ = received.size();
        if (std::min(line_feed, received.size()) > limit()) { throw too_large("a line without its end", received.size(), limit()); }
        if (line_feed == std::string_view::npos) { return {}; }
        searched_ = 0;
        return bounded(0, line_feed, trailer().size());
    }

    void check_payload(Bytes payload) const override {
        if (as_text(payload).find('\n') != std::string_view::npos) {
            throw Fault(Kind::malformed, "the message has a line feed, which would end it early; choose another framing");
        }
    }

    std::string header(std::size_t) const override { return {}; }

    std::string_view trailer() const override { return "\n"; }

private:
    std::size_t searched_ = 0;  // A line that comes in many pieces is searched once.
};

class Netstring : public Framing {
public:
    using Framing::Framing;

    std::optional<Frame> find_bounds(Bytes received) override {
        const std::string_view characters = as_text(received);
        std::uint64_t length = 0;
        for (std::size_t index = 0; index < characters.size(); index++) {
            if (characters[index] == ':' && index > 0) { return bounded(index + 1, length, trailer().size()); }
            if (!is_digit(characters[index])) { throw malformed("a netstring's length has a byte that is no digit"); }
            if (index == 1 && characters[0] == '0') { throw malformed("a netstring's length has a leading zero"); }
            length = length * 10 + static_cast<std::uint64_t>(characters[index] - '0');
            bounded(0, length);  // Already at this digit: an endless run of them must not overflow.
        }
        return {};
    }

    std::string header(std::size_t length) const override { return std::to_string(length) + ":"; }

    std::string_view trailer() const override { return ","; }
};

class Varint : public Framing {
public:
    using Framing::Framing;

    std::optional<Frame> find_bounds(Bytes received) override {
        std::uint64_t length = 0;
        for (std::size_t index = 0; index < received.size(); index++) {
            const auto byte = std::to_integer<std::uint64_t>(received[index]);
            // Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last.
            if (index == 9 && byte > 1) { throw malformed("a varint has more than 64 bits"); }
            length |= (byte & 0x7f) << (7 * index);
            if (byte < 0x80) { return bounded(index + 1, length); }
        }
        return {};
    }

    std::string header(std::size_t length) const override {
        std::string bytes;
        for (; length >= 0x80; length >>= 7) { bytes += static_cast<char>(length | 0x80); }
        return bytes += static_cast<char>(length);
    }
};

class ContentLength : public Framing {
public:
    using Framing::Framing;

    // Begins at the front each time, which is bearable as a header is short.
    std::optional<Frame> find_bounds(Bytes received) override {
        const std::string_view characters = as_text(received).substr(0, longest_header);
        std::optional<std::uint64_t> length;
        for (std::size_t start = 0;;) {
            const std::size_t end = characters.find('\n', start);
            std::string_view line = characters.substr(start, end - start);
            const std::size_t carriage_return = line.find('\r');
            const bool is_ended = end != std::string_view::npos;
            if (carriage_return == std::string_view::npos ? is_ended : carriage_return + 1 < line.size()) {
                throw malformed("a header line does not end with CR LF");
            }
            if (!is_ended) {
                if (characters.size() == longest_header) { throw malformed("a header does not end within ", longest_header, " bytes"); }
                return {};
            }
            line.remove_suffix(1);
            start = end + 1;
            if (!line.empty()) {
                take_line(line, length);
            } else if (length) {
                return bounded(start, *length);
            } else {
                throw malformed("a header has no Content-Length");
            }
        }
    }

    std::string header(std::size_t length) const override { return "Content-Length: " + std::to_string(length) + "\r\n\r\n"; }

private:
    static constexpr std::size_t longest_header = 4096;

    static void take_line(std::string_view line, std::optional<std::uint64_t>& length) {
        constexpr std::string_view name = "content-length";
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) { throw malformed("a header line has no colon"); }
        const auto is_same = [](char left, char right) { return (left >= 'A' && left <= 'Z' ? left + 32 : left) == right; };
        if (!std::ranges::equal(line.substr(0, colon), name, is_same)) { return; }
        std::string_view number = line.substr(colon + 1);
        number.remove_prefix(std::min(number.find_first_not_of(" \t"), number.size()));
        number = number.substr(0, number.find_last_not_of(" \t") + 1);
        // Nineteen digits always fit 64 bits, so the value cannot wrap round to a small one.
        if (length || number.empty() || number.size() > 19 || !std::ranges::all_of(number, is_digit)) {
            throw malformed("a Content-Length is not a number of 1 to 19 digits, or is there twice");
        }
        length.emplace();
        std::from_chars(number.begin(), number.end(), *length);
    }
};

// By one of the names but `none`, for a stream whose messages have at most `limit` bytes.
inline std::unique_ptr<Framing> make_framing(std::string_view name, std::size_t limit) {
    if (name == "multiprocessing") { return std::make_unique<Multiprocessing>(limit); }
    if (name == "u32le") { return std::make_unique<U32le>(limit); }
    if (name == "line") { return std::make_unique<Line>(limit); }
    if (name == "netstring") { return std::make_unique<Netstring>(limit); }
    if (name == "varint") { return std::make_unique<Varint>(limit); }
    return std::make_unique<ContentLength>(limit);
}
