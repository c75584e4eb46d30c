// The names of transports and roles, and what each transport is like.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

// Those up to tcp listen and connect, the others read and write.
enum class Transport {
    unix_stream,
    unix_abstract,
    unix_seqpacket,
    unix_datagram,
    dotnet_pipe,
    tcp,
    fifo,
    pipe,
    socketpair,
    file_slot,
    file_cell,
    shared_memory
};

// In the same order.
constexpr std::array<std::string_view, 12> transport_names = {
    "unix", "unix-abstract", "unix-seqpacket", "unix-datagram", "dotnet-pipe", "tcp",
    "fifo", "pipe",          "socketpair",     "file-slot",     "file-cell",   "shared-memory",
};

enum class Role { listen, connect, read, write };
constexpr std::array<std::string_view, 4> role_names = {"listen", "connect", "read", "write"};

// Of an enumeration whose names stand in its order.
template <class Enumeration, std::size_t count>
std::optional<Enumeration> named(std::string_view name, const std::array<std::string_view, count>& names) {
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::optional<Enumeration>{} : static_cast<Enumeration>(found - names.begin());
}

constexpr std::string_view name_of(Transport transport) { return transport_names[static_cast<std::size_t>(transport)]; }

constexpr std::string_view name_of(Role role) { return role_names[static_cast<std::size_t>(role)]; }

constexpr bool has_listener(Transport transport) { return transport <= Transport::tcp; }

constexpr bool is_mapped(Transport transport) { return transport >= Transport::file_slot; }

constexpr bool has_socket_file(Transport transport) {
    return has_listener(transport) && transport != Transport::unix_abstract && transport != Transport::tcp;
}

constexpr bool keeps_bounds(Transport transport) {
    return is_mapped(transport) || transport == Transport::unix_seqpacket || transport == Transport::unix_datagram;
}

constexpr bool is_one_way(Transport transport) {
    return is_mapped(transport) || transport == Transport::unix_datagram || transport == Transport::fifo || transport == Transport::pipe;
}
