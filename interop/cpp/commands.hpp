// The grammar of commands and replies.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "descriptor.hpp"
#include "fault.hpp"

constexpr std::size_t longest_line = 262144;  // of a command or reply, without its LF

// The values of a command by their keys.
using Values = std::map<std::string, std::string, std::less<>>;

// A line taken apart.
struct Command {
    std::string verb;
    Values values;
};

// The value of a key, or null.
inline const std::string* find(const Values& values, std::string_view key) {
    const auto found = values.find(key);
    return found != values.end() ? &found->second : nullptr;
}

constexpr std::string_view lower_digits = "0123456789abcdef";
constexpr std::string_view upper_digits = "0123456789ABCDEF";

inline bool is_name(std::string_view word) {
    return !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

// Whether a byte stands for itself in a value; any other is percent-encoded.
inline bool is_plain(char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
           std::string_view{"_.-/:,@+~"}.find(byte) != std::string_view::npos;
}

// Nothing for what is no digit.
inline std::optional<unsigned> digit_of(char digit, std::string_view digits) {
    const std::size_t value = digits.find(digit);
    return value != std::string_view::npos ? std::optional{static_cast<unsigned>(value)} : std::nullopt;
}

inline std::optional<unsigned> digit_of_either_case(char digit) {
    const auto value = digit_of(digit, lower_digits);
    return value ? value : digit_of(digit, upper_digits);
}

inline std::string decode_value(std::string_view encoded) {
    std::string value;
    while (!encoded.empty()) {
        std::size_t length = 1;
        if (is_plain(encoded.front())) {
            value += encoded.front();
        } else {
            const auto high = encoded.size() > 2 ? digit_of_either_case(encoded[1]) : std::nullopt;
            const auto low = encoded.size() > 2 ? digit_of_either_case(encoded[2]) : std::nullopt;
            if (encoded.front() != '%' || !high || !low) {
                throw Fault(Kind::usage, "a value has a byte that must be written as %XX, two hexadecimal digits");
            }
            value += static_cast<char>(*high << 4 | *low);
            length = 3;
        }
        encoded.remove_prefix(length);
    }
    return value;
}

// Takes the front of the text up to the separator, and the separator.
inline std::string_view take_until(char separator, std::string_view& text) {
    const std::string_view front = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(front.size() + 1, text.size()));
    return front;
}

// Takes the whole line apart before any word of it is looked up: what breaks the grammar is `usage`, even if a word in it is
// unknown.
inline Command parse_command(std::string_view line) {
    // Every blank must have a pair behind it.
    const bool is_open = line.ends_with(' ');
    Command command;
    command.verb = take_until(' ', line);
    if (!is_name(command.verb) || is_open) {
        throw Fault(Kind::usage, "a command is VERB KEY=VALUE ..., with single blanks, and ends with LF alone");
    }
    while (!line.empty()) {
        std::string_view value = take_until(' ', line);
        const bool is_pair = value.find('=') != std::string_view::npos;
        const std::string key{take_until('=', value)};
        if (!is_pair || !is_name(key)) { throw Fault(Kind::usage, "after a blank there must be KEY=VALUE"); }
        if (!command.values.emplace(key, decode_value(value)).second) { throw Fault(Kind::usage, "the key \"", key, "\" is there twice"); }
    }
    return command;
}

// Throws `usage` for anything but lower-case hex, two digits a byte.
inline std::vector<std::byte> bytes_of_hex(std::string_view hex) {
    std::vector<std::byte> bytes(hex.size() / 2);
    for (std::size_t index = 0; index < bytes.size(); index++) {
        const auto high = digit_of(hex[2 * index], lower_digits);
        const auto low = digit_of(hex[2 * index + 1], lower_digits);
        if (!high || !low) { throw Fault(Kind::usage, "the payload is not lower-case hex"); }
        bytes[index] = static_cast<std::byte>(*high << 4 | *low);
    }
    if (hex.size() % 2 != 0) { throw Fault(Kind::usage, "the payload has half a byte too much; hex has two digits a byte"); }
    return bytes;
}

inline std::string hex_of(Bytes bytes) {
    std::string hex;
    hex.reserve(2 * bytes.size());
    for (const std::byte byte : bytes) {
        hex += lower_digits[std::to_integer<std::size_t>(byte >> 4)];
        hex += lower_digits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    return hex;
}

// The reply to a command that failed.
inline std::string error_reply(const Fault& fault) {
    constexpr std::size_t longest_message = 1000;  // A path in it can be as long as a line.
    std::string reply = text("error kind=", name_of(fault.kind()), " message=");
    for (char byte : std::string_view{fault.what()}.substr(0, longest_message)) {
        if (byte < ' ' || byte > '~') {
            byte = '?';  // A path need not be UTF-8, but a value must be: ASCII is.
        }
        if (is_plain(byte)) {
            reply += byte;
        } else {
            reply += '%';
            reply += upper_digits[static_cast<std::size_t>(byte >> 4)];
            reply += upper_digits[static_cast<std::size_t>(byte & 15)];
        }
    }
    return reply;
}
