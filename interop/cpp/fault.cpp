#include "fault.hpp"

#include <array>

std::string_view name_of(Kind kind) {
    constexpr std::array<std::string_view, 13> names = {
        "truncated", "too-large", "malformed", "closed",      "reset", "refused",  "missing",
        "exists",    "denied",    "timeout",   "unsupported", "usage", "internal",
    };
    return names.at(static_cast<std::size_t>(kind));
}

namespace {

struct Meaning {
    Kind kind;
    std::string_view remedy;
};

Meaning meaning_of(std::errc code) {
    switch (code) {
        case std::errc::message_size:
            return {Kind::too_large, "send a smaller packet, or raise net.core.wmem_max"};
        case std::errc::broken_pipe:
            return {Kind::closed, "the peer has closed its end, open the channel again"};
        case std::errc::connection_reset:
            return {Kind::reset, "the peer went away with unread data, open the channel again"};
        case std::errc::connection_refused:
            return {Kind::refused, "start the listener first"};
        case std::errc::wrong_protocol_type:
            return {Kind::refused, "the listener there uses another kind of socket"};
        case std::errc::no_such_file_or_directory:
        case std::errc::not_a_directory:
            return {Kind::missing, "check the path"};
        case std::errc::bad_file_descriptor:
            return {Kind::missing, "pass the descriptor to this process when it is started"};
        case std::errc::address_in_use:
        case std::errc::file_exists:
            return {Kind::exists, "choose another address, or end the program that has it"};
        case std::errc::permission_denied:
        case std::errc::operation_not_permitted:
        case std::errc::read_only_file_system:
            return {Kind::denied, "check the permissions of the path and of its folder"};
        case std::errc::timed_out:
        case std::errc::resource_unavailable_try_again:  // A listener whose queue is full; elsewhere it is waited for.
            return {Kind::timeout, "the peer did not do its part in time, ask again"};
        case std::errc::address_family_not_supported:
        case std::errc::protocol_not_supported:
        case std::errc::operation_not_supported:
            return {Kind::unsupported, "this system does not have it"};
        case std::errc::filename_too_long:
        case std::errc::is_a_directory:
            return {Kind::usage, "choose another path"};
        case std::errc::too_many_files_open:
        case std::errc::too_many_files_open_in_system:
            return {Kind::internal, "close channels, or raise the limit on open files"};
        case std::errc::no_space_on_device:
            return {Kind::internal, "free some space on that file system"};
        default:
            return {Kind::internal, "this is not a fault that the endpoint foresees"};
    }
}

}  // namespace

Fault fault_of(const std::system_error& error) {
    const Meaning meaning = meaning_of(static_cast<std::errc>(error.code().value()));
    return Fault{meaning.kind, error.what(), "; ", meaning.remedy};
}
