#include "framings.h"

#include "failures.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const framing_names[FRAMING_COUNT] = {
    "multiprocessing", "u32le", "line", "netstring", "varint", "content-length", "none",
};

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

enum decision malformed(const char *format, ...) {
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

enum decision decode_header(enum framing framing, struct frame *frame, const unsigned char *bytes, size_t available, size_t limit) {
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

size_t encode_header(enum framing framing, uint32_t length, unsigned char header[HEADER_ROOM]) {
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

size_t encode_trailer(enum framing framing, unsigned char *trailer) {
    *trailer = framing == LINE ? '\n' : ',';
    return framing == LINE || framing == NETSTRING ? 1 : 0;
}
