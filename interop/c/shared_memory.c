#define _GNU_SOURCE /* O_TMPFILE, linkat */
#include "shared_memory.h"

#include "failures.h"
#include "mapping.h"
#include "pipes.h"
#include "semaphores.h"
#include "system.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* On Linux a POSIX shared memory object is a file in this folder. That is all that shm_open knows. */
#define FOLDER "/dev/shm"

struct memory {
    unsigned char *start; /* of the mapping, which ends with the part */
    size_t offset, length;
    sem_t *lock; /* NULL without one */
};

static bool is_object_name(const char *address) { return address[0] == '/' && strchr(address + 1, '/') == NULL; }

/* What can be seen to be wrong comes before what the system has to look for. */
static bool check_names(const struct channel *channel, const char *address, const struct value *options) {
    if (options[MEMORY_LOCK].text != NULL && !check_semaphore_name(&options[MEMORY_LOCK])) {
        return false;
    }
    if (options[MEMORY_SIZE].text != NULL && (channel->role != WRITE || !is_object_name(address))) {
        return fail("usage", "only a writer makes memory, and it needs a name such as /psm_1; change that, or leave size out");
    }
    if (is_object_name(address) && (address[1] == '\0' || strcmp(address, "/.") == 0 || strcmp(address, "/..") == 0)) {
        return fail("usage", "\"%s\" is a folder; the name of an object is a slash and a word", address);
    }
    return !is_object_name(address) || strlen(address) <= NAME_MAX + 1
        || fail("usage", "the object's name is longer than %d bytes; choose a shorter one", NAME_MAX);
}

/*
 * shm_open would make an object that is empty until it is given its size, and a process that finds it before fails. So the file has no name
 * while it is made. Which file it is has to be known before the watcher may end the process.
 */
static bool make_object(struct channel *channel, const char *path, size_t size) {
    channel->descriptor = open_path(FOLDER, O_TMPFILE | O_RDWR);
    if (channel->descriptor < 0) {
        return fail_errno("make memory in", FOLDER);
    }
    struct stat status;
    if (!reserve(channel->descriptor, (off_t)size, path)) {
        return false;
    }
    char *name = strdup(path);
    if (name == NULL || fstat(channel->descriptor, &status) < 0) {
        free(name);
        return fail_errno("examine", path);
    }
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", channel->descriptor);
    lock_leftovers();
    bool is_made = linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 || fail_errno("make", path);
    if (is_made) {
        channel->made_path = name;
        channel->made_file = status;
    }
    unlock_leftovers();
    if (!is_made) {
        free(name);
    }
    return is_made;
}

static bool open_object(struct channel *channel, const char *path) {
    if (!check_regular(channel, path)) {
        return false;
    }
    channel->descriptor = open_path(path, channel->role == WRITE ? O_RDWR : O_RDONLY);
    return channel->descriptor >= 0 || fail_errno("open", path);
}

static bool open_path_or_name(struct channel *channel, const char *address, const struct value *size) {
    char path[sizeof FOLDER + NAME_MAX + 1];
    if (is_object_name(address)) {
        snprintf(path, sizeof path, FOLDER "%s", address);
        address = path;
    }
    return size->text != NULL ? make_object(channel, address, (size_t)size->number) : open_object(channel, address);
}

static bool map_part(struct channel *channel, const struct value *length) {
    struct memory *memory = channel->memory;
    struct stat status;
    if (fstat(channel->descriptor, &status) < 0) {
        return fail_errno("examine the memory of channel", channel->name);
    }
    size_t size = (size_t)status.st_size;
    size_t rest = size > memory->offset ? size - memory->offset : 0;
    memory->length = length->text != NULL ? (size_t)length->number : rest;
    /* Memory without a size is memory that its maker has not finished. */
    if (size == 0 || memory->offset > size || memory->length > rest) {
        return fail("malformed", "the memory has %zu bytes, too few for this part; see whether its maker has finished it", size);
    }
    int protection = channel->role == WRITE ? PROT_READ | PROT_WRITE : PROT_READ;
    /* From the start: a mapping begins with a page, and the part may begin anywhere. */
    void *start = mmap(NULL, memory->offset + memory->length, protection, MAP_SHARED, channel->descriptor, 0);
    if (start == MAP_FAILED) {
        return fail_errno("map the memory of channel", channel->name);
    }
    memory->start = start;
    return true;
}

