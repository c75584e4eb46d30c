#define _GNU_SOURCE /* le64toh */
#include "mapped.h"

#include "failures.h"
#include "mapping.h"
#include "system.h"
#include "waiting.h"

#include <endian.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum {
    SLOT_SIZE = 1024,
    CELL_SIZE = 4096,
    CELL_CONTENT = 4032, /* what is left of a cell behind its first 64 bytes */
};

/* ---- Slots ---- */

/*
 * A mapping does not keep its file long: when the file has been cut, touching the mapping raises SIGBUS, which kills. So look at the length
 * before every touch. A peer that cuts the file in this very moment still wins, which is why a slot must never be truncated.
 */
static bool slot_is_whole(struct channel *channel) {
    struct stat status;
    if (fstat(channel->descriptor, &status) < 0) {
        return fail_errno("examine the file of channel", channel->name);
    }
    if (status.st_size < SLOT_SIZE) {
        return fail("malformed", "the slot's file has %jd bytes instead of %d; open it with role=write to extend it",
                    (intmax_t)status.st_size, SLOT_SIZE);
    }
    return true;
}

bool open_slot(struct channel *channel, const char *path) {
    if (!check_regular(channel, path)) {
        return false;
    }
    bool writes = channel->role == WRITE;
    channel->descriptor = open_path(path, writes ? O_RDWR | O_CREAT : O_RDONLY);
    if (channel->descriptor < 0) {
        return fail_errno("open", path);
    }
    if (writes ? !reserve(channel->descriptor, SLOT_SIZE, path) : !slot_is_whole(channel)) {
        return false;
    }
    void *mapping = mmap(NULL, SLOT_SIZE, writes ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, channel->descriptor, 0);
    if (mapping == MAP_FAILED) {
        return fail_errno("map", path);
    }
    channel->slot = mapping;
    return true;
}

enum outcome receive_slot(struct channel *channel, struct message *message) {
    channel->start = channel->end = 0;
    if (!slot_is_whole(channel) || !make_room(channel, SLOT_SIZE, SLOT_SIZE)) {
        return FAILED;
    }
    /* A copy, because the writer may change the slot between the search for its end and the reply. */
    memcpy(channel->buffer, channel->slot, SLOT_SIZE);
    const unsigned char *end = memchr(channel->buffer, 0, SLOT_SIZE);
    size_t length = end != NULL ? (size_t)(end - channel->buffer) : SLOT_SIZE;
    if (length > channel->limit) {
        fail("too-large", "the slot has %zu bytes and the channel's limit is %u; raise limit= when opening", length, channel->limit);
        return FAILED;
    }
    *message = (struct message){channel->buffer, length};
    return MESSAGE;
}

bool send_slot(struct channel *channel, const unsigned char *payload, size_t length) {
    if (length > SLOT_SIZE) {
        return fail("too-large", "the text has %zu bytes and a slot holds %d; send a shorter one", length, SLOT_SIZE);
    }
    if (memchr(payload, 0, length) != NULL) {
        return fail("malformed", "the text has a NUL byte, which would end it in the slot; send it without");
    }
    if (!reserve(channel->descriptor, SLOT_SIZE, channel->name)) {
        return false;
    }
    memcpy(channel->slot, payload, length);
    memset(channel->slot + length, 0, SLOT_SIZE - length);
    return true;
}

/* ---- Cells ---- */

/*
 * One message at a time in a mapped file, from one writer to one reader. Each word has one side that stores it (but for the writer's
 * start). A message belongs to the writer while `written` equals `taken`, and to the reader while it is more: storing the counter with
 * release, and loading it with acquire, is what makes the bytes before it visible. The words are little-endian on every machine.
 */
struct cell {
    _Atomic uint64_t written; /* messages: the writer's */
    _Atomic uint64_t taken;   /* messages: the reader's */
    _Atomic uint64_t length;
    _Atomic uint64_t closed;  /* 1 once the writer has gone */
    unsigned char unused[32];
    unsigned char content[CELL_CONTENT];
};

/* A lock instead of a machine instruction would be inside this process, where the other side does not see it. */
_Static_assert(sizeof(struct cell) == CELL_SIZE && ATOMIC_LLONG_LOCK_FREE == 2, "a cell is 4096 bytes and its words are lock-free");

static uint64_t load(const _Atomic uint64_t *word) {
    return le64toh(atomic_load_explicit(word, memory_order_acquire));
}

static void store(_Atomic uint64_t *word, uint64_t value) {
    atomic_store_explicit(word, htole64(value), memory_order_release);
}

