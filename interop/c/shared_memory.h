/* Bytes that several processes map: what Python's SharedMemory, Value and Array are. */
#ifndef SHARED_MEMORY_H
#define SHARED_MEMORY_H

#include "messages.h"
#include "values.h"

enum memory_option { MEMORY_SIZE, MEMORY_OFFSET, MEMORY_LENGTH, MEMORY_LOCK, MEMORY_OPTION_COUNT };

bool open_memory(struct channel *channel, const char *address, const struct value options[MEMORY_OPTION_COUNT]);
enum outcome receive_part(struct channel *channel, struct message *message);
bool send_part(struct channel *channel, const unsigned char *payload, size_t length);

/* Whatever of it the channel has. */
void forget_memory(struct channel *channel);

#endif
