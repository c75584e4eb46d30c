#include "values.h"

#include <stdlib.h>
#include <string.h>

bool is_plain(unsigned char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')
        || (byte != '\0' && strchr("_.-/:,@+~", byte) != NULL);
}

int hex_digit(char digit) {
    return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int any_hex_digit(char digit) {
    return hex_digit(digit >= 'A' && digit <= 'F' ? (char)(digit - 'A' + 'a') : digit);
}

bool parse_number(const char *text, uint64_t smallest, uint64_t largest, uint64_t *number) {
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 10 || text[digits] != '\0' || (text[0] == '0' && digits > 1)) {
        return false;
    }
    *number = strtoull(text, NULL, 10);
    return *number >= smallest && *number <= largest;
}

/* Lengths are compared as well, since a NUL byte would end the comparison early. */
int position_of(const struct value *word, const char *const *names, int count) {
    int position = 0;
    while (position < count && (strlen(word->text) != word->length || strcmp(names[position], word->text) != 0)) {
        position++;
    }
    return position;
}

bool decode_hex(const struct value *hex, struct message *message) {
    *message = (struct message){(unsigned char *)hex->text, hex->length / 2};
    bool is_hex = hex->length % 2 == 0;
    for (size_t index = 0; is_hex && index < message->length; index++) {
        int high = hex_digit(hex->text[2 * index]);
        int low = hex_digit(hex->text[2 * index + 1]);
        is_hex = high >= 0 && low >= 0;
        if (is_hex) {
            message->bytes[index] = (unsigned char)(high << 4 | low);
        }
    }
    return is_hex;
}
