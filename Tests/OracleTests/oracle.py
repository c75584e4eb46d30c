"""CPython's side of the comparison: takes values and Swift's messages, and answers with its own.

A batch is a sequence of fields, each a length (uint32, little-endian) and as many bytes. A record has four fields: the
codec and a number that chooses a variant, the format, the value in tokens, and Swift's message. The answer to a record
has three: a complaint about Swift's message (empty if there is none), CPython's message, and the value that this is in
tokens. A value that CPython refuses has "refused" as its tokens and no message.
"""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Iterator
from typing import Any


def tokens(value: Any) -> str:
    """The value as PROTOCOL.md writes it, sets and maps in the order of their tokens."""
    kind = type(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return f"int:{value}"
    if kind is float:
        return "f64:" + struct.pack(">d", value).hex()
    if kind is str:
        return "text:" + value.encode().hex()
    if kind is bytes:
        return "bytes:" + value.hex()
    if kind is bytearray:
        return "bytearray:" + value.hex()
    if kind is dict:
        entries = sorted(f"{tokens(key)},{tokens(part)}" for key, part in value.items())
        return ",".join([f"map:{len(value)}", *entries])
    parts = map(tokens, value)
    if kind in (set, frozenset):
        parts = iter(sorted(parts))
    return ",".join([f"{kind.__name__}:{len(value)}", *parts])


def parse(words: Iterator[str]) -> Any:
    name, _, text = next(words).partition(":")
    if name == "int":
        return int(text)
    if name == "f64":
        return struct.unpack(">d", bytes.fromhex(text))[0]
    if name == "text":
        return bytes.fromhex(text).decode()
    if name == "bytes":
        return bytes.fromhex(text)
    if name == "bytearray":
        return bytearray.fromhex(text)
    if name in ("null", "true", "false"):
        return {"null": None, "true": True, "false": False}[name]
    if name == "map":
        result: dict[Any, Any] = {}
        for _ in range(int(text)):
            key = parse(words)
            result[key] = parse(words)
        return result
    kinds = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
    return kinds[name](parse(words) for _ in range(int(text)))


def check_pickle(variant: int, value: Any, message: bytes) -> tuple[str, bytes, str]:
    read = pickle.loads(message)
    complaint = "" if tokens(read) == tokens(value) else f"CPython reads {tokens(read)}"
    # The pickler in Python and the one in C write different memos.
    writer = pickle.dumps if variant % 5 else pickle._dumps
    own = writer(value, protocol=variant % 6)
    # Not the value itself: protocol 0 loses the bits of a NaN.
    return complaint, own, tokens(pickle.loads(own))


def check_json(variant: int, value: Any, message: bytes) -> tuple[str, bytes]:
    read = json.loads(message)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    complaint = "" if tokens(read) == tokens(value) else f"CPython reads {tokens(read)}"
    if "f64:" not in tokens(value) and plain != message:
        complaint += f" CPython writes {plain.hex()}"
    indent = 1 if variant & 2 else None
    return complaint, json.dumps(value, ensure_ascii=bool(variant & 1), indent=indent).encode()


def check_struct(form: str, value: Any, message: bytes) -> tuple[str, bytes]:
    own = struct.pack(form, *value)
    return ("" if own == message else f"CPython packs {own.hex()}"), own


def answer(codec: str, form: str, text: str, message: bytes) -> tuple[str, bytes, str]:
    value = parse(iter(text.split(",")))
    name, variant = codec.split()
    if name == "pickle":
        return check_pickle(int(variant), value, message)
    if name == "json":
        return *check_json(int(variant), value, message), tokens(value)
    try:
        complaint, own = check_struct(form, value, message)
    except (struct.error, OverflowError):
        return ("" if message == b"refused" else "CPython refuses it"), b"", "refused"
    return complaint, own, tokens(struct.unpack(form, own))


def fields(batch: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(batch):
        (length,) = struct.unpack_from("<I", batch, place)
        yield batch[place + 4 : place + 4 + length]
        place += 4 + length


def run(batch: bytes) -> bytes:
    """Answers a batch."""
    answers = []
    incoming = fields(batch)
    for codec, form, text, message in zip(incoming, incoming, incoming, incoming):
        try:
            complaint, own, seen = answer(codec.decode(), form.decode(), text.decode(), message)
        except Exception as error:  # Whatever it is, the test must show it beside the value.
            complaint, own, seen = f"CPython raises {error!r}", b"", "refused"
        reply = (complaint.encode(), own, seen.encode())
        answers += [struct.pack("<I", len(field)) + field for field in reply]
    return b"".join(answers)
