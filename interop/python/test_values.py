"""Tests of values and codecs.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import collections
import datetime
import math
import os
import pickle
import random
import struct
import subprocess
import sys
import tracemalloc
import unittest
from multiprocessing import shared_memory

import codec_table
import plain_pickle
import strict_json
import values
from faults import Fault
from test_endpoint import EndpointTests
from values import tokens_of, value_of

LIMIT = 1 << 20

PLAIN = {
    "null": None,
    "true": True,
    "int:-12": -12,
    "int:" + "9" * 5000: int("9" * 4000) * 10**1000 + int("9" * 1000),
    "f64:7ff0000000000000": math.inf,
    "f64:8000000000000000": -0.0,
    "text:": "",
    "text:68c3a900f09f9880": "hé\0😀",
    "bytes:00ff": b"\0\xff",
    "bytearray:6869": bytearray(b"hi"),
    "list:2,int:1,list:0": [1, []],
    "tuple:1,tuple:0": ((),),
    "set:1,int:1": {1},
    "frozenset:1,frozenset:0": frozenset((frozenset(),)),
    "map:1,text:61,list:2,int:1,null": {"a": [1, None]},
    "map:1,tuple:2,int:1,bytes:,map:0": {(1, b""): {}},
}


def nested(depth: int) -> str:
    return "list:1," * depth + "null"


def tokens(value: object) -> str:
    return tokens_of(value, LIMIT)


class ValueTests(unittest.TestCase):
    def assert_kind(self, kind: str, action, *arguments, **keywords) -> None:
        with self.assertRaises(Fault, msg=arguments[-1] if isinstance(arguments[-1], bytes) else None) as caught:
            action(*arguments, **keywords)
        self.assertEqual(caught.exception.kind, kind, caught.exception.message)

    def same(self, left: object, right: object) -> None:
        self.assertEqual(sorted(tokens(left).split(",")), sorted(tokens(right).split(",")))


class TokenTests(ValueTests):
    def test_tokens_are_read_and_written(self):
        for text, value in PLAIN.items():
            self.assertEqual(tokens(value), text)
            self.assertEqual(value_of(text), value)
            self.assertIs(type(value_of(text)), type(value))

    def test_every_bit_of_a_number_is_kept(self):
        for bits in ("7ff8000000000001", "fff4000000000002", "0000000000000001"):
            self.assertEqual(tokens(value_of("f64:" + bits)), "f64:" + bits)

    def test_what_is_no_value_is_usage(self):
        for text in (
            *("", "null,", ",null", "Null", "none", "true:", "int:", "int:+1", "int:1.0", "int:١"),
            *("f64:0", "f64:7FF0000000000000", "f32:00", "text:6", "text:ff", "text:eda080"),
            *(
                "bytes:6G",
                "bytes",
                "list",
                "list:",
                "list:-1",
                "list:1",
                "list:2,null",
                "map:1,null",
            ),
            *(
                "list:99999999999999999999",
                "set:1000000000,null",
                "null,null",
                "object:ff,null,null",
            ),
            *("object:61", "object:61,null", nested(201), "set:1,list:0,extra"),
        ):
            self.assert_kind("usage", value_of, text)

    def test_what_python_cannot_hold_is_malformed(self):
        for text in (
            *("set:1,list:0", "frozenset:1,bytearray:", "map:1,map:0,null", "set:1,tuple:1,set:0"),
            *("set:2,int:1,f64:3ff0000000000000", "map:2,true,null,int:1,null"),
        ):
            self.assert_kind("malformed", value_of, text)

    def test_nesting_ends_at_200(self):
        self.assertEqual(tokens(value_of(nested(200))), nested(200))
        self.assert_kind("usage", value_of, nested(201))
        self.assert_kind("usage", value_of, nested(100_000))

    def test_a_value_that_is_too_long_to_write_is_usage(self):
        self.assertEqual(tokens_of([1, 2], 18), "list:2,int:1,int:2")
        self.assert_kind("usage", tokens_of, [1, 2], 17)
        shared: list = []
        for _ in range(150):
            shared = [shared, shared]
        values.check(shared, "too-large")
        for value in (shared, [1 << 60_000] * 60, bytes(LIMIT), ["x" * 1000] * LIMIT):
            self.assert_kind("usage", tokens_of, value, LIMIT)

    def test_a_whole_number_has_at_most_20000_digits(self):
        for text in ("int:" + "9" * 20_000, "int:-" + "9" * 20_000, "int:1" + "0" * 19_999):
            self.assertEqual(tokens(value_of(text)), text)
        for text in ("int:1" + "0" * 20_000, "int:-1" + "0" * 20_000, "int:" + "9" * 200_000):
            self.assert_kind("usage", value_of, text)
        largest = 10**20_000 - 1
        for sign in (1, -1):
            for codec in ("json", "pickle"):
                message = codec_table.encode(codec, sign * largest, None, LIMIT)
                self.assertEqual(codec_table.decode(codec, message, None), sign * largest)
            for protocol in range(6):
                self.assertEqual(plain_pickle.decode(pickle.dumps(sign * 2**65536, protocol)), sign * 2**65536)
            for protocol in range(2, 6):
                message = pickle.dumps(sign * (largest + 1), protocol)
                self.assert_kind("too-large", plain_pickle.decode, message)
            digits = b"-" * (sign < 0) + b"1" + b"0" * 20_000
            for message in (b"I%b\n." % digits, b"L%bL\n." % digits):
                self.assert_kind("too-large", plain_pickle.decode, message)
            for message in (digits, b'{"a":[%b]}' % digits):
                self.assert_kind("too-large", strict_json.decode, message)


class JsonTests(ValueTests):
    def test_a_value_is_written_without_blanks_and_without_needless_escapes(self):
        for value, message in {
            "null": "null",
            "list:2,true,false": "[true,false]",
            "int:-" + "1" * 5000: "-" + "1" * 5000,
            "text:" + '"\\/\b\f\n\r\t\0\x1f\x7fé😀'.encode().hex(): '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7fé😀"',
            "map:2,text:62,int:1,text:61,list:0": '{"b":1,"a":[]}',
        }.items():
            self.assertEqual(codec_table.encode("json", value_of(value), None, LIMIT), message.encode())

    def test_numbers_read_back_to_the_bit(self):
        for number in (0.1, 1e16, -0.0, 5e-324, 1.7976931348623157e308, 1.0, 1e22):
            message = codec_table.encode("json", number, None, LIMIT)
            self.assertTrue(set(message) & set(b".eE"), message)
            self.assertEqual(tokens(codec_table.decode("json", message, None)), tokens(number))

    def test_what_json_cannot_carry_is_malformed(self):
        for text in (
            *(
                "f64:7ff0000000000000",
                "f64:7ff8000000000000",
                "f32:00000000",
                "bytes:",
                "bytearray:",
            ),
            *("tuple:0", "set:0", "frozenset:0", "map:1,int:1,null", "list:1,map:1,null,null"),
            *("object:61,null,null", "map:1,true,null"),
        ):
            self.assert_kind("malformed", codec_table.encode, "json", value_of(text), None, LIMIT)

    def test_any_json_is_read(self):
        for message, value in {
            b' \t\r\n[1, 2.5e0 ,"\\u00e9\\ud83d\\ude00\\/"] ': [1, 2.5, "é😀/"],
            b'{"a":{"a":0}}': {"a": {"a": 0}},
            b"1E2": 100.0,
            b"-0": 0,
            b"123456789012345678901234567890": 123456789012345678901234567890,
            b"[" * 201 + b"]" * 201: None,
        }.items():
            decoded = codec_table.decode("json", message, None)
            if value is not None:
                self.assertEqual(tokens(decoded), tokens(value))

    def test_what_is_no_json_is_malformed(self):
        for message in (
            *(
                b"",
                b" ",
                b"nul",
                b"[1,]",
                b"{,}",
                b"[1 2]",
                b"'a'",
                b"01",
                b"+1",
                b".5",
                b"1.",
                b"NaN",
            ),
            *(
                b"Infinity",
                b"-Infinity",
                b"1e400",
                b'"\\ud800"',
                b'"\\ude00\\ud83d"',
                b'"\xed\xa0\x80"',
            ),
            *(b'"\xff"', b'"\n"', b'"\0"', b'"\\x41"', b'"\\u12"', b'"a', b"null null", b"null,"),
            *(
                b'{"a":1,"a":1}',
                b'[{"a":{"b":1,"b":2}}]',
                b"{1:2}",
                b"\xef\xbb\xbfnull",
                b"\xfe\xff\0[\0]",
            ),
            *(b"[" * 202 + b"]" * 202, b"[" * 1_000_000, b'{"a":' * 100_000),
        ):
            self.assert_kind("malformed", codec_table.decode, "json", message, None)


class Calls(list):
    """What pickles have called. Empty for ever, if the codec is what it says."""


CALLS = Calls()


class Harmful:
    def __reduce__(self):
        return CALLS.append, (1,)


class Slots:
    def __init__(self):
        self.x = 1


def _pickled_iteratively(circle: list) -> bytes:
    """A list in a list in a list … in the first one; pickle itself would have to recurse."""
    depth = 0
    inner = circle[0]
    while inner is not circle:
        inner = inner[0]
        depth += 1
    return b"]q\0" + b"]" * depth + b"h\0a" + b"a" * depth + b"."


class PickleTests(ValueTests):
    def decode(self, message: bytes) -> object:
        return codec_table.decode("pickle", message, None)

    def test_plain_data_of_every_protocol_is_read(self):
        for text, value in PLAIN.items():
            for protocol in range(6):
                decoded = self.decode(pickle.dumps(value, protocol))
                self.assertEqual(decoded, value)
                self.assertIs(type(decoded), type(value))
            self.assertEqual(pickle.loads(codec_table.encode("pickle", value_of(text), None, LIMIT)), value)

    def test_random_values_are_read_as_pickle_reads_them(self):
        generator = random.Random(4)

        def atom() -> object:
            return generator.choice(
                (
                    None,
                    True,
                    generator.getrandbits(70),
                    -generator.getrandbits(30),
                    1.5,
                    "é" * 300,
                    b"x" * generator.randrange(300),
                    "",
                    (),
                )
            )

        def value(depth: int) -> object:
            parts = [value(depth - 1) for _ in range(generator.randrange(4))] if depth else []
            atoms = [atom() for _ in range(generator.randrange(4))]
            return generator.choice(
                (
                    atom(),
                    parts,
                    tuple(parts),
                    set(atoms),
                    frozenset(atoms),
                    dict.fromkeys(atoms, parts),
                    bytearray(b"y"),
                    list(range(generator.randrange(3000))),
                )
            )

        for _ in range(100):
            expected = value(4)
            for protocol in range(6):
                self.same(self.decode(pickle.dumps(expected, protocol)), expected)

    def test_strings_of_python_2_are_bytes(self):
        for message, value in {
            b"\x80\x02U\x02\xffiq\x01.": b"\xffi",
            b"S'hi'\np1\n.": b"hi",
            b"c__builtin__\nbytearray\n(X\x02\0\0\0hiU\x07latin-1tR.": bytearray(b"hi"),
            b"\x80\x02c__builtin__\nset\n]K\x01a\x85R.": {1},
        }.items():
            self.assertEqual(self.decode(message), value)

    def test_everything_else_is_an_object_and_nothing_is_executed(self):
        def named(name: str) -> str:
            return "object:" + name.encode().hex()

        date, ordered, own = named("datetime.date"), named("collections.OrderedDict"), named("__main__.C")
        for message, expected in {
            pickle.dumps(datetime.date(2024, 1, 2)): f"{date},tuple:1,bytes:07e80102,null",
            pickle.dumps(datetime.date): f"{date},null,null",
            pickle.dumps(collections.OrderedDict(a=1)): f"{ordered},tuple:0,map:1,text:61,int:1",
            b"cos\nsystem\n(S'true'\ntR.": f"{named('os.system')},tuple:1,bytes:74727565,null",
            b"c__main__\nC\n)\x81}X\x01\0\0\0xK\x01sb.": f"{own},tuple:0,map:1,text:78,int:1",
            b"c__main__\nC\n)\x81(K\x01K\x02eK\x03aX\x01\0\0\0kK\x04s.": (
                f"{own},tuple:0,tuple:2,list:3,int:1,int:2,int:3,map:1,text:6b,int:4"
            ),
            b"c__main__\nC\n)}X\x01\0\0\0kK\x04s\x92.": f"{own},tuple:1,map:1,text:6b,int:4,null",
            b"ccopy_reg\n_reconstructor\n(c__main__\nC\nc__builtin__\nobject\nNtR.": f"{own},tuple:0,null",
            # Classes of the old kind, of Python 2.7, in its three protocols.
            b"(i__main__\nC\np0\n(dp1\nS'x'\np2\nI1\nsb.": f"{own},tuple:0,map:1,bytes:78,int:1",
            b"(c__main__\nC\noq\x00}q\x01U\x01xq\x02K\x01sb.": f"{own},tuple:0,map:1,bytes:78,int:1",
            b"\x80\x02(c__main__\nC\nK\x07oq\x00}q\x01b.": f"{own},tuple:1,int:7,map:0",
            b"(S'true'\nios\nsystem\n.": f"{named('os.system')},tuple:1,bytes:74727565,null",
            b"c__main__\nC\n)R)R.": f"{named('operator.call')},tuple:1,{own},tuple:0,null,null",
        }.items():
            self.assertEqual(tokens(self.decode(message)), expected, message)
        self.assertIn("object:", tokens(self.decode(pickle.dumps([Slots()]))))
        self.assertIn("object:", tokens(self.decode(pickle.dumps(Harmful()))))
        for name in ("bytes", "bytearray", "list"):  # A number is a size, for these.
            decoded = tokens(self.decode(b"cbuiltins\n%b\nJ\xff\xff\xff\x7f\x85R." % name.encode()))
            self.assertTrue(decoded.startswith("object:"), decoded)
        self.assertEqual(CALLS, [])

    def test_what_is_no_pickle_of_a_value_is_malformed(self):
        itself: list = []
        itself.append(itself)
        long_circle: list = []
        innermost = long_circle
        for _ in range(300):
            innermost.append([])
            innermost = innermost[0]
        innermost.append(long_circle)
        deep_circle: dict = {}
        deep_circle[1] = [(deep_circle,)]
        for message in (
            *(
                b"",
                b".",
                b"N",
                b"\x80\x06N.",
                b"\xff.",
                b"0.",
                b"a.",
                b"]a.",
                b"\x85.",
                b"(.",
                b"t.",
            ),
            *(
                b"Pname\n.",
                b"Nq\0Q.",
                b"\x82\x01.",
                b"(o.",
                b"(No.",
                b"(c__main__\nC\n)Ro)Ro",
                b"(i__main__\n",
                b"i\n\n.",
            ),
            *(b"\x97.", b"\x98."),
            *(
                b"X\x04\0\0\0abc.",
                b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
                b"\x96\0\0\0\0\0\x01\0\0a.",
            ),
            *(
                b"\x8b\xff\xff\xff\x7f.",
                b"\x8b\xff\xff\xff\xff.",
                b"h\x05.",
                b"]]s.",
                b"N}b.",
                b"NN\x85R.",
            ),
            *(
                b"}]Ns.",
                b"\x8f(]\x90.",
                b"(]\x91.",
                b"(Nd.",
                b"Ixyz\n.",
                b"F?\n.",
                b"\x95\xff\0\0\0\0\0\0\0N.",
            ),
            *(
                b"X\x03\0\0\0\xed\xa0\x80.",
                b"V\\ud800\n.",
                b"]X\x03\0\0\0\xed\xa0\x80a.",
                b"\x8cx",
                b"\x93.",
            ),
            pickle.dumps(itself),
            pickle.dumps(deep_circle),
            _pickled_iteratively(long_circle),
            pickle.dumps("\ud800"),
        ):
            self.assert_kind("malformed", self.decode, message)

    def test_the_memory_and_time_that_a_pickle_takes_have_bounds(self):
        shared_tuple = b")" + b"2\x86" * 100  # A tuple of twice the tuple of twice the tuple …
        for message, kind in {
            b"]" * 202 + b"a" * 201 + b".": "too-large",
            b"]" * 100_000 + b"a" * 99_999 + b".": "usage",
            b")" + b"\x85" * 100_000 + b".": "usage",
            b"}" + b")" + b"\x85" * 20_000 + b"Ns.": "too-large",
            b"}" + shared_tuple + b"Ns.": "too-large",
            b"\x8f(" + shared_tuple + b"\x90.": "too-large",
            b"(" + shared_tuple + b"\x91.": "too-large",
            b"cbuiltins\nlist\nq\0" + b"(" + b"N" * 10_000 + b"lq\x01" + b"0h\0h\x01\x85R" * 10_000 + b".": "too-large",
            b"]" + b"q\0]h\0ah\0a" * 40 + b".": "too-large",
            b")" + b"\x85" * 1_100_000 + b".": "usage",
            b"(" * 1_100_000: "usage",
            b"Nr\xff\xff\xff\x7f.": None,
        }.items():
            tracemalloc.start()
            if kind is None:
                self.assertIsNone(self.decode(message))
            else:
                self.assert_kind(kind, self.decode, message)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            self.assertLess(peak, 16 * len(message) + (16 << 20), message[:20])
        depth = b"]" * 201 + b"a" * 200 + b"."
        self.assertEqual(tokens(self.decode(depth)).count("list"), 201)

    def test_broken_pickles_are_refused_and_never_end_the_program(self):
        generator = random.Random(5)
        sources = [pickle.dumps(list(PLAIN.values()), protocol) for protocol in range(6)]
        sources += [pickle.dumps([Harmful(), Slots(), datetime.datetime.now()], protocol) for protocol in range(6)]
        outcomes = collections.Counter()
        for _ in range(3000):
            message = bytearray(generator.choice(sources))
            for _ in range(generator.randrange(1, 4)):
                message[generator.randrange(len(message))] = generator.randrange(256)
            try:
                tokens(self.decode(message))
                outcomes["ok"] += 1
            except Fault as fault:
                outcomes[fault.kind] += 1
        self.assertLessEqual(set(outcomes), {"ok", "malformed", "too-large", "usage"})
        self.assertGreater(outcomes["malformed"], 500)
        self.assertEqual(CALLS, [])

    def test_what_is_no_plain_data_is_not_pickled(self):
        for text in (
            "f32:00000000",
            "list:1,f32:00000000",
            "object:61,null,null",
            "map:1,null,f32:00000000",
        ):
            self.assert_kind("malformed", codec_table.encode, "pickle", value_of(text), None, LIMIT)


class StructTests(ValueTests):
    def encode(self, layout: str, value: object, limit: int = LIMIT) -> bytes:
        return codec_table.encode("struct", value, layout, limit)

    def test_every_character_packs_as_struct_does(self):
        for layout, value in {
            "<bBhHiIlLqQ": (-1, 255, -2, 65535, -3, 1, 2, 3, -(2**63), 2**64 - 1),
            ">2H x ?3sc5p": (1, 2, True, b"ab", b"c", b"pq"),
            "@bqnN": (1, -1, -5, 5),
            "=efd": (1.5, 0.1, -0.0),
            "": (),
            "!0s0i": (b"",),
        }.items():
            message = self.encode(layout, value)
            self.assertEqual(message, struct.pack(layout, *value))
            decoded = codec_table.decode("struct", message, layout)
            self.assertEqual(tokens(decoded), tokens(struct.unpack(layout, message)))

    def test_numbers_that_do_not_fit_and_other_kinds_are_malformed(self):
        for layout, value in (
            ("B", (256,)),
            ("b", (-129,)),
            ("<Q", (-1,)),
            ("f", (1e300,)),
            ("e", (70000.0,)),
            ("i", (1.0,)),
            ("i", (True,)),
            ("d", (1,)),
            ("?", (1,)),
            ("s", ("a",)),
            ("c", (b"ab",)),
            ("c", (b"",)),
            ("i", (None,)),
            ("i", ()),
            ("i", (1, 2)),
            ("2i", (1,)),
            ("x", (1,)),
            ("i", [1]),
            ("i", 1),
        ):
            self.assert_kind("malformed", self.encode, layout, value)

    def test_a_message_of_another_length_is_malformed(self):
        for message in (b"", b"123", b"12345"):
            self.assert_kind("malformed", codec_table.decode, "struct", message, "<i")

    def test_what_is_no_format_is_usage(self):
        for layout in (
            "P",
            "k",
            "<n",
            "i<",
            "<<i",
            "2",
            "-1i",
            "i;",
            "1 i",
            "é",
            "i\0",
            "9" * 5000 + "i",
            "²i",
        ):
            self.assert_kind("usage", codec_table.check, "struct", layout)
            self.assert_kind("usage", self.encode, layout, ())

    def test_a_message_above_the_limit_is_not_made(self):
        self.assert_kind("too-large", self.encode, "1000000000s", (b"",))


LISTED = [1, -2, 2.5, True, False, None, "hi", b"ab", "héllo wo"]
# The facts of two versions, byte for byte.
LISTED_3_9 = bytes.fromhex(
    "0900000000000000"
    "0000000000000000"
    "0800000000000000"
    "1000000000000000"
    "1800000000000000"
    "2000000000000000"
    "2800000000000000"
    "3000000000000000"
    "3800000000000000"
    "4000000000000000"
    "5000000000000000"
    "0100000000000000"
    "feffffffffffffff"
    "0000000000000440"
    "0000000000000001"
    "0000000000000000"
    "0000000000000000"
    "6869000000000000"
    "6162000000000000"
    "68c3a96c6c6f2077"
    "6f00000000000000"
    "7100000000000000"
    "7100000000000000"
    "6400000000000000"
    "787878787878783f"
    "787878787878783f"
    "7878787878783f78"
    "3873000000000000"
    "3873000000000000"
    "3136730000000000"
    "000000000003010201"
)
LISTED_3_8 = LISTED_3_9[:8] + b"".join(struct.pack("<q", size) for size in (8,) * 8 + (16,)) + LISTED_3_9[88:]


class ShareableListTests(ValueTests):
    def test_both_layouts_are_those_of_python(self):
        for name, memory in (("shareable-list", LISTED_3_9), ("shareable-list-3.8", LISTED_3_8)):
            self.assertEqual(codec_table.encode(name, LISTED, None, LIMIT), memory)
            self.assertEqual(codec_table.decode(name, memory + b"rest of the page", None), LISTED)
            empty = codec_table.encode(name, [], None, LIMIT)
            self.assertEqual(empty, bytes(8 if "3.8" in name else 16))
            self.assertEqual(codec_table.decode(name, empty, None), [])
        self.assert_kind("malformed", codec_table.decode, "shareable-list", LISTED_3_8, None)
        self.assert_kind("malformed", codec_table.decode, "shareable-list-3.8", LISTED_3_9, None)

    def test_python_itself_reads_and_writes_the_memory(self):
        name = "shareable-list-3.8" if sys.version_info < (3, 9) else "shareable-list"
        values_of_all_kinds = [
            *LISTED,
            "x" * 100,
            b"y" * 8,
            2**63 - 1,
            -(2**63),
            math.inf,
            "漢" * 2,
            "",
        ]
        made = shared_memory.ShareableList(values_of_all_kinds)
        self.addCleanup(made.shm.unlink)
        self.addCleanup(made.shm.close)
        memory = bytes(made.shm.buf)
        self.assertEqual(codec_table.encode(name, values_of_all_kinds, None, LIMIT), memory)
        self.assertEqual(codec_table.decode(name, memory, None), values_of_all_kinds)
        # Python itself would cut these.
        for text in ("é" * 7, "漢" * 8):
            with self.assertRaises(Fault) as raised:
                codec_table.encode(name, [text], None, LIMIT)
            self.assertEqual(raised.exception.kind, "malformed")

    def test_what_the_list_cannot_carry_is_malformed(self):
        for value in (
            None,
            (1,),
            {},
            [[]],
            [2**63],
            [-(2**63) - 1],
            ["a\0"],
            [b"\0"],
            [bytearray()],
            [(1,)],
        ):
            for name in ("shareable-list", "shareable-list-3.8"):
                self.assert_kind("malformed", codec_table.encode, name, value, None, LIMIT)

    def test_memory_that_is_no_list_is_malformed(self):
        for name, memory in (("shareable-list", LISTED_3_9), ("shareable-list-3.8", LISTED_3_8)):
            for end in range(len(memory)):
                self.assert_kind("malformed", codec_table.decode, name, memory[:end], None)
            for count in (-1, 10, 1 << 40, 1 << 62):
                broken = struct.pack("<q", count) + memory[8:]
                self.assert_kind("malformed", codec_table.decode, name, broken, None)
            for offset, replacement in (
                (16, b"\xff" * 8),
                (-9, b"\x04"),
                (-1, b"\x02\0"),
                (-81, b"Q"),
                (-17, b"99s\0"),
            ):
                broken = bytearray(memory)
                broken[offset : offset + len(replacement) or None] = replacement
                if broken != memory and offset != -1:
                    self.assert_kind("malformed", codec_table.decode, name, broken, None)


class CommandTests(EndpointTests):
    def test_values_travel_between_two_endpoints_with_every_codec(self):
        left, right = self.unix_pair("multiprocessing", LIMIT)
        for codec, value in (
            ("json", "map:1,text:61,list:2,int:1,null"),
            ("pickle", "tuple:2,bytes:00,map:1,int:1,frozenset:1,text:61"),
            ("struct format=%3Ciq", "tuple:2,int:-1,int:5"),
            ("shareable-list", "list:2,text:6869,null"),
            ("shareable-list-3.8", "list:2,text:6869,null"),
        ):
            self.assertEqual(left.ask(f"send channel=c codec={codec} value={value}"), "ok")
            self.assertEqual(right.ask(f"receive channel=c codec={codec}"), f"ok value={value}")
        self.assertEqual(left.ask("send channel=c codec=json value=list:1,true"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok payload=" + b"[true]".hex())
        self.assertEqual(left.ask("send channel=c payload=" + b"[ ]".hex()), "ok")
        self.assertEqual(right.ask("receive channel=c codec=json"), "ok value=list:0")

    def test_errors_of_values_have_their_kinds_and_send_nothing(self):
        left, right = self.unix_pair("multiprocessing", 100)
        for keys, kind in (
            ("codec=msgpack value=null", "unsupported"),
            ("codec= value=null", "unsupported"),
            ("codec=json value=nil", "usage"),
            ("codec=json", "usage"),
            ("value=null", "usage"),
            ("format=i payload=61", "usage"),
            ("codec=json value=null payload=61", "usage"),
            ("codec=json value=null file=/x", "usage"),
            ("codec=json value=null format=i", "usage"),
            ("codec=struct value=tuple:0", "usage"),
            ("codec=struct format=P value=tuple:0", "usage"),
            ("codec=json value=bytes:", "malformed"),
            ("codec=struct format=101s value=tuple:1,bytes:", "too-large"),
            ("codec=json value=text:" + "61" * 99, "too-large"),
            ("codec=pickle value=text:" + "61" * 99, "too-large"),
        ):
            self.assert_kind(left.ask("send channel=c " + keys), kind)
        for keys, kind in (
            ("codec=msgpack", "unsupported"),
            ("codec=json file=/x", "usage"),
            ("codec=json format=i", "usage"),
            ("codec=struct", "usage"),
            ("codec=struct format=P", "usage"),
            ("format=i", "usage"),
            ("timeout=1", "timeout"),
        ):
            self.assert_kind(right.ask("receive channel=c " + keys), kind)
        self.assertEqual(left.ask("send channel=c payload=6f6b"), "ok")
        self.assert_kind(right.ask("receive channel=c codec=json"), "malformed")

    def test_a_value_too_long_for_a_reply_is_kept(self):
        left, right = self.unix_pair("multiprocessing", LIMIT)
        message = b'"' + b"a" * 200_000 + b'"'
        with open(self.path("large"), "wb") as file:
            file.write(message)
        left.tell(f"send channel=c file={self.path('large')}")
        self.assert_kind(right.ask("receive channel=c codec=json"), "usage")
        self.assertEqual(left.hear(), "ok")
        self.assert_kind(right.ask("receive channel=c codec=json"), "usage")
        reply = right.ask(f"receive channel=c file={self.path('copy')}")
        self.assertEqual(reply, f"ok length={len(message)}")
        with open(self.path("copy"), "rb") as file:
            self.assertEqual(file.read(), message)

    def test_the_slow_modules_are_imported_when_they_are_used(self):
        code = (
            "import sys, endpoint; print({'json', 'pickle', 'multiprocessing', 'ctypes', 'typing'} & set(sys.modules))"
        )
        output = subprocess.check_output(
            [sys.executable, "-S", "-c", code], cwd=os.path.dirname(os.path.abspath(__file__))
        )
        self.assertEqual(output.strip(), b"set()")


if __name__ == "__main__":
    unittest.main()
