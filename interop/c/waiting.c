#define _GNU_SOURCE /* ppoll */
#include "waiting.h"

#include "failures.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>
#include <time.h>

enum { SECOND = 1000000000, MILLISECOND = 1000000 };

uint64_t nanoseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

uint64_t moment_in(uint64_t milliseconds) { return nanoseconds_now() + milliseconds * MILLISECOND; }

static bool fail_late(const char *channel) {
    return fail("timeout", "the peer of channel \"%s\" did not do its part in time; ask again, or with a longer timeout=", channel);
}

bool check_deadline(uint64_t deadline, const char *channel) {
    return deadline == NEVER || nanoseconds_now() < deadline || fail_late(channel);
}

bool wait_until_readable(int descriptor, uint64_t deadline, const char *channel) {
    struct pollfd readable = {.fd = descriptor, .events = POLLIN};
    while (deadline != NEVER) {
        uint64_t now = nanoseconds_now();
        uint64_t left = now < deadline ? deadline - now : 0;
        struct timespec patience = {.tv_sec = (time_t)(left / SECOND), .tv_nsec = (long)(left % SECOND)};
        wait_begins();
        int count = ppoll(&readable, 1, &patience, NULL);
        wait_ends();
        if (count > 0) {
            break; /* the end of a stream and an error too: the read will say which */
        }
        if (count == 0) {
            return fail_late(channel);
        }
        if (errno != EINTR) {
            return fail_errno("wait for the peer of channel", channel);
        }
    }
    return true;
}

void pause_after(unsigned look) {
    enum { YIELDS = 200, STEP = 20000, LONGEST = MILLISECOND };
    if (look < YIELDS) {
        sched_yield();
        return;
    }
    unsigned steps = look - YIELDS + 1;
    struct timespec sleep = {.tv_nsec = steps < LONGEST / STEP ? (long)steps * STEP : LONGEST};
    wait_begins();
    nanosleep(&sleep, NULL); /* a signal may cut it short, which does no harm */
    wait_ends();
}

/* Written by the main thread and read by the watcher, which needs no order between them and other memory. */
static atomic_bool is_under_way, waits;
static _Atomic uint64_t command_number;

void command_begins(void) {
    atomic_fetch_add_explicit(&command_number, 1, memory_order_relaxed);
    atomic_store_explicit(&is_under_way, true, memory_order_relaxed);
}

void command_ends(void) { atomic_store_explicit(&is_under_way, false, memory_order_relaxed); }

void wait_begins(void) { atomic_store_explicit(&waits, true, memory_order_relaxed); }

void wait_ends(void) { atomic_store_explicit(&waits, false, memory_order_relaxed); }

uint64_t command_under_way(void) {
    return atomic_load_explicit(&is_under_way, memory_order_relaxed) ? atomic_load_explicit(&command_number, memory_order_relaxed) : 0;
}

bool is_waiting(void) { return atomic_load_explicit(&waits, memory_order_relaxed); }
