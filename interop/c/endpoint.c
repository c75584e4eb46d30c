/*
 * The C endpoint: local channels on Linux with nothing but libc, and for keys OpenSSL.
 *
 * It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line on standard output.
 * Every other file is one subject, and its header says what it gives to the others. To read from the bottom of the stack to the top:
 *
 *   failures   errno becomes one of the protocol's error kinds, in one place
 *   system     interrupted, partial and non-blocking reads and writes
 *   files      a message from a file, a message into a file
 *   framings   pure functions: bytes in, decision out
 *   waiting    for a peer: deadlines, and that it waits
 *   channels   what is open, and what of it must not stay behind
 *   streams    messages in a stream, which need a framing
 *   packets    messages whose bounds the system keeps
 *   mapping    what every mapped file needs
 *   mapped     messages in a mapped file: the slot, the cell
 *   semaphores locks that other processes hold too
 *   shared_memory  bytes that several processes map
 *   messages   one in, one out, whatever carries them
 *   digests    keyed digests, from OpenSSL
 *   handshake  both sides prove that they have the key
 *   addresses  addresses of sockets
 *   sockets    listening, accepting, connecting
 *   pipes      FIFOs and inherited descriptors
 *   values     words, numbers and hex in a command
 *   tokens     values as the protocol writes them
 *   floats     IEEE 754, with 2, 4 and 8 bytes
 *   struct_formats  the formats of Python's struct
 *   struct_codec    values as it packs them
 *   replies    the line that answers it
 *   opening    the verb open
 *   layouts    the verb layout
 *   verbs      the other verbs, one function each
 *   lines      the grammar of a command, and which verb has which keys
 *   watcher    the end of the commands, and SIGTERM, while the endpoint waits
 */
#include "channels.h"
#include "failures.h"
#include "lines.h"
#include "replies.h"
#include "system.h"
#include "waiting.h"
#include "watcher.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool obey_all(void) {
    static char input[LINE_LIMIT + 1]; /* with its LF */
    size_t start = 0, end = 0, scanned = 0;
    bool is_too_long = false; /* the front of this line has been dropped */
    for (;;) {
        char *line_feed = memchr(input + scanned, '\n', end - scanned);
        if (line_feed != NULL) {
            command_begins();
            bool succeeded = is_too_long ? fail("usage", "the line has more than %d bytes; send a long message with file=", LINE_LIMIT)
                                         : obey_line(input + start, line_feed);
            command_ends(); /* Whoever reads the reply may take their time. */
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
    if (!start_watcher()) {
        fprintf(stderr, "%s\n", failure.message);
        return 1;
    }
    bool succeeded = obey_all();
    forget_all_channels();
    return succeeded ? 0 : 1;
}
