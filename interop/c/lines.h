/* Command lines: their grammar, and which verb has which keys. */
#ifndef LINES_H
#define LINES_H

#include <stdbool.h>

/* `end` is where the line feed was. Changes the line. */
bool obey_line(char *line, char *end);

#endif
