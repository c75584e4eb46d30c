/* Messages in a file that both sides map: file-slot and file-cell. */
#ifndef MAPPED_H
#define MAPPED_H

#include "messages.h"

bool open_slot(struct channel *channel, const char *path);
enum outcome receive_slot(struct channel *channel, struct message *message);
bool send_slot(struct channel *channel, const unsigned char *payload, size_t length);

bool open_cell(struct channel *channel, const char *path);
enum outcome receive_cell(struct channel *channel, uint64_t deadline, struct message *message);
bool send_cell(struct channel *channel, const unsigned char *payload, size_t length);

/* If the channel writes a cell. It must still have its descriptor, to look at the file with. */
void say_cell_is_closed(const struct channel *channel);
void unmap(struct channel *channel);

#endif
