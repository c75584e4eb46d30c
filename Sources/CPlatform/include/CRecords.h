// The records of interop/vectors/layouts.yml. They are declared in C because Swift does not guarantee the layout of its
// structures: it has no packed ones, and it reuses the padding at the end of an inner one, so that `last` of `nested` would
// be at offset 42 instead of 48. A record shared with another language belongs in a C header.
#ifndef PARLEY_CRECORDS_H
#define PARLEY_CRECORDS_H

#include <stdbool.h>
#include <stdint.h>

struct parley_mixed {
  uint8_t a;
  uint32_t b;
  uint8_t c;
  double d;
  int16_t e;
};

struct __attribute__((packed)) parley_mixed_packed {
  uint8_t a;
  uint32_t b;
  uint8_t c;
  double d;
  int16_t e;
};

struct parley_arrays {
  uint8_t tag[3];
  uint32_t values[2];
  uint8_t name[5];
};

struct parley_bools {
  bool first;
  int32_t count;
  bool second;
  bool third;
};

struct parley_point {
  float x;
  float y;
};

struct parley_nested {
  uint8_t id;
  struct parley_point position;
  struct parley_mixed detail;
  uint8_t last;
};

#endif
