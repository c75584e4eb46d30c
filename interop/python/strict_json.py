"""JSON as RFC 8259 has it. Python's ``json`` is laxer, in both directions."""

from __future__ import annotations

import json
import math

from faults import Fault
from values import check


def encode(value: object) -> bytes:
    """Writes UTF-8 without blanks."""
    _check_kinds(value)
    # Without ensure_ascii everything but quotation mark, backslash and control characters stands
    # for itself.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def decode(message: bytes | bytearray) -> object:
    """Reads one JSON text and nothing behind it."""
    try:
        value = json.loads(
            message.decode(),  # Left to itself, json would guess at UTF-16 and UTF-32.
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except RecursionError:
        raise _malformed("it is nested too deep") from None
    except ValueError as error:  # Also its subclasses for JSON and for UTF-8.
        raise _malformed(str(error)) from error
    # Escapes can write half a surrogate pair, and json reads it.
    check(value, kind_if_deep="malformed")
    return value


def _check_kinds(value: object) -> None:
    if isinstance(value, list):
        for part in value:
            _check_kinds(part)
    elif isinstance(value, dict):
        for key, content in value.items():
            if not isinstance(key, str):
                raise _not_in_json("a key that is no text")
            _check_kinds(content)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise _not_in_json(f"the number {value}")
    elif value is not None and not isinstance(value, (bool, int, str)):
        raise _not_in_json(f"a {type(value).__name__}")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _malformed("a name stands twice in an object")
    return made


def _refuse_constant(name: str) -> None:
    raise _malformed(f"it has {name}, which is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _malformed(f"the number {text[:60]} is above every double-precision number")
    return number


def _malformed(reason: str) -> Fault:
    return Fault("malformed", f"The message is no JSON: {reason}. Look at what its sender writes.")


def _not_in_json(what: str) -> Fault:
    return Fault("malformed", f"JSON cannot carry {what}: send another value, or use pickle.")
