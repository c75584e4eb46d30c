/* Values as Python's struct packs them. */
#ifndef STRUCT_CODEC_H
#define STRUCT_CODEC_H

#include "values.h"

/* Fails with `usage` for what is no value or no format, and with `malformed` for a value that is not the format's. The caller frees it. */
bool pack_value(const struct value *text, const struct value *format, size_t limit, struct message *message);

/* Begins the reply with the value; fails with `usage` if a line cannot hold it. */
bool reply_unpacked(const struct message *message, const struct value *format);

#endif
