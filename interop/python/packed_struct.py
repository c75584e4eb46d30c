"""Python's ``struct``, with the kinds of values checked: ``pack`` would take ``True`` for 1."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from faults import Fault, too_large
from values import TooLong

# All characters of struct but P, which is an address in another process.
_FORMAT = re.compile(r"[@=<>!]?(?:\s*[0-9]*[xcbB?hHiIlLqQnNefdsp])*\s*", re.ASCII)
_ITEM = re.compile(r"([0-9]*)([xcbB?hHiIlLqQnNefdsp])", re.ASCII)
# In tokens, with the comma: "true,".
_SHORTEST_ITEM = 5
_KINDS = {"c": bytes, "s": bytes, "p": bytes, "?": bool, "e": float, "f": float, "d": float}


def size_of(layout: str) -> int:
    """The size of every message with this format. Raises ``usage`` for what is no format."""
    try:
        if _FORMAT.fullmatch(layout):
            return struct.calcsize(layout)
        reason = "it has a character that no format has"
    except struct.error as error:
        reason = str(error)
    raise Fault("usage", f'"{layout[:60]}" is no format of struct ({reason}): write one as <iqd.')


def encode(value: object, layout: str, limit: int) -> bytes:
    """Packs a tuple."""
    size = size_of(layout)
    if size > limit:  # Before so much is allocated.
        raise too_large(size, limit)
    if not isinstance(value, tuple):
        raise _malformed("struct carries a tuple")
    items = list(_items(layout))
    expected = sum(count for _, count in items)
    if expected != len(value):
        raise _malformed(f"the format has {expected} items and the tuple {len(value)}")
    values = iter(value)
    for code, count in items:
        kind = _KINDS.get(code, int)
        for _ in range(count):
            item = next(values)
            # A bool is an int in Python, and only there.
            if type(item) is not kind:
                raise _malformed(f"the character {code} wants {kind.__name__}")
            if code == "f":
                _check_single(item)
    try:
        return struct.pack(layout, *value)
    except (struct.error, OverflowError) as error:
        raise _malformed(str(error)) from error


def _items(layout: str) -> Iterator[tuple[str, int]]:
    """The characters of a format that stand for items of the tuple, and for how many."""
    for match in _ITEM.finditer(layout):
        digits, code = match.groups()
        if code != "x":
            yield code, 1 if code in "sp" else int(digits or 1)


def _check_single(number: float) -> None:
    try:
        struct.pack("<f", number)  # In the machine's layout it would become infinite, silently.
    except OverflowError as error:
        raise _malformed(str(error)) from error


def decode(message: bytes | bytearray, layout: str, longest: int) -> object:
    """Unpacks a message, which must have exactly the format's size."""
    size = size_of(layout)
    if size != len(message):
        raise _malformed(f"the format has {size} bytes and the message {len(message)}")
    if sum(count for _, count in _items(layout)) * _SHORTEST_ITEM > longest:
        raise TooLong(longest)
    return struct.unpack(layout, message)


def _malformed(reason: str) -> Fault:
    return Fault("malformed", f"Value and format do not go together: {reason}. Change one of them.")
