"""The C# endpoint's codecs, beyond the golden values: every bit of any number, and messages made to cost much."""

from __future__ import annotations

import json
import math
import os
import pickle
import random
import struct
import unittest
from fractions import Fraction

from runtimes import Dotnet, Mono, shared

SEED = 20_261_125


def bits(number: float) -> str:
    return "f64:" + struct.pack(">d", number).hex()


def halfway(number: float) -> str:
    """The decimal number, to its last digit, that is as far from a double as from the next."""
    middle = (Fraction(number) + Fraction(math.nextafter(number, math.inf))) / 2
    places = middle.denominator.bit_length() - 1  # The denominator is a power of two.
    return f"{middle.numerator * 5**places}e-{places}"


class ValueTests(shared.EndpointCase):
    """Mixed into one test case for each runtime."""

    def converse(self, messages: list[bytes], codec: str) -> list[dict[str, str]]:
        replies = []
        with self.peer("multiprocessing") as peer:
            for message in messages:
                self.endpoint.tell(f"receive channel=c codec={codec}")
                peer.sendall(shared.frame("multiprocessing", message))
                replies.append(self.endpoint.reply())
                if replies[-1] == {"error": "usage"}:  # Too long for a reply, and kept.
                    self.endpoint.ask(f"receive channel=c file={self.path}-kept")
        return replies

    def doubles(self, count: int) -> list[float]:
        numbers = random.Random(SEED)
        made = [struct.unpack(">d", numbers.randbytes(8))[0] for _ in range(count)]
        made += [struct.unpack(">d", bytes(2) + numbers.randbytes(6))[0] for _ in range(20)]  # Subnormal.
        return [number for number in made if math.isfinite(number)]

    def test_doubles_are_read_to_the_bit(self) -> None:
        texts = [repr(number) for number in self.doubles(300)]
        for number in self.doubles(100):
            if math.isfinite(math.nextafter(number, math.inf)):
                mantissa, _, exponent = halfway(number).partition("e")
                texts += [f"{mantissa}e{exponent}", f"{mantissa}1e{int(exponent) - 1}"]
        texts += ["9007199254740993.0", "1" + "0" * 400 + "e-400", "0." + "0" * 400 + "1e400", "0e999999999999999999"]
        replies = self.converse([text.encode() for text in texts], "json")
        for text, reply in zip(texts, replies):
            self.assertEqual(reply, {"value": bits(float(text))}, text)

    def test_doubles_are_written_to_the_bit(self) -> None:
        with self.peer("line") as peer, peer.makefile("rb") as lines:
            for number in (*self.doubles(300), 0.0, -0.0, 1.0, 1e300, -1.0254143839013e-146):
                self.expect(f"send channel=c codec=json value={bits(number)}")
                text = lines.readline()
                self.assertRegex(text, rb"[.eE]")
                self.assertEqual(bits(json.loads(text)), bits(number), text)

    def test_what_python_pickles_is_read_whatever_the_protocol(self) -> None:
        value = {"k": [1, (b"\xff", bytearray(b"a")), {2}, frozenset((None, 2.5))], -(2**100): "h\u00e9\U0001f600"}
        tokens = sorted(
            "map:2,text:6b,list:4,int:1,tuple:2,bytes:ff,bytearray:61,set:1,int:2,frozenset:2,null,f64:4004000000000000,"
            f"int:{-(2**100)},text:68c3a9f09f9880".split(",")
        )
        for reply in self.converse([pickle.dumps(value, protocol) for protocol in range(6)], "pickle"):
            self.assertEqual(sorted(reply["value"].split(",")), tokens)

    def test_equal_keys_are_one_and_equal_members_too(self) -> None:
        nan = struct.pack(">d", math.nan)
        for message, value in (
            (b"\x80\x02}(K\x01K\x02\x88K\x03G\x3f\xf0\0\0\0\0\0\0K\x04u.", "map:1,int:1,int:4"),
            (b"\x80\x04\x8f(K\x01\x88\x89K\x00\x90.", "set:2,int:1,false"),
            (b"\x80\x04\x8f(G" + nan + b"G" + nan + b"\x90.", "set:2,f64:7ff8000000000000,f64:7ff8000000000000"),
            (b"\x80\x02}(K\x01K\x02\x85\x85K\x05K\x02\x85\x85K\x06u.", {"error": "malformed"}),
            (b"\x80\x02}(K\x02\x85K\x05K\x02\x85K\x06u.", "map:1,tuple:1,int:2,int:6"),
        ):
            expected = {"value": value} if isinstance(value, str) else value
            self.assertEqual(self.converse([message], "pickle"), [expected], message)
        for value in ("set:1,list:0", "set:2,int:1,true", "map:2,int:1,null,f64:3ff0000000000000,null"):
            with self.peer("multiprocessing"):
                self.expect_error("malformed", f"send channel=c codec=pickle value={value}")

    def test_keys_that_are_made_to_cost_much_are_refused_before(self) -> None:
        # A tuple of the same tuple twice, and so on: some bytes each, and twice the work.
        doubled = b"\x80\x02}K\x01" + b"2\x86" * 150 + b"Ns."
        # Many tuples around the same large one.
        around = b"\x80\x02(" + b"K\x01" * 20_000 + b"tq\x000}(" + b"h\x00\x85N" * 20_000 + b"u."
        # Indices of the memo that a table would put into one place.
        crowded = b"\x80\x02N" + b"".join(b"r" + struct.pack("<I", 65_537 * index) for index in range(60_000)) + b"."
        copies = b"\x80\x02c_codecs\nencode\nq\x000X\x60\xea\0\0" + b"x" * 60_000 + b"q\x01X\6\0\0\0latin1\x86q\x020]("
        copies += b"h\x00h\x02R" * 5000 + b"e."
        replies = self.converse([doubled, around, crowded, copies, b"\x80\x02K\x01."], "pickle")
        self.assertEqual(replies[2:], [{"value": "null"}, {"error": "too-large"}, {"value": "int:1"}])
        for reply in replies[:2]:
            self.assertIn(reply["error"], ("usage", "too-large"))

    def test_a_message_without_a_value_is_gone_and_one_that_is_too_long_is_kept(self) -> None:
        with self.peer("line") as peer:
            self.endpoint.tell(*["receive channel=c codec=json"] * 2)
            peer.sendall(b"nonsense\n" + b'"' + b"x" * 140_000 + b'"\n1\n')
            self.assertEqual([self.endpoint.reply() for _ in range(2)], [{"error": "malformed"}, {"error": "usage"}])
            for _ in range(2):
                self.expect_error("usage", "receive channel=c codec=json")
            self.expect(f"receive channel=c file={self.path}-kept", length="140002")
            self.expect("receive channel=c codec=json", value="int:1")
        self.assertEqual(os.path.getsize(f"{self.path}-kept"), 140_002)


class MonoValueTests(ValueTests, Mono):
    pass


class DotnetValueTests(ValueTests, Dotnet):
    pass


if __name__ == "__main__":
    unittest.main()
