// The grammar of commands and replies.
#pragma once

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

// Takes the whole line apart before any word of it is looked up: what breaks the grammar is `usage`, even if a word in
// it is unknown.
Command parse_command(std::string_view line);

// Throws `usage` for anything but lower-case hex, two digits a byte.
std::vector<std::byte> bytes_of_hex(std::string_view hex);

std::string hex_of(Bytes bytes);

// The reply to a command that failed.
std::string error_reply(const Fault& fault);
