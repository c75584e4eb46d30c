"""Writes values.yml and bad-values.yml, whose bytes CPython makes.

Usage: python3 interop/vectors/make_values.py
"""

from __future__ import annotations

import json
import math
import pickle
import struct
import sys
from pathlib import Path
from typing import Any

# Python converts no more than 4300 digits unless it is told to.
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)

INTS = {
    "zero": 0,
    "one": 1,
    "minus-one": -1,
    "127": 127,
    "128": 128,
    "minus-128": -128,
    "minus-129": -129,
    "255": 255,
    "256": 256,
    "65535": 65535,
    "65536": 65536,
    "largest-i32": 2**31 - 1,
    "two-to-31": 2**31,
    "smallest-i32": -(2**31),
    "below-i32": -(2**31) - 1,
    "largest-u32": 2**32 - 1,
    "two-to-32": 2**32,
    "two-to-53-plus-1": 2**53 + 1,
    "largest-i64": 2**63 - 1,
    "two-to-63": 2**63,
    "smallest-i64": -(2**63),
    "below-i64": -(2**63) - 1,
    "largest-u64": 2**64 - 1,
    "two-to-64": 2**64,
    "two-to-70": 2**70,
    "minus-two-to-70": -(2**70),
    "two-to-2040": 2**2040,
    "300-digits": 10**300 - 1,
    "two-to-65536": 2**65536,
    "minus-20000-digits": 1 - 10**20000,
}
FLOATS = {
    "zero": 0.0,
    "minus-zero": -0.0,
    "one": 1.0,
    "minus-one-and-a-half": -1.5,
    "tenth": 0.1,
    "third": 1 / 3,
    "hundred": 100.0,
    "two-to-53": 2.0**53,
    "1e16": 1e16,
    "1e22": 1e22,
    "1e23": 1e23,
    "1e100": 1e100,
    "1e-7": 1e-7,
    "pi": math.pi,
    "epsilon": sys.float_info.epsilon,
    "smallest-normal": sys.float_info.min,
    "largest-subnormal": math.nextafter(sys.float_info.min, 0),
    "smallest-subnormal": 5e-324,
    "largest": sys.float_info.max,
    "minus-largest": -sys.float_info.max,
}
NOT_FINITE = {"infinity": math.inf, "minus-infinity": -math.inf, "nan": math.nan}
TEXTS = {
    "empty": "",
    "ascii": "hello, world",
    "quotes": "\"'\\/",
    "controls": "".join(map(chr, range(0x20))) + "\x7f",
    "nul": "a\0b",
    "latin": "h\u00e9llo \u00ff",
    "two-spellings": "\u00e9 e\u0301",
    "chinese": "\u4f60\u597d",
    "astral": "\U0001f600 \U00010348",
    "every-plane": "".join(chr(plane << 16 | 0x41) for plane in range(17)),
    "ends-of-ranges": "\x7f\x80\u07ff\u0800\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff",
    "byte-order-mark": "\ufeffa",
    "line-ends": "a\nb\r\nc\u2028d\u2029",
    "300-bytes": "x" * 300,
    "5000-characters": "\u00e4bc\U0001f600" * 1250,
}
BYTES = {
    "empty": b"",
    "nul": b"\0",
    "ascii": b"hello",
    "not-utf8": b"\xff\xfe\x80",
    "all-256": bytes(range(256)),
    "5000-bytes": bytes(range(250)) * 20,
}


def nested(depth: int, kind: type) -> Any:
    value: Any = kind() if kind is not dict else {}
    for _ in range(depth):
        value = {"k": value} if kind is dict else kind([value])
    return value


