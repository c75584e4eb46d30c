/* Keyed digests (HMAC), by the names that Python's handshake has for them. */
#ifndef DIGESTS_H
#define DIGESTS_H

#include <stdbool.h>
#include <stddef.h>

enum { LARGEST_DIGEST = 48, DIGEST_COUNT = 5 };

extern const char *const digest_names[DIGEST_COUNT];

/* Whether all of them can be had. To be asked before anything else here. */
bool has_digests(void);

/* The length of the digest; 0 if it could not be computed. */
size_t keyed_digest(const char *name, const unsigned char *key, size_t key_length, const unsigned char *message, size_t length,
                    unsigned char digest[LARGEST_DIGEST]);

#endif
