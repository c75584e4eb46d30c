/* Values as the protocol writes them: comma-separated tokens in prefix order, such as tuple:2,int:1,bytes:ff. */
#ifndef TOKENS_H
#define TOKENS_H

#include "values.h"

enum token_kind {
    TOKEN_NULL, TOKEN_TRUE, TOKEN_FALSE,
    TOKEN_INT, TOKEN_F64, TOKEN_F32, TOKEN_TEXT, TOKEN_BYTES, TOKEN_BYTEARRAY,
    TOKEN_LIST, TOKEN_TUPLE, TOKEN_SET, TOKEN_FROZENSET, TOKEN_MAP, TOKEN_OBJECT,
    TOKEN_KIND_COUNT,
};

struct token {
    enum token_kind kind;
    uint64_t number;      /* the bits of a float, the parts of a collection, where a pair of a map is two */
    unsigned char *bytes; /* of text and bytes; the digits of an int, and their sign */
    size_t length;
};

enum { SHORTEST_TOKEN = 5 }; /* with its comma: "null," */

/* The tokens of one whole value. Changes the text, in which the bytes stay; the caller frees the tokens. Fails with `usage`. */
bool read_tokens(const struct value *text, struct token **tokens);

#endif