LISTS = {
    "empty": [],
    "of-none": [None],
    "mixed": [None, True, False, 0, -1, 1.5, "a", [], {}, [[1], {"b": []}]],
    "1001-numbers": list(range(1001)),
    "100-deep": nested(100, list),
    "of-300-lists": [[]] * 300,
}
TEXT_MAPS = {
    "empty": {},
    "one": {"a": 1},
    "empty-name": {"": ""},
    "in-order": {"z": 1, "a": 2, "m": 3},
    "two-spellings": {"\u00e9": 1, "e\u0301": 2},
    "escaped-names": {'"': 1, "\\": 2, "\n": 3, "\U0001f600": 4},
    "1001-names": {f"name-{number}": number for number in range(1001)},
    "100-deep": nested(100, dict),
    "lists-in-maps": {"a": [1, {"b": [2, {"c": None}]}], "d": {}},
}
PYTHON_ONLY = {
    "tuple-empty": (),
    "tuple-1": (1,),
    "tuple-2": (1, "a"),
    "tuple-3": (1, 2.5, None),
    "tuple-4": (1, 2, 3, 4),
    "tuple-1001": tuple(range(1001)),
    "tuple-100-deep": nested(100, tuple),
    "set-empty": set(),
    "set-mixed": {1, "a", b"b", None, (1, 2), 2.5, frozenset({3})},
    "set-1001": set(range(1001)),
    "frozenset-empty": frozenset(),
    "frozenset-mixed": frozenset({1, "a", b"b", (1, (2,)), frozenset()}),
    "frozenset-100-deep": nested(100, frozenset),
    "map-of-number-names": {0: "zero", -1: "minus one", 2**70: "large", 1.5: "fraction"},
    "map-of-other-names": {None: 1, (1, "a"): 2, b"b": 3, frozenset({4}): 5, "a": 6},
    "map-of-truth-values": {True: "yes", False: "no"},
    "all-kinds": [
        (None, True, 2**64, -0.5, "\u00e9", b"\xe9", bytearray(b"\0\xff")),
        {"s": {1}, "f": frozenset({2}), "t": ((), [], {})},
    ],
}
# format, values
STRUCTS: list[tuple[str, str, tuple[Any, ...]]] = [
    ("empty", "", ()),
    ("pads-only", "<3x", ()),
    ("character", "c", (b"a",)),
    ("characters", "<3c", (b"a", b"\0", b"\xff")),
    ("truth", "<2?", (True, False)),
    ("string", "<5s", (b"hello",)),
    ("string-empty", "<0s", (b"",)),
    ("string-padded", "<8s", (b"hello\0\0\0",)),
    ("string-all-256", "<256s", (bytes(range(256)),)),
    ("two-strings", "<2s3s", (b"ab", b"cde")),
    ("pascal", "<6p", (b"hello",)),
    ("pascal-shorter", "<9p", (b"hello",)),
    ("pascal-empty", "<1p", (b"",)),
    ("pascal-300", "<300p", (b"x" * 255,)),
    ("blanks", "< h  2i ", (1, 2, 3)),
    ("counts", "<2h0i3b", (1, 2, 3, 4, 5)),
    ("with-pads", "<bxxh", (1, 2)),
    ("native-aligned", "@bhbibq", (1, 2, 3, 4, 5, 6)),
    ("native-by-default", "bq", (1, 2)),
    ("native-tail", "@qb0q", (1, 2)),
    ("native-float", "@bdbfbe", (1, 1.5, 2, 2.5, 3, 0.5)),
    ("native-string", "@3si", (b"abc", 4)),
    ("native-sizes", "@nNlL", (-(2**63), 2**64 - 1, -(2**63), 2**64 - 1)),
    ("equals-is-packed", "=bhiq", (1, 2, 3, 4)),
    ("notes", "<iqd", (7, 2**40, 2.5)),
    ("1001-numbers", "<1001H", tuple(range(1001))),
]
ORDERS = {"little": "<", "big": ">", "network": "!", "standard": "=", "native": "@"}


