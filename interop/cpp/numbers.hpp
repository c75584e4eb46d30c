// Numbers in a command.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

// Decimal digits without a sign and without zeros in front; nothing if it is no such number, or out of bounds.
inline std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t smallest, std::uint64_t largest) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    const bool is_number = error == std::errc{} && end == text.end() && (text.front() != '0' || text.size() == 1);
    return is_number && number >= smallest && number <= largest ? std::optional{number} : std::nullopt;
}
