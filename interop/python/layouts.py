"""How ``ctypes`` lays out the records of ``../vectors/layouts.yml`` in memory.

``ctypes`` follows the rules of the C compiler that built Python: ``ctypes.Structure`` is what to put
over shared memory that a program in another language fills, and the ``struct`` module is not, since
its formats have no gap at the end. Imported only when somebody asks: ``ctypes`` takes longer to
import than all the rest of the endpoint.
"""

from __future__ import annotations

import ctypes

_MIXED_FIELDS = [
    ("a", ctypes.c_uint8),
    ("b", ctypes.c_uint32),
    ("c", ctypes.c_uint8),
    ("d", ctypes.c_double),
    ("e", ctypes.c_int16),
]


class Mixed(ctypes.Structure):
    _fields_ = _MIXED_FIELDS


class MixedPacked(ctypes.Structure):
    # The layout has to be named from Python 3.14 on, where _pack_ alone is deprecated; before, the
    # line has no effect. It is the one of every C compiler on Linux and macOS too, in spite of the
    # name: the two differ in bit fields only.
    _layout_ = "ms"
    _pack_ = 1
    _fields_ = _MIXED_FIELDS


class Arrays(ctypes.Structure):
    _fields_ = [
        ("tag", ctypes.c_uint8 * 3),
        ("values", ctypes.c_uint32 * 2),
        ("name", ctypes.c_uint8 * 5),
    ]


class Bools(ctypes.Structure):
    _fields_ = [
        ("first", ctypes.c_bool),
        ("count", ctypes.c_int32),
        ("second", ctypes.c_bool),
        ("third", ctypes.c_bool),
    ]


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_float), ("y", ctypes.c_float)]


class Nested(ctypes.Structure):
    _fields_ = [
        ("id", ctypes.c_uint8),
        ("position", Point),
        ("detail", Mixed),
        ("last", ctypes.c_uint8),
    ]


RECORDS: dict[str, type[ctypes.Structure]] = {
    "mixed": Mixed,
    "mixed-packed": MixedPacked,
    "arrays": Arrays,
    "bools": Bools,
    "point": Point,
    "nested": Nested,
}


def layout_of(record: type[ctypes.Structure]) -> tuple[int, int, dict[str, int]]:
    """The size and alignment of a record, and the offset of each of its fields, in bytes."""
    offsets = {name: getattr(record, name).offset for name, *_ in record._fields_}
    return ctypes.sizeof(record), ctypes.alignment(record), offsets
