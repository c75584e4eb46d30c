#define _GNU_SOURCE /* nothing is hidden: sun_path, strcasecmp */
#include "addresses.h"

#include "failures.h"
#include "values.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool parse_tcp_address(const char *text, enum role role, struct socket_address *address) {
    static const char host[] = "127.0.0.1:";
    uint64_t port;
    if (strncmp(text, host, sizeof host - 1) != 0 || !parse_number(text + sizeof host - 1, role == LISTEN ? 0 : 1, 65535, &port)) {
        return fail("usage", "the address \"%s\" is not 127.0.0.1:PORT; only the loopback address is allowed, and port 0 only to listen",
                    text);
    }
    address->as.in = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address->length = sizeof address->as.in;
    return true;
}

/*
 * Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream. `text` is the pipe's name; a path is taken as it is.
 * A name that .NET itself refuses is refused here too, or the two ends would never meet.
 */
static bool parse_pipe_name(const char *text, size_t length, struct sockaddr_un *un, size_t *path_length) {
    const char *folder = getenv("TMPDIR");
    if (folder == NULL || *folder == '\0') {
        folder = "/tmp";
    }
    const char *separator = folder[strlen(folder) - 1] == '/' ? "" : "/";
    bool is_path = text[0] == '/';
    if (length == 0 || (!is_path && strchr(text, '/') != NULL) || strcasecmp(text, "anonymous") == 0) {
        return fail("usage", "\"%s\" is not the name of a .NET pipe, which has no slash and is not \"anonymous\"", text);
    }
    int total = is_path ? snprintf(un->sun_path, sizeof un->sun_path, "%s", text)
                        : snprintf(un->sun_path, sizeof un->sun_path, "%s%sCoreFxPipe_%s", folder, separator, text);
    *path_length = total < 0 ? 0 : (size_t)total; /* what was wanted, even if it did not fit */
    return true;
}

bool parse_socket_address(enum transport transport, enum role role, const char *text, size_t length, struct socket_address *address) {
    *address = (struct socket_address){0};
    if (transport == TCP) {
        return parse_tcp_address(text, role, address);
    }
    struct sockaddr_un *un = &address->as.un;
    un->sun_family = AF_UNIX;
    if (transport == UNIX_ABSTRACT) {
        if (length < 2 || length > sizeof un->sun_path || text[0] != '@') {
            return fail("usage", "an abstract address is @ and a name of 1 to %zu bytes", sizeof un->sun_path - 1);
        }
        /* The length says where the name ends. With sizeof *un the padding would be part of the name, and no peer would find it. */
        memcpy(un->sun_path + 1, text + 1, length - 1);
        address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
        return true;
    }
    const size_t longest = sizeof un->sun_path - 1; /* 107 on Linux, 103 on macOS */
    if (transport == DOTNET_PIPE && !parse_pipe_name(text, length, un, &length)) {
        return false;
    }
    if (length < 1 || length > longest) {
        return fail("usage", "the socket path has %zu bytes and may have 1 to %zu; choose a shorter folder", length, longest);
    }
    if (transport != DOTNET_PIPE) {
        memcpy(un->sun_path, text, length);
    }
    address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
    return true;
}
