#include "lines.h"

#include "failures.h"
#include "layouts.h"
#include "opening.h"
#include "values.h"
#include "verbs.h"

#include <stdint.h>
#include <string.h>

enum { MOST_KEYS = 11 };

/* `keys` names the values that the function gets, in this order; the first `required` of them must be there. */
static const struct verb {
    const char *name;
    bool (*obey)(const struct value *values);
    int required;
    const char *keys[MOST_KEYS];
} verbs[] = {
    {"hello", obey_hello, 0, {0}},
    {"open", obey_open, 5,
     {"channel", "transport", "role", "address", "framing", "limit", "size", "offset", "length", "lock", "authkey"}},
    {"accept", obey_accept, 1, {"channel", "timeout"}},
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
    const char *verb; /* NULL for all */
} number_keys[] = {
    {"limit", 1, INT32_MAX, NULL},  {"count", 1, 10000000, NULL},   {"size", 1, INT32_MAX, "open"},   {"size", 0, INT32_MAX, "ping"},
    {"offset", 0, INT32_MAX, NULL}, {"length", 1, INT32_MAX, NULL}, {"timeout", 0, 86400000, NULL},
};

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
static bool check_form(const char *verb, const char *key, struct value *value) {
    bool has_nul = strlen(value->text) != value->length;
    for (size_t index = 0; index < sizeof number_keys / sizeof *number_keys; index++) {
        uint64_t smallest = number_keys[index].smallest, largest = number_keys[index].largest;
        bool is_of_verb = number_keys[index].verb == NULL || strcmp(number_keys[index].verb, verb) == 0;
        if (is_of_verb && strcmp(number_keys[index].key, key) == 0) {
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
    if (strcmp(key, "authkey") == 0) {
        struct message bytes;
        bool is_key = decode_hex(value, &bytes) && bytes.length > 0;
        value->length = bytes.length; /* decoded in place */
        return is_key || fail("usage", "a key has at least one byte, in lower-case hex; give authkey=HEX, or leave it out");
    }
    return !has_nul || strcmp(key, "file") != 0 || fail("usage", "the path in file= has a NUL byte; remove it");
}

static bool check_forms(const struct verb *verb, struct value *values) {
    for (int position = 0; position < MOST_KEYS; position++) {
        if (values[position].text != NULL && !check_form(verb->name, verb->keys[position], &values[position])) {
            return false;
        }
    }
    return true;
}

bool obey_line(char *line, char *end) {
    struct command command;
    if (!parse_line(line, end, &command)) {
        return false;
    }
    const struct verb *verb = find_verb(command.verb);
    struct value values[MOST_KEYS] = {{0}};
    return verb != NULL && assign_values(verb, &command, values) && check_forms(verb, values) && verb->obey(values);
}
