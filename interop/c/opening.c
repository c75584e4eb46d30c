#include "opening.h"

#include "channels.h"
#include "digests.h"
#include "failures.h"
#include "mapped.h"
#include "pipes.h"
#include "replies.h"
#include "shared_memory.h"
#include "sockets.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_MESSAGE_LIMIT = 64 << 20 };

static bool check_role(const struct channel *channel) {
    bool has_listener = channel->transport <= TCP;
    bool is_listener_role = channel->role == LISTEN || channel->role == CONNECT;
    return has_listener == is_listener_role
        || fail("unsupported", "transport %s has no role %s; it has %s", transport_names[channel->transport], role_names[channel->role],
                has_listener ? "listen and connect" : "read and write");
}

static bool check_framing(const struct channel *channel) {
    return keeps_bounds(channel) == (channel->framing == NONE)
        || fail("unsupported", "transport %s cannot carry framing %s; %s", transport_names[channel->transport],
                framing_names[channel->framing], keeps_bounds(channel) ? "use none" : "a stream needs a framing that marks the bounds");
}

/* A key is for connections, and Python's connections have that framing. */
static bool take_key(struct channel *channel, const struct value *key) {
    if (channel->transport > TCP || channel->framing != MULTIPROCESSING) {
        return fail("usage", "authkey is for connections with framing=multiprocessing; leave it out");
    }
    if (!has_digests()) {
        return fail("unsupported", "there is no authkey here without OpenSSL's libcrypto; install it, in Debian libssl3");
    }
    channel->key = malloc(key->length);
    if (channel->key == NULL) {
        return fail_errno("find memory for", "a key");
    }
    memcpy(channel->key, key->text, key->length);
    channel->key_length = key->length;
    return true;
}

static bool check_options(const struct channel *channel, const struct value *values) {
    bool has_memory_option = false;
    for (int index = 0; index < MEMORY_OPTION_COUNT; index++) {
        has_memory_option = has_memory_option || values[6 + index].text != NULL;
    }
    return !has_memory_option || channel->transport == SHARED_MEMORY
        || fail("usage", "only shared-memory has size, offset, length and lock; leave them out");
}

static bool describe_channel(struct channel *channel, const struct value *values) {
    if (channel_named(values[0].text) != NULL) {
        return fail("usage", "channel \"%s\" is open already; close it first", values[0].text);
    }
    memcpy(channel->name, values[0].text, values[0].length);
    channel->limit = values[5].text != NULL ? (uint32_t)values[5].number : DEFAULT_MESSAGE_LIMIT;
    int transport = position_of(&values[1], transport_names, TRANSPORT_COUNT);
    int role = position_of(&values[2], role_names, ROLE_COUNT);
    int framing = position_of(&values[4], framing_names, FRAMING_COUNT);
    if (transport == TRANSPORT_COUNT) {
        return fail("unsupported", "there is no transport \"%s\" here; hello lists them", values[1].text);
    }
    if (framing == FRAMING_COUNT) {
        return fail("unsupported", "there is no framing \"%s\" here; hello lists them", values[4].text);
    }
    if (role == ROLE_COUNT) {
        return fail("unsupported", "there is no role \"%s\"; the roles are listen, connect, read and write", values[2].text);
    }
    channel->transport = (enum transport)transport;
    channel->role = (enum role)role;
    channel->framing = (enum framing)framing;
    return check_framing(channel) && check_role(channel) && check_options(channel, values)
        && (values[10].text == NULL || take_key(channel, &values[10]));
}

static bool open_transport(struct channel *channel, const struct value *values, unsigned *chosen_port) {
    const char *address = values[3].text;
    size_t address_length = values[3].length;
    if (address_length == 0) {
        return fail("usage", "the address is empty; a %s needs one", transport_names[channel->transport]);
    }
    /* Only an abstract name may have a NUL; in a path it would silently cut the rest off. */
    if (channel->transport != UNIX_ABSTRACT && strlen(address) != address_length) {
        return fail("usage", "the address has a NUL byte; remove it");
    }
    struct socket_address socket_address;
    switch (channel->transport) {
    case FIFO: return open_fifo(channel, address);
    case PIPE: case SOCKETPAIR: return open_inherited(channel, address);
    case FILE_SLOT: return open_slot(channel, address);
    case FILE_CELL: return open_cell(channel, address);
    case SHARED_MEMORY: return open_memory(channel, address, values + 6);
    default:
        if (!parse_socket_address(channel->transport, channel->role, address, address_length, &socket_address)) {
            return false;
        }
        return channel->role == LISTEN ? open_listener(channel, &socket_address, address, chosen_port)
                                       : open_connection(channel, &socket_address, address);
    }
}

bool obey_open(const struct value *values) {
    struct channel *channel = new_channel();
    if (channel == NULL) {
        return fail_errno("find memory for", "a channel");
    }
    unsigned chosen_port = 0;
    if (!describe_channel(channel, values) || !open_transport(channel, values, &chosen_port)) {
        forget_channel(channel);
        return false;
    }
    reply_text("ok");
    if (chosen_port != 0) {
        reply_format(" address=127.0.0.1:%u", chosen_port);
    }
    return true;
}
