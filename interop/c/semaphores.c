#include "semaphores.h"

#include "failures.h"
#include "waiting.h"

#include <errno.h>
#include <string.h>

enum { PATIENCE_MS = 5000, LONGEST_NAME = 250 };

bool check_semaphore_name(const struct value *name) {
    bool is_name = name->length > 1 && name->length <= LONGEST_NAME && strlen(name->text) == name->length
                && strrchr(name->text, '/') == name->text;
    return is_name || fail("usage", "the name of a semaphore is a slash and a word; give it as lock=/NAME");
}

bool open_semaphore(const char *name, sem_t **semaphore) {
    sem_t *opened = sem_open(name, 0); /* SEM_FAILED need not be NULL */
    *semaphore = opened != SEM_FAILED ? opened : NULL;
    return *semaphore != NULL || fail_errno("open the semaphore", name);
}

/*
 * Asked for again and again. A wait that the watcher could cut short would leave a moment between the taking and the note of it, and a
 * semaphore that is taken then stays taken.
 */
bool take_semaphore(sem_t *semaphore, const char *channel) {
    uint64_t deadline = moment_in(PATIENCE_MS);
    for (unsigned look = 0;; look++) {
        lock_leftovers();
        if (sem_trywait(semaphore) == 0) {
            return true;
        }
        int code = errno;
        unlock_leftovers();
        if (code != EAGAIN && code != EINTR) {
            errno = code;
            return fail_errno("take the semaphore of channel", channel);
        }
        if (nanoseconds_now() >= deadline) {
            return fail("timeout", "the semaphore of channel \"%s\" was not free within 5 s; see who holds it, perhaps somebody who crashed",
                        channel);
        }
        pause_after(look);
    }
}

void give_semaphore_back(sem_t *semaphore) {
    sem_post(semaphore);
    unlock_leftovers();
}
