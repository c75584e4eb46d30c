#include "channels.h"

#include "mapped.h"
#include "sockets.h"
#include "system.h"

#include <stdlib.h>
#include <string.h>

const char *const transport_names[TRANSPORT_COUNT] = {
    "unix", "unix-abstract", "unix-seqpacket", "unix-datagram", "dotnet-pipe", "tcp",
    "fifo", "pipe", "socketpair", "file-slot", "file-cell",
};
const char *const role_names[ROLE_COUNT] = {"listen", "connect", "read", "write"};

struct channel *channels;

struct channel *channel_named(const char *name) {
    struct channel *channel = channels;
    while (channel != NULL && strcmp(channel->name, name) != 0) {
        channel = channel->next;
    }
    return channel;
}

struct channel *new_channel(void) {
    struct channel *channel = calloc(1, sizeof *channel);
    if (channel != NULL) {
        channel->listener = channel->descriptor = -1;
    }
    return channel;
}

void add_channel(struct channel *channel) {
    channel->next = channels;
    channels = channel;
}

void free_channel(struct channel *channel) {
    close_mapping(channel); /* while there is a descriptor to look at the file with */
    /* The file goes first: a peer that finds no file learns more than one that finds a file where nobody listens. */
    remove_socket_file(channel);
    close_descriptor(&channel->listener);
    close_descriptor(&channel->descriptor);
    free(channel->buffer);
    free(channel);
}

void forget_channel(struct channel *channel) {
    struct channel **link = &channels;
    while (*link != channel) {
        link = &(*link)->next;
    }
    *link = channel->next;
    free_channel(channel);
}

void forget_all_channels(void) {
    while (channels != NULL) {
        forget_channel(channels);
    }
}

bool is_one_way(const struct channel *channel) {
    return channel->transport == UNIX_DATAGRAM || channel->transport == FIFO || channel->transport == PIPE
        || channel->transport == FILE_SLOT || channel->transport == FILE_CELL;
}

bool keeps_bounds(const struct channel *channel) {
    return channel->transport == UNIX_SEQPACKET || channel->transport == UNIX_DATAGRAM || channel->transport == FILE_SLOT
        || channel->transport == FILE_CELL;
}
