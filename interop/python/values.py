"""Values as the adapter protocol writes them: comma-separated tokens in prefix order.

    value_of("map:1,text:61,list:2,int:1,null")   # {"a": [1, None]}
    tokens_of({"a": [1, None]}, longest=100)      # "map:1,text:61,list:2,int:1,null"

A value is a plain Python object, made of ``None``, ``bool``, ``int``, ``float``, ``str``, ``bytes``,
``bytearray``, ``list``, ``tuple``, ``set``, ``frozenset`` and ``dict``, and of the two classes below
for what Python has no plain object for.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Iterable

from faults import Fault

# The root has depth 0.
DEEPEST = 200
# Of a whole number, in decimal. Turning digits into a number, and back, takes quadratic time.
MOST_DIGITS = 20_000
# The bits of the smallest number that has one digit more; some of the same length have not.
_BITS_OF_ONE_MORE = 66_439

# Python's own limit is lower.
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(MOST_DIGITS)

_WHOLE_NUMBER = re.compile("-?[0-9]+", re.ASCII)
_COUNT = re.compile("[0-9]+", re.ASCII)
_HEXADECIMAL = re.compile("(?:[0-9a-f]{2})*", re.ASCII)


class TooLong(Fault):
    """A value that a reply cannot hold. It is found out before the value is built."""

    def __init__(self, longest: int) -> None:
        super().__init__(
            "usage",
            f"The value takes more than the {longest} characters of a reply: receive the message with file=PATH.",
        )


class Float32:
    """A single-precision number, which no codec carries: Python's ``float`` has double precision."""

    def __init__(self, bits: bytes) -> None:
        self.bits = bits


class Inert:
    """What a message says of an object that is not plain data: a name, and what it is called with.

    Nothing is looked up, imported or called.
    """

    def __init__(self, name: str, arguments: object = None) -> None:
        self.name = name
        # A tuple, or None if the name stands alone, as that of a class does.
        self.arguments = arguments
        # What was done to the object after the call, in order: "state" and any value, "items" and a
        # list of what was added, "entries" and a dict of what was set.
        self.changes: list[tuple[str, object]] = []
        self._contents: object = None

    def contents(self) -> object:
        """The changes as a value: null for none, the only one, or a tuple of several."""
        # Made once, because whoever looks for circles goes by identity.
        if self._contents is None and self.changes:
            contents = tuple(content for _, content in self.changes)
            self._contents = contents if len(contents) > 1 else contents[0]
        return self._contents


def check_whole_number(number: int) -> None:
    """Raises ``too-large`` for a number with more digits than one may have, without writing them."""
    bits = number.bit_length()
    if bits > _BITS_OF_ONE_MORE or (bits == _BITS_OF_ONE_MORE and abs(number) >= 10**MOST_DIGITS):
        raise too_many_digits()


def too_many_digits() -> Fault:
    """The fault of such a number in a message."""
    return Fault("too-large", f"A whole number has more than {MOST_DIGITS} digits: send it as bytes or text.")


# Reading


class _Reader:
    def __init__(self, tokens: str) -> None:
        self._words = tokens.split(",")
        self._position = 0
        # The first thing that no Python value can have. Kept until all tokens are read, because
        # tokens that cannot be read are the graver fault.
        self.refusal: Fault | None = None

    def value(self) -> object:
        value = self._next(0)
        if self._position < len(self._words):
            raise _unreadable(f'"{self._words[self._position][:60]}" stands behind the value')
        if self.refusal is not None:
            raise self.refusal
        return value

    def _next(self, depth: int) -> object:
        if depth > DEEPEST:
            raise _unreadable(f"it is nested deeper than {DEEPEST}")
        if self._position == len(self._words):
            raise _unreadable("a part is missing at its end")
        word = self._words[self._position]
        self._position += 1
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        kind, colon, text = word.partition(":")
        if kind == "int" and _WHOLE_NUMBER.fullmatch(text):
            if len(text.lstrip("-")) > MOST_DIGITS:
                raise _unreadable(f"a number has more than {MOST_DIGITS} digits")
            return int(text)
        if kind in ("list", "tuple", "set", "frozenset", "map") and _COUNT.fullmatch(text):
            return self._parts(kind, word, text, depth)
        if not colon or not _HEXADECIMAL.fullmatch(text):
            raise _no_token(word)
        content = bytes.fromhex(text)
        if kind == "f64" and len(content) == 8:
            return struct.unpack(">d", content)[0]
        if kind == "f32" and len(content) == 4:
            return Float32(content)
        if kind == "bytes":
            return content
        if kind == "bytearray":
            return bytearray(content)
        if kind not in ("text", "object"):
            raise _no_token(word)
        try:
            string = content.decode()
        except UnicodeDecodeError:
            raise _no_token(word) from None
        if kind == "text":
            return string
        inert = Inert(string, self._next(depth + 1))
        inert.changes.append(("state", self._next(depth + 1)))
        return inert

    def _parts(self, kind: str, word: str, text: str, depth: int) -> object:
        # Each part takes a word at least, so nobody can ask for more parts than there are words.
        left = len(self._words) - self._position
        if len(text) > 10 or int(text) * (2 if kind == "map" else 1) > left:
            raise _unreadable(f'"{word[:60]}" announces more parts than follow')
        count = int(text)
        if kind == "map":
            pairs = [(self._next(depth + 1), self._next(depth + 1)) for _ in range(count)]
            return self._unlike(dict, pairs, word)
        parts = [self._next(depth + 1) for _ in range(count)]
        if kind == "list":
            return parts
        if kind == "tuple":
            return tuple(parts)
        return self._unlike(set if kind == "set" else frozenset, parts, word)

    def _unlike(self, make: type, parts: list, word: str) -> object:
        reason = "has equal parts, of which Python keeps one"
        try:
            made = make(parts)
            if len(made) == len(parts):
                return made
        except TypeError:
            reason = "has a part that may change, which Python does not take there"
        self.refusal = self.refusal or Fault("malformed", f'"{word}" {reason}: send another value.')
        return None


