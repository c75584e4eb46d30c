#include "replies.h"

#include "failures.h"
#include "system.h"
#include "values.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct {
    char line[LINE_LIMIT + 1]; /* with its LF */
    size_t length;
    bool is_cut;
} reply;

void reply_text(const char *text) {
    size_t length = strlen(text);
    if (length >= sizeof reply.line - reply.length) {
        reply.is_cut = true;
        return;
    }
    memcpy(reply.line + reply.length, text, length);
    reply.length += length;
}

bool reply_is_whole(void) { return !reply.is_cut; }

void reply_format(const char *format, ...) {
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    reply_text(text);
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

void reply_list(const char *key, const char *const *names, int count) {
    reply_format(" %s=", key);
    for (int index = 0; index < count; index++) {
        reply_format("%s%s", index > 0 ? "," : "", names[index]);
    }
}

void reply_hex(const unsigned char *bytes, size_t length) {
    static const char digits[] = "0123456789abcdef";
    if (length > (sizeof reply.line - reply.length - 1) / 2) {
        reply.is_cut = true;
        return;
    }
    for (size_t index = 0; index < length; index++) {
        reply.line[reply.length++] = digits[bytes[index] >> 4];
        reply.line[reply.length++] = digits[bytes[index] & 15];
    }
}

bool reply_payload(const struct message *message) {
    reply_text("ok payload=");
    reply_hex(message->bytes, message->length);
    return reply_is_whole()
        || fail("usage", "the message has %zu bytes, too many for a reply; receive it with file=, it is still there", message->length);
}

bool write_reply(bool succeeded) {
    if (!succeeded) {
        reply.length = 0;
        reply_format("error kind=%s message=", failure.kind);
        reply_encoded(failure.message);
    }
    reply.line[reply.length++] = '\n';
    /* Not stdio: to a pipe it would keep the line until its buffer is full. */
    struct iovec whole = {.iov_base = reply.line, .iov_len = reply.length};
    reply.length = 0;
    reply.is_cut = false;
    return write_fully(STDOUT_FILENO, &whole, 1);
}
