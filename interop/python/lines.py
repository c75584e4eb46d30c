"""The adapter protocol's lines: how a command is read and a reply is written.

No input or output, and nothing of what the verbs mean: PROTOCOL.md, section 1.
"""

from __future__ import annotations

from addresses import is_number
from faults import Fault

# Of a command or reply in bytes, its line feed not counted.
LONGEST_LINE = 262144

PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/:,@+~"
LINE_BYTES = PLAIN + b" =%"


# Reading


def parse_command(line: bytes) -> tuple[str, dict[str, str]]:
    """Takes a command line without its line feed apart into its verb and the values of its keys."""
    foreign = line.translate(None, LINE_BYTES)
    if foreign:
        raise usage(foreign_byte_message(line, foreign[0]))
    # Not split(): it would pass over a blank at an end, and take two for one.
    verb, *words = line.decode("ascii").split(" ")
    values: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or "=" in value:
            raise usage(f'"{shortened(word)}" is not of the form key=value: separate with one space.')
        if key in values:
            raise usage(f'The key "{shortened(key)}" stands twice: give it once.')
        values[key] = percent_decoded(value) if "%" in value else value
    return verb, values


def foreign_byte_message(line: bytes, byte: int) -> str:
    """What to say of a byte that no line has."""
    if line.startswith(b"\xef\xbb\xbf"):
        return "The line starts with a byte order mark: write ASCII, which needs none."
    if byte == 0x0D:
        return "The line has a carriage return: end lines with a line feed alone."
    return f"The line has the byte {byte:#04x}, which may only stand percent-encoded."


def percent_decoded(value: str) -> str:
    """Undoes percent-encoding. Bytes that are no UTF-8 become surrogates: a path keeps them."""
    # Not urllib's unquote_plus(), to which a plus sign is a blank, nor unquote(), which leaves a
    # percent sign alone that has no digits.
    start, *rest = value.split("%")
    decoded = bytearray(start, "ascii")
    try:
        for part in rest:
            decoded += bytes.fromhex(part[:2].ljust(2, "x"))
            decoded += part[2:].encode("ascii")
    except ValueError:
        raise usage("A percent sign is followed by two hexadecimal digits: write %25 for itself.") from None
    return decoded.decode("utf-8", "surrogateescape")


def number(values: dict[str, str], key: str, smallest: int, largest: int) -> int:
    """The whole number that a key has."""
    text = values[key]
    if is_number(text) and smallest <= int(text) <= largest:
        return int(text)
    raise usage(f"The value of {key} is a whole number from {smallest} to {largest}.")


def bytes_of_hexadecimal(text: str, what: str) -> bytes:
    """The bytes of a value in hexadecimal."""
    try:
        content = bytes.fromhex(text)
    except ValueError:
        content = None
    # fromhex() also takes upper case and blanks.
    if content is None or content.hex() != text:
        raise usage(f"The {what} is not lower-case hexadecimal with two digits a byte.")
    return content


# Writing


def percent_encoded(text: str) -> str:
    """Text as a value, which may hold anything."""
    return "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in text.encode("utf-8", "backslashreplace"))


def error_reply(kind: str, message: str) -> bytes:
    """A refusal as a line."""
    # Even a message that quotes a path of the greatest length fits into a reply.
    return f"error kind={kind} message={percent_encoded(message[:10000])}\n".encode("ascii")


def shortened(text: str) -> str:
    """Text to quote in a message, which has to fit into a reply."""
    return text if len(text) <= 100 else text[:100] + "…"


def usage(message: str) -> Fault:
    """A bad command."""
    return Fault("usage", message)


def unsupported(message: str) -> Fault:
    """What this endpoint does not have."""
    return Fault("unsupported", message)
