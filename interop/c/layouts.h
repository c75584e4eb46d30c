/* The verb layout: where the compiler puts the fields of a record. */
#ifndef LAYOUTS_H
#define LAYOUTS_H

#include "values.h"

bool obey_layout(const struct value *values);

#endif
