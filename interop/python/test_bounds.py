"""Tests of what a message may cost: 16 bytes of memory for each of its bytes and 32 MiB, and a second for each MiB.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import os
import pickle
import random
import socket
import struct
import sys
import unittest

import plain_pickle
import shareable_list
from faults import Fault
from framings import FRAMINGS
from test_endpoint import Child, EndpointTests
from values import TooLong, tokens_of

MIB = 1 << 20


def long_number(number: int) -> bytes:
    """A number in a pickle."""
    digits = pickle.encode_long(number)
    return b"\x8b" + struct.pack("<i", len(digits)) + digits


def items(codes: bytes) -> bytes:
    """A list in a pickle, of what the opcodes put on the stack."""
    return b"](" + codes + b"e."


# Multiples of this have the same hash.
MODULUS = sys.hash_info.modulus
LARGEST = (1 << 65536) - 1
LIST = b"[[%b]]"

# A name, the codec, the message, and the kind that it gets, or None for a value.
EXPENSIVE = [
    ("a number used again", "pickle", items(long_number(LARGEST) + b"q\0" + b"h\0" * 5000), "usage"),
    ("a text used again", "pickle", items(b"X\0\0\1\0" + b"a" * 65536 + b"q\0" + b"h\0" * 100_000), "usage"),
    ("a name used again", "pickle", items(b"c" + b"m" * 60_000 + b"\nn\nq\0" + b"h\0" * 100_000), "usage"),
    ("lists", "pickle", b"]" * 4_200_000 + b".", "usage"),
    ("tuples in tuples", "pickle", b")" + b"\x85" * 2_000_000 + b".", "usage"),
    ("small numbers", "pickle", items(b"K\1" * 8_000_000), "usage"),
    ("nothing", "pickle", items(b"N" * 8_000_000), "usage"),
    ("nothing, one at a time", "pickle", b"]" + b"Na" * 2_000_000 + b".", "usage"),
    ("pairs", "pickle", b"}(" + b"".join(b"J%bN" % struct.pack("<i", key) for key in range(500_000)) + b"u.", "usage"),
    (
        "keys of one hash",
        "pickle",
        b"}" + b"".join(long_number(n * MODULUS) + b"Ns" for n in range(1, 9000)) + b".",
        "too-large",
    ),
    (
        "a set of one hash",
        "pickle",
        b"\x8f(" + b"".join(long_number(n * MODULUS) for n in range(1, 5000)) + b"\x90.",
        "too-large",
    ),
    ("what is dropped", "pickle", b"N0" * 2_000_000 + b"N.", "usage"),
    ("marks", "pickle", b"(" * 2_000_000 + b".", "usage"),
    ("marks that are dropped", "pickle", b"N" + b"(1" * 1_000_000 + b".", "usage"),
    ("what is remembered", "pickle", b"N" + b"\x94" * 3_000_000 + b".", "too-large"),
    ("what is remembered anew", "pickle", b"N" + b"q\0" * 1_500_000 + b".", None),
    ("states", "pickle", b"c__main__\nC\n)R" + b"Nb" * 1_000_000 + b".", "usage"),
    ("copies", "pickle", b"cbuiltins\nlist\nq\0(" + b"N" * 9000 + b"lq\1" + b"0h\0h\1\x85R" * 9000 + b".", "too-large"),
    ("old instances", "pickle", items(b"(ia\nb\n" * 300_000), "usage"),
    ("wide text", "pickle", b"X" + struct.pack("<I", 8_000_000) + "😀".encode() + b"a" * 7_999_996 + b".", "usage"),
    ("a number of bytes", "pickle", b"\x8b" + struct.pack("<i", 8_000_000) + b"\x7f" * 8_000_000 + b".", "too-large"),
    ("digits", "pickle", b"L" + b"9" * 8_000_000 + b"L\n.", "too-large"),
    ("numbers of many digits", "pickle", items((b"L" + b"9" * 19_999 + b"L\n") * 400), "usage"),
    ("a point behind many digits", "pickle", b"F" + b"9" * 8_000_000 + b".0\n.", None),
    ("sets of protocol 2", "pickle", pickle.dumps([{1, 2}, {3}] * 3000, 2), None),
    ("bytes of protocol 2", "pickle", pickle.dumps([b"ab"] * 20_000, 2), None),
    ("closed brackets", "json", b"]" * 4_200_000, "malformed"),
    ("open brackets", "json", b"[" * 4_200_000, "malformed"),
    ("empty lists", "json", LIST % (b"[]," * 1_400_000 + b"0"), "usage"),
    ("empty objects", "json", LIST % (b"{}," * 1_400_000 + b"0"), "usage"),
    ("empty texts", "json", b'""' * 1_500_000, "usage"),
    ("short texts", "json", LIST % (b'"ab",' * 800_000 + b"0"), "usage"),
    ("ones", "json", LIST % (b"1," * 8_000_000 + b"1"), "usage"),
    ("long numbers", "json", LIST % b",".join([b"9" * 19_999] * 400), "usage"),
    ("a longer number", "json", b"9" * 8_000_000, "too-large"),
    ("a long fraction", "json", b"0." + b"0" * 8_000_000 + b"1", None),
    ("names", "json", b"{" + b",".join(b'"%d":1' % name for name in range(300_000)) + b"}", "usage"),
    ("escapes", "json", b'"' + b'\\"' * 2_000_000 + b'"', "usage"),
    ("texts of escapes", "json", LIST % b",".join([b'"' + b'\\"' * 32_000 + b'"'] * 60), "usage"),
    ("long escapes", "json", b'"' + b"\\u0041" * 1_000_000 + b'"', "usage"),
    ("wide blanks", "json", b'["' + "😀".encode() + b'"' + b" " * 8_000_000 + b"]", None),
    ("just looked over", "json", (LIST % (b"[]," * 21_840 + b"[]"))[: 1 << 16].ljust(1 << 16), None),
    ("numbers of a struct", "struct format=4000000h", bytes(8_000_000), "usage"),
    ("characters of a struct", "struct format=8000000c", bytes(8_000_000), "usage"),
    ("gaps of a struct", "struct format=8000000x", bytes(8_000_000), None),
    (
        "items of a list",
        "shareable-list",
        struct.pack("<q", 500_000) + bytes(4_000_008) + b"xxxxxx?x" * 500_000 + b"\3" * 500_000,
        "usage",
    ),
    (
        "items that fit",
        "shareable-list-3.8",
        struct.pack("<q", 50_000) + bytes(400_000) + b"xxxxxx?x" * 50_000 + b"\3" * 50_000,
        None,
    ),
    (
        "items in each other",
        "shareable-list",
        struct.pack("<q50001q", 50_000, *[0] * 50_000, 9_000_000)
        + bytes(9_000_000)
        + b"9000000s" * 50_000
        + b"\2" * 50_000,
        "malformed",
    ),
]


class CostTests(EndpointTests):
    def cost(self, child: Child, peer: socket.socket, codec: str, message: bytes) -> tuple[str, float]:
        """The reply to a message, and the seconds that the endpoint has worked for it."""
        before = self.work(child)
        child.tell(f"receive channel=c codec={codec}")
        peer.sendall(struct.pack(">i", len(message)) + message)
        return child.hear(), self.work(child) - before

    def work(self, child: Child) -> float:
        with open(f"/proc/{child.process.pid}/stat") as file:
            fields = file.read().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_expensive_messages_are_answered_in_time_and_in_little_memory(self):
        for name, codec, message, kind in EXPENSIVE:
            with self.subTest(name):
                child, peer = self.accepted("multiprocessing", 64 * MIB)
                reply, seconds = self.cost(child, peer, codec, message)
                if kind is None:
                    self.assertTrue(reply.startswith("ok value="), reply[:200])
                else:
                    self.assert_kind(reply, kind)
                self.assertLessEqual(len(reply), 262_144)
                self.assertLess(child.peak("VmHWM"), 16 * len(message) + 32 * MIB)
                self.assertLess(seconds, max(1.0, len(message) / MIB))
                if kind == "usage":  # Kept, for who wants it.
                    copy = self.path("copy")
                    self.assertEqual(child.ask(f"receive channel=c file={copy}"), f"ok length={len(message)}")
                    with open(copy, "rb") as file:
                        self.assertEqual(file.read(), message)
                child.stop()
                os.unlink(self.path("accepted"))

    def test_what_is_announced_and_does_not_come_takes_no_memory(self):
        for framing, announcement in {
            "multiprocessing": struct.pack(">i", 64 * MIB),
            "u32le": struct.pack("<I", 64 * MIB),
            "netstring": b"67108864:",
            "varint": b"\x80\x80\x80\x20",
            "content-length": b"Content-Length: 67108864\r\n\r\n",
        }.items():
            child, peer = self.accepted(framing, 64 * MIB)
            peer.sendall(announcement + b"x" * 3000)
            peer.close()
            self.assert_kind(child.ask("receive channel=c"), "truncated")
            self.assertLess(child.peak("VmHWM"), 32 * MIB, framing)
            os.unlink(self.path("accepted"))

    def test_a_frame_that_grows_as_it_comes_is_whole(self):
        decoder = FRAMINGS["netstring"].decoder(64 * MIB)
        content = bytes(range(251)) * 80_000
        rest = memoryview(b"%d:%b," % (len(content), content))
        while decoder.next_message() is None and rest:
            with decoder.space() as space:
                count = min(len(space), len(rest), 1_000_003)
                space[:count] = rest[:count]
            decoder.received(count)
            rest = rest[count:]
            if not rest:
                self.assertEqual(decoder.next_message(), content)
        decoder.finish()

    def test_random_expensive_messages(self):
        child, peer = self.accepted("multiprocessing", 64 * MIB)
        generator = random.Random(10)
        kinds = set()
        for number in range(1000):
            codec, make = ("json", expensive_json) if number % 3 == 0 else ("pickle", expensive_pickle)
            message = make(generator)
            reply, seconds = self.cost(child, peer, codec, message)
            kinds.add(reply.split(" ")[1] if reply.startswith("error") else "ok")
            self.assertLess(seconds, 1.0, (number, message[:100]))
            self.assertLess(child.peak("VmHWM"), 32 * MIB + 16 * len(message), (number, message[:100]))
            if reply.startswith("error kind=usage"):
                self.assertTrue(
                    child.ask(f"receive channel=c file={self.path('kept')}").startswith("ok"), message[:100]
                )
        self.assertEqual(kinds, {"ok", "kind=malformed", "kind=too-large", "kind=usage"})


# What every one of these pickles begins with, to be used again: a number, a text, a list, a set's name.
REMEMBERED = long_number(LARGEST) + b"q\0X\0\x10\0\0" + b"x" * 4096 + b"q\1](NNNeq\2cbuiltins\nset\nq\3"
# Each puts one thing on the stack.
PARTS = [
    *(b"N", b"K\1", b"]", b")", b"}", b"\x8f", b"h\0", b"h\1", b"h\2", b"X\2\0\0\0ab", b"(ia\nb\n", b"G" + bytes(8)),
    *(
        b"h\3h\2\x85R",
        b"h\3)R",
        b"cbuiltins\nlist\nh\2\x85R",
        b"}NNs",
        b"]Na",
        b")\x85\x85",
        b"NN\x86",
        b"cc\nd\n)\x81",
    ),
    *(b"NN0", b"N2\x86", b"N(1", b"N\x94", b"Nq\4", b"N\x80\2", b"NNN\x87", long_number(3 * MODULUS), b"\xff", b"0"),
]


def expensive_pickle(generator: random.Random) -> bytes:
    """Something whose parts are repeated, in loops in loops."""

    def part(depth: int) -> bytes:
        if depth == 0:
            return generator.choices(PARTS, [10] * (len(PARTS) - 2) + [1, 1])[0]
        block = b"".join(part(depth - 1) for _ in range(generator.randrange(1, 4)))
        times = min(generator.choice((1, 2, 40, 5000)), 8000 // len(block) + 1)
        return b"(" + block * times + generator.choice((b"l", b"t", b"l", b"t", b"\x91", b"d"))

    return REMEMBERED + part(generator.randrange(4)) + b"."


def expensive_json(generator: random.Random) -> bytes:
    def part(depth: int) -> bytes:
        if depth == 0:
            return generator.choice(
                (b"0", b"[]", b"{}", b'""', b'"a\\"\\\\"', b"1.5e3", b"9" * 3000, b"null", b'{"a":0}', b" ")
            )
        parts = [part(depth - 1) for _ in range(generator.randrange(1, 4))]
        times = generator.choice((1, 2, 40, 5000))
        times = min(times, 8000 // sum(map(len, parts)) + 1)
        if generator.randrange(3) == 0:
            return b"{%b}" % b",".join(b'"%d":%b' % pair for pair in enumerate(parts * times))
        return b"[%b]" % b",".join(parts * times)

    return part(generator.randrange(5))


class BudgetTests(unittest.TestCase):
    def test_a_value_that_just_fits_is_never_refused(self):
        for value in (
            [None] * 900,
            [b"ab"] * 300,
            [bytearray(b"ab")] * 300,
            [[number] for number in range(300)],
            [(1, 2, 3, 4, 5)] * 100,
            {str(number): -number for number in range(300)},
            [{1, number} for number in range(2, 100)],
            [frozenset((number,)) for number in range(200)],
            set(range(1000)),
            [1.5, True, 1 << 4000, -(1 << 4000)],
            ["é😀" * 100],
            [pickle.PickleError("x"), pickle.PickleError("y")] * 50,
        ):
            for protocol in range(6):
                message = pickle.dumps(value, protocol)
                decoded = plain_pickle.decode(message)
                size = len(tokens_of(decoded, 1 << 20))
                # What the value takes is enough for it to be read, with a little for its making.
                plain_pickle.decode(message, longest=size + 100)
                with self.assertRaises(Fault):
                    tokens_of(decoded, size - 1)

    def test_a_long_list_in_memory_is_read_unless_its_text_is_too_long(self):
        value = [None] * 50_000
        for has_sizes in (True, False):
            message = shareable_list.encode(value, has_sizes)
            self.assertEqual(shareable_list.decode(message, has_sizes, 1 << 20), value)
            with self.assertRaises(TooLong):
                shareable_list.decode(message, has_sizes, 100_000)


if __name__ == "__main__":
    unittest.main()
