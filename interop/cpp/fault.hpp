// Faults: what went wrong, with the kind that the protocol has for it.
#pragma once

#include <array>
#include <cerrno>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

enum class Kind { truncated, too_large, malformed, closed, reset, refused, missing, exists, denied, timeout, unsupported, usage, internal };

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

// As it stands in a reply.
inline std::string_view name_of(Kind kind) {
    constexpr std::array<std::string_view, 13> names = {"truncated", "too-large", "malformed", "closed",      "reset", "refused", "missing",
                                                        "exists",    "denied",    "timeout",   "unsupported", "usage", "internal"};
    return names.at(static_cast<std::size_t>(kind));
}

struct Meaning {
    Kind kind;
    std::string_view remedy;
};

inline Meaning meaning_of(std::errc code) {
    switch (code) {
        case std::errc::message_size: return {Kind::too_large, "send a smaller packet, or raise net.core.wmem_max"};
        case std::errc::broken_pipe: return {Kind::closed, "the peer has closed its end, open the channel again"};
        case std::errc::connection_reset: return {Kind::reset, "the peer went away with unread data, open the channel again"};
        case std::errc::connection_refused: return {Kind::refused, "start the listener first"};
        case std::errc::wrong_protocol_type: return {Kind::refused, "the listener there uses another kind of socket"};
        case std::errc::no_such_file_or_directory:
        case std::errc::not_a_directory: return {Kind::missing, "check the path"};
        case std::errc::bad_file_descriptor: return {Kind::missing, "pass the descriptor to this process when it is started"};
        case std::errc::address_in_use:
        case std::errc::file_exists: return {Kind::exists, "choose another address, or end the program that has it"};
        case std::errc::permission_denied:
        case std::errc::operation_not_permitted:
        case std::errc::read_only_file_system: return {Kind::denied, "check the permissions of the path and of its folder"};
        case std::errc::timed_out:
        case std::errc::resource_unavailable_try_again:  // A listener whose queue is full; elsewhere it is waited for.
            return {Kind::timeout, "the peer did not do its part in time, ask again"};
        case std::errc::address_family_not_supported:
        case std::errc::protocol_not_supported:
        case std::errc::operation_not_supported: return {Kind::unsupported, "this system does not have it"};
        case std::errc::filename_too_long:
        case std::errc::is_a_directory: return {Kind::usage, "choose another path"};
        case std::errc::too_many_files_open:
        case std::errc::too_many_files_open_in_system: return {Kind::internal, "close channels, or raise the limit on open files"};
        case std::errc::no_space_on_device: return {Kind::internal, "free some space on that file system"};
        default: return {Kind::internal, "this is not a fault that the endpoint foresees"};
    }
}

// For whatever is longer than it may be.
inline Fault too_large(std::string_view what, std::size_t size, std::size_t limit) {
    return Fault(Kind::too_large, what, " has ", size, " bytes and at most ", limit, " are allowed; raise limit= if that is the reason");
}

// Whatever was thrown, as a kind, what happened, and what to do about it. Here alone errno becomes a kind.
inline Fault fault_of(const std::exception& error) {
    if (const auto* const fault = dynamic_cast<const Fault*>(&error)) { return *fault; }
    if (const auto* const failure = dynamic_cast<const std::system_error*>(&error)) {
        const Meaning meaning = meaning_of(static_cast<std::errc>(failure->code().value()));
        return Fault(meaning.kind, failure->what(), "; ", meaning.remedy);
    }
    return Fault(Kind::internal, error.what(), "; lower the channel's limit, if it is memory that is missing");
}
