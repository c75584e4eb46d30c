/* The values in a command: words, numbers and hexadecimal digits. */
#ifndef VALUES_H
#define VALUES_H

#include "messages.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct value {
    char *text; /* NUL-terminated; NULL for an optional key that is absent */
    size_t length;
    uint64_t number; /* of a key whose value is one */
};

/* Whether a byte stands for itself in a value; any other is percent-encoded. */
bool is_plain(unsigned char byte);

/* -1 for what is no digit. The digits are lower case; in percent-encodings any_hex_digit takes both cases. */
int hex_digit(char digit);
int any_hex_digit(char digit);

/* Decimal, without a sign and without leading zeros. */
bool parse_number(const char *text, uint64_t smallest, uint64_t largest, uint64_t *number);

/* Where the word is among the names, or `count`. */
int position_of(const struct value *word, const char *const *names, int count);

/* Lower-case hex, two digits a byte. In place: the bytes take half the room of their digits. */
bool decode_hex(const struct value *hex, struct message *message);

#endif
