#include "layouts.h"

#include "failures.h"
#include "replies.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The records of ../vectors/layouts.yml as this compiler lays them out. A peer in another language that maps the same memory has to
 * agree with every number here; where it cannot be sure, it should declare its record packed and read the wide fields with memcpy.
 */
struct mixed {
    uint8_t a;
    uint32_t b;
    uint8_t c;
    double d;
    int16_t e;
};

struct __attribute__((packed)) mixed_packed {
    uint8_t a;
    uint32_t b;
    uint8_t c;
    double d;
    int16_t e;
};

struct arrays {
    uint8_t tag[3];
    uint32_t values[2];
    uint8_t name[5];
};

struct bools {
    bool first;
    int32_t count;
    bool second;
    bool third;
};

struct point {
    float x;
    float y;
};

struct nested {
    uint8_t id;
    struct point position;
    struct mixed detail;
    uint8_t last;
};

#define RECORD(name, type) name, sizeof(type), alignof(type)
#define FIELD(type, field) {#field, offsetof(type, field)}

static const struct record {
    const char *name;
    size_t size, alignment;
    struct {
        const char *name;
        size_t offset;
    } fields[6]; /* up to the one without a name */
} records[] = {
    {RECORD("mixed", struct mixed),
     {FIELD(struct mixed, a), FIELD(struct mixed, b), FIELD(struct mixed, c), FIELD(struct mixed, d), FIELD(struct mixed, e)}},
    {RECORD("mixed-packed", struct mixed_packed),
     {FIELD(struct mixed_packed, a), FIELD(struct mixed_packed, b), FIELD(struct mixed_packed, c), FIELD(struct mixed_packed, d),
      FIELD(struct mixed_packed, e)}},
    {RECORD("arrays", struct arrays), {FIELD(struct arrays, tag), FIELD(struct arrays, values), FIELD(struct arrays, name)}},
    {RECORD("bools", struct bools),
     {FIELD(struct bools, first), FIELD(struct bools, count), FIELD(struct bools, second), FIELD(struct bools, third)}},
    {RECORD("point", struct point), {FIELD(struct point, x), FIELD(struct point, y)}},
    {RECORD("nested", struct nested),
     {FIELD(struct nested, id), FIELD(struct nested, position), FIELD(struct nested, detail), FIELD(struct nested, last)}},
};

bool obey_layout(const struct value *values) {
    for (size_t index = 0; index < sizeof records / sizeof *records; index++) {
        const struct record *record = &records[index];
        if (position_of(&values[0], &record->name, 1) == 0) {
            reply_format("ok size=%zu alignment=%zu offsets=", record->size, record->alignment);
            for (int field = 0; record->fields[field].name != NULL; field++) {
                reply_format("%s%s:%zu", field > 0 ? "," : "", record->fields[field].name, record->fields[field].offset);
            }
            return true;
        }
    }
    return fail("unsupported", "there is no record \"%s\" here; interop/vectors/layouts.yml lists them", values[0].text);
}
