// Addresses of sockets: the text of a command becomes what the system takes.
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <cstdlib>

#include "fault.hpp"
#include "numbers.hpp"
#include "sockets.hpp"

namespace {

// Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream. A path is taken as it is. A name that
// .NET itself refuses is refused here too, or the two ends would never meet.
std::string path_of_pipe(const std::string& name) {
    if (name.starts_with('/')) {
        return name;
    }
    if (name.find('/') != std::string::npos || ::strcasecmp(name.c_str(), "anonymous") == 0) {
        throw Fault{Kind::usage, "\"", name, "\" is not the name of a .NET pipe, which has no slash and is not \"anonymous\""};
    }
    const char* const folder = std::getenv("TMPDIR");
    const std::string path = folder != nullptr && *folder != '\0' ? folder : "/tmp";
    return path + (path.ends_with('/') ? "" : "/") + "CoreFxPipe_" + name;
}

}  // namespace

SocketAddress::SocketAddress(Transport transport, Role role, const std::string& text) : text_{text} {
    if (transport == Transport::tcp) {
        set_port(text, role);
    } else if (transport == Transport::unix_abstract) {
        if (text.size() < 2 || text.front() != '@') {
            throw Fault{Kind::usage, "an abstract address is @ and a name"};
        }
        set_name('\0' + text.substr(1));
    } else {
        path_ = transport == Transport::dotnet_pipe ? path_of_pipe(text) : text;
        set_name(path_ + '\0');
    }
}

void SocketAddress::set_port(const std::string& text, Role role) {
    constexpr std::string_view host = "127.0.0.1:";
    const auto port = text.starts_with(host)
                          ? parse_number(std::string_view{text}.substr(host.size()), role == Role::listen ? 0 : 1, 65535)
                          : std::nullopt;
    if (!port) {
        throw Fault{Kind::usage, "\"", text, "\" is not 127.0.0.1:PORT; only this host is allowed, and port 0 only to listen"};
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = ::htons(static_cast<std::uint16_t>(*port));
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    std::memcpy(&storage_, &address, sizeof address);
    size_ = sizeof address;
}

// The size says where the name ends. With all of sockaddr_un the padding would be part of an abstract name, and no peer
// would find it.
void SocketAddress::set_name(const std::string& name) {
    sockaddr_un address{};
    if (name.size() > sizeof address.sun_path) {
        throw Fault{Kind::usage, "a socket's path or name has at most ", sizeof address.sun_path - 1, " bytes, not ",
                    name.size() - 1, "; choose a shorter one"};
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    std::memcpy(&storage_, &address, sizeof address);
    size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
}
