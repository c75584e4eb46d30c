/* The reply to a command, one line. */
#ifndef REPLIES_H
#define REPLIES_H

#include "messages.h"

#include <stdbool.h>

enum { LINE_LIMIT = 262144 }; /* a command or reply line, without its LF */

/* These put something at the end of the reply. What a line cannot hold is left out, and then the reply is not whole. */
void reply_text(const char *text);
__attribute__((format(printf, 1, 2))) void reply_format(const char *format, ...);
void reply_hex(const unsigned char *bytes, size_t length);
void reply_list(const char *key, const char *const *names, int count);

bool reply_is_whole(void);

/* Begins the reply with the message in hex; fails if a line cannot hold it. */
bool reply_payload(const struct message *message);

/* Writes what was put together, or the failure instead. False when there is nobody left to answer to. */
bool write_reply(bool succeeded);

#endif
