#include "tokens.h"

#include "failures.h"

#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 200 /* the root has depth 0 */, MOST_DIGITS = 20000 };

static const char *const kind_names[TOKEN_KIND_COUNT] = {
    "null", "true", "false", "int", "f64", "f32", "text", "bytes", "bytearray", "list", "tuple", "set", "frozenset", "map", "object",
};

struct reader {
    char *next;       /* NUL-terminated */
    const char *end;
    size_t words;     /* from next on */
    struct token *tokens;
    size_t count;
};

static bool fail_unreadable(const char *word, const char *reason) {
    return fail("usage", "the value cannot be read: \"%.60s\" %s; write tokens in prefix order", word, reason);
}

static bool fail_no_token(const char *word) { return fail_unreadable(word, "is no token such as int:-12, text:68c3a9 or list:2"); }

/* What may follow a byte of UTF-8 that is not ASCII: so many bytes, of which the first is in this range. */
static size_t utf8_followers(unsigned char first, unsigned char *lowest, unsigned char *highest) {
    *lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;  /* or it would have a shorter form */
    *highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf; /* or it would be half a surrogate pair, or no character */
    return first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
}

static bool is_utf8(const unsigned char *bytes, size_t length) {
    for (size_t index = 0; index < length; index++) {
        if (bytes[index] < 0x80) {
            continue;
        }
        unsigned char lowest, highest;
        size_t followers = utf8_followers(bytes[index], &lowest, &highest);
        if (followers == 0 || followers >= length - index) {
            return false;
        }
        for (; followers > 0; followers--) {
            index++;
            if (bytes[index] < lowest || bytes[index] > highest) {
                return false;
            }
            lowest = 0x80;
            highest = 0xbf;
        }
    }
    return true;
}

static bool take_digits(const char *word, struct token *token) {
    const char *digits = (const char *)token->bytes + (token->bytes[0] == '-');
    size_t count = strspn(digits, "0123456789");
    if (count == 0 || digits[count] != '\0') {
        return fail_no_token(word);
    }
    return count <= MOST_DIGITS || fail_unreadable(word, "has more digits than 20000");
}

static bool take_bytes(const char *word, struct token *token) {
    struct value hex = {.text = (char *)token->bytes, .length = token->length};
    struct message bytes;
    size_t needed = token->kind == TOKEN_F64 ? 8 : token->kind == TOKEN_F32 ? 4 : token->length / 2;
    bool is_text = token->kind == TOKEN_TEXT || token->kind == TOKEN_OBJECT;
    if (!decode_hex(&hex, &bytes) || bytes.length != needed || (is_text && !is_utf8(bytes.bytes, bytes.length))) {
        return fail_no_token(word);
    }
    token->length = bytes.length;
    for (size_t index = 0; index < 8 && index < bytes.length; index++) {
        token->number = token->number << 8 | bytes.bytes[index];
    }
    return true;
}

/* Takes the next word apart, the parts of a collection not included. */
static bool take_token(struct reader *reader, struct token *token) {
    char *word = reader->next;
    char *comma = memchr(word, ',', (size_t)(reader->end - word));
    size_t length = (size_t)((comma != NULL ? comma : reader->end) - word);
    word[length] = '\0';
    reader->next = word + length + 1;
    reader->words--;
    size_t name_length = strcspn(word, ":");
    int kind = 0;
    while (kind < TOKEN_KIND_COUNT && (strncmp(kind_names[kind], word, name_length) != 0 || kind_names[kind][name_length] != '\0')) {
        kind++;
    }
    bool has_content = word[name_length] == ':';
    /* Only the three constants stand alone. And a NUL byte would hide what comes after it. */
    if (kind == TOKEN_KIND_COUNT || has_content != (kind > TOKEN_FALSE) || strlen(word) != length) {
        return fail_no_token(word);
    }
    *token = (struct token){.kind = (enum token_kind)kind};
    if (!has_content) {
        return true;
    }
    token->bytes = (unsigned char *)word + name_length + 1;
    token->length = length - name_length - 1;
    if (token->kind == TOKEN_INT) {
        return take_digits(word, token);
    }
    if (token->kind < TOKEN_LIST || token->kind == TOKEN_OBJECT) {
        return take_bytes(word, token);
    }
    /* Each part takes a word at least, so nobody can ask for more parts than there are words. */
    if (!parse_number((char *)token->bytes, 0, reader->words, &token->number)) {
        return fail_unreadable(word, "has no number of parts, or more than follow");
    }
    return true;
}

static bool read_value(struct reader *reader, int depth) {
    if (reader->words == 0) {
        return fail("usage", "the value cannot be read: a part is missing at its end; write tokens in prefix order");
    }
    if (depth > DEEPEST) {
        return fail_unreadable(reader->next, "is nested deeper than 200");
    }
    struct token *token = &reader->tokens[reader->count++];
    if (!take_token(reader, token)) {
        return false;
    }
    uint64_t parts = token->kind < TOKEN_LIST ? 0 : token->kind == TOKEN_OBJECT ? 2 : token->number;
    if (token->kind == TOKEN_MAP) {
        parts = token->number = 2 * token->number;
    }
    for (; parts > 0; parts--) {
        if (!read_value(reader, depth + 1)) {
            return false;
        }
    }
    return true;
}

bool read_tokens(const struct value *text, struct token **tokens) {
    struct reader reader = {.next = text->text, .end = text->text + text->length, .words = 1};
    for (const char *byte = reader.next; byte < reader.end; byte++) {
        reader.words += *byte == ',';
    }
    *tokens = reader.tokens = calloc(reader.words, sizeof *reader.tokens);
    if (reader.tokens == NULL) {
        return fail_errno("find memory for", "a value");
    }
    if (read_value(&reader, 0) && (reader.words == 0 || fail_unreadable(reader.next, "stands behind the value"))) {
        return true;
    }
    free(reader.tokens);
    return false;
}
