/* Numbers of IEEE 754 with 2, 4 and 8 bytes, as doubles. */
#ifndef FLOATS_H
#define FLOATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

double double_of_bits(uint64_t bits, size_t size);

/* Rounded to the nearest, and of two to the even one. False for a number beyond the largest. */
bool bits_of_double(double number, size_t size, uint64_t *bits);

#endif
