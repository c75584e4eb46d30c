"""Values as Python's struct packs them, against that struct."""

from __future__ import annotations

import math
import random
import struct
from urllib.parse import quote

from harness import EndpointCase, frame, received

# Where the rounding to 2 and to 4 bytes has its corners.
CORNERS = (
    *(
        0.0,
        5e-324,
        2.0**-25,
        2.0**-25 * 1.0000001,
        2.0**-24,
        2.0**-14,
        1.0 - 2.0**-12,
        1.0 + 2.0**-11,
        1.0 + 3 * 2.0**-11,
    ),
    *(
        2047.75,
        65504.0,
        65519.996,
        2.0**-150,
        1.5 * 2.0**-149,
        1.0 + 2.0**-24,
        3.4028235677973362e38,
        math.inf,
        math.nan,
    ),
)
BITS = {"b": 8, "h": 16, "i": 32, "l": 32, "q": 64}


def token(item: object) -> str:
    if isinstance(item, bool):
        return str(item).lower()
    if isinstance(item, bytes):
        return f"bytes:{item.hex()}"
    return f"int:{item}" if isinstance(item, int) else f"f64:{struct.pack('>d', item).hex()}"


def value(items: tuple[object, ...]) -> str:
    return ",".join([f"tuple:{len(items)}", *map(token, items)])


class StructTests(EndpointCase):
    def exchange(self, layout: str, *items: object) -> None:
        """Both ways, with what Python's struct has for it."""
        packed = struct.pack(layout, *items)
        with self.subTest(layout, items=items):
            self.expect(f"send channel=c codec=struct format={quote(layout)} value={value(items)}")
            self.assertEqual(received(self.connection, 4 + len(packed)), frame("u32le", packed))
            self.connection.sendall(frame("u32le", packed))
            unpacked = value(struct.unpack(layout, packed))
            self.expect(f"receive channel=c codec=struct format={quote(layout)}", value=unpacked)

    def test_floats_are_rounded_as_python_does_it(self) -> None:
        with self.peer("u32le", 1 << 20) as self.connection:
            source = random.Random(1)
            for layout in (">e", "<e", ">f", "f", "d"):
                numbers = [*CORNERS, *(source.uniform(-1, 1) * 2.0 ** source.randint(-30, 16) for _ in range(60))]
                for number in numbers:
                    if not (layout[-1] == "e" and 65520 <= number < math.inf):
                        self.exchange(layout, number)
                        self.exchange(layout, -number)
            for layout, number in (("e", 65520.0), ("<e", -1e300), ("f", 3.4028235677973366e38), ("!f", -1e39)):
                self.malformed(layout, value((number,)))

    def test_integers_end_where_their_size_does(self) -> None:
        with self.peer("u32le", 1 << 20) as self.connection:
            for code, bits in BITS.items():
                half = 1 << bits - 1
                for order in "<>":
                    self.exchange(f"{order}3{code}", -half, -1, half - 1)
                    self.exchange(f"{order}2{code.upper()}", 0, 2 * half - 1)
                for number in (-half - 1, half, 10**30):
                    self.malformed(f"<{code}", value((number,)))
                for number in (-1, 2 * half):
                    self.malformed(f"<{code.upper()}", value((number,)))
            self.exchange("nNlL", -(1 << 63), (1 << 64) - 1, -(1 << 63), (1 << 64) - 1)

    def test_counts_alignment_and_bytes_are_those_of_python(self) -> None:
        with self.peer("u32le", 1 << 20) as self.connection:
            self.exchange("")
            self.exchange(" 2x b\t0i\nH 0s 00q x", 1, 2, b"")
            self.exchange("@bdhlxq?", 1, 2.5, 3, 4, 5, True)
            self.exchange("=bdhlxq?", 1, 2.5, 3, 4, 5, False)
            self.exchange("2c3s0s5p1p300p", b"a", b"\0", b"abcd", b"x", b"abcdef", b"z", b"y" * 299)
            self.connection.sendall(frame("u32le", b"\xffab\2\0"))
            self.expect("receive channel=c codec=struct format=3p2%3F", value="tuple:3,bytes:6162,true,false")

    def malformed(self, layout: str, tokens: str) -> None:
        self.expect_error("malformed", f"send channel=c codec=struct format={quote(layout)} value={tokens}")

    def test_what_is_no_value_or_format_is_usage_and_what_does_not_fit_malformed(self) -> None:
        with self.peer("u32le", 1 << 20) as self.connection:
            deep = "list:1," * 200
            for tokens in (
                *(
                    "",
                    "int:",
                    "int:+1",
                    "int:1,",
                    ",int:1",
                    "int:" + "1" * 20_001,
                    "true:",
                    "null,null",
                    "tuple:01",
                    "tuple:1",
                ),
                *(
                    "f64:3ff",
                    "f32:3ff00000000000",
                    "f64:3FF0000000000000",
                    "bytes:0",
                    "text:c080",
                    "text:eda080",
                    "text:e282",
                ),
                *("text:f4908080", "map:1,int:1", "object:61,null", "list:99999999999", "int:1%00", deep + "list:0,"),
                *(deep + "list:1,null", "tuple:1,int:1,int:2", "tupl:0", "list:2147483648," + "null," * 9),
            ):
                self.expect_error("usage", f"send channel=c codec=struct format=i value={tokens}")
            for tokens in (
                *(
                    "int:1",
                    "list:1,int:1",
                    "tuple:0",
                    "tuple:2,int:1,int:1",
                    "tuple:1,true",
                    "tuple:1,tuple:1,int:1",
                    deep + "null",
                ),
                *(
                    "tuple:1,text:f48fbfbf",
                    "tuple:1,f32:3f800000",
                    "map:1,int:1,object:,null,null",
                    "int:" + "1" * 20_000,
                ),
            ):
                self.malformed("i", tokens)
            for layout in (
                "P",
                "2",
                "i2",
                "<n",
                "i<",
                "z",
                "2 i",
                "-1i",
                "i\0",
                "99999999999999999999x",
                "9223372036854775807h",
            ):
                self.expect_error("usage", f"send channel=c codec=struct format={quote(layout)} value=tuple:0")
                self.expect_error("usage", f"receive channel=c codec=struct format={quote(layout)}")
            self.expect_error("usage", "receive channel=c codec=struct")
            self.expect_error("too-large", "send channel=c codec=struct format=9223372036854775807x value=tuple:0")

    def test_a_value_that_is_too_long_is_kept_and_one_of_another_size_is_gone(self) -> None:
        with self.peer("u32le", 1 << 20) as self.connection:
            for size, layout in ((60_000, "60000%3F"), (131_066, "131066s")):
                self.connection.sendall(frame("u32le", bytes(size)))
                self.expect_error("usage", f"receive channel=c codec=struct format={layout}")
                self.expect(f"receive channel=c file={self.path}", length=str(size))
            self.connection.sendall(frame("u32le", b"abc") + frame("u32le", b"d"))
            self.expect_error("malformed", "receive channel=c codec=struct format=4c")
            self.expect("receive channel=c", payload="64")