bool open_memory(struct channel *channel, const char *address, const struct value options[MEMORY_OPTION_COUNT]) {
    bool is_inherited = address[0] != '/';
    const char *lock = options[MEMORY_LOCK].text;
    if (!check_names(channel, address, options) || (is_inherited && !open_inherited(channel, address))) {
        return false;
    }
    channel->memory = calloc(1, sizeof *channel->memory);
    if (channel->memory == NULL) {
        return fail_errno("find memory for", "a channel");
    }
    channel->memory->offset = (size_t)options[MEMORY_OFFSET].number;
    return (lock == NULL || open_semaphore(lock, &channel->memory->lock))
        && (is_inherited || open_path_or_name(channel, address, &options[MEMORY_SIZE])) && map_part(channel, &options[MEMORY_LENGTH]);
}

static void end_access(const struct channel *channel) {
    if (channel->memory->lock != NULL) {
        give_semaphore_back(channel->memory->lock);
    }
}

/*
 * A mapping does not keep its file long: touching what has been cut off is a SIGBUS, which kills. So look at the length first. Who cuts the
 * file in this very moment still wins.
 */
static bool part_is_whole(const struct channel *channel) {
    struct stat status;
    if (fstat(channel->descriptor, &status) < 0) {
        return fail_errno("examine the memory of channel", channel->name);
    }
    return (size_t)status.st_size >= channel->memory->offset + channel->memory->length
        || fail("truncated", "the memory has been cut to %jd bytes while it was mapped; let its maker make it anew",
                (intmax_t)status.st_size);
}

static bool begin_access(const struct channel *channel) {
    if (channel->memory->lock != NULL && !take_semaphore(channel->memory->lock, channel->name)) {
        return false;
    }
    if (!part_is_whole(channel)) {
        end_access(channel);
        return false;
    }
    return true;
}

/* It is never consumed: the part can be read as often as one likes. */
enum outcome receive_part(struct channel *channel, struct message *message) {
    const struct memory *memory = channel->memory;
    if (memory->length > channel->limit) {
        fail("too-large", "this part of the memory has %zu bytes and the channel's limit is %u; raise limit= when opening", memory->length,
             channel->limit);
        return FAILED;
    }
    channel->start = channel->end = 0;
    if (!make_room(channel, memory->length > 0 ? memory->length : 1, memory->length) || !begin_access(channel)) {
        return FAILED;
    }
    memcpy(channel->buffer, memory->start + memory->offset, memory->length);
    end_access(channel);
    *message = (struct message){channel->buffer, memory->length};
    return MESSAGE;
}

bool send_part(struct channel *channel, const unsigned char *payload, size_t length) {
    const struct memory *memory = channel->memory;
    if (length > memory->length) {
        return fail("too-large", "the message has %zu bytes and this part of the memory %zu; send a shorter one", length, memory->length);
    }
    if (!begin_access(channel)) {
        return false;
    }
    if (length > 0) {
        memcpy(memory->start + memory->offset, payload, length);
    }
    end_access(channel);
    return true;
}

void forget_memory(struct channel *channel) {
    struct memory *memory = channel->memory;
    if (memory == NULL) {
        return;
    }
    if (memory->start != NULL) {
        munmap(memory->start, memory->offset + memory->length);
    }
    if (memory->lock != NULL) {
        sem_close(memory->lock);
    }
    free(memory);
}
