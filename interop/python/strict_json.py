"""JSON as RFC 8259 has it. Python's ``json`` is laxer, in both directions."""

from __future__ import annotations

import json
import math
import re

from faults import Fault
from lines import LONGEST_LINE
from values import DEEPEST, MOST_DIGITS, TooLong, check, too_many_digits

# What such a text makes takes little memory, whatever it is, and less time than looking it over.
_SHORT = 65536
# In tokens, with the comma: "null,".
_SHORTEST_PART = 5
_MARK = re.compile(rb'["\[\]{},]')
_END_OR_ESCAPE = re.compile(rb'["\\]')


def encode(value: object) -> bytes:
    """Writes UTF-8 without blanks."""
    _check_kinds(value)
    # Without ensure_ascii everything but quotation mark, backslash and control characters stands
    # for itself.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def decode(message: bytes | bytearray, longest: int = LONGEST_LINE) -> object:
    """Reads one JSON text and nothing behind it.

    Raises ``TooLong`` for a value whose tokens have more than so many characters.
    """
    if len(message) > _SHORT:
        _look_over(message, longest)
    left_for_digits = longest

    def whole_number(text: str) -> int:
        nonlocal left_for_digits
        if len(text.lstrip("-")) > MOST_DIGITS:
            raise too_many_digits()
        left_for_digits -= len(text)
        if left_for_digits < 0:
            raise TooLong(longest)
        return int(text)

    try:
        value = json.loads(
            message.decode(),  # Left to itself, json would guess at UTF-16 and UTF-32.
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=whole_number,
        )
    except RecursionError:
        raise _malformed("it is nested too deep") from None
    except ValueError as error:  # Also its subclasses for JSON and for UTF-8.
        raise _malformed(str(error)) from error
    # Escapes can write half a surrogate pair, and json reads it.
    check(value, kind_if_deep="malformed")
    return value


def _look_over(message: bytes | bytearray, longest: int) -> None:
    """Refuses a text whose value cannot be replied, or is nested too deep, before it is built.

    Each value of a text is behind a comma, a bracket or the first of all, and has its least number
    of characters in tokens. Whether the text is JSON at all is not looked at here.
    """
    depth, place, left = 0, 0, longest
    while left >= 0:
        match = _MARK.search(message, place)
        if match is None:
            return
        mark, place = match[0], match.end()
        if mark == b'"':
            start, place = place, _end_of_text(message, place, 3 * longest)
            # The shortest in UTF-8 for its length is an escape of six characters for one byte.
            left -= 1 + (place - start) // 3
        elif mark in b"]}":
            depth -= 1
        else:
            left -= _SHORTEST_PART
            depth += mark != b","
        if not 0 <= depth <= DEEPEST + 1:
            raise _malformed(f"it is nested deeper than {DEEPEST}, or has brackets that nothing opens")
    raise TooLong(longest)


def _end_of_text(message: bytes | bytearray, place: int, longest: int) -> int:
    """Where the text that starts at a place ends, or any place behind the longest that it may be."""
    end = place + longest
    while place < end:
        match = _END_OR_ESCAPE.search(message, place)
        if match is None:
            return len(message)
        place = match.end()
        if match[0] == b'"':
            break
        place += 1
    return place


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
