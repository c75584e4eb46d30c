#include "struct_codec.h"

#include "failures.h"
#include "floats.h"
#include "replies.h"
#include "struct_formats.h"
#include "tokens.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 1, 2))) static bool fail_misfit(const char *format, ...) {
    char reason[100];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    return fail("malformed", "value and format do not go together: %s; change one of them", reason);
}

static bool is_signed(char code) { return code >= 'a'; }

/* ---- Packing ---- */

static void put_number(uint64_t bits, size_t size, bool is_big_endian, unsigned char *place) {
    for (size_t index = 0; index < size; index++) {
        place[is_big_endian ? size - 1 - index : index] = (unsigned char)(bits >> 8 * index);
    }
}

/* In two's complement. False for a number that does not fit. */
static bool bits_of_int(const struct token *token, size_t size, bool is_signed, uint64_t *bits) {
    bool is_negative = token->bytes[0] == '-';
    uint64_t magnitude = 0;
    for (size_t index = is_negative; index < token->length; index++) {
        uint64_t digit = token->bytes[index] - (uint64_t)'0';
        if (magnitude > (UINT64_MAX - digit) / 10) {
            return false;
        }
        magnitude = 10 * magnitude + digit;
    }
    uint64_t largest = UINT64_MAX >> (64 - 8 * size);
    if (is_signed) {
        largest = largest / 2 + is_negative; /* there is one more below zero than above */
    } else if (is_negative) {
        largest = 0;
    }
    *bits = is_negative ? -magnitude : magnitude;
    return magnitude <= largest;
}

static bool put_item(const struct token *token, const struct field *field, bool is_big_endian, unsigned char *place) {
    uint64_t bits = 0;
    switch (field->code) {
    case 'c':
        if (token->kind != TOKEN_BYTES || token->length != 1) {
            return fail_misfit("c takes one byte");
        }
        *place = token->bytes[0];
        return true;
    case 's': case 'p': {
        if (token->kind != TOKEN_BYTES) {
            return fail_misfit("%c takes bytes", field->code);
        }
        /* As Python does it: longer ones are cut, and shorter ones have NUL bytes behind them. A `p` begins with its length, in one byte. */
        size_t front = field->code == 'p' && field->size > 0 ? 1 : 0;
        size_t length = token->length < field->size - front ? token->length : field->size - front;
        if (front > 0) {
            *place = (unsigned char)(length < 255 ? length : 255);
        }
        memcpy(place + front, token->bytes, length);
        return true;
    }
    case '?':
        if (token->kind != TOKEN_TRUE && token->kind != TOKEN_FALSE) {
            return fail_misfit("? takes true or false");
        }
        *place = token->kind == TOKEN_TRUE;
        return true;
    case 'e': case 'f': case 'd':
        if (token->kind != TOKEN_F64) {
            return fail_misfit("%c takes an f64", field->code);
        }
        if (!bits_of_double(double_of_bits(token->number, 8), field->size, &bits)) {
            return fail_misfit("a number is beyond the range of %c", field->code);
        }
        break;
    default:
        if (token->kind != TOKEN_INT) {
            return fail_misfit("%c takes an int", field->code);
        }
        if (!bits_of_int(token, field->size, is_signed(field->code), &bits)) {
            return fail_misfit("a number is out of the range of %c", field->code);
        }
    }
    put_number(bits, field->size, is_big_endian, place);
    return true;
}

static bool put_items(const struct token *token, const char *format_text, unsigned char *bytes) {
    struct format format = begin_format(format_text);
    struct field field;
    while (next_field(&format, &field) == FIELD_READ) {
        for (size_t index = 0; index < field.count; index++) {
            if (!put_item(token++, &field, format.is_big_endian, bytes + field.offset + index * field.size)) {
                return false;
            }
        }
    }
    return true;
}

bool pack_value(const struct value *text, const struct value *format, size_t limit, struct message *message) {
    size_t size, items;
    struct token *tokens;
    if (!measure_format(format, &size, &items) || !read_tokens(text, &tokens)) {
        return false;
    }
    bool succeeded = false;
    *message = (struct message){.length = size};
    if (size > limit) {
        fail("too-large", "the format has %zu bytes and the channel's limit is %zu; raise limit= when opening", size, limit);
    } else if (tokens->kind != TOKEN_TUPLE || tokens->number != items) {
        fail_misfit("the format takes a tuple of %zu items", items);
    } else if ((message->bytes = calloc(size + 1, 1)) == NULL) {
        fail_errno("find memory for", "a message");
    } else {
        /* An item with parts of its own is refused before they are taken for the next items. */
        succeeded = put_items(tokens + 1, format->text, message->bytes);
    }
    free(tokens);
    if (!succeeded) {
        free(message->bytes);
    }
    return succeeded;
}

/* ---- Unpacking ---- */

static uint64_t take_number(const unsigned char *place, size_t size, bool is_big_endian) {
    uint64_t bits = 0;
    for (size_t index = 0; index < size; index++) {
        bits = bits << 8 | place[is_big_endian ? index : size - 1 - index];
    }
    return bits;
}

static void reply_number(char code, uint64_t bits, size_t size) {
    if (code == 'e' || code == 'f' || code == 'd') {
        double number = double_of_bits(bits, size);
        uint64_t wide;
        bits_of_double(number, sizeof number, &wide);
        reply_format(",f64:%016" PRIx64, wide);
        return;
    }
    uint64_t sign = (uint64_t)1 << (8 * size - 1);
    if (is_signed(code) && (bits & sign) != 0) {
        /* The magnitude, since C does not promise what becomes of such bits as a signed number. */
        reply_format(",int:-%" PRIu64, sign - (bits ^ sign));
    } else {
        reply_format(",int:%" PRIu64, bits);
    }
}

static void reply_item(const struct field *field, bool is_big_endian, const unsigned char *place) {
    switch (field->code) {
    case 'c': case 's':
        reply_text(",bytes:");
        reply_hex(place, field->size);
        return;
    case 'p': {
        size_t front = field->size > 0; /* a length of more than there is room for means all of it */
        size_t length = front > 0 && *place < field->size - front ? *place : field->size - front;
        reply_text(",bytes:");
        reply_hex(place + front, length);
        return;
    }
    case '?': reply_text(*place != 0 ? ",true" : ",false"); return;
    default: reply_number(field->code, take_number(place, field->size, is_big_endian), field->size);
    }
}

bool reply_unpacked(const struct message *message, const struct value *format_text) {
    size_t size, items;
    if (!measure_format(format_text, &size, &items)) {
        return false;
    }
    if (size != message->length) {
        return fail_misfit("the format has %zu bytes and the message %zu", size, message->length);
    }
    /* Seen here, before millions of items are written of which none fits. */
    bool is_too_long = items > LINE_LIMIT / SHORTEST_TOKEN;
    struct format format = begin_format(format_text->text);
    struct field field;
    reply_format("ok value=tuple:%zu", items);
    while (!is_too_long && next_field(&format, &field) == FIELD_READ) {
        for (size_t index = 0; index < field.count; index++) {
            reply_item(&field, format.is_big_endian, message->bytes + field.offset + index * field.size);
        }
    }
    return (!is_too_long && reply_is_whole())
        || fail("usage", "the value is too long for a reply; receive the message with file=, it is still there");
}
