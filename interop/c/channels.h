/* Channels: what is open, under which name, what it can do, and what of it must not stay behind. */
#ifndef CHANNELS_H
#define CHANNELS_H

#include "framings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum transport {
    UNIX, UNIX_ABSTRACT, UNIX_SEQPACKET, UNIX_DATAGRAM, DOTNET_PIPE, TCP, /* these listen and connect, */
    FIFO, PIPE, SOCKETPAIR, FILE_SLOT, FILE_CELL, SHARED_MEMORY,          /* and these read and write */
    TRANSPORT_COUNT,
};
enum role { LISTEN, CONNECT, READ, WRITE, ROLE_COUNT };

extern const char *const transport_names[TRANSPORT_COUNT];
extern const char *const role_names[ROLE_COUNT];

struct channel {
    struct channel *next;
    char name[17];
    enum transport transport;
    enum role role;
    enum framing framing;
    uint32_t limit;

    unsigned char *key; /* of the handshake with each peer; NULL without one */
    size_t key_length;

    int listener;   /* what peers are accepted from; -1 unless role is LISTEN, and for datagrams */
    int descriptor; /* what carries the messages; -1 until a listener's peer is accepted */

    /*
     * What must not stay behind, only touched with the lock: the file this channel made, that of a socket or of shared memory, and which
     * file that was; the cell.
     */
    char *made_path;
    struct stat made_file;
    struct cell *cell;

    unsigned char *buffer; /* received bytes not yet consumed: from start up to end */
    size_t capacity, start, end;
    struct frame frame;
    bool has_packet; /* the buffer holds a packet, or a cell's message, that was not consumed yet */
    bool at_end;     /* stays true: a FIFO's next writer must not bring an ended stream back to life */

    unsigned char *slot;
    struct memory *memory; /* shared_memory.c */
};

/* What is open or being opened, the newest first. One that is being opened has no name before its name is known to be free. */
extern struct channel *channels;

/* NULL if there is none. */
struct channel *channel_named(const char *name);

/* With no name, no descriptor and no memory yet; NULL if there is no memory for it. */
struct channel *new_channel(void);
void forget_channel(struct channel *channel);
void forget_all_channels(void);

/*
 * The watcher may end the process at any moment, and first removes what must not stay behind. Between these two it does not: whoever makes
 * such a thing is not interrupted before it is noted.
 */
void lock_leftovers(void);
void unlock_leftovers(void);

/* Removes what must not stay behind, of all channels. The lock stays locked: the process has to end now. */
void settle_all_channels(void);

bool is_one_way(const struct channel *channel);
bool keeps_bounds(const struct channel *channel);

#endif
