/*
 * The C endpoint: local channels on Linux with nothing but libc.
 *
 * It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard output.
 * The file reads from the bottom of the stack to the top:
 *
 *   1. failures        errno becomes one of the protocol's error kinds, in one place
 *   2. system calls    interrupted, partial and non-blocking reads and writes
 *   3. framings        pure functions: bytes in, decision out
 *   4. channels        the receive buffer, packets, the slot, the cell
 *   5. opening         sockets, FIFOs, inherited descriptors, the mapped file
 *   6. layouts         where the compiler puts the fields of a record
 *   7. verbs           one function each
 *   8. command lines   parsing, replies, main
 */
#define _GNU_SOURCE /* accept4, and everything POSIX has beside C11 */

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_LIMIT = 262144,            /* a command or reply line, without its LF */
    DEFAULT_MESSAGE_LIMIT = 64 << 20,
    SLOT_SIZE = 1024,
    CELL_SIZE = 4096,
    CELL_CONTENT = 4032,            /* what is left of a cell behind its first 64 bytes */
    CONTENT_HEADER_LIMIT = 4096,
    RECEIVE_BUFFER_SIZE = 65536,    /* what a pipe holds, so one read empties it */
    JOINED_LIMIT = 512,             /* up to here copying the payload beside its header is cheaper than two parts: 3 % of a round trip */
    BACKLOG = 16,
};

/* ---- 1. Failures ------------------------------------------------------------------------------------------------ */

/* What went wrong last. A function that fails describes it here and returns false, so that every caller can just pass it on. */
static struct {
    const char *kind;
    char message[1024];
} failure;

__attribute__((format(printf, 2, 3))) static bool fail(const char *kind, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(failure.message, sizeof failure.message, format, arguments);
    va_end(arguments);
    failure.kind = kind;
    return false;
}

static const char *kind_of_errno(int code) {
    switch (code) {
    case EMSGSIZE: return "too-large";
    case EPIPE: return "closed";
    case ECONNRESET: return "reset";
    case ECONNREFUSED: case EPROTOTYPE: return "refused";
    case ENOENT: case ENOTDIR: case EBADF: return "missing";
    case EADDRINUSE: case EEXIST: return "exists";
    case EACCES: case EPERM: case EROFS: return "denied";
    case EAFNOSUPPORT: case EPROTONOSUPPORT: case EOPNOTSUPP: return "unsupported";
    case ENAMETOOLONG: case EISDIR: return "usage";
    default: return "internal";
    }
}

static const char *remedy_for_errno(int code) {
    switch (code) {
    case EMSGSIZE: return "send a smaller packet, or raise net.core.wmem_max";
    case EPIPE: return "the peer has closed its end, open the channel again";
    case ECONNRESET: return "the peer went away with unread data, open the channel again";
    case ECONNREFUSED: return "start the listener first";
    case EPROTOTYPE: return "the listener there uses another kind of socket";
    case ENOENT: case ENOTDIR: return "check the path";
    case EBADF: return "pass the descriptor to this process when it is started";
    case EADDRINUSE: case EEXIST: return "choose another address, or end the program that has it";
    case EACCES: case EPERM: case EROFS: return "check the permissions of the path and of its folder";
    case EMFILE: case ENFILE: return "close channels, or raise the limit on open files";
    case ENOSPC: return "free some space on that file system";
    case ENOMEM: return "free some memory, or lower the channel's limit";
    default: return "this is not a fault the endpoint foresees";
    }
}

/* Must be the first thing after the failed call: what comes between may change errno. */
static bool fail_errno(const char *action, const char *object) {
    int code = errno;
    return fail(kind_of_errno(code), "cannot %s %s: %s; %s", action, object, strerror(code), remedy_for_errno(code));
}

/* ---- 2. System calls -------------------------------------------------------------------------------------------- */

/*
 * True if the call that just failed should be made again. EINTR: a signal came before any byte moved. EAGAIN: an inherited
 * descriptor may be non-blocking, because that flag belongs to the open file description and any process that shares it
 * can set it; then wait here instead of spinning.
 */
static bool should_retry(int descriptor, short events) {
    if (errno == EINTR) {
        return true;
    }
    if (errno == EAGAIN) {
        struct pollfd waiting = {.fd = descriptor, .events = events};
        return poll(&waiting, 1, -1) >= 0 || errno == EINTR;
    }
    return false;
}

/* Reads at least one byte; 0 is the end of the stream. */
static ssize_t read_some(int descriptor, void *bytes, size_t size) {
    ssize_t count;
    do {
        count = read(descriptor, bytes, size);
    } while (count < 0 && should_retry(descriptor, POLLIN));
    return count;
}

/* Receives one packet. What has no room in `size` bytes is lost; with MSG_PEEK the packet stays in the queue. */
static ssize_t receive_one(int descriptor, void *bytes, size_t size, int flags) {
    ssize_t count;
    do {
        count = recv(descriptor, bytes, size, flags);
    } while (count < 0 && should_retry(descriptor, POLLIN));
    return count;
}

/* Writes every part. A write may take fewer bytes than it was given: the rest is the caller's to write again. */
static bool write_fully(int descriptor, struct iovec *parts, int count) {
    for (;;) {
        ssize_t written = count == 1 ? write(descriptor, parts->iov_base, parts->iov_len) : writev(descriptor, parts, count);
        if (written < 0) {
            if (should_retry(descriptor, POLLOUT)) {
                continue;
            }
            return false;
        }
        size_t rest = (size_t)written;
        while (count > 0 && rest >= parts->iov_len) {
            rest -= parts->iov_len;
            parts++;
            count--;
        }
        if (count == 0) {
            return true;
        }
        parts->iov_base = (char *)parts->iov_base + rest;
        parts->iov_len -= rest;
    }
}

/* close() is never repeated: on Linux the descriptor is gone even after EINTR, and its number may be another thread's by then. */
static void close_descriptor(int *descriptor) {
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}

static bool is_regular(const struct stat *status, const char *path) {
    return S_ISREG(status->st_mode) || fail("usage", "%s is not a regular file; only a regular file can be sent", path);
}

static bool read_file(const char *path, size_t limit, unsigned char **bytes, size_t *length) {
    /* Looked at before it is opened: opening a device can have effects, and a FIFO's writer that waits for a reader would find one. */
    struct stat status;
    if (stat(path, &status) < 0) {
        return fail_errno("examine", path);
    }
    if (!is_regular(&status, path)) {
        return false;
    }
    /* If the path has become a FIFO since, O_NONBLOCK keeps the open from waiting for a writer. On a regular file it does nothing. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
        return fail_errno("open", path);
    }
    bool succeeded = false;
    *bytes = NULL;
    *length = 0;
    if (fstat(descriptor, &status) < 0) {
        fail_errno("examine", path);
    } else if (!is_regular(&status, path)) {
        succeeded = false; /* is_regular has said why */
    } else if ((uintmax_t)status.st_size > limit) {
        fail("too-large", "%s has %jd bytes and the channel's limit is %zu; raise limit= when opening", path,
             (intmax_t)status.st_size, limit);
    } else if ((*bytes = malloc((size_t)status.st_size + 1)) == NULL) {
        fail_errno("find memory for", path);
    } else {
        ssize_t count = 1;
        while (*length < (size_t)status.st_size && count > 0) {
            count = read_some(descriptor, *bytes + *length, (size_t)status.st_size - *length);
            if (count > 0) {
                *length += (size_t)count;
            }
        }
        succeeded = count >= 0 || fail_errno("read", path);
    }
    if (!succeeded) {
        free(*bytes);
    }
    close_descriptor(&descriptor);
    return succeeded;
}

static bool write_file(const char *path, unsigned char *bytes, size_t length) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return fail_errno("make", path);
    }
    struct iovec whole = {.iov_base = bytes, .iov_len = length};
    bool succeeded = write_fully(descriptor, &whole, 1) || fail_errno("write", path);
    close_descriptor(&descriptor);
    return succeeded;
}

/* ---- 3. Framings ------------------------------------------------------------------------------------------------ */

enum framing { MULTIPROCESSING, U32LE, LINE, NETSTRING, VARINT, CONTENT_LENGTH, NONE, FRAMING_COUNT };

static const char *const framing_names[FRAMING_COUNT] = {
    "multiprocessing", "u32le", "line", "netstring", "varint", "content-length", "none",
};

