/* Addresses of sockets. */
#ifndef ADDRESSES_H
#define ADDRESSES_H

#include "channels.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

struct socket_address {
    union {
        struct sockaddr any;
        struct sockaddr_un un;
        struct sockaddr_in in;
    } as;
    socklen_t length;
};

bool parse_socket_address(enum transport transport, enum role role, const char *text, size_t length, struct socket_address *address);

#endif
