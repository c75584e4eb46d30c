#include "streams.h"

#include "failures.h"
#include "system.h"
#include "waiting.h"

#include <string.h>

enum { JOINED_LIMIT = 512 }; /* up to here copying the payload beside its header is cheaper than two parts: 3 % of a round trip */

/* A buffer at least doubles while the length is unknown, so that its growth does not copy quadratically. */
static bool make_room_for_frame(struct channel *channel, size_t total) {
    if (channel->frame.complete_header) {
        /* The length is known and below the limit: take exactly that, once. */
        return make_room(channel, total, RECEIVE_BUFFER_SIZE);
    }
    size_t longest = (size_t)channel->limit + CONTENT_HEADER_LIMIT;
    size_t doubled = channel->capacity < longest / 2 ? channel->capacity * 2 : longest;
    return make_room(channel, channel->end - channel->start + 1, doubled > RECEIVE_BUFFER_SIZE ? doubled : RECEIVE_BUFFER_SIZE);
}

enum outcome receive_frame(struct channel *channel, uint64_t deadline, struct message *message) {
    struct frame *frame = &channel->frame;
    for (;;) {
        /* Decode first, read second: one read may have brought several frames. */
        size_t available = channel->end - channel->start;
        unsigned char *bytes = available > 0 ? channel->buffer + channel->start : NULL;
        if (!frame->complete_header && available > 0
            && decode_header(channel->framing, frame, bytes, available, channel->limit) == BROKEN) {
            return FAILED;
        }
        size_t total = frame->header + frame->payload + frame->trailer;
        if (frame->complete_header && available >= total) {
            if (channel->framing == NETSTRING && bytes[total - 1] != ',') {
                malformed("a netstring ends with the byte 0x%02x", bytes[total - 1]);
                return FAILED;
            }
            *message = (struct message){bytes + frame->header, frame->payload};
            return MESSAGE;
        }
        if (!channel->at_end) {
            if (!make_room_for_frame(channel, total) || !wait_until_readable(channel->descriptor, deadline, channel->name)) {
                return FAILED;
            }
            wait_begins();
            ssize_t count = read_some(channel->descriptor, channel->buffer + channel->end, channel->capacity - channel->end);
            wait_ends();
            if (count < 0) {
                fail_errno("receive on channel", channel->name);
                return FAILED;
            }
            channel->end += (size_t)count;
            channel->at_end = count == 0;
        }
        if (channel->at_end) {
            if (channel->start == channel->end) {
                return END;
            }
            fail("truncated", "the stream ended inside a frame, after %zu bytes of it; the peer ended too early",
                 channel->end - channel->start);
            return FAILED;
        }
    }
}

bool send_frame(struct channel *channel, unsigned char *payload, size_t length) {
    if (channel->framing == LINE && memchr(payload, '\n', length) != NULL) {
        return fail("malformed", "the message has a line feed, which would end it early; choose another framing");
    }
    /* One call for header, payload and trailer: half the system calls, and TCP sends one segment instead of two. */
    unsigned char header[HEADER_ROOM];
    unsigned char trailer;
    size_t header_length = encode_header(channel->framing, (uint32_t)length, header);
    size_t trailer_length = encode_trailer(channel->framing, &trailer);
    struct iovec parts[3] = {
        {.iov_base = header, .iov_len = header_length},
        {.iov_base = payload, .iov_len = length},
        {.iov_base = &trailer, .iov_len = trailer_length},
    };
    int count = 3;
    unsigned char joined[HEADER_ROOM + JOINED_LIMIT + 1];
    if (length <= JOINED_LIMIT) {
        memcpy(joined, header, header_length);
        memcpy(joined + header_length, payload, length);
        memcpy(joined + header_length + length, &trailer, trailer_length);
        parts[0] = (struct iovec){.iov_base = joined, .iov_len = header_length + length + trailer_length};
        count = 1;
    }
    wait_begins();
    bool succeeded = write_fully(channel->descriptor, parts, count);
    wait_ends();
    return succeeded || fail_errno("send on channel", channel->name);
}
