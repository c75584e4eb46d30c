"""Python's pickle for plain data, read in such a way that nothing is executed.

``pickle.loads`` calls whatever the bytes name: it is for bytes of one's own. The documentation's way
to restrict it, a subclass with its own ``find_class``, still calls what it lets through and can
still be made to take any amount of memory. Here every opcode that names, calls or changes something
is replaced: names become ``Inert`` objects, and the few calls of which plain data is made up are
done by hand.

What is put on the stack has a price, the least that its tokens take in a reply, and the reply is a
budget. So a value that cannot be replied is refused after that much work, however long its pickle
is, and whatever it makes of few bytes.
"""

from __future__ import annotations

import io
import pickle
import struct
from typing import Any, ClassVar

from faults import Fault
from lines import LONGEST_LINE
from values import MOST_DIGITS, Float32, Inert, TooLong, check, check_whole_number, too_many_digits

# Hashing a tuple goes through all that it holds, each time and recursively in C. Tuples of tuples of
# the same tuple take no room in a pickle, and for ever to hash.
HEAVIEST_KEY = 10_000
# Keys of the same hash are compared with each other. Python's own hashes of numbers are no secret.
_MOST_KEYS_OF_A_HASH = 100
# A collection that stands in another twice, and that one in another, takes a few bytes each time.
MOST_PARTS = 1 << 22
# Remembering takes a byte in the message and 100 here; no value within the budget needs as much.
_MOST_REMEMBERED = 1 << 17

_PLAIN_CALLS = {
    f"{module}.{name}": name
    for module in ("builtins", "__builtin__")
    for name in ("bytes", "bytearray", "set", "frozenset", "list")
}
_PLAIN_CALLS["_codecs.encode"] = "encode"
_RECONSTRUCTORS = ("copyreg._reconstructor", "copy_reg._reconstructor")
_TYPES: dict[str, Any] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "set": set,
    "frozenset": frozenset,
    "list": list,
}
_STOP = pickle.STOP[0]
# The opcodes that put something on the stack again that was there before, or that is not in the message.
_REPEATING = frozenset(code[0] for code in (pickle.GET, pickle.BINGET, pickle.LONG_BINGET, pickle.DUP))
_PUSHING = _REPEATING.union(
    code[0]
    for code in (
        *(pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.INT, pickle.BININT, pickle.BININT1, pickle.BININT2),
        *(pickle.LONG, pickle.LONG1, pickle.LONG4, pickle.FLOAT, pickle.BINFLOAT),
        *(pickle.STRING, pickle.BINSTRING, pickle.SHORT_BINSTRING, pickle.BINBYTES, pickle.BINBYTES8),
        *(pickle.SHORT_BINBYTES, pickle.BYTEARRAY8, pickle.UNICODE, pickle.BINUNICODE, pickle.BINUNICODE8),
        *(pickle.SHORT_BINUNICODE, pickle.EMPTY_LIST, pickle.EMPTY_TUPLE, pickle.EMPTY_DICT, pickle.EMPTY_SET),
        *(pickle.LIST, pickle.DICT, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3, pickle.FROZENSET),
        *(pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.REDUCE, pickle.NEWOBJ, pickle.NEWOBJ_EX, pickle.INST, pickle.OBJ),
    )
)
# A mark keeps a stack of its own, until what is on it becomes one part. What is dropped stays paid.
_MARKING = frozenset((pickle.MARK[0], pickle.POP[0], pickle.POP_MARK[0]))
_PRICE_OF_MARK = 5
# In tokens, with the comma: "null,".
_PRICE_OF_ITEM = 5
_LATIN_1 = ("latin1", "latin-1", "latin_1", "iso-8859-1", "iso8859-1")


def encode(value: object) -> bytes:
    """Pickles a value with this Python's default protocol."""
    _refuse_what_is_no_plain_data(value)
    return pickle.dumps(value)


def decode(message: bytes | bytearray, longest: int = LONGEST_LINE, counts_content: bool = True) -> object:
    """Reads a pickle of any protocol. Byte strings of Python 2 become bytes.

    Raises ``TooLong`` for a value whose tokens have more than so many characters; without
    ``counts_content`` texts and bytes that are in the message may have any length.
    """
    try:
        value = PlainUnpickler(message, longest, counts_content).load()
        check(value, kind_if_deep="too-large", most_parts=MOST_PARTS)
        return value
    except Fault:
        raise
    except Exception as error:  # broken bytes can raise anything, MemoryError too
        reason = f"{type(error).__name__}: {error}"
        raise _malformed(f"The message is no pickle that can be read ({reason})") from error


