#include "channels.h"

#include "mapped.h"
#include "shared_memory.h"
#include "system.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const transport_names[TRANSPORT_COUNT] = {
    "unix", "unix-abstract", "unix-seqpacket", "unix-datagram", "dotnet-pipe", "tcp",
    "fifo", "pipe", "socketpair", "file-slot", "file-cell", "shared-memory",
};
const char *const role_names[ROLE_COUNT] = {"listen", "connect", "read", "write"};

struct channel *channels;

static pthread_mutex_t leftovers = PTHREAD_MUTEX_INITIALIZER;

void lock_leftovers(void) { pthread_mutex_lock(&leftovers); }

void unlock_leftovers(void) { pthread_mutex_unlock(&leftovers); }

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
        lock_leftovers();
        channel->next = channels;
        channels = channel;
        unlock_leftovers();
    }
    return channel;
}

/* Calls the system only: the watcher does this too, whatever the main thread is doing. */
static void settle(const struct channel *channel) {
    say_cell_is_closed(channel);
    /* Only if it is still that file: somebody else may have taken the path since. */
    if (channel->made_path != NULL && is_file(channel->made_path, &channel->made_file)) {
        unlink(channel->made_path);
    }
}

void settle_all_channels(void) {
    lock_leftovers();
    for (const struct channel *channel = channels; channel != NULL; channel = channel->next) {
        settle(channel);
    }
}

void forget_channel(struct channel *channel) {
    lock_leftovers();
    struct channel **link = &channels;
    while (*link != channel) {
        link = &(*link)->next;
    }
    *link = channel->next;
    /* The file goes before the listener: a peer that finds no file learns more than one that finds a file where nobody listens. */
    settle(channel);
    unlock_leftovers();
    unmap(channel);
    forget_memory(channel);
    close_descriptor(&channel->listener);
    close_descriptor(&channel->descriptor);
    free(channel->made_path);
    free(channel->buffer);
    free(channel->key);
    free(channel);
}

void forget_all_channels(void) {
    while (channels != NULL) {
        forget_channel(channels);
    }
}

static bool is_mapped(const struct channel *channel) {
    return channel->transport == FILE_SLOT || channel->transport == FILE_CELL || channel->transport == SHARED_MEMORY;
}

bool is_one_way(const struct channel *channel) {
    return channel->transport == UNIX_DATAGRAM || channel->transport == FIFO || channel->transport == PIPE
        || is_mapped(channel);
}

bool keeps_bounds(const struct channel *channel) {
    return channel->transport == UNIX_SEQPACKET || channel->transport == UNIX_DATAGRAM || is_mapped(channel);
}