/*
 * The frame at the front of the receive buffer, as far as it is understood. All offsets count from the frame's first byte. What has
 * been looked at is remembered, so that a stream in pieces of one byte costs no more than one in a single piece.
 */
struct frame {
    bool complete_header; /* header, payload and trailer are valid */
    size_t header;        /* bytes before the payload */
    size_t payload;
    size_t trailer;       /* bytes after the payload */

    size_t scanned;           /* line, content-length: looked at up to here */
    size_t line_start;        /* content-length: the header line being collected */
    bool has_content_length;
    uint64_t content_length;
};

/* Every decoder decides at the first byte that settles the matter, so that the outcome does not depend on how the stream is cut. */
enum decision { MORE_BYTES_NEEDED, HEADER_COMPLETE, BROKEN };

/* The length check comes before any memory is taken: four hostile bytes must not be able to ask for gigabytes. */
static enum decision header_complete(struct frame *frame, size_t header, uint64_t payload, size_t trailer, size_t limit) {
    if (payload > limit) {
        fail("too-large", "a frame announces %ju bytes and the channel's limit is %zu; raise limit= when opening", (uintmax_t)payload,
             limit);
        return BROKEN;
    }
    frame->complete_header = true;
    frame->header = header;
    frame->payload = (size_t)payload;
    frame->trailer = trailer;
    return HEADER_COMPLETE;
}

