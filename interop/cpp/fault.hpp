// Faults: what went wrong, with the kind that the protocol has for it.
#pragma once

#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

enum class Kind {
    truncated,
    too_large,
    malformed,
    closed,
    reset,
    refused,
    missing,
    exists,
    denied,
    timeout,
    unsupported,
    usage,
    internal,
};

// As it stands in a reply.
std::string_view name_of(Kind kind);

// All parts in one string; a part is whatever an output stream can print.
template <class... Parts>
std::string text(const Parts&... parts) {
    std::ostringstream stream;
    (stream << ... << parts);
    return std::move(stream).str();
}

// What the endpoint itself finds wrong. The system's own failures are a std::system_error.
class Fault : public std::runtime_error {
public:
    template <class... Parts>
    explicit Fault(Kind kind, const Parts&... parts) : std::runtime_error{text(parts...)}, kind_{kind} {}

    Kind kind() const noexcept { return kind_; }

private:
    Kind kind_;
};

// Throws what the last system call has left in errno, which is looked at before building the text can change it.
template <class... Parts>
[[noreturn]] void throw_errno(const Parts&... parts) {
    const int code = errno;
    throw std::system_error{code, std::generic_category(), text(parts...)};
}

// The one place where errno becomes a kind and a remedy.
Fault fault_of(const std::system_error& error);
