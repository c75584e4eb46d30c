#include "messages.h"

#include "failures.h"
#include "mapped.h"
#include "packets.h"
#include "shared_memory.h"
#include "streams.h"

#include <stdlib.h>
#include <string.h>

/* The kept bytes move to the front only when the buffer's end is reached, so that many small pieces do not copy quadratically. */
bool make_room(struct channel *channel, size_t needed, size_t growth) {
    if (channel->start == channel->end) {
        channel->start = channel->end = 0;
    }
    if (channel->capacity - channel->start >= needed && channel->end < channel->capacity) {
        return true;
    }
    size_t kept = channel->end - channel->start;
    if (channel->capacity < needed) {
        size_t capacity = needed > growth ? needed : growth;
        unsigned char *buffer = malloc(capacity);
        if (buffer == NULL) {
            return fail_errno("find memory for", "a message");
        }
        if (kept > 0) {
            memcpy(buffer, channel->buffer + channel->start, kept);
        }
        free(channel->buffer);
        channel->buffer = buffer;
        channel->capacity = capacity;
    } else {
        memmove(channel->buffer, channel->buffer + channel->start, kept);
    }
    channel->start = 0;
    channel->end = kept;
    return true;
}

enum outcome receive_message(struct channel *channel, uint64_t deadline, struct message *message) {
    switch (channel->transport) {
    case FILE_SLOT: return receive_slot(channel, message); /* there is nothing to wait for */
    case FILE_CELL: return receive_cell(channel, deadline, message);
    case SHARED_MEMORY: return receive_part(channel, message);
    case UNIX_SEQPACKET: case UNIX_DATAGRAM: return receive_packet(channel, deadline, message);
    default: return receive_frame(channel, deadline, message);
    }
}

void consume_message(struct channel *channel) {
    channel->start += channel->frame.header + channel->frame.payload + channel->frame.trailer;
    channel->frame = (struct frame){0};
    channel->has_packet = false;
}

bool send_message(struct channel *channel, unsigned char *payload, size_t length) {
    if (length > channel->limit) {
        return fail("too-large", "the message has %zu bytes and the channel's limit is %u; raise limit= when opening", length,
                    channel->limit);
    }
    switch (channel->transport) {
    case FILE_SLOT: return send_slot(channel, payload, length);
    case FILE_CELL: return send_cell(channel, payload, length);
    case SHARED_MEMORY: return send_part(channel, payload, length);
    case UNIX_SEQPACKET: case UNIX_DATAGRAM: return send_packet(channel, payload, length);
    default: return send_frame(channel, payload, length);
    }
}
