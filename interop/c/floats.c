#include "floats.h"

#include <math.h>
#include <string.h>

/* Bits are copied: a pointer of another type would let the compiler take the two for different things. */
static double double_of_64(uint64_t bits) {
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static uint64_t bits_of_64(double number) {
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* C11 has no type of 2 bytes: a sign, 5 bits of exponent, 10 bits of mantissa. */
static double double_of_half(uint64_t bits) {
    uint64_t sign = bits >> 15 << 63, mantissa = bits & 0x3ff;
    unsigned exponent = bits >> 10 & 31;
    if (exponent == 31) {
        return double_of_64(sign | (mantissa == 0 ? 0x7ff0000000000000 : 0x7ff8000000000000)); /* infinite, or no number */
    }
    /* Without the implicit bit a number has the same scale as the smallest with it. */
    double magnitude = (double)(exponent > 0 ? mantissa | 0x400 : mantissa) * 0x1p-24;
    for (; exponent > 1; exponent--) {
        magnitude *= 2;
    }
    return sign != 0 ? -magnitude : magnitude;
}

static uint64_t half_of_double(double number) {
    uint64_t sign = bits_of_64(number) >> 63 << 15;
    if (isnan(number)) {
        return sign | 0x7e00;
    }
    double steps = (signbit(number) ? -number : number) * 0x1p24; /* of the last place */
    if (steps >= 65520 * 0x1p24) { /* halfway between the largest and what would come next */
        return sign | 0x7c00;
    }
    uint64_t exponent = 1;
    for (; steps >= 0x800; exponent++) {
        steps /= 2; /* exact, so only the rounding loses something */
    }
    uint64_t mantissa = (uint64_t)steps;
    double rest = steps - (double)mantissa;
    mantissa += rest > 0.5 || (rest == 0.5 && mantissa % 2 == 1);
    /* Added: what is rounded up to the next power carries over into the exponent, and what lacks the implicit bit takes it out. */
    return sign | (((exponent - 1) << 10) + mantissa);
}

double double_of_bits(uint64_t bits, size_t size) {
    if (size == 2) {
        return double_of_half(bits);
    }
    if (size == 4) {
        uint32_t single = (uint32_t)bits;
        float number;
        memcpy(&number, &single, sizeof number);
        return number;
    }
    return double_of_64(bits);
}

bool bits_of_double(double number, size_t size, uint64_t *bits) {
    uint64_t infinity = 0;
    if (size == 2) {
        *bits = half_of_double(number);
        infinity = 0x7c00;
    } else if (size == 4) {
        float rounded = (float)number;
        uint32_t single;
        memcpy(&single, &rounded, sizeof single);
        *bits = single;
        infinity = 0x7f800000;
    } else {
        *bits = bits_of_64(number);
    }
    return size == 8 || !isfinite(number) || (*bits & infinity) != infinity;
}