_CONSTANTS = {"null": None, "true": True, "false": False}


def value_of(tokens: str) -> object:
    """Reads tokens. Raises ``usage`` for what is no value, ``malformed`` for what Python lacks."""
    return _Reader(tokens).value()


def _no_token(word: str) -> Fault:
    return _unreadable(f'"{word[:60]}" is no token such as int:-12, text:68c3a9 or list:2')


def _unreadable(reason: str) -> Fault:
    return Fault("usage", f"The value cannot be read: {reason}. Write tokens in prefix order.")


# Writing


def tokens_of(value: object, longest: int) -> str:
    """Writes a value that ``check`` has let through. Raises ``usage`` above so many characters."""
    words: list[str] = []
    room = longest + 1  # The first word has no comma before it.

    def add(word: str) -> None:
        nonlocal room
        room -= len(word) + 1
        # Checked at every word: a list that stands in itself many times, which a pickle may have,
        # takes few bytes there and grows to any size here.
        if room < 0:
            raise TooLong(longest)
        words.append(word)

    def check_room(length: int) -> None:
        if length > room:  # Before so much is written.
            raise TooLong(longest)

    def write(part: object) -> None:
        if part is None:
            add("null")
        elif isinstance(part, bool):
            add("true" if part else "false")
        elif isinstance(part, int):
            check_whole_number(part)
            add(f"int:{part}")
        elif isinstance(part, float):
            add("f64:" + struct.pack(">d", part).hex())
        elif isinstance(part, str):
            check_room(2 * len(part))
            add("text:" + part.encode().hex())
        elif isinstance(part, (bytes, bytearray)):
            check_room(2 * len(part))
            add(f"{type(part).__name__}:{part.hex()}")
        elif isinstance(part, dict):
            add(f"map:{len(part)}")
            for key, content in part.items():
                write(key)
                write(content)
        elif isinstance(part, Inert):
            check_room(2 * len(part.name))
            add("object:" + part.name.encode().hex())
            write(part.arguments)
            write(part.contents())
        elif isinstance(part, (list, tuple, set, frozenset)):
            add(f"{type(part).__name__}:{len(part)}")
            for content in part:
                write(content)
        elif isinstance(part, TooLong):
            raise part
        else:
            raise TypeError(f"{type(part).__name__} is no value")

    write(value)
    return ",".join(words)


def check(value: object, kind_if_deep: str, most_parts: int | None = None) -> None:
    """Raises ``malformed`` for a value that contains itself or text that is no Unicode.

    Nesting that is too deep is of the given kind, and more parts than so many are ``too-large``,
    where a part counts as often as it stands in the value. Each is looked at once all the same.
    """
    # Without recursion, since the value may be nested to any depth.
    path: list[_Measured] = []
    # By identity; None while it is under way, and whoever meets it then has gone round in a circle.
    known: dict[int, _Measured | None] = {}

    def look(part: object) -> _Measured | None:
        """How large a part is, or None after having put it on the path."""
        if isinstance(part, str):
            _check_text(part)
        parts = _parts(part)
        if parts is None:
            return _LEAF
        if id(part) not in known:
            known[id(part)] = None
            path.append(_Measured(id(part), parts))
            return None
        measured = known[id(part)]
        if measured is None:
            raise Fault("malformed", "The value contains itself, and tokens cannot say that.")
        return measured

    root = look(value)
    while path:
        current = path[-1]
        for part in current.rest:
            measured = look(part)
            if measured is None:
                break
            current.add(measured)
        else:
            root = known[current.identity] = path.pop()
            if path:
                path[-1].add(root)
    if root is None or root.height > DEEPEST:
        raise Fault(kind_if_deep, f"The value is nested deeper than {DEEPEST}: send a flatter one.")
    if most_parts is not None and root.count > most_parts:
        raise Fault("too-large", f"The value has more than {most_parts} parts: send a smaller one.")


class _Measured:
    """How high a part is, and how many parts it has, itself included."""

    __slots__ = ("count", "height", "identity", "rest")  # There may be a million of them.

    def __init__(self, identity: int, parts: Iterable[object]) -> None:
        self.identity = identity
        self.rest = iter(parts)
        self.height = 0
        self.count = 1

    def add(self, part: _Measured) -> None:
        self.height = max(self.height, 1 + part.height)
        self.count += part.count


_LEAF = _Measured(0, ())


def _parts(value: object) -> list | tuple | set | frozenset | None:
    """What a value is made of, or None for one that has no parts."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return value
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, Inert):
        _check_text(value.name)
        return (value.arguments, value.contents())
    return None


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Fault(
            "malformed",
            f"The text has half a surrogate pair at offset {error.start}, which is no character: "
            "look at how its sender makes it.",
        ) from None
