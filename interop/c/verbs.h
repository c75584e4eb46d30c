/* The verbs but open and layout, one function each. Each gets its values in the order of its keys in lines.c. */
#ifndef VERBS_H
#define VERBS_H

#include "values.h"

bool obey_hello(const struct value *values);
bool obey_accept(const struct value *values);
bool obey_send(const struct value *values);
bool obey_receive(const struct value *values);
bool obey_close(const struct value *values);
bool obey_reset(const struct value *values);
bool obey_echo(const struct value *values);
bool obey_ping(const struct value *values);

#endif