/* Before each touch, for the same reason as with a slot. */
static bool cell_is_whole(const struct channel *channel) {
    struct stat status;
    if (fstat(channel->descriptor, &status) < 0) {
        return fail_errno("examine the file of channel", channel->name);
    }
    return status.st_size >= CELL_SIZE
        || fail("truncated", "the cell's file has been cut to %jd bytes while it was mapped; let its writer open it anew",
                (intmax_t)status.st_size);
}

static bool is_taken(const struct cell *cell) { return load(&cell->taken) == load(&cell->written); }

static bool has_message(const struct cell *cell) { return load(&cell->written) > load(&cell->taken); }

static bool has_message_or_end(const struct cell *cell) { return has_message(cell) || load(&cell->closed) != 0; }

/* Nobody wakes us: the file's format has no futex. */
static bool wait_for_cell(const struct channel *channel, bool (*is_ready)(const struct cell *), uint64_t deadline) {
    for (unsigned look = 0;; look++) {
        if (!cell_is_whole(channel)) {
            return false;
        }
        if (is_ready(channel->cell)) {
            return true;
        }
        if (!check_deadline(deadline, channel->name)) {
            return false;
        }
        pause_after(look);
    }
}

bool open_cell(struct channel *channel, const char *path) {
    if (!check_regular(channel, path)) {
        return false;
    }
    bool writes = channel->role == WRITE;
    /* The reader stores too: how many messages it has taken. */
    channel->descriptor = open_path(path, writes ? O_RDWR | O_CREAT : O_RDWR);
    struct stat status;
    if (channel->descriptor < 0 || fstat(channel->descriptor, &status) < 0) {
        return fail_errno("open", path);
    }
    if (!writes && status.st_size < CELL_SIZE) {
        return fail("malformed", "%s has %jd bytes and a cell %d; let its writer open it first", path, (intmax_t)status.st_size, CELL_SIZE);
    }
    if (writes && !reserve(channel->descriptor, CELL_SIZE, path)) {
        return false;
    }
    void *mapping = mmap(NULL, CELL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, channel->descriptor, 0);
    if (mapping == MAP_FAILED) {
        return fail_errno("map", path);
    }
    lock_leftovers();
    channel->cell = mapping;
    if (writes) {
        store(&channel->cell->closed, 0);
        store(&channel->cell->length, 0);
        store(&channel->cell->written, 0); /* before `taken`: never is there more written than taken */
        store(&channel->cell->taken, 0);
    }
    unlock_leftovers();
    return true;
}

enum outcome receive_cell(struct channel *channel, uint64_t deadline, struct message *message) {
    struct cell *cell = channel->cell;
    if (!channel->has_packet) {
        channel->start = channel->end = 0;
        if (!wait_for_cell(channel, has_message_or_end, deadline) || !make_room(channel, CELL_CONTENT, CELL_CONTENT)) {
            return FAILED;
        }
        /* Looked at again: the writer may have written, and then closed, after the first look. */
        if (!has_message(cell)) {
            return END;
        }
        uint64_t length = load(&cell->length);
        if (length > CELL_CONTENT) {
            fail("malformed", "the cell announces %ju bytes and holds %d; check what its writer stores", (uintmax_t)length, CELL_CONTENT);
            return FAILED;
        }
        if (length > channel->limit) {
            fail("too-large", "the cell has %ju bytes and the channel's limit is %u; raise limit= when opening", (uintmax_t)length,
                 channel->limit);
            return FAILED;
        }
        memcpy(channel->buffer, cell->content, (size_t)length);
        channel->end = (size_t)length;
        channel->has_packet = true;
        /* Last: from here on the writer may overwrite the message. */
        store(&cell->taken, load(&cell->taken) + 1);
    }
    *message = (struct message){channel->buffer, channel->end};
    return MESSAGE;
}

bool send_cell(struct channel *channel, const unsigned char *payload, size_t length) {
    if (length > CELL_CONTENT) {
        return fail("too-large", "the message has %zu bytes and a cell holds %d; send a shorter one", length, CELL_CONTENT);
    }
    if (!wait_for_cell(channel, is_taken, NEVER)) {
        return false;
    }
    struct cell *cell = channel->cell;
    if (length > 0) {
        memcpy(cell->content, payload, length);
    }
    store(&cell->length, length);
    /* Last: from here on the message is the reader's. */
    store(&cell->written, load(&cell->written) + 1);
    return true;
}

void say_cell_is_closed(const struct channel *channel) {
    struct stat status;
    if (channel->cell != NULL && channel->role == WRITE && fstat(channel->descriptor, &status) == 0 && status.st_size >= CELL_SIZE) {
        store(&channel->cell->closed, 1);
    }
}

void unmap(struct channel *channel) {
    if (channel->cell != NULL) {
        munmap(channel->cell, CELL_SIZE);
    }
    if (channel->slot != NULL) {
        munmap(channel->slot, SLOT_SIZE);
    }
}
