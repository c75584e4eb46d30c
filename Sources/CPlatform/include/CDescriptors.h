// Sockets, with the descriptors that travel in their messages.
// Unless stated otherwise, a function returns -1 and sets errno on failure.
#ifndef PARLEY_CDESCRIPTORS_H
#define PARLEY_CDESCRIPTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// The most descriptors that the system lets one message carry (SCM_MAX_FD of Linux).
#define PARLEY_MOST_DESCRIPTORS 253

/// Receives what is there, without waiting, and the descriptors that came with it, close-on-exec. `descriptors` has room for
/// PARLEY_MOST_DESCRIPTORS; `is_cut` becomes true if bytes of a packet, or descriptors, were lost.
ssize_t parley_receive(
    int socket, void *buffer, size_t size, int *descriptors, int *descriptor_count, bool *is_cut);
/// Sends what the system takes, without waiting or a signal; the descriptors go with the first byte and stay open here.
ssize_t parley_send(int socket, const void *buffer, size_t size, const int *descriptors, int descriptor_count);
/// Whether the descriptor is a socket.
bool parley_is_socket(int descriptor);
/// Makes closing the socket a reset where the system has one: TCP.
void parley_reset_on_close(int socket);

#endif
