/* Messages in a file that both sides map: file-slot and file-cell. */
#ifndef MAPPED_H
#define MAPPED_H

#include "messages.h"

bool open_slot(struct channel *channel, const char *path);
enum outcome receive_slot(struct channel *channel, struct message *message);
bool send_slot(struct channel *channel, const unsigned char *payload, size_t length);

bool open_cell(struct channel *channel, const char *path);
enum outcome receive_cell(struct channel *channel, struct message *message);
bool send_cell(struct channel *channel, const unsigned char *payload, size_t length);

/* A cell's writer says here that it goes. The channel must still have its descriptor, to look at the file with. */
void close_mapping(struct channel *channel);

#endif
