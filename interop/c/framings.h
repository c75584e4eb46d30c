/* Framings: where a message ends in a stream of bytes. Pure functions: bytes in, decision out. */
#ifndef FRAMINGS_H
#define FRAMINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum framing { MULTIPROCESSING, U32LE, LINE, NETSTRING, VARINT, CONTENT_LENGTH, NONE, FRAMING_COUNT };

extern const char *const framing_names[FRAMING_COUNT];

enum {
    CONTENT_HEADER_LIMIT = 4096,
    HEADER_ROOM = 40, /* "Content-Length: 2147483647" CR LF CR LF is the longest */
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

enum decision decode_header(enum framing framing, struct frame *frame, const unsigned char *bytes, size_t available, size_t limit);

/* The bytes before a payload of `length` bytes, and those behind it; both give their number. */
size_t encode_header(enum framing framing, uint32_t length, unsigned char header[HEADER_ROOM]);
size_t encode_trailer(enum framing framing, unsigned char *trailer);

/* Describes the failure. */
__attribute__((format(printf, 1, 2))) enum decision malformed(const char *format, ...);

#endif
