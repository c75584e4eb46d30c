#define _GNU_SOURCE /* BYTE_ORDER, ssize_t */
#include "struct_formats.h"

#include "failures.h"

#include <endian.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define MACHINES(type) sizeof(type), alignof(type)

/* All but P, an address, which means nothing to another process. */
static const struct character {
    char code;
    size_t standard; /* size, without alignment; 0 for what only the machine has */
    size_t size, alignment;
} characters[] = {
    {'x', 1, MACHINES(char)},      {'c', 1, MACHINES(char)},
    {'s', 1, MACHINES(char)},      {'p', 1, MACHINES(char)},
    {'?', 1, MACHINES(bool)},      {'b', 1, MACHINES(signed char)},
    {'B', 1, MACHINES(char)},      {'h', 2, MACHINES(short)},
    {'H', 2, MACHINES(short)},     {'i', 4, MACHINES(int)},
    {'I', 4, MACHINES(int)},       {'l', 4, MACHINES(long)},
    {'L', 4, MACHINES(long)},      {'q', 8, MACHINES(long long)},
    {'Q', 8, MACHINES(long long)}, {'n', 0, MACHINES(ssize_t)},
    {'N', 0, MACHINES(size_t)},    {'e', 2, MACHINES(short)},
    {'f', 4, MACHINES(float)},     {'d', 8, MACHINES(double)},
};

/* Python counts with signed numbers. */
static const size_t LARGEST = PTRDIFF_MAX;

static const struct character *find_character(char code) {
    for (size_t index = 0; index < sizeof characters / sizeof *characters; index++) {
        if (characters[index].code == code) {
            return &characters[index];
        }
    }
    return NULL;
}

struct format begin_format(const char *text) {
    bool has_order = *text != '\0' && strchr("@=<>!", *text) != NULL;
    char order = has_order ? *text : '@';
    return (struct format){
        .next = text + has_order,
        .is_machines = order == '@',
        .is_big_endian = order == '>' || order == '!' || (order != '<' && BYTE_ORDER == BIG_ENDIAN),
    };
}

/* The count before a character, 1 without one; false if it is too large. */
static bool take_count(struct format *format, size_t *count) {
    const char *start = format->next;
    *count = 0;
    for (; *format->next >= '0' && *format->next <= '9'; format->next++) {
        size_t digit = (size_t)(*format->next - '0');
        if (*count > (LARGEST - digit) / 10) {
            return false;
        }
        *count = 10 * *count + digit;
    }
    if (format->next == start) {
        *count = 1;
    }
    return true;
}

enum field_outcome next_field(struct format *format, struct field *field) {
    format->next += strspn(format->next, " \t\n\r\v\f");
    if (*format->next == '\0') {
        return FIELDS_OVER;
    }
    if (!take_count(format, &field->count)) {
        return FIELD_BROKEN;
    }
    const struct character *character = find_character(*format->next);
    size_t size = character == NULL ? 0 : format->is_machines ? character->size : character->standard;
    if (size == 0) {
        return FIELD_BROKEN;
    }
    size_t alignment = format->is_machines ? character->alignment : 1;
    size_t padding = (alignment - format->size % alignment) % alignment;
    if (padding > LARGEST - format->size || field->count > (LARGEST - format->size - padding) / size) {
        return FIELD_BROKEN;
    }
    format->next++;
    field->code = character->code;
    field->offset = format->size + padding;
    field->size = size;
    format->size = field->offset + size * field->count;
    if (field->code == 's' || field->code == 'p') {
        field->size = field->count;
        field->count = 1;
    } else if (field->code == 'x') {
        field->size = field->count;
        field->count = 0;
    }
    return FIELD_READ;
}

bool measure_format(const struct value *text, size_t *size, size_t *items) {
    struct format format = begin_format(text->text);
    struct field field;
    enum field_outcome outcome = strlen(text->text) == text->length ? FIELD_READ : FIELD_BROKEN;
    *items = 0;
    while (outcome == FIELD_READ) {
        outcome = next_field(&format, &field);
        if (outcome == FIELD_READ) {
            *items += field.count;
        }
    }
    *size = format.size;
    return outcome == FIELDS_OVER || fail("usage", "\"%.60s\" is no format of struct, or one with a P; write one as <iqd", text->text);
}