def tokens(value: Any) -> str:
    """The value as PROTOCOL.md, section 4, writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"int:{value}"
    if isinstance(value, float):
        return "f64:" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "text:" + value.encode().hex()
    if isinstance(value, bytearray):
        return "bytearray:" + value.hex()
    if isinstance(value, bytes):
        return "bytes:" + value.hex()
    if isinstance(value, dict):
        entries = [tokens(part) for entry in value.items() for part in entry]
        return ",".join([f"map:{len(value)}", *entries])
    parts = list(map(tokens, value))
    # The order of a set differs from run to run.
    if isinstance(value, (set, frozenset)):
        parts.sort()
    return ",".join([f"{type(value).__name__}:{len(value)}", *parts])


def line(**entry: str) -> str:
    return "- {" + ", ".join(f"{key}: {text}" for key, text in entry.items()) + "}"


def quoted(text: str) -> str:
    return f'"{text}"'


def json_lines() -> list[str]:
    groups: list[tuple[str, dict[str, Any]]] = [
        ("", {"null": None, "true": True, "false": False}),
        ("int-", INTS),
        ("f64-", FLOATS),
        ("text-", TEXTS),
        ("list-", LISTS),
        ("map-", TEXT_MAPS),
    ]
    lines = []
    for prefix, values in groups:
        for name, value in values.items():
            entry = {"name": f"json-{prefix}{name}", "codec": "json", "value": quoted(tokens(value))}
            # How a floating-point number is written is every language's own choice.
            if "f64:" not in tokens(value):
                text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
                entry["bytes"] = quoted(text.encode().hex())
            lines.append(line(**entry))
    return lines


def pickle_lines() -> list[str]:
    groups: list[tuple[str, dict[str, Any]]] = [
        ("", {"null": None, "true": True, "false": False}),
        ("int-", INTS),
        ("f64-", {**FLOATS, **NOT_FINITE}),
        ("text-", TEXTS),
        ("bytes-", BYTES),
        ("bytearray-", {name: bytearray(value) for name, value in BYTES.items()}),
        ("list-", LISTS),
        ("map-", TEXT_MAPS),
        ("", PYTHON_ONLY),
    ]
    lines = []
    for prefix, values in groups:
        for name, value in values.items():
            pickle.dumps(value)
            lines.append(line(name=f"pickle-{prefix}{name}", codec="pickle", value=quoted(tokens(value))))
    return lines


def struct_lines() -> list[str]:
    entries = [*STRUCTS]
    for order, mark in ORDERS.items():
        for character in "bBhHiIlLqQ":
            bits = 8 * struct.calcsize(mark + character)
            low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if character.islower() else (0, 2**bits - 1)
            case = "signed" if character.islower() else "unsigned"
            name = f"{order}-{character.lower()}-{case}"
            entries.append((name, f"{mark}4{character}", (low, high, 1, high // 3)))
        doubles = (0.0, -0.0, 0.1, 5e-324, sys.float_info.max, math.inf, -math.inf)
        entries.append((f"{order}-d", f"{mark}7d", doubles))
        singles = struct.pack("<6I", 0, 1 << 31, 0x3DCCCCCD, 1, 0x7F7FFFFF, 0x7F800000)
        floats = struct.unpack("<6f", singles)
        entries.append((f"{order}-f", f"{mark}6f", floats))
        halves = struct.unpack("<7e", struct.pack("<7H", 0, 0x8000, 1, 0x3FF, 0x3555, 0x7BFF, 0x7C00))
        entries.append((f"{order}-e", f"{mark}7e", halves))
    lines = []
    for name, form, values in entries:
        message = struct.pack(form, *values)
        assert struct.unpack(form, message) == values, name
        lines.append(
            line(
                name=f"struct-{name}",
                codec="struct",
                format=quoted(form),
                value=quoted(tokens(values)),
                bytes=quoted(message.hex()),
            )
        )
    return lines


def recursive(kind: str) -> bytes:
    value: Any = []
    if kind == "list":
        value.append(value)
    elif kind == "map":
        value = {}
        value["self"] = value
    elif kind == "tuple":
        holder: list[Any] = []
        value = (holder,)
        holder.append(value)
    else:
        for _ in range(300):
            value = [value]
        end = value
        while end:
            end = end[0]
        end.append(value)
    return pickle.dumps(value, 2)


def sharing(levels: int) -> bytes:
    value: Any = []
    for _ in range(levels):
        value = [value, value]
    return pickle.dumps(value, 2)


# Bad texts that the library of some languages takes: see "Limits" in interop/protocol/values.md.
LIMITS = {
    "name-twice": "duplicate-names",
    "name-twice-escaped": "duplicate-names",
    "beyond-f64": "number-range",
    "lone-high-surrogate": "lone-surrogate",
    "lone-low-surrogate": "lone-surrogate",
    "surrogates-in-wrong-order": "lone-surrogate",
}


def bad_lines() -> list[str]:
    system = b"\x80\x02cposix\nsystem\nX\x04\0\0\0true\x85R."
    called = f"object:{b'posix.system'.hex()},tuple:1,{tokens('true')},null"
    out: list[str] = []

    def bad(name: str, message: bytes, kind: str, codec: str = "pickle", **more: str) -> None:
        entry = {"name": f"{codec}-{name}", "codec": codec, **more}
        out.append(line(**entry, bytes=quoted(message.hex()), kind=kind))

    def odd(name: str, message: bytes, value: str, codec: str = "pickle") -> None:
        out.append(line(name=f"{codec}-{name}", codec=codec, bytes=quoted(message.hex()), value=quoted(value)))

    out.append("# Pickles that are no value.")
    bad("empty", b"", "malformed")
    bad("no-end", b"\x80\x02K\x01", "malformed")
    bad("end-alone", b"\x80\x02.", "malformed")
    bad("text-cut-off", b"\x80\x02X\x05\0\0\0hell", "malformed")
    bad("length-beyond", b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fa.", "malformed")
    bad("negative-length", b"\x80\x02T\xff\xff\xff\xffa.", "malformed")
    bad("frame-beyond", b"\x80\x04\x95\x10\0\0\0\0\0\0\0N.", "malformed")
    bad("protocol-6", b"\x80\x06N.", "malformed")
    bad("unknown-instruction", b"\x80\x02\xff.", "malformed")
    bad("unset-memo", b"\x80\x02h\x07.", "malformed")
    bad("missing-mark", b"\x80\x02K\x01t.", "malformed")
    bad("append-to-number", b"\x80\x02K\x01K\x02a.", "malformed")
    bad("key-without-value", b"\x80\x02}(K\x01u.", "malformed")
    bad("list-as-key", b"\x80\x02}]K\x01s.", "malformed")
    bad("lone-surrogate", b"\x80\x02X\x03\0\0\0\xed\xa0\x80.", "malformed")
    bad("not-utf8", b"\x80\x02X\x01\0\0\0\xff.", "malformed")
    bad("persistent-name", b"Pname\n.", "malformed")
    bad("persistent-object", b"\x80\x02K\x01Q.", "malformed")
    bad("extension", b"\x80\x02\x82\x01.", "malformed")
    bad("buffer", b"\x80\x05\x97.", "malformed")
    bad("number-without-digits", b"Ix\n.", "malformed")
    bad("recursive-list", recursive("list"), "malformed")
    bad("recursive-map", recursive("map"), "malformed")
    bad("recursive-tuple", recursive("tuple"), "malformed")
    bad("nested-300-deep", pickle.dumps(nested(300, list), 2), "too-large")
    bad("two-to-40-parts", sharing(40), "too-large")
    bad("20001-digits", pickle.dumps(10**20000, 2), "too-large")
    bad("20001-digits-in-decimal", pickle.dumps(-(10**20000), 0), "too-large")
    out.append("# Pickles that Python would call a function for, or that only look odd: they have a value.")
    odd("system", system, called)
    odd("system-named-only", b"\x80\x02cposix\nsystem\n.", f"object:{b'posix.system'.hex()},null,null")
    inert = f"object:{b'__main__.A'.hex()},tuple:1,int:1,map:1,text:78,int:2"
    odd("instance-of-an-old-class", b"(I1\ni__main__\nA\n(dVx\nI2\nsb.", inert)
    odd("object-of-an-old-class", b"\x80\x02(c__main__\nA\nK\x01o}X\x01\0\0\0xK\x02sb.", inert)
    odd("no-protocol", b"K\x01.", "int:1")
    odd("bytes-behind-the-end", b"\x80\x02K\x01.rest", "int:1")
    odd("newer-instruction-in-protocol-0", b"\x80\x00\x8c\x01a.", "text:61")
    odd("shared-part", pickle.dumps([[1]] * 2, 2), "list:2,list:1,int:1,list:1,int:1")
    shared: list[int] = [1]
    odd("part-used-twice", pickle.dumps([shared, shared], 2), "list:2,list:1,int:1,list:1,int:1")
    odd("key-twice", b"\x80\x02}(K\x01K\x02K\x01K\x03u.", "map:1,int:1,int:3")
    out.append("# Texts that are no JSON.")
    for name, text in {
        "empty": "",
        "blank": " ",
        "twice": "1 2",
        "behind-the-value": "[1]x",
        "name-twice": '{"a":1,"a":2}',
        "name-twice-escaped": '{"a":1,"\\u0061":2}',
        "name-without-quotes": "{a:1}",
        "number-as-name": "{1:1}",
        "single-quotes": "'a'",
        "comma-at-the-end": "[1,]",
        "comma-at-the-end-of-map": '{"a":1,}',
        "comma-missing": "[1 2]",
        "colon-missing": '{"a" 1}',
        "bracket-missing": "[1",
        "brace-missing": '{"a":1',
        "quote-missing": '"a',
        "leading-zero": "01",
        "plus-sign": "+1",
        "minus-alone": "-",
        "point-at-the-end": "1.",
        "point-at-the-beginning": ".5",
        "exponent-without-digits": "1e",
        "hexadecimal": "0x10",
        "nan": "NaN",
        "infinity": "Infinity",
        "minus-infinity": "-Infinity",
        "beyond-f64": "1e999",
        "capital-word": "True",
        "word-cut-off": "nul",
        "line-feed-in-text": '"a\nb"',
        "nul-in-text": '"a\0b"',
        "unknown-escape": '"\\x41"',
        "escape-cut-off": '"\\u12"',
        "lone-high-surrogate": '"\\ud800"',
        "lone-low-surrogate": '"\\udc00"',
        "surrogates-in-wrong-order": '"\\ude00\\ud83d"',
        "comment": "/**/1",
        "byte-order-mark": "\ufeff1",
        "nested-300-deep": "[" * 301 + "]" * 301,
    }.items():
        limit = {"limit": LIMITS[name]} if name in LIMITS else {}
        bad(name, text.encode(), "malformed", codec="json", **limit)
    bad("not-utf8", b'"\xff"', "malformed", codec="json")
    bad("surrogate-in-utf8", b'"\xed\xa0\x80"', "malformed", codec="json")
    bad("overlong", b'"\xc0\x80"', "malformed", codec="json")
    bad("utf16", '"a"'.encode("utf-16-le"), "malformed", codec="json")
    bad("20001-digits", b"1" + b"0" * 20000, "too-large", codec="json", limit="huge-int")
    bad("minus-20001-digits", b"-1" + b"0" * 20000, "too-large", codec="json", limit="huge-int")
    out.append("# JSON of other forms than ours, which has a value.")
    odd("blanks", b' \t\r\n[ 1 , { "a" : null } ] \n', "list:2,int:1,map:1,text:61,null", codec="json")
    escaped = b'"\\u0041\\/\\ud83d\\ude00\\"\\u00e9"'
    odd("escapes", escaped, "text:" + 'A/\U0001f600"\u00e9'.encode().hex(), codec="json")
    odd("minus-zero", b"-0", "int:0", codec="json")
    odd("minus-zero-point", b"-0.0", tokens(-0.0), codec="json")
    odd("exponent", b"1E+2", tokens(100.0), codec="json")
    odd("halfway", b"9007199254740993.0", tokens(9007199254740992.0), codec="json")
    odd("above-halfway", b"9007199254740993.00000000000000000001", tokens(9007199254740994.0), codec="json")
    odd("smallest", b"4.9406564584124654e-324", tokens(5e-324), codec="json")
    odd("too-small", b"1e-400", tokens(0.0), codec="json")
    odd("largest", b"1.7976931348623157e308", tokens(sys.float_info.max), codec="json")
    out.append("# Messages of another length than their format, and formats that are none.")
    bad("shorter", b"\0\0\0", "malformed", codec="struct", format=quoted("<i"))
    bad("longer", b"\0\0\0\0\0", "malformed", codec="struct", format=quoted("<i"))
    bad("not-empty", b"\0", "malformed", codec="struct", format=quoted(""))
    bad("without-alignment", b"\0" * 9, "malformed", codec="struct", format=quoted("@bq"))
    bad("pointer", b"\0" * 8, "usage", codec="struct", format=quoted("P"))
    bad("size-in-standard-mode", b"\0" * 8, "usage", codec="struct", format=quoted("<n"))
    bad("unknown-character", b"\0", "usage", codec="struct", format=quoted("<y"))
    bad("count-alone", b"\0", "usage", codec="struct", format=quoted("<3"))
    bad("order-inside", b"\0\0", "usage", codec="struct", format=quoted("<b>b"))
    return out


def main() -> None:
    folder = Path(__file__).resolve().parent
    note = "# Made by make_values.py with CPython; README.md says more."
    values = [
        note,
        "# A value, its codec and format, and the bytes of the message where they are determined.",
        *json_lines(),
        *pickle_lines(),
        *struct_lines(),
    ]
    bad = [
        note,
        "# Messages and the kind of error that each must give, or the value that it has in spite of its looks.",
        *bad_lines(),
    ]
    folder.joinpath("values.yml").write_text("\n".join(values) + "\n", encoding="utf-8")
    folder.joinpath("bad-values.yml").write_text("\n".join(bad) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
