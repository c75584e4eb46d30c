/* What went wrong, in the words of ../PROTOCOL.md: a kind, and a sentence for people. */
#ifndef FAILURES_H
#define FAILURES_H

#include <stdbool.h>

/* What went wrong last. A function that fails describes it here and returns false, so that every caller can just pass it on. */
struct failure {
    const char *kind;
    char message[1024];
};

extern struct failure failure;

__attribute__((format(printf, 2, 3))) bool fail(const char *kind, const char *format, ...);

/* Must be the first thing after the failed call: what comes between may change errno. */
bool fail_errno(const char *action, const char *object);

#endif
