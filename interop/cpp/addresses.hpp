// Addresses of sockets: the text of a command becomes what the system takes.
#pragma once

#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "fault.hpp"
#include "numbers.hpp"
#include "transports.hpp"

class SocketAddress {
public:
    // Throws `usage` if the text is no address of this transport.
    SocketAddress(Transport transport, Role role, const std::string& text) : text_{text} {
        if (transport == Transport::tcp) {
            set_port(role == Role::listen ? 0 : 1);
        } else if (transport == Transport::unix_abstract) {
            if (text.size() < 2 || text.front() != '@') { throw Fault(Kind::usage, "an abstract address is @ and a name"); }
            set_name('\0' + text.substr(1));
        } else {
            path_ = transport == Transport::dotnet_pipe ? path_of_pipe(text) : text;
            set_name(path_ + '\0');
        }
    }

    const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }

    socklen_t size() const { return size_; }

    // As it was given.
    const std::string& text() const { return text_; }

    // Of the socket file; empty if there is none.
    const std::string& path() const { return path_; }

private:
    // Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream. A path is taken as it is. A name that .NET
    // itself refuses is refused here too, or the two ends would never meet.
    static std::string path_of_pipe(const std::string& name) {
        if (name.starts_with('/')) { return name; }
        if (name.find('/') != std::string::npos || ::strcasecmp(name.c_str(), "anonymous") == 0) {
            throw Fault(Kind::usage, "\"", name, "\" is not a .NET pipe's name, which has no slash and is not anonymous");
        }
        const char* const folder = std::getenv("TMPDIR");
        const std::string path = folder != nullptr && *folder != '\0' ? folder : "/tmp";
        return path + (path.ends_with('/') ? "" : "/") + "CoreFxPipe_" + name;
    }

    void set_port(std::uint64_t smallest) {
        const std::string host = "127.0.0.1:";
        const auto port = text_.starts_with(host) ? parse_number(text_.substr(host.size()), smallest, 65535) : std::nullopt;
        if (!port) { throw Fault(Kind::usage, "\"", text_, "\" is not 127.0.0.1:PORT, where only a listener may have port 0"); }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = ::htons(static_cast<std::uint16_t>(*port));
        address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
        std::memcpy(&storage_, &address, sizeof address);
        size_ = sizeof address;
    }

    // The size says where the name ends. With all of sockaddr_un the padding would be part of an abstract name, and no peer would
    // find it.
    void set_name(const std::string& name) {
        sockaddr_un address{};
        if (name.size() > sizeof address.sun_path) {
            throw Fault(Kind::usage, "a socket's path or name has at most ", sizeof address.sun_path - 1, " bytes, not ", name.size() - 1,
                        "; choose a shorter one");
        }
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        std::memcpy(&storage_, &address, sizeof address);
        size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    }

    sockaddr_storage storage_{};
    socklen_t size_ = 0;
    std::string text_;
    std::string path_;
};
