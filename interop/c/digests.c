/*
 * They come from OpenSSL's libcrypto, which is there wherever Python is. It is looked for at run time: then a machine without it, or without
 * its headers, still builds the endpoint, which just does not declare authkey.
 */
#include "digests.h"

#include <dlfcn.h>
#include <string.h>

const char *const digest_names[DIGEST_COUNT] = {"md5", "sha256", "sha384", "sha3_256", "sha3_384"};
static const char *const names_in_openssl[DIGEST_COUNT] = {"MD5", "SHA256", "SHA384", "SHA3-256", "SHA3-384"};

/* As in <openssl/evp.h> and <openssl/hmac.h>, the same in all versions. A method is a pointer to a struct that nobody else knows. */
static const void *(*find_method)(const char *name);
static unsigned char *(*compute)(const void *method, const void *key, int key_length, const unsigned char *message, size_t length,
                                 unsigned char *digest, unsigned *digest_length);

static bool load(const char *library) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        return false;
    }
    /* A cast of the pointers themselves would not be C, where functions and data may have addresses of different sizes. */
    *(void **)&find_method = dlsym(handle, "EVP_get_digestbyname");
    *(void **)&compute = dlsym(handle, "HMAC");
    return find_method != NULL && compute != NULL;
}

/* Each is computed once: a system may forbid MD5. And what the library only allocates when it is used would look like a leak later. */
static bool look_for_digests(void) {
    bool is_there = load("libcrypto.so.3") || load("libcrypto.so.1.1");
    unsigned char digest[LARGEST_DIGEST];
    for (int index = 0; is_there && index < DIGEST_COUNT; index++) {
        is_there = keyed_digest(digest_names[index], (const unsigned char *)"k", 1, (const unsigned char *)"m", 1, digest) > 0;
    }
    return is_there;
}

bool has_digests(void) {
    static enum { UNKNOWN, THERE, MISSING } answer;
    if (answer == UNKNOWN) {
        answer = look_for_digests() ? THERE : MISSING;
    }
    return answer == THERE;
}

size_t keyed_digest(const char *name, const unsigned char *key, size_t key_length, const unsigned char *message, size_t length,
                    unsigned char digest[LARGEST_DIGEST]) {
    int index = 0;
    while (index < DIGEST_COUNT && strcmp(digest_names[index], name) != 0) {
        index++;
    }
    const void *method = index < DIGEST_COUNT ? find_method(names_in_openssl[index]) : NULL;
    unsigned digest_length = 0;
    bool is_computed = method != NULL && compute(method, key, (int)key_length, message, length, digest, &digest_length) != NULL;
    return is_computed ? digest_length : 0;
}
