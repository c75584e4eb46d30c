/* The formats of Python's struct: a byte order, and characters with counts before them. */
#ifndef STRUCT_FORMATS_H
#define STRUCT_FORMATS_H

#include "values.h"

struct format {
    const char *next; /* what is not read yet */
    bool is_machines; /* with its sizes and alignment */
    bool is_big_endian;
    size_t size;      /* of what is read: where the next field begins, but for its alignment */
};

/* So many items of one character, which lie one behind the other. An `s` or `p` is one item, however long. */
struct field {
    char code;
    size_t offset, size, count; /* the size of one item; a pad byte `x` has a size and no items */
};

enum field_outcome { FIELD_READ, FIELDS_OVER, FIELD_BROKEN };

struct format begin_format(const char *text);
enum field_outcome next_field(struct format *format, struct field *field);

/* How many bytes and items a whole format has; fails with `usage` for what Python's struct does not have. */
bool measure_format(const struct value *text, size_t *size, size_t *items);

#endif
