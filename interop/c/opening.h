/* The verb open. */
#ifndef OPENING_H
#define OPENING_H

#include "values.h"

bool obey_open(const struct value *values);

#endif
