#include "packets.h"

#include "failures.h"
#include "system.h"
#include "waiting.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

/*
 * A receive with too little room would cut the packet and lose its rest. So its length is asked for first, which is all that MSG_PEEK and
 * MSG_TRUNC give without room for a byte, and no more room is taken than it needs.
 */
enum outcome receive_packet(struct channel *channel, uint64_t deadline, struct message *message) {
    if (channel->at_end) {
        return END;
    }
    if (!channel->has_packet) {
        if (!wait_until_readable(channel->descriptor, deadline, channel->name)) {
            return FAILED;
        }
        wait_begins();
        ssize_t size = receive_one(channel->descriptor, NULL, 0, MSG_PEEK | MSG_TRUNC);
        wait_ends();
        if (size == 0 && channel->transport == UNIX_SEQPACKET) {
            channel->at_end = true;
            return END;
        }
        if (size > (ssize_t)channel->limit) {
            receive_one(channel->descriptor, NULL, 0, 0); /* drop it: the next one may fit */
            fail("too-large", "a packet has %zd bytes and the channel's limit is %u; raise limit= when opening", size, channel->limit);
            return FAILED;
        }
        channel->start = channel->end = 0;
        if (size >= 0) {
            /* A datagram of no bytes is a message like any other, and it too must be taken out of the queue. */
            if (!make_room(channel, size > 0 ? (size_t)size : 1, RECEIVE_BUFFER_SIZE)) {
                return FAILED;
            }
            size = receive_one(channel->descriptor, channel->buffer, channel->capacity, 0);
        }
        if (size < 0) {
            fail_errno("receive on channel", channel->name);
            return FAILED;
        }
        channel->end = (size_t)size;
        channel->has_packet = true;
    }
    *message = (struct message){channel->buffer, channel->end};
    return MESSAGE;
}

bool send_packet(struct channel *channel, const unsigned char *payload, size_t length) {
    if (length == 0 && channel->transport == UNIX_SEQPACKET) {
        return fail("malformed", "a packet of no bytes would look like the end of the stream; send at least one byte");
    }
    ssize_t sent;
    wait_begins();
    do {
        /* The whole packet or nothing. This waits while the receiver's queue is full; for datagrams it is full at a number of them. */
        sent = send(channel->descriptor, payload, length, 0);
    } while (sent < 0 && should_retry(channel->descriptor, POLLOUT));
    wait_ends();
    if (sent < 0 && errno == ENOTCONN && channel->transport == UNIX_DATAGRAM) {
        /* Linux reports a receiver that is gone as ECONNREFUSED once, and disconnects the socket while doing so. */
        errno = ECONNREFUSED;
    }
    return sent >= 0 || fail_errno("send on channel", channel->name);
}
