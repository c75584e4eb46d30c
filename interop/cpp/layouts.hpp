// The verb layout: the records of ../vectors/layouts.yml as this compiler lays them out. A peer in another language that maps the
// same memory has to agree with every number here. Where it cannot be sure, it should declare its record packed, and copy the
// wide fields with std::memcpy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fault.hpp"

struct Mixed {
    std::uint8_t a;
    std::uint32_t b;
    std::uint8_t c;
    double d;
    std::int16_t e;
};

struct [[gnu::packed]] MixedPacked {
    std::uint8_t a;
    std::uint32_t b;
    std::uint8_t c;
    double d;
    std::int16_t e;
};

struct Arrays {
    std::uint8_t tag[3];
    std::uint32_t values[2];
    std::uint8_t name[5];
};

struct Bools {
    bool first;
    std::int32_t count;
    bool second;
    bool third;
};

struct Point {
    float x;
    float y;
};

struct Nested {
    std::uint8_t id;
    Point position;
    Mixed detail;
    std::uint8_t last;
};

struct Field {
    std::string_view name;
    std::size_t offset;
};

template <class Record>
std::string describe(const std::vector<Field>& fields) {
    std::string offsets;
    for (const Field& field : fields) { offsets += text(offsets.empty() ? "" : ",", field.name, ":", field.offset); }
    return text("ok size=", sizeof(Record), " alignment=", alignof(Record), " offsets=", offsets);
}

// The reply for a record. Throws `unsupported` for one that is not known.
inline std::string layout_of(std::string_view record) {
    if (record == "mixed") {
        return describe<Mixed>({{"a", offsetof(Mixed, a)},
                                {"b", offsetof(Mixed, b)},
                                {"c", offsetof(Mixed, c)},
                                {"d", offsetof(Mixed, d)},
                                {"e", offsetof(Mixed, e)}});
    }
    if (record == "mixed-packed") {
        return describe<MixedPacked>({{"a", offsetof(MixedPacked, a)},
                                      {"b", offsetof(MixedPacked, b)},
                                      {"c", offsetof(MixedPacked, c)},
                                      {"d", offsetof(MixedPacked, d)},
                                      {"e", offsetof(MixedPacked, e)}});
    }
    if (record == "arrays") {
        return describe<Arrays>({{"tag", offsetof(Arrays, tag)}, {"values", offsetof(Arrays, values)}, {"name", offsetof(Arrays, name)}});
    }
    if (record == "bools") {
        return describe<Bools>({{"first", offsetof(Bools, first)},
                                {"count", offsetof(Bools, count)},
                                {"second", offsetof(Bools, second)},
                                {"third", offsetof(Bools, third)}});
    }
    if (record == "point") { return describe<Point>({{"x", offsetof(Point, x)}, {"y", offsetof(Point, y)}}); }
    if (record == "nested") {
        return describe<Nested>({{"id", offsetof(Nested, id)},
                                 {"position", offsetof(Nested, position)},
                                 {"detail", offsetof(Nested, detail)},
                                 {"last", offsetof(Nested, last)}});
    }
    throw Fault(Kind::unsupported, "there is no record \"", record, "\" here; interop/vectors/layouts.yml lists them");
}