# Not pickle.Unpickler, which is written in C: it has no opcodes to replace, and a single PUT makes it
# take memory for a memo of any size. This one is many times slower and keeps its memo in a dict.
class PlainUnpickler(pickle._Unpickler):
    """Reads one pickle."""

    dispatch: ClassVar[dict] = dict(pickle._Unpickler.dispatch)

    def __init__(self, message: bytes | bytearray, longest: int, counts_content: bool) -> None:
        # Strings of Python 2 have no encoding; as bytes they stay what they are.
        self._file = io.BytesIO(message)
        self._size = len(message)
        super().__init__(self._file, encoding="bytes")
        self._longest = longest
        self._budget = longest
        self._counts_content = counts_content
        # A call of plain data copies what it gets, which a pickle can have it do again and again. All
        # content comes from the message, and each item takes its place in the reply.
        self._content_to_copy = len(message)
        self._items_to_copy = longest // _PRICE_OF_ITEM
        # The tuples that a call has been made with, by their identity.
        self._used: set[int] = set()
        # For each collection that grows, by its identity: how many of its keys have a hash.
        self._hashes: dict[int, dict[int, int]] = {}
        # Each tuple, which is thereby kept alive, and how many objects it holds, by its identity.
        self._tuples: dict[int, tuple[tuple, int]] = {}

    def load(self) -> object:
        """Reads the value."""
        # The frames of protocol 4 are passed over, and so are the library's buffers for them.
        self.read, self.readline = self._file.read, self._file.readline
        self.metastack: list[list] = []
        self.stack: list = []
        self.append = self.stack.append
        self.proto = 0
        read, dispatch, memo = self.read, self.dispatch, self.memo
        while True:
            opcode = read(1)
            if not opcode:
                raise EOFError
            code = opcode[0]
            if code == _STOP:
                return self.stack.pop()
            dispatch[code](self)
            if code in _PUSHING:
                self._budget -= self._price(self.stack[-1], self._counts_content or code in _REPEATING)
            elif code in _MARKING:
                self._budget -= _PRICE_OF_MARK
            elif len(memo) > _MOST_REMEMBERED:
                raise Fault("too-large", "The pickle remembers more than a value has: send a smaller one.")
            if self._budget < 0:
                raise TooLong(self._longest)

    def _price(self, item: object, counts_content: bool) -> int:
        """The least that a part takes in a reply, without the parts that it has."""
        kind = type(item)
        if kind is int:
            check_whole_number(item)
            return 5 + item.bit_length() * 3 // 10
        if kind in (str, bytes, bytearray):
            return 6 + 2 * len(item) if counts_content else 6
        if kind is Inert:
            return 6 + 2 * len(item.name)
        return 21 if kind is float else _PRICE_OF_ITEM

    def _give_back(self, *items: object) -> None:
        """Says that these are no parts of the value: something else is made of them."""
        for item in items:
            self._budget += self._price(item, self._counts_content)

    def pop_mark(self) -> list:
        items = super().pop_mark()
        self._budget += _PRICE_OF_MARK
        return items

    def find_class(self, module: str, name: str) -> Inert:
        return Inert(f"{module}.{name}")

    def _called(self, named: object, arguments: object) -> Inert:
        if type(named) is not Inert or type(arguments) is not tuple:
            raise _malformed("The pickle calls something that is no class or function")
        if named.arguments is None and not named.changes:
            return Inert(named.name, arguments)
        return Inert("operator.call", self._tuple([named, *arguments]))

    def _plain_call(self, name: str, arguments: tuple) -> object:
        """What a call of plain data makes, or None for arguments that plain data does not have."""
        if len(arguments) == 2 and name in ("encode", "bytes", "bytearray"):
            # How protocols 0 to 2 write bytes, which they do not have.
            text, encoding = arguments
            if isinstance(encoding, bytes):
                encoding = encoding.decode()
            if not isinstance(text, str) or str(encoding).lower() not in _LATIN_1:
                return None
            self._copy(content=len(text))
            content = text.encode("latin-1")
            return bytearray(content) if name == "bytearray" else content
        if len(arguments) > 1 or name == "encode":
            return None
        content = arguments[0] if arguments else ()
        kinds: tuple[type, ...] = (list, tuple, set, frozenset)
        if name in ("bytes", "bytearray"):
            # Not a number, which would be so many zero bytes: any amount of them.
            kinds = (*kinds, bytes, bytearray)
        if not isinstance(content, kinds):
            return None
        if isinstance(content, (bytes, bytearray)):
            self._copy(content=len(content))
        else:
            self._copy(items=len(content))
        if name in ("set", "frozenset"):
            self._check_keys(content)
        return _TYPES[name](content)

    def _copy(self, content: int = 0, items: int = 0) -> None:
        self._content_to_copy -= content
        self._items_to_copy -= items
        if self._content_to_copy < 0 or self._items_to_copy < 0:
            raise Fault("too-large", "The pickle makes copies without end: do not read it.")

    def _tuple(self, items: list) -> tuple:
        made = tuple(items)
        weight = 1 + sum(self._weight(item) for item in items)
        self._tuples[id(made)] = (made, weight)
        return made

    def _weight(self, item: object) -> int:
        return self._tuples[id(item)][1] if type(item) is tuple and item else 1

    def _check_keys(self, keys: list | tuple | set | frozenset | bytes | bytearray, target: object = None) -> None:
        hashes: dict[int, int] = {}
        if target is not None:
            hashes = self._hashes.setdefault(id(target), hashes)
        for key in keys:
            if self._weight(key) > HEAVIEST_KEY:
                raise Fault("too-large", "A key of the pickle holds too much: use a smaller one.")
            # A number within 61 bits is its own hash, and that of text is a secret.
            if type(key) in (int, float, tuple, frozenset) and hash(key) != key:
                hashes[hash(key)] = count = hashes.get(hash(key), 0) + 1
                if count > _MOST_KEYS_OF_A_HASH:
                    raise Fault("too-large", "Too many keys of the pickle have the same hash: use others.")

    # Opcodes

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        named = self.stack.pop()
        self._give_back(named)
        made = None
        if type(named) is Inert and named.arguments is None and type(arguments) is tuple:
            if named.name in _PLAIN_CALLS:
                made = self._plain_call(_PLAIN_CALLS[named.name], arguments)
            elif named.name in _RECONSTRUCTORS and len(arguments) == 3:
                made = self._reconstructed(*arguments)
        if made is None:
            self.append(self._called(named, arguments))
            return
        self._give_back(arguments)
        # The third argument of a reconstructor stays a part of the value. The others were paid when
        # they were put on the stack, but not again if the tuple has been used before.
        if id(arguments) not in self._used:
            self._used.add(id(arguments))
            self._give_back(*arguments[:2])
        self.append(made)

    dispatch[pickle.REDUCE[0]] = load_reduce

    def _reconstructed(self, named: object, base: object, content: object) -> Inert | None:
        """How protocols 0 and 1 write an object: its class, whose ``__new__``, and its argument."""
        if type(named) is not Inert or type(base) is not Inert:
            return None
        return self._called(named, () if base.name.endswith(".object") else self._tuple([content]))

    def load_newobj(self) -> None:
        arguments = self.stack.pop()
        named = self.stack.pop()
        self._give_back(named)
        self.append(self._called(named, arguments))

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self) -> None:
        keywords = self.stack.pop()
        if type(keywords) is not dict or type(self.stack[-1]) is not tuple:
            raise _malformed("The pickle makes an object without arguments")
        if keywords:
            self.stack[-1] = self._tuple([*self.stack[-1], keywords])
        self.load_newobj()

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def load_build(self) -> None:
        state = self.stack.pop()
        if type(self.stack[-1]) is not Inert:
            raise _malformed("The pickle sets the state of something that has none")
        self.stack[-1].changes.append(("state", state))

    dispatch[pickle.BUILD[0]] = load_build

    def _target(self, kind: type, change: str) -> Any:
        """What items are added to: a collection of its own, or the last of an object's changes."""
        target = self.stack[-1]
        if type(target) is kind:
            return target
        if type(target) is not Inert:
            raise _malformed("The pickle adds to something that cannot grow so")
        # Items come in batches, which belong together.
        if not target.changes or target.changes[-1][0] != change:
            target.changes.append((change, [] if change == "items" else {}))
        return target.changes[-1][1]

    def _extend(self, items: list) -> None:
        if items:
            self._target(list, "items").extend(items)

    def load_append(self) -> None:
        self._extend([self.stack.pop()])

    dispatch[pickle.APPEND[0]] = load_append

    def load_appends(self) -> None:
        self._extend(self.pop_mark())

    dispatch[pickle.APPENDS[0]] = load_appends

    def _set_items(self, items: list) -> None:
        self._check_keys(items[::2], self.stack[-1])
        if len(items) % 2:
            raise _malformed("The pickle has a key without a value")
        if items:
            target = self._target(dict, "entries")
            for index in range(0, len(items), 2):
                target[items[index]] = items[index + 1]

    def load_setitem(self) -> None:
        content = self.stack.pop()
        key = self.stack.pop()
        self._set_items([key, content])

    dispatch[pickle.SETITEM[0]] = load_setitem

    def load_setitems(self) -> None:
        self._set_items(self.pop_mark())

    dispatch[pickle.SETITEMS[0]] = load_setitems

    def load_object(self) -> None:
        """How protocols 1 and 2 write an instance of a class of the old kind, of Python 2."""
        named, *arguments = self.pop_mark()
        self._give_back(named)
        self.append(self._called(named, self._tuple(arguments)))

    dispatch[pickle.OBJ[0]] = load_object

    def load_instance(self) -> None:
        """How protocol 0 writes such an instance."""
        module, name = (self.readline()[:-1].decode("ascii") for _ in range(2))
        arguments = self._tuple(self.pop_mark())
        self.append(Inert(f"{module}.{name}", arguments))

    dispatch[pickle.INST[0]] = load_instance

    def _load_digits(self) -> None:
        """A number in decimal, and in protocols 0 and 1 also a truth value."""
        digits = self.readline()[:-1]
        if digits in (b"00", b"01"):
            self.append(digits == b"01")
            return
        digits = digits[:-1] if digits[-1:] == b"L" else digits
        if len(digits.lstrip(b"-")) > MOST_DIGITS:  # Before the quadratic work.
            raise too_many_digits()
        self.append(int(digits, 0))

    dispatch[pickle.INT[0]] = dispatch[pickle.LONG[0]] = _load_digits

    def load_dict(self) -> None:
        items = self.pop_mark()
        self.append({})
        self._set_items(items)

    dispatch[pickle.DICT[0]] = load_dict

    def load_additems(self) -> None:
        items = self.pop_mark()
        if type(self.stack[-1]) is set:
            self._check_keys(items, self.stack[-1])
        if items:
            target = self._target(set, "items")
            (target.update if type(target) is set else target.extend)(items)

    dispatch[pickle.ADDITEMS[0]] = load_additems

    def load_frozenset(self) -> None:
        items = self.pop_mark()
        self._check_keys(items)
        self.append(frozenset(items))

    dispatch[pickle.FROZENSET[0]] = load_frozenset

    def load_tuple(self) -> None:
        items = self.pop_mark()  # Which changes what append() is.
        self.append(self._tuple(items))

    dispatch[pickle.TUPLE[0]] = load_tuple

    def load_tuple1(self) -> None:
        self._join(1)

    dispatch[pickle.TUPLE1[0]] = load_tuple1

    def load_tuple2(self) -> None:
        self._join(2)

    dispatch[pickle.TUPLE2[0]] = load_tuple2

    def load_tuple3(self) -> None:
        self._join(3)

    dispatch[pickle.TUPLE3[0]] = load_tuple3

    def _join(self, count: int) -> None:
        if len(self.stack) < count:
            raise _malformed("The pickle makes a tuple of more than there is")
        self.stack[-count:] = [self._tuple(self.stack[-count:])]

    def load_frame(self) -> None:
        # Only a hint of how much to read at once, and here all is read already.
        (length,) = struct.unpack("<Q", self.read(8))
        if length > self._size - self._file.tell():
            raise _malformed("The pickle ends inside a frame")

    dispatch[pickle.FRAME[0]] = load_frame

    def load_bytearray8(self) -> None:
        # Read before memory is taken for it: the length is eight bytes that anybody can send.
        (length,) = struct.unpack("<Q", self.read(8))
        content = self.read(length)
        if len(content) != length:
            raise _malformed("The pickle ends inside a bytearray")
        self.append(bytearray(content))

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8

    def refuse(self) -> None:
        raise _malformed("The pickle wants something that is not in the message")

    for _opcode in (
        *(pickle.PERSID, pickle.BINPERSID),
        *(pickle.EXT1, pickle.EXT2, pickle.EXT4),
        *(pickle.NEXT_BUFFER, pickle.READONLY_BUFFER),
    ):
        dispatch[_opcode[0]] = refuse


def _refuse_what_is_no_plain_data(value: object) -> None:
    if isinstance(value, (Float32, Inert)):
        raise _malformed("pickle carries plain data, and neither f32 nor object")
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            _refuse_what_is_no_plain_data(part)


def _malformed(reason: str) -> Fault:
    return Fault("malformed", f"{reason}: pickle plain data.")