__attribute__((format(printf, 1, 2))) static enum decision malformed(const char *format, ...) {
    char reason[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    fail("malformed", "%s; check that both ends use the same framing", reason);
    return BROKEN;
}

/* Shifts instead of a cast to an integer pointer: no alignment to respect, and right on machines of either byte order. */
static uint64_t big_endian(const unsigned char *bytes, size_t count) {
    uint64_t value = 0;
    for (size_t index = 0; index < count; index++) {
        value = value << 8 | bytes[index];
    }
    return value;
}

static enum decision decode_multiprocessing(struct frame *frame, const unsigned char *bytes, size_t available, size_t limit) {
    if (available < 4) {
        return MORE_BYTES_NEEDED;
    }
    uint64_t length = big_endian(bytes, 4);
    if (length <= INT32_MAX) {
        return header_complete(frame, 4, length, 0, limit);
    }
    if (length != UINT32_MAX) {
        return malformed("a frame announces a length of %jd", (intmax_t)length - ((intmax_t)1 << 32));
    }
    if (available < 12) {
        return MORE_BYTES_NEEDED;
    }
    return header_complete(frame, 12, big_endian(bytes + 4, 8), 0, limit);
}

static enum decision decode_u32le(struct frame *frame, const unsigned char *bytes, size_t available, size_t limit) {
    if (available < 4) {
        return MORE_BYTES_NEEDED;
    }
    uint64_t length = bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 | (uint64_t)bytes[3] << 24;
    return header_complete(frame, 4, length, 0, limit);
}

static enum decision decode_line(struct frame *frame, const unsigned char *bytes, size_t available, size_t limit) {
    const unsigned char *line_feed = memchr(bytes + frame->scanned, '\n', available - frame->scanned);
    size_t length = line_feed != NULL ? (size_t)(line_feed - bytes) : available;
    if (length > limit) {
        fail("too-large", "more than %zu bytes came without a line feed; raise limit= when opening", limit);
        return BROKEN;
    }
    frame->scanned = length;
    return line_feed != NULL ? header_complete(frame, 0, length, 1, limit) : MORE_BYTES_NEEDED;
}

static enum decision decode_netstring(struct frame *frame, const unsigned char *bytes, size_t available, size_t limit) {
    uint64_t length = 0;
    for (size_t index = 0; index < available; index++) {
        unsigned char byte = bytes[index];
        if (byte == ':' && index > 0) {
            return header_complete(frame, index + 1, length, 1, limit);
        }
        if (byte < '0' || byte > '9') {
            return malformed("a netstring's length has the byte 0x%02x", byte);
        }
        if (index == 1 && bytes[0] == '0') {
            return malformed("a netstring's length has a leading zero");
        }
        length = length * 10 + (byte - '0');
        if (length > limit) {
            /* At this digit, not at the colon: an endless run of digits must neither be collected nor overflow. */
            return header_complete(frame, index + 1, length, 1, limit);
        }
    }
    return MORE_BYTES_NEEDED;
}

static enum decision decode_varint(struct frame *frame, const unsigned char *bytes, size_t available, size_t limit) {
    uint64_t length = 0;
    for (size_t index = 0; index < available; index++) {
        /* Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last. */
        if (index == 9 && bytes[index] > 1) {
            return malformed("a varint has more than 64 bits");
        }
        length |= (uint64_t)(bytes[index] & 0x7f) << (7 * index);
        if ((bytes[index] & 0x80) == 0) {
            return header_complete(frame, index + 1, length, 0, limit);
        }
    }
    return MORE_BYTES_NEEDED;
}

/* One header line without its CR LF. */
static bool take_header_line(struct frame *frame, const unsigned char *line, size_t length) {
    static const char name[] = "Content-Length";
    const unsigned char *colon = memchr(line, ':', length);
    if (colon == NULL) {
        return false;
    }
    if ((size_t)(colon - line) != sizeof name - 1 || strncasecmp((const char *)line, name, sizeof name - 1) != 0) {
        return true;
    }
    const unsigned char *end = line + length;
    const unsigned char *digit = colon + 1;
    while (digit < end && (*digit == ' ' || *digit == '\t')) {
        digit++;
    }
    while (end > digit && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    /* Nineteen digits always fit 64 bits, so the value cannot wrap round to a small one. */
    if (frame->has_content_length || end - digit < 1 || end - digit > 19) {
        return false;
    }
    for (; digit < end; digit++) {
        if (*digit < '0' || *digit > '9') {
            return false;
        }
        frame->content_length = frame->content_length * 10 + (uint64_t)(*digit - '0');
    }
    frame->has_content_length = true;
    return true;
}

static enum decision decode_content_length(struct frame *frame, const unsigned char *bytes, size_t available, size_t limit) {
    for (; frame->scanned < available && frame->scanned < CONTENT_HEADER_LIMIT; frame->scanned++) {
        size_t start = frame->line_start;
        bool is_line_feed = bytes[frame->scanned] == '\n';
        bool follows_return = frame->scanned > start && bytes[frame->scanned - 1] == '\r';
        if (is_line_feed != follows_return) {
            return malformed("a header line does not end with CR LF");
        }
        if (!is_line_feed) {
            continue;
        }
        frame->line_start = frame->scanned + 1;
        size_t length = frame->scanned - 1 - start;
        if (length == 0) {
            if (!frame->has_content_length) {
                return malformed("a header has no Content-Length");
            }
            return header_complete(frame, frame->line_start, frame->content_length, 0, limit);
        }
        if (!take_header_line(frame, bytes + start, length)) {
            return malformed("a header line has no colon, or it is a second or unusable Content-Length");
        }
    }
    return frame->scanned < CONTENT_HEADER_LIMIT ? MORE_BYTES_NEEDED
                                                 : malformed("a header does not end within %d bytes", CONTENT_HEADER_LIMIT);
}

static enum decision decode_header(enum framing framing, struct frame *frame, const unsigned char *bytes, size_t available,
                                   size_t limit) {
    switch (framing) {
    case MULTIPROCESSING: return decode_multiprocessing(frame, bytes, available, limit);
    case U32LE: return decode_u32le(frame, bytes, available, limit);
    case LINE: return decode_line(frame, bytes, available, limit);
    case NETSTRING: return decode_netstring(frame, bytes, available, limit);
    case VARINT: return decode_varint(frame, bytes, available, limit);
    case CONTENT_LENGTH: return decode_content_length(frame, bytes, available, limit);
    default: return malformed("this framing has no header");
    }
}

enum { HEADER_ROOM = 40 }; /* "Content-Length: 2147483647" CR LF CR LF is the longest */

static size_t encode_header(enum framing framing, uint32_t length, unsigned char header[HEADER_ROOM]) {
    switch (framing) {
    case MULTIPROCESSING: /* a limit is at most 2147483647, so the long form is never the shortest */
        for (int index = 0; index < 4; index++) {
            header[index] = (unsigned char)(length >> (24 - 8 * index));
        }
        return 4;
    case U32LE:
        for (int index = 0; index < 4; index++) {
            header[index] = (unsigned char)(length >> (8 * index));
        }
        return 4;
    case VARINT: {
        size_t count = 0;
        while (length >= 0x80) {
            header[count++] = (unsigned char)(length | 0x80);
            length >>= 7;
        }
        header[count++] = (unsigned char)length;
        return count;
    }
    case NETSTRING: return (size_t)snprintf((char *)header, HEADER_ROOM, "%u:", length);
    case CONTENT_LENGTH: return (size_t)snprintf((char *)header, HEADER_ROOM, "Content-Length: %u\r\n\r\n", length);
    default: return 0;
    }
}

static size_t encode_trailer(enum framing framing, unsigned char *trailer) {
    *trailer = framing == LINE ? '\n' : ',';
    return framing == LINE || framing == NETSTRING ? 1 : 0;
}

/* ---- 4. Channels ------------------------------------------------------------------------------------------------ */

enum transport {
    UNIX, UNIX_ABSTRACT, UNIX_SEQPACKET, UNIX_DATAGRAM, DOTNET_PIPE, TCP, /* these listen and connect, */
    FIFO, PIPE, SOCKETPAIR, FILE_SLOT, FILE_CELL,                         /* and these read and write */
    TRANSPORT_COUNT,
};
enum role { LISTEN, CONNECT, READ, WRITE, ROLE_COUNT };

static const char *const transport_names[TRANSPORT_COUNT] = {
    "unix", "unix-abstract", "unix-seqpacket", "unix-datagram", "dotnet-pipe", "tcp",
    "fifo", "pipe", "socketpair", "file-slot", "file-cell",
};
static const char *const role_names[ROLE_COUNT] = {"listen", "connect", "read", "write"};

/*
 * One message at a time in a mapped file, from one writer to one reader. Each word has one side that stores it (but for the writer's
 * start). A message belongs to the writer while `written` equals `taken`, and to the reader while it is more: storing the counter with
 * release, and loading it with acquire, is what makes the bytes before it visible. The words are little-endian on every machine.
 */
struct cell {
    _Atomic uint64_t written; /* messages: the writer's */
    _Atomic uint64_t taken;   /* messages: the reader's */
    _Atomic uint64_t length;
    _Atomic uint64_t closed;  /* 1 once the writer has gone */
    unsigned char unused[32];
    unsigned char content[CELL_CONTENT];
};

/* A lock instead of a machine instruction would be inside this process, where the other side does not see it. */
_Static_assert(sizeof(struct cell) == CELL_SIZE && ATOMIC_LLONG_LOCK_FREE == 2, "a cell is 4096 bytes and its words are lock-free");

struct channel {
    struct channel *next;
    char name[17];
    enum transport transport;
    enum role role;
    enum framing framing;
    uint32_t limit;

    int listener;   /* what peers are accepted from; -1 unless role is LISTEN, and for datagrams */
    int descriptor; /* what carries the messages; -1 until a listener's peer is accepted */
    char *socket_path; /* the socket file this channel made, and which file that was */
    dev_t socket_device;
    ino_t socket_inode;

    unsigned char *buffer; /* received bytes not yet consumed: from start up to end */
    size_t capacity, start, end;
    struct frame frame;
    bool has_packet; /* the buffer holds a packet, or a cell's message, that was not consumed yet */
    bool at_end;     /* stays true: a FIFO's next writer must not bring an ended stream back to life */

    unsigned char *slot;
    struct cell *cell;
};

enum outcome { MESSAGE, END, FAILED };

struct message {
    unsigned char *bytes;
    size_t length;
};

static bool is_one_way(const struct channel *channel) {
    return channel->transport == UNIX_DATAGRAM || channel->transport == FIFO || channel->transport == PIPE
        || channel->transport == FILE_SLOT || channel->transport == FILE_CELL;
}

static bool keeps_bounds(const struct channel *channel) {
    return channel->transport == UNIX_SEQPACKET || channel->transport == UNIX_DATAGRAM || channel->transport == FILE_SLOT
        || channel->transport == FILE_CELL;
}

/*
 * Room for `needed` bytes from `start` on, and for at least one byte to read. The kept bytes move to the front only when the buffer's end
 * is reached, and it at least doubles when it grows towards an unknown length, so that many small pieces do not copy quadratically.
 */
static bool make_room(struct channel *channel, size_t needed, size_t growth) {
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

static bool make_room_for_frame(struct channel *channel, size_t total) {
    if (channel->frame.complete_header) {
        /* The length is known and below the limit: take exactly that, once. */
        return make_room(channel, total, RECEIVE_BUFFER_SIZE);
    }
    size_t longest = (size_t)channel->limit + CONTENT_HEADER_LIMIT;
    size_t doubled = channel->capacity < longest / 2 ? channel->capacity * 2 : longest;
    return make_room(channel, channel->end - channel->start + 1, doubled > RECEIVE_BUFFER_SIZE ? doubled : RECEIVE_BUFFER_SIZE);
}

static enum outcome receive_frame(struct channel *channel, struct message *message) {
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
            if (!make_room_for_frame(channel, total)) {
                return FAILED;
            }
            ssize_t count = read_some(channel->descriptor, channel->buffer + channel->end, channel->capacity - channel->end);
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

/*
 * A receive with too little room would cut the packet and lose its rest. So its length is asked for first, which is all that MSG_PEEK and
 * MSG_TRUNC give without room for a byte, and no more room is taken than it needs.
 */
static enum outcome receive_packet(struct channel *channel, struct message *message) {
    if (channel->at_end) {
        return END;
    }
    if (!channel->has_packet) {
        ssize_t size = receive_one(channel->descriptor, NULL, 0, MSG_PEEK | MSG_TRUNC);
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

/*
 * A mapping does not keep its file long: when the file has been cut, touching the mapping raises SIGBUS, which kills. So look at the length
 * before every touch. A peer that cuts the file in this very moment still wins, which is why a slot must never be truncated.
 */
static bool slot_is_whole(struct channel *channel) {
    struct stat status;
    if (fstat(channel->descriptor, &status) < 0) {
        return fail_errno("examine the file of channel", channel->name);
    }
    if (status.st_size < SLOT_SIZE) {
        return fail("malformed", "the slot's file has %jd bytes instead of %d; open it with role=write to extend it",
                    (intmax_t)status.st_size, SLOT_SIZE);
    }
    return true;
}

/* Extends the file and reserves its blocks: ftruncate alone would leave a hole, and touching that on a full disk is a SIGBUS. */
static bool reserve(int descriptor, off_t size, const char *object) {
    do {
        errno = posix_fallocate(descriptor, 0, size); /* it returns the error instead of setting errno */
    } while (errno == EINTR);
    return errno == 0 || fail_errno("reserve the bytes of", object);
}

static enum outcome receive_slot(struct channel *channel, struct message *message) {
    channel->start = channel->end = 0;
    if (!slot_is_whole(channel) || !make_room(channel, SLOT_SIZE, SLOT_SIZE)) {
        return FAILED;
    }
    /* A copy, because the writer may change the slot between the search for its end and the reply. */
    memcpy(channel->buffer, channel->slot, SLOT_SIZE);
    const unsigned char *end = memchr(channel->buffer, 0, SLOT_SIZE);
    size_t length = end != NULL ? (size_t)(end - channel->buffer) : SLOT_SIZE;
    if (length > channel->limit) {
        fail("too-large", "the slot has %zu bytes and the channel's limit is %u; raise limit= when opening", length, channel->limit);
        return FAILED;
    }
    *message = (struct message){channel->buffer, length};
    return MESSAGE;
}

static uint64_t load(const _Atomic uint64_t *word) {
    return le64toh(atomic_load_explicit(word, memory_order_acquire));
}

static void store(_Atomic uint64_t *word, uint64_t value) {
    atomic_store_explicit(word, htole64(value), memory_order_release);
}

/* Before each touch, for the same reason as with a slot. */
static bool cell_is_whole(const struct channel *channel) {
    struct stat status;
    if (fstat(channel->descriptor, &status) < 0) {
        return fail_errno("examine the file of channel", channel->name);
    }
    return status.st_size >= CELL_SIZE
        || fail("truncated", "the cell's file has been cut to %jd bytes while it was mapped; let its writer open it anew",
                (intmax_t)status.st_size);
}

static bool is_taken(const struct cell *cell) { return load(&cell->taken) == load(&cell->written); }

static bool has_message(const struct cell *cell) { return load(&cell->written) > load(&cell->taken); }

static bool has_message_or_end(const struct cell *cell) { return has_message(cell) || load(&cell->closed) != 0; }

/*
 * Nobody wakes us: the file's format has no futex. The other side often answers within microseconds, so first only give the processor
 * away, and then sleep for longer and longer, so that waiting for hours costs nothing.
 */
static bool wait_for_cell(const struct channel *channel, bool (*is_ready)(const struct cell *)) {
    enum { YIELDS = 200, LONGEST_SLEEP = 1000000 };
    struct timespec sleep = {.tv_nsec = 0};
    for (int turn = 0;; turn++) {
        if (!cell_is_whole(channel)) {
            return false;
        }
        if (is_ready(channel->cell)) {
            return true;
        }
        if (turn < YIELDS) {
            sched_yield();
            continue;
        }
        sleep.tv_nsec = sleep.tv_nsec < LONGEST_SLEEP ? sleep.tv_nsec + 20000 : LONGEST_SLEEP;
        nanosleep(&sleep, NULL); /* a signal may cut it short, which does no harm */
    }
}

static enum outcome receive_cell(struct channel *channel, struct message *message) {
    struct cell *cell = channel->cell;
    if (!channel->has_packet) {
        channel->start = channel->end = 0;
        if (!wait_for_cell(channel, has_message_or_end) || !make_room(channel, CELL_CONTENT, CELL_CONTENT)) {
            return FAILED;
        }
        /* Looked at again: the writer may have written, and then closed, after the first look. */
        if (!has_message(cell)) {
            return END;
        }
        uint64_t length = load(&cell->length);
        if (length > CELL_CONTENT) {
            fail("malformed", "the cell announces %ju bytes and holds %d; check what its writer stores", (uintmax_t)length, CELL_CONTENT);
            return FAILED;
        }
        if (length > channel->limit) {
            fail("too-large", "the cell has %ju bytes and the channel's limit is %u; raise limit= when opening", (uintmax_t)length,
                 channel->limit);
            return FAILED;
        }
        memcpy(channel->buffer, cell->content, (size_t)length);
        channel->end = (size_t)length;
        channel->has_packet = true;
        /* Last: from here on the writer may overwrite the message. */
        store(&cell->taken, load(&cell->taken) + 1);
    }
    *message = (struct message){channel->buffer, channel->end};
    return MESSAGE;
}

/* The message stays in the channel's buffer, and is given again, until it is consumed. */
static enum outcome receive_message(struct channel *channel, struct message *message) {
    switch (channel->transport) {
    case FILE_SLOT: return receive_slot(channel, message);
    case FILE_CELL: return receive_cell(channel, message);
    case UNIX_SEQPACKET: case UNIX_DATAGRAM: return receive_packet(channel, message);
    default: return receive_frame(channel, message);
    }
}

static void consume_message(struct channel *channel) {
    channel->start += channel->frame.header + channel->frame.payload + channel->frame.trailer;
    channel->frame = (struct frame){0};
    channel->has_packet = false;
}

static bool send_slot(struct channel *channel, const unsigned char *payload, size_t length) {
    if (length > SLOT_SIZE) {
        return fail("too-large", "the text has %zu bytes and a slot holds %d; send a shorter one", length, SLOT_SIZE);
    }
    if (memchr(payload, 0, length) != NULL) {
        return fail("malformed", "the text has a NUL byte, which would end it in the slot; send it without");
    }
    if (!reserve(channel->descriptor, SLOT_SIZE, channel->name)) {
        return false;
    }
    memcpy(channel->slot, payload, length);
    memset(channel->slot + length, 0, SLOT_SIZE - length);
    return true;
}

static bool send_cell(struct channel *channel, const unsigned char *payload, size_t length) {
    if (length > CELL_CONTENT) {
        return fail("too-large", "the message has %zu bytes and a cell holds %d; send a shorter one", length, CELL_CONTENT);
    }
    if (!wait_for_cell(channel, is_taken)) {
        return false;
    }
    struct cell *cell = channel->cell;
    if (length > 0) {
        memcpy(cell->content, payload, length);
    }
    store(&cell->length, length);
    /* Last: from here on the message is the reader's. */
    store(&cell->written, load(&cell->written) + 1);
    return true;
}

static bool send_packet(struct channel *channel, const unsigned char *payload, size_t length) {
    if (length == 0 && channel->transport == UNIX_SEQPACKET) {
        return fail("malformed", "a packet of no bytes would look like the end of the stream; send at least one byte");
    }
    ssize_t sent;
    do {
        /* The whole packet or nothing. This waits while the receiver's queue is full; for datagrams it is full at a number of them. */
        sent = send(channel->descriptor, payload, length, 0);
    } while (sent < 0 && should_retry(channel->descriptor, POLLOUT));
    if (sent < 0 && errno == ENOTCONN && channel->transport == UNIX_DATAGRAM) {
        /* Linux reports a receiver that is gone as ECONNREFUSED once, and disconnects the socket while doing so. */
        errno = ECONNREFUSED;
    }
    return sent >= 0 || fail_errno("send on channel", channel->name);
}

static bool send_message(struct channel *channel, unsigned char *payload, size_t length) {
    if (length > channel->limit) {
        return fail("too-large", "the message has %zu bytes and the channel's limit is %u; raise limit= when opening", length,
                    channel->limit);
    }
    if (channel->transport == FILE_SLOT) {
        return send_slot(channel, payload, length);
    }
    if (channel->transport == FILE_CELL) {
        return send_cell(channel, payload, length);
    }
    if (channel->transport == UNIX_SEQPACKET || channel->transport == UNIX_DATAGRAM) {
        return send_packet(channel, payload, length);
    }
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
    return write_fully(channel->descriptor, parts, count) || fail_errno("send on channel", channel->name);
}

/* ---- 5. Opening ------------------------------------------------------------------------------------------------- */

static struct channel *channels;

static struct channel *channel_named(const char *name) {
    struct channel *channel = channels;
    while (channel != NULL && strcmp(channel->name, name) != 0) {
        channel = channel->next;
    }
    return channel;
}

/* Removes the socket file only if it is still the one this channel made: another listener may have taken the path since. */
static void remove_socket_file(struct channel *channel) {
    struct stat status;
    if (channel->socket_path != NULL && lstat(channel->socket_path, &status) == 0 && status.st_dev == channel->socket_device
        && status.st_ino == channel->socket_inode) {
        unlink(channel->socket_path);
    }
    free(channel->socket_path);
}

static void close_cell(struct channel *channel) {
    if (channel->role == WRITE && cell_is_whole(channel)) {
        store(&channel->cell->closed, 1);
    }
    munmap(channel->cell, CELL_SIZE);
}

static void free_channel(struct channel *channel) {
    if (channel->cell != NULL) {
        close_cell(channel); /* while there is a descriptor to look at the file with */
    }
    /* The file goes first: a peer that finds no file learns more than one that finds a file where nobody listens. */
    remove_socket_file(channel);
    close_descriptor(&channel->listener);
    close_descriptor(&channel->descriptor);
    if (channel->slot != NULL) {
        munmap(channel->slot, SLOT_SIZE);
    }
    free(channel->buffer);
    free(channel);
}

static void forget_channel(struct channel *channel) {
    struct channel **link = &channels;
    while (*link != channel) {
        link = &(*link)->next;
    }
    *link = channel->next;
    free_channel(channel);
}

struct socket_address {
    union {
        struct sockaddr any;
        struct sockaddr_un un;
        struct sockaddr_in in;
    } as;
    socklen_t length;
};

static bool parse_number(const char *text, uint64_t smallest, uint64_t largest, uint64_t *number) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 10 || text[digits] != '\0') {
        return false;
    }
    *number = strtoull(text, NULL, 10);
    return *number >= smallest && *number <= largest;
}

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

static bool parse_socket_address(enum transport transport, enum role role, const char *text, size_t length,
                                 struct socket_address *address) {
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

static int make_socket(enum transport transport) {
    int type = transport == UNIX_SEQPACKET ? SOCK_SEQPACKET : transport == UNIX_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM;
    /* SOCK_CLOEXEC in the call itself: with fcntl afterwards another thread's fork could come between. */
    return socket(transport == TCP ? AF_INET : AF_UNIX, type | SOCK_CLOEXEC, 0);
}

/*
 * bind() fails on any existing socket file, also on a stale one that no process has open. To tell the two apart, connect a datagram socket
 * to it, whatever kind of socket is to be bound. A stream or seqpacket socket there refuses it (EPROTOTYPE) and never notices; it would
 * take a connection of its own kind for a peer. A datagram socket there does not notice either: connecting only records the address on our
 * side, or fails with EPERM if that socket is connected to another one. Only ECONNREFUSED means that nobody has the file.
 */
static bool remove_stale_socket(const struct socket_address *address) {
    const char *path = address->as.un.sun_path;
    struct stat status;
    if (lstat(path, &status) < 0) {
        return errno == ENOENT || fail_errno("examine", path);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return fail("exists", "%s is there and is not a socket; choose another path, or remove it", path);
    }
    int probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) {
        return fail_errno("make a socket for", path);
    }
    bool is_stale = connect(probe, &address->as.any, address->length) < 0 && errno == ECONNREFUSED;
    close_descriptor(&probe);
    if (!is_stale) {
        return fail("exists", "the socket %s is in use; choose another path, or end the program that has it", path);
    }
    return unlink(path) == 0 || errno == ENOENT || fail_errno("remove the stale socket", path);
}

static bool bind_socket(struct channel *channel, int descriptor, const struct socket_address *address, const char *text) {
    bool has_path = channel->transport != UNIX_ABSTRACT && channel->transport != TCP;
    const char *path = address->as.un.sun_path;
    if (bind(descriptor, &address->as.any, address->length) < 0) {
        if (!has_path || errno != EADDRINUSE) {
            return fail_errno("listen at", text);
        }
        if (!remove_stale_socket(address)) {
            return false;
        }
        if (bind(descriptor, &address->as.any, address->length) < 0) {
            return fail_errno("listen at", text);
        }
    }
    if (has_path) {
        struct stat status;
        if (lstat(path, &status) < 0 || (channel->socket_path = strdup(path)) == NULL) {
            fail_errno("keep track of", path);
            unlink(path);
            return false;
        }
        channel->socket_device = status.st_dev;
        channel->socket_inode = status.st_ino;
    }
    return true;
}

/* `chosen_port` becomes the port that the system chose, or stays 0. */
static bool open_listener(struct channel *channel, const struct socket_address *address, const char *text, unsigned *chosen_port) {
    int descriptor = make_socket(channel->transport);
    if (descriptor < 0) {
        return fail_errno("make a socket for", text);
    }
    /* Datagrams have no connections to accept: the bound socket itself gets what anybody sends to it. */
    *(channel->transport == UNIX_DATAGRAM ? &channel->descriptor : &channel->listener) = descriptor;
    int yes = 1;
    if (channel->transport == TCP) {
        /* Connections of an earlier listener that are in TIME_WAIT must not keep the port from this one. */
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    }
    if (!bind_socket(channel, descriptor, address, text)) {
        return false;
    }
    if (channel->transport != UNIX_DATAGRAM && listen(descriptor, BACKLOG) < 0) {
        return fail_errno("listen at", text);
    }
    if (channel->transport == TCP && address->as.in.sin_port == 0) {
        struct sockaddr_in bound;
        socklen_t length = sizeof bound;
        if (getsockname(descriptor, (struct sockaddr *)&bound, &length) < 0) {
            return fail_errno("learn the port of", text);
        }
        *chosen_port = ntohs(bound.sin_port);
    }
    return true;
}

/* Without this a small message waits until the peer has confirmed the one before, which may take 40 ms. */
static bool send_at_once(struct channel *channel) {
    int yes = 1;
    return channel->transport != TCP || setsockopt(channel->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0
        || fail_errno("set TCP_NODELAY on channel", channel->name);
}

static bool open_connection(struct channel *channel, const struct socket_address *address, const char *text) {
    channel->descriptor = make_socket(channel->transport);
    if (channel->descriptor < 0) {
        return fail_errno("make a socket for", text);
    }
    /* An interrupted attempt goes on in the kernel. Asking again continues it on Linux; elsewhere poll and read SO_ERROR. */
    while (connect(channel->descriptor, &address->as.any, address->length) < 0) {
        if (errno == EISCONN) {
            break;
        }
        if (errno != EINTR) {
            return fail_errno("connect to", text);
        }
    }
    return send_at_once(channel);
}

static bool open_fifo(struct channel *channel, const char *path) {
    /* Looked at before it is opened: opening a device can have effects, and opening for reading can wait for ever. */
    struct stat status;
    if (stat(path, &status) < 0) {
        return fail_errno("examine", path);
    }
    if (!S_ISFIFO(status.st_mode)) {
        return fail("usage", "%s is not a FIFO; make one with mkfifo", path);
    }
    do {
        /* Waits until somebody has opened the other end. */
        channel->descriptor = open(path, (channel->role == READ ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
    } while (channel->descriptor < 0 && errno == EINTR);
    return channel->descriptor >= 0 || fail_errno("open", path);
}

static bool check_inherited(const struct channel *channel, int descriptor) {
    struct stat status;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fstat(descriptor, &status) < 0) {
        return fail_errno("use", "that descriptor");
    }
    for (const struct channel *other = channels; other != NULL; other = other->next) {
        if (other->descriptor == descriptor || other->listener == descriptor) {
            return fail("usage", "descriptor %d belongs to channel %s; close that first", descriptor, other->name);
        }
    }
    if (channel->transport == SOCKETPAIR) {
        int type = 0;
        socklen_t length = sizeof type;
        if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) < 0 || type != SOCK_STREAM) {
            return fail("usage", "descriptor %d is not a stream socket; pass one end of a socketpair", descriptor);
        }
        return true;
    }
    int access = flags & O_ACCMODE;
    if (!S_ISFIFO(status.st_mode) || access == (channel->role == READ ? O_WRONLY : O_RDONLY)) {
        return fail("usage", "descriptor %d is not the end of a pipe that role=%s needs", descriptor, role_names[channel->role]);
    }
    return true;
}

static bool open_inherited(struct channel *channel, const char *text) {
    uint64_t number;
    /* 0 to 2 carry the commands, the replies and the log. */
    if (!parse_number(text, 3, INT32_MAX, &number)) {
        return fail("usage", "\"%s\" is not the number of an inherited descriptor, which is 3 or more", text);
    }
    if (!check_inherited(channel, (int)number)) {
        return false;
    }
    channel->descriptor = (int)number;
    /* It came through an exec, so it cannot have the flag yet. */
    return fcntl(channel->descriptor, F_SETFD, FD_CLOEXEC) == 0 || fail_errno("set close-on-exec on descriptor", text);
}

/* Looked at before it is opened, which could wait for ever on a FIFO. The writer may make the file. */
static bool check_regular(const struct channel *channel, const char *path) {
    struct stat status;
    if (stat(path, &status) == 0) {
        return S_ISREG(status.st_mode)
            || fail("usage", "%s is not a regular file; a %s lives in one", path, transport_names[channel->transport]);
    }
    return (errno == ENOENT && channel->role == WRITE) || fail_errno("examine", path);
}

static bool open_slot(struct channel *channel, const char *path) {
    if (!check_regular(channel, path)) {
        return false;
    }
    bool writes = channel->role == WRITE;
    channel->descriptor = open(path, writes ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
    if (channel->descriptor < 0) {
        return fail_errno("open", path);
    }
    if (writes ? !reserve(channel->descriptor, SLOT_SIZE, path) : !slot_is_whole(channel)) {
        return false;
    }
    void *mapping = mmap(NULL, SLOT_SIZE, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, channel->descriptor, 0);
    if (mapping == MAP_FAILED) {
        return fail_errno("map", path);
    }
    channel->slot = mapping;
    return true;
}

static bool open_cell(struct channel *channel, const char *path) {
    if (!check_regular(channel, path)) {
        return false;
    }
    bool writes = channel->role == WRITE;
    /* The reader stores too: how many messages it has taken. */
    channel->descriptor = open(path, writes ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDWR | O_CLOEXEC, 0600);
    struct stat status;
    if (channel->descriptor < 0 || fstat(channel->descriptor, &status) < 0) {
        return fail_errno("open", path);
    }
    if (!writes && status.st_size < CELL_SIZE) {
        return fail("malformed", "%s has %jd bytes and a cell %d; let its writer open it first", path, (intmax_t)status.st_size, CELL_SIZE);
    }
    if (writes && !reserve(channel->descriptor, CELL_SIZE, path)) {
        return false;
    }
    void *mapping = mmap(NULL, CELL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, channel->descriptor, 0);
    if (mapping == MAP_FAILED) {
        return fail_errno("map", path);
    }
    channel->cell = mapping;
    if (writes) {
        store(&channel->cell->closed, 0);
        store(&channel->cell->length, 0);
        store(&channel->cell->written, 0); /* before `taken`: never is there more written than taken */
        store(&channel->cell->taken, 0);
    }
    return true;
}

static bool open_transport(struct channel *channel, const char *address, size_t address_length, unsigned *chosen_port) {
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
    default:
        if (!parse_socket_address(channel->transport, channel->role, address, address_length, &socket_address)) {
            return false;
        }
        return channel->role == LISTEN ? open_listener(channel, &socket_address, address, chosen_port)
                                       : open_connection(channel, &socket_address, address);
    }
}

/* ---- 6. Layouts ------------------------------------------------------------------------------------------------- */

/*
 * The records of ../vectors/layouts.yml as this compiler lays them out. A peer in another language that maps the same memory has to
 * agree with every number here; where it cannot be sure, it should declare its record packed and read the wide fields with memcpy.
 */
struct mixed {
    uint8_t a;
    uint32_t b;
    uint8_t c;
    double d;
    int16_t e;
};

struct __attribute__((packed)) mixed_packed {
    uint8_t a;
    uint32_t b;
    uint8_t c;
    double d;
    int16_t e;
};

struct arrays {
    uint8_t tag[3];
    uint32_t values[2];
    uint8_t name[5];
};

struct bools {
    bool first;
    int32_t count;
    bool second;
    bool third;
};

struct point {
    float x;
    float y;
};

struct nested {
    uint8_t id;
    struct point position;
    struct mixed detail;
    uint8_t last;
};

#define RECORD(name, type) name, sizeof(type), alignof(type)
#define FIELD(type, field) {#field, offsetof(type, field)}

static const struct record {
    const char *name;
    size_t size, alignment;
    struct {
        const char *name;
        size_t offset;
    } fields[6]; /* up to the one without a name */
} records[] = {
    {RECORD("mixed", struct mixed),
     {FIELD(struct mixed, a), FIELD(struct mixed, b), FIELD(struct mixed, c), FIELD(struct mixed, d), FIELD(struct mixed, e)}},
    {RECORD("mixed-packed", struct mixed_packed),
     {FIELD(struct mixed_packed, a), FIELD(struct mixed_packed, b), FIELD(struct mixed_packed, c), FIELD(struct mixed_packed, d),
      FIELD(struct mixed_packed, e)}},
    {RECORD("arrays", struct arrays), {FIELD(struct arrays, tag), FIELD(struct arrays, values), FIELD(struct arrays, name)}},
    {RECORD("bools", struct bools),
     {FIELD(struct bools, first), FIELD(struct bools, count), FIELD(struct bools, second), FIELD(struct bools, third)}},
    {RECORD("point", struct point), {FIELD(struct point, x), FIELD(struct point, y)}},
    {RECORD("nested", struct nested),
     {FIELD(struct nested, id), FIELD(struct nested, position), FIELD(struct nested, detail), FIELD(struct nested, last)}},
};

/* ---- 7. Verbs --------------------------------------------------------------------------------------------------- */

enum { MOST_KEYS = 6 };

struct value {
    char *text; /* NUL-terminated; NULL for an optional key that is absent */
    size_t length;
    uint64_t number; /* of a key whose value is one */
};

struct reply {
    char line[LINE_LIMIT + 1]; /* with its LF */
    size_t length;
};

static struct reply reply;

static void reply_text(const char *text) {
    size_t length = strlen(text);
    if (reply.length + length < sizeof reply.line) {
        memcpy(reply.line + reply.length, text, length);
        reply.length += length;
    }
}

__attribute__((format(printf, 1, 2))) static void reply_format(const char *format, ...) {
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    reply_text(text);
}

static bool is_plain(unsigned char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')
        || (byte != '\0' && strchr("_.-/:,@+~", byte) != NULL);
}

static void reply_encoded(const char *text) {
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (is_plain(byte)) {
            reply_text((char[]){*text, '\0'});
        } else {
            /* A path need not be UTF-8 and a long message may be cut inside a character, but a value must be UTF-8: ASCII is. */
            reply_format("%%%02X", byte < 0x20 || byte > 0x7e ? '?' : byte);
        }
    }
}

static void reply_list(const char *key, const char *const *names, int count) {
    reply_format(" %s=", key);
    for (int index = 0; index < count; index++) {
        reply_format("%s%s", index > 0 ? "," : "", names[index]);
    }
}

/* Lengths are compared as well, since a NUL byte would end the comparison early. */
static int position_of(const struct value *word, const char *const *names, int count) {
    int position = 0;
    while (position < count && (strlen(word->text) != word->length || strcmp(names[position], word->text) != 0)) {
        position++;
    }
    return position;
}

static bool find_channel(const struct value *name, struct channel **channel) {
    *channel = channel_named(name->text);
    return *channel != NULL || fail("usage", "channel \"%s\" is not open; open it first", name->text);
}

static bool check_connected(const struct channel *channel) {
    return channel->descriptor >= 0 || fail("usage", "channel \"%s\" has no peer yet; accept one first", channel->name);
}

/* Datagrams go from who connects to who listens; on every other one-way channel the role says which way. */
static bool check_direction(const struct channel *channel, enum role direction) {
    enum role role = channel->transport != UNIX_DATAGRAM ? direction : direction == WRITE ? CONNECT : LISTEN;
    return !is_one_way(channel) || channel->role == role
        || fail("usage", "channel \"%s\" is one way and was opened with role=%s", channel->name, role_names[channel->role]);
}

static bool check_codec(const struct value *codec) {
    return codec->text == NULL || fail("unsupported", "there is no codec \"%s\" here, nor any other; hello lists none", codec->text);
}

static bool obey_hello(const struct value *values) {
    static const char *const features[] = {"echo", "ping", "layout"};
    (void)values;
    reply_text("ok protocol=1 language=c runtime=");
#if defined __clang__
    reply_format("clang%%20%d.%d.%d", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined __GNUC__
    reply_format("gcc%%20%d.%d.%d", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
    reply_text("cc");
#endif
    reply_list("transports", transport_names, TRANSPORT_COUNT);
    reply_list("framings", framing_names, FRAMING_COUNT);
    reply_text(" codecs=");
    reply_list("features", features, sizeof features / sizeof *features);
    return true;
}

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
    return check_framing(channel) && check_role(channel);
}

static bool obey_open(const struct value *values) {
    struct channel *channel = calloc(1, sizeof *channel);
    if (channel == NULL) {
        return fail_errno("find memory for", "a channel");
    }
    channel->listener = channel->descriptor = -1;
    unsigned chosen_port = 0;
    if (!describe_channel(channel, values) || !open_transport(channel, values[3].text, values[3].length, &chosen_port)) {
        free_channel(channel);
        return false;
    }
    channel->next = channels;
    channels = channel;
    reply_text("ok");
    if (chosen_port != 0) {
        reply_format(" address=127.0.0.1:%u", chosen_port);
    }
    return true;
}

static bool obey_accept(const struct value *values) {
    struct channel *channel;
    if (!find_channel(&values[0], &channel)) {
        return false;
    }
    if (channel->role != LISTEN) {
        return fail("usage", "channel \"%s\" was not opened with role=listen", channel->name);
    }
    if (channel->transport == UNIX_DATAGRAM) {
        return fail("usage", "channel \"%s\" is for datagrams, which come without a peer to accept; receive them", channel->name);
    }
    if (channel->descriptor >= 0) {
        return fail("usage", "channel \"%s\" has its peer already; open another for the next one", channel->name);
    }
    do {
        channel->descriptor = accept4(channel->listener, NULL, NULL, SOCK_CLOEXEC);
        /* ECONNABORTED: that peer gave up while it waited; the next one may be serious. */
    } while (channel->descriptor < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (channel->descriptor < 0) {
        return fail_errno("accept on channel", channel->name);
    }
    reply_text("ok");
    return send_at_once(channel);
}

static int hex_digit(char digit) {
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* In place: the bytes take half the room of their digits. */
static bool decode_hex(const struct value *payload, struct message *message) {
    *message = (struct message){(unsigned char *)payload->text, payload->length / 2};
    bool is_hex = payload->length % 2 == 0;
    for (size_t index = 0; is_hex && index < message->length; index++) {
        int high = hex_digit(payload->text[2 * index]);
        int low = hex_digit(payload->text[2 * index + 1]);
        is_hex = high >= 0 && low >= 0;
        if (is_hex) {
            message->bytes[index] = (unsigned char)(high << 4 | low);
        }
    }
    return is_hex || fail("usage", "the payload is not lower-case hex, two digits a byte");
}

static bool obey_send(const struct value *values) {
    struct channel *channel;
    bool has_codec = values[3].text != NULL;
    if ((values[1].text != NULL) + (values[2].text != NULL) + has_codec != 1) {
        return fail("usage", "send needs one of payload, file and codec");
    }
    if (has_codec != (values[4].text != NULL) || (!has_codec && values[5].text != NULL)) {
        return fail("usage", "codec, value and format belong together; send bytes with payload or file alone");
    }
    if (!find_channel(&values[0], &channel) || !check_codec(&values[3]) || !check_connected(channel) || !check_direction(channel, WRITE)) {
        return false;
    }
    struct message message = {0};
    bool succeeded;
    if (values[2].text != NULL) {
        if (!read_file(values[2].text, channel->limit, &message.bytes, &message.length)) {
            return false;
        }
        succeeded = send_message(channel, message.bytes, message.length);
        free(message.bytes);
    } else {
        succeeded = decode_hex(&values[1], &message) && send_message(channel, message.bytes, message.length);
    }
    reply_text("ok");
    return succeeded;
}

static bool reply_payload(const struct message *message) {
    static const char digits[] = "0123456789abcdef";
    reply_text("ok payload=");
    if (message->length > (sizeof reply.line - reply.length - 1) / 2) {
        return fail("usage", "the message has %zu bytes, too many for a reply; receive it with file=, it is still there", message->length);
    }
    for (size_t index = 0; index < message->length; index++) {
        reply.line[reply.length++] = digits[message->bytes[index] >> 4];
        reply.line[reply.length++] = digits[message->bytes[index] & 15];
    }
    return true;
}

static bool obey_receive(const struct value *values) {
    struct channel *channel;
    bool has_codec = values[2].text != NULL;
    if ((has_codec && values[1].text != NULL) || (!has_codec && values[3].text != NULL)) {
        return fail("usage", "a value is received with codec alone, or with codec and format");
    }
    if (!find_channel(&values[0], &channel) || !check_codec(&values[2])) {
        return false;
    }
    if (values[4].text != NULL) {
        return fail("usage", "a %s has no timeout; leave it out", transport_names[channel->transport]);
    }
    if (!check_connected(channel) || !check_direction(channel, READ)) {
        return false;
    }
    struct message message;
    enum outcome outcome = receive_message(channel, &message);
    if (outcome == END) {
        reply_text("ok end=true");
    }
    if (outcome != MESSAGE) {
        return outcome == END;
    }
    if (values[1].text != NULL) {
        reply_format("ok length=%zu", message.length);
        if (!write_file(values[1].text, message.bytes, message.length)) {
            return false;
        }
    } else if (!reply_payload(&message)) {
        return false;
    }
    /* Not before: a message that could not be delivered can be asked for again. */
    consume_message(channel);
    return true;
}

static bool obey_close(const struct value *values) {
    struct channel *channel;
    if (!find_channel(&values[0], &channel)) {
        return false;
    }
    reply_text("ok");
    if (values[1].text == NULL) {
        forget_channel(channel);
        return true;
    }
    /* This socket could; but the stream classes of .NET, for which the transport is there, have no call for it. */
    if (is_one_way(channel) || channel->transport == DOTNET_PIPE) {
        return fail("unsupported", "a %s cannot be half closed; close the channel", transport_names[channel->transport]);
    }
    /* ENOTCONN: the peer has reset the connection, so there is no direction left to close. */
    return check_connected(channel)
        && (shutdown(channel->descriptor, SHUT_WR) == 0 || errno == ENOTCONN || fail_errno("half close channel", channel->name));
}

static void forget_all_channels(void) {
    while (channels != NULL) {
        forget_channel(channels);
    }
}

static bool obey_reset(const struct value *values) {
    (void)values;
    forget_all_channels();
    reply_text("ok");
    return true;
}

static bool find_loop_channel(const struct value *name, struct channel **channel) {
    if (!find_channel(name, channel) || !check_connected(*channel)) {
        return false;
    }
    return !is_one_way(*channel) || fail("usage", "channel \"%s\" is one way; echo and ping need both", (*channel)->name);
}

static bool receive_in_loop(struct channel *channel, struct message *message) {
    enum outcome outcome = receive_message(channel, message);
    return outcome == MESSAGE
        || (outcome == END && fail("closed", "the peer of channel \"%s\" ended the stream in the loop", channel->name));
}

static bool obey_echo(const struct value *values) {
    struct channel *channel;
    if (!find_loop_channel(&values[0], &channel)) {
        return false;
    }
    for (uint64_t count = values[1].number; count > 0; count--) {
        struct message message;
        /* Straight from the receive buffer: nothing is copied or allocated. */
        if (!receive_in_loop(channel, &message) || !send_message(channel, message.bytes, message.length)) {
            return false;
        }
        consume_message(channel);
    }
    reply_text("ok");
    return true;
}

static uint64_t nanoseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool obey_ping(const struct value *values) {
    struct channel *channel;
    uint64_t count = values[1].number;
    size_t size = (size_t)values[2].number;
    if (!find_loop_channel(&values[0], &channel)) {
        return false;
    }
    if (size > channel->limit) {
        return fail("too-large", "size=%zu is above the channel's limit of %u; raise limit= when opening", size, channel->limit);
    }
    unsigned char *payload = malloc(size + 1);
    if (payload == NULL) {
        return fail_errno("find memory for", "the payload");
    }
    memset(payload, 'p', size); /* a byte that every framing can carry */
    bool succeeded = true;
    uint64_t started = nanoseconds_now();
    while (succeeded && count-- > 0) {
        struct message answer;
        succeeded = send_message(channel, payload, size) && receive_in_loop(channel, &answer);
        if (succeeded) {
            consume_message(channel);
        }
    }
    uint64_t elapsed = nanoseconds_now() - started;
    free(payload);
    reply_format("ok nanoseconds=%ju", (uintmax_t)elapsed);
    return succeeded;
}

static bool obey_layout(const struct value *values) {
    for (size_t index = 0; index < sizeof records / sizeof *records; index++) {
        const struct record *record = &records[index];
        if (position_of(&values[0], &record->name, 1) == 0) {
            reply_format("ok size=%zu alignment=%zu offsets=", record->size, record->alignment);
            for (int field = 0; record->fields[field].name != NULL; field++) {
                reply_format("%s%s:%zu", field > 0 ? "," : "", record->fields[field].name, record->fields[field].offset);
            }
            return true;
        }
    }
    return fail("unsupported", "there is no record \"%s\" here; interop/vectors/layouts.yml lists them", values[0].text);
}

/* ---- 8. Command lines ------------------------------------------------------------------------------------------- */

/* `keys` names the values that the function gets, in this order; the first `required` of them must be there. */
static const struct verb {
    const char *name;
    bool (*obey)(const struct value *values);
    int required;
    const char *keys[MOST_KEYS];
} verbs[] = {
    {"hello", obey_hello, 0, {0}},
    {"open", obey_open, 5, {"channel", "transport", "role", "address", "framing", "limit"}},
    {"accept", obey_accept, 1, {"channel"}},
    {"send", obey_send, 1, {"channel", "payload", "file", "codec", "value", "format"}},
    {"receive", obey_receive, 1, {"channel", "file", "codec", "format", "timeout"}},
    {"close", obey_close, 1, {"channel", "how"}},
    {"reset", obey_reset, 0, {0}},
    {"echo", obey_echo, 2, {"channel", "count"}},
    {"ping", obey_ping, 3, {"channel", "count", "size"}},
    {"layout", obey_layout, 1, {"record"}},
};

static const struct {
    const char *key;
    uint64_t smallest, largest;
} number_keys[] = {{"limit", 1, INT32_MAX}, {"count", 1, 10000000}, {"size", 0, INT32_MAX}, {"timeout", 0, 86400000}};

/* A line taken apart. Sixteen are more pairs than any verb has keys. */
struct command {
    const char *verb;
    int pair_count;
    struct {
        const char *key;
        struct value value;
    } pairs[16];
};

static char *skip_name(char *cursor) {
    while ((*cursor >= 'a' && *cursor <= 'z') || (*cursor >= '0' && *cursor <= '9') || *cursor == '-') {
        cursor++;
    }
    return cursor;
}

static int any_hex_digit(char digit) {
    return hex_digit(digit >= 'A' && digit <= 'F' ? (char)(digit - 'A' + 'a') : digit);
}

/* Decodes the value at `*cursor` in place, up to a space or `end`, and moves the cursor there. */
static bool take_value(char **cursor, const char *end, struct value *value) {
    char *from = *cursor;
    char *to = *cursor;
    while (from < end && *from != ' ') {
        int high = -1, low = -1;
        if (is_plain((unsigned char)*from)) {
            *to++ = *from++;
        } else if (*from == '%' && end - from > 2 && (high = any_hex_digit(from[1])) >= 0 && (low = any_hex_digit(from[2])) >= 0) {
            *to++ = (char)(high << 4 | low);
            from += 3;
        } else {
            return fail("usage", "the line has the byte 0x%02x in a value; write such a byte as %%XX", (unsigned char)*from);
        }
    }
    *value = (struct value){.text = *cursor, .length = (size_t)(to - *cursor)};
    *cursor = from;
    return true;
}

static bool add_pair(struct command *command, const char *key, const struct value *value) {
    if (command->pair_count == sizeof command->pairs / sizeof *command->pairs) {
        return fail("usage", "the line has more keys than any verb");
    }
    for (int index = 0; index < command->pair_count; index++) {
        if (strcmp(command->pairs[index].key, key) == 0) {
            return fail("usage", "the key \"%s\" is there twice", key);
        }
    }
    command->pairs[command->pair_count].key = key;
    command->pairs[command->pair_count++].value = *value;
    return true;
}

/*
 * Parses the whole line before any word of it is looked up: what breaks the grammar is `usage`, even if a word in it is `unsupported`.
 * `end` is where the line feed was: every text can be terminated in place.
 */
static bool parse_line(char *line, char *end, struct command *command) {
    *end = '\0';
    command->verb = line;
    command->pair_count = 0;
    char *cursor = skip_name(line);
    if (cursor == line || (cursor < end && *cursor != ' ')) {
        return fail("usage", "the line does not begin with a verb; a command is VERB KEY=VALUE ... and ends with LF alone");
    }
    bool has_more = cursor < end;
    *cursor = '\0';
    while (has_more) {
        char *key = cursor + 1;
        cursor = skip_name(key);
        if (cursor == key || *cursor != '=') {
            return fail("usage", "after a space there must be KEY=VALUE");
        }
        *cursor++ = '\0';
        struct value value;
        if (!take_value(&cursor, end, &value)) {
            return false;
        }
        has_more = cursor < end;
        value.text[value.length] = '\0';
        if (!add_pair(command, key, &value)) {
            return false;
        }
    }
    return true;
}

/* NULL if there is no such verb. */
static const struct verb *find_verb(const char *name) {
    for (size_t index = 0; index < sizeof verbs / sizeof *verbs; index++) {
        if (strcmp(verbs[index].name, name) == 0) {
            return &verbs[index];
        }
    }
    if (strcmp(name, "call") == 0) {
        fail("unsupported", "there is no verb \"call\" here; hello lists the optional ones as features");
    } else {
        fail("usage", "unknown verb \"%s\"", name);
    }
    return NULL;
}

/* The values in the order of the verb's keys. */
static bool assign_values(const struct verb *verb, const struct command *command, struct value *values) {
    for (int index = 0; index < command->pair_count; index++) {
        const char *key = command->pairs[index].key;
        int position = 0;
        while (position < MOST_KEYS && (verb->keys[position] == NULL || strcmp(verb->keys[position], key) != 0)) {
            position++;
        }
        if (position == MOST_KEYS) {
            return fail("usage", "%s has no key \"%s\"", verb->name, key);
        }
        values[position] = command->pairs[index].value;
    }
    for (int position = 0; position < verb->required; position++) {
        if (values[position].text == NULL) {
            return fail("usage", "%s needs the key \"%s\"", verb->name, verb->keys[position]);
        }
    }
    return true;
}

/* Whether the value has its key's form. Words, addresses and payloads are checked later: other faults are reported before theirs. */
static bool check_form(const char *key, struct value *value) {
    bool has_nul = strlen(value->text) != value->length;
    for (size_t index = 0; index < sizeof number_keys / sizeof *number_keys; index++) {
        uint64_t smallest = number_keys[index].smallest, largest = number_keys[index].largest;
        if (strcmp(number_keys[index].key, key) == 0) {
            return (!has_nul && parse_number(value->text, smallest, largest, &value->number))
                || fail("usage", "%s=%s is not a number from %ju to %ju", key, value->text, (uintmax_t)smallest, (uintmax_t)largest);
        }
    }
    if (strcmp(key, "channel") == 0) {
        size_t length = strspn(value->text, "abcdefghijklmnopqrstuvwxyz0123456789");
        return (length == value->length && length >= 1 && length <= 16)
            || fail("usage", "\"%s\" is not a channel name; use 1 to 16 of a-z and 0-9", value->text);
    }
    if (strcmp(key, "how") == 0) {
        return (!has_nul && strcmp(value->text, "write") == 0)
            || fail("usage", "how=%s is unknown; the only one is write", value->text);
    }
    return !has_nul || strcmp(key, "file") != 0 || fail("usage", "the path in file= has a NUL byte; remove it");
}

static bool check_forms(const struct verb *verb, struct value *values) {
    for (int position = 0; position < MOST_KEYS; position++) {
        if (values[position].text != NULL && !check_form(verb->keys[position], &values[position])) {
            return false;
        }
    }
    return true;
}

static bool obey_line(char *line, char *end) {
    struct command command;
    if (!parse_line(line, end, &command)) {
        return false;
    }
    const struct verb *verb = find_verb(command.verb);
    struct value values[MOST_KEYS] = {{0}};
    return verb != NULL && assign_values(verb, &command, values) && check_forms(verb, values) && verb->obey(values);
}

/* False when there is nobody left to answer to. */
static bool write_reply(bool succeeded) {
    if (!succeeded) {
        reply.length = 0;
        reply_format("error kind=%s message=", failure.kind);
        reply_encoded(failure.message);
    }
    reply.line[reply.length++] = '\n';
    /* Not stdio: to a pipe it would keep the line until its buffer is full. */
    struct iovec whole = {.iov_base = reply.line, .iov_len = reply.length};
    reply.length = 0;
    return write_fully(STDOUT_FILENO, &whole, 1);
}

static bool obey_all(void) {
    static char input[LINE_LIMIT + 1]; /* with its LF */
    size_t start = 0, end = 0, scanned = 0;
    bool is_too_long = false; /* the front of this line has been dropped */
    for (;;) {
        char *line_feed = memchr(input + scanned, '\n', end - scanned);
        if (line_feed != NULL) {
            bool succeeded = is_too_long ? fail("usage", "the line has more than %d bytes; send a long message with file=", LINE_LIMIT)
                                         : obey_line(input + start, line_feed);
            if (!write_reply(succeeded)) {
                return false;
            }
            is_too_long = false;
            start = scanned = (size_t)(line_feed - input) + 1;
            continue;
        }
        if (end == sizeof input) {
            if (start == 0) {
                is_too_long = true;
                start = end;
            }
            memmove(input, input + start, end - start);
            end -= start;
            start = 0;
        }
        scanned = end;
        ssize_t count = read_some(STDIN_FILENO, input + end, sizeof input - end);
        if (count <= 0) {
            return count == 0;
        }
        end += (size_t)count;
    }
}

int main(void) {
    /* A write to a peer that is gone shall be EPIPE, an error like any other. By default it is a signal that kills. */
    signal(SIGPIPE, SIG_IGN);
    bool succeeded = obey_all();
    forget_all_channels();
    return succeeded ? 0 : 1;
}
