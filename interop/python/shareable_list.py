"""The memory of ``multiprocessing.shared_memory.ShareableList``, in its two layouts.

    3.9 and newer   N, N + 1 offsets of the items, items, N formats of struct, N codes
    3.8             N, N sizes of the items,       items, N formats of struct, N codes

Numbers are int64 and, as everything here, little-endian: Python uses the machine's byte order. A
format is 8 bytes with NUL behind it, a code one byte. Items take a multiple of 8 bytes.
"""

from __future__ import annotations

import re
import struct
from itertools import accumulate

from faults import Fault
from values import TooLong

_NUMBER, _TEXT, _BYTES, _NONE = range(4)
_FORMATS = {b"q": "<q", b"d": "<d", b"xxxxxxx?": "<7x?"}
# In tokens, with the comma: "null,".
_SHORTEST_ITEM = 5
_STRING = re.compile(rb"([0-9]{1,7})s")


def encode(value: object, has_sizes: bool) -> bytes:
    """Lays a list out in memory; ``has_sizes`` chooses the layout of 3.8."""
    if not isinstance(value, list):
        raise _not_in_list(f"a {type(value).__name__}, which is no list")
    items = [_item(part) for part in value]
    sizes = [len(content) for content, _, _ in items]
    table = sizes if has_sizes else [0, *accumulate(sizes)]
    return b"".join(
        (
            struct.pack(f"<q{len(table)}q", len(items), *table),
            *(content for content, _, _ in items),
            *(layout.ljust(8, b"\0") for _, layout, _ in items),
            bytes(code for _, _, code in items),
        )
    )


def decode(message: bytes | bytearray, has_sizes: bool, longest: int) -> object:
    """Reads a list. The memory may be longer than the list, as it is where pages are the unit."""
    try:
        (count,) = struct.unpack_from("<q", message)
        # Two numbers, a format and a code for each item: an impossible count asks for no memory.
        if not 0 <= count <= len(message) // 17:
            raise _malformed(f"it announces {count} items")
        if count * _SHORTEST_ITEM > longest:
            raise TooLong(longest)
        columns = count if has_sizes else count + 1
        table = list(struct.unpack_from(f"<{columns}q", message, 8))
        if has_sizes:
            table = [0, *accumulate(table)]
        if table[0] != 0 or any(end < start for start, end in zip(table, table[1:])):
            raise _malformed("its items overlap")
        start = 8 + 8 * columns
        formats = start + table[-1]
        codes = formats + 8 * count
        if codes + count > len(message):
            raise _malformed("it is shorter than what it announces")
        slots = memoryview(message)[start:formats]
        layouts = [bytes(message[place : place + 8]).rstrip(b"\0") for place in range(formats, codes, 8)]
        # Items lie one behind the other. If they did not, each could be as long as the whole memory.
        if sum(int(layout[:-1]) for layout in layouts if _STRING.fullmatch(layout)) > len(slots):
            raise _malformed("its texts are longer than the memory that they lie in")
        return [_value(slots[table[index] :], layouts[index], message[codes + index]) for index in range(count)]
    except struct.error as error:
        raise _malformed(str(error)) from error


def _item(value: object) -> tuple[bytes, bytes, int]:
    """The bytes of an item, its format and its code."""
    if value is None:
        return bytes(8), b"xxxxxx?x", _NONE
    if isinstance(value, bool):
        return struct.pack("<7x?", value), b"xxxxxxx?", _NUMBER
    if isinstance(value, int):
        try:
            return struct.pack("<q", value), b"q", _NUMBER
        except struct.error:
            raise _not_in_list("a number above 64 bits") from None
    if isinstance(value, float):
        return struct.pack("<d", value), b"d", _NUMBER
    if not isinstance(value, (str, bytes)):
        raise _not_in_list(f"a {type(value).__name__}")
    content = value.encode() if isinstance(value, str) else value
    if content.endswith(b"\0"):
        raise _not_in_list("NUL bytes at an end, which are lost in reading")
    # Python counts characters here, and so would cut text that is not ASCII.
    size = 8 * (len(value) // 8 + 1)
    if len(content) > size:
        raise _not_in_list(f"a text of {len(content)} bytes in UTF-8, for which Python has a slot of {size}")
    layout = b"%ds" % size
    if len(layout) > 8:
        raise _not_in_list(f"an item of {len(content)} bytes")
    return content.ljust(size, b"\0"), layout, _TEXT if isinstance(value, str) else _BYTES


def _value(slot: memoryview, layout: bytes, code: int) -> object:
    string = _STRING.fullmatch(layout)
    if string:
        size = int(string[1])
        if size > len(slot):
            raise _malformed(f"an item of {size} bytes goes beyond its memory")
        content = bytes(slot[:size]).rstrip(b"\0")
        if code == _BYTES:
            return content
        if code == _TEXT:
            try:
                return content.decode()
            except UnicodeDecodeError:
                raise _malformed("a text is not UTF-8; Python cuts what is not ASCII") from None
    elif code == _NUMBER and layout in _FORMATS:
        return struct.unpack_from(_FORMATS[layout], slot)[0]
    elif code == _NONE and layout == b"xxxxxx?x":
        return None
    raise _malformed(f"an item has the format {layout!r} and the code {code}")


def _malformed(reason: str) -> Fault:
    return Fault(
        "malformed",
        f"The memory is no ShareableList of this layout: {reason}. Those of Python 3.8 and of newer versions differ.",
    )


def _not_in_list(what: str) -> Fault:
    return Fault("malformed", f"A ShareableList cannot carry {what}: send another value.")
