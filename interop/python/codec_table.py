"""The codecs: how a value becomes a message, and a message a value.

Each is a module of its own, imported when it is first used: ``json`` and ``pickle`` take longer to
import than all the rest of the endpoint.
"""

from __future__ import annotations

from faults import Fault
from lines import LONGEST_LINE as LONGEST

NAMES = ("json", "pickle", "struct", "shareable-list", "shareable-list-3.8")


def check(name: str, layout: str | None) -> None:
    """Raises ``unsupported`` for another codec, ``usage`` for a format that is wrong or no format."""
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise Fault("unsupported", f'There is no codec "{name[:60]}": use one of {known}.')
    if (layout is not None) != (name == "struct"):
        raise Fault("usage", "The codec struct needs format=, and the others have none.")
    if layout is not None:
        import packed_struct

        packed_struct.size_of(layout)


def encode(name: str, value: object, layout: str | None, limit: int) -> bytes:
    """Makes a message of a value. The limit is the largest message in bytes."""
    if name == "json":
        import strict_json

        return strict_json.encode(value)
    if name == "pickle":
        import plain_pickle

        return plain_pickle.encode(value)
    if name == "struct":
        import packed_struct

        return packed_struct.encode(value, layout or "", limit)
    import shareable_list

    return shareable_list.encode(value, has_sizes=name == "shareable-list-3.8")


def decode(name: str, message: bytes | bytearray, layout: str | None, longest: int = LONGEST) -> object:
    """Makes a value of a message. Raises ``values.TooLong`` above so many characters of tokens.

    That is found out before the value is made, so that no message takes much more memory than it
    has bytes. A value of fewer characters than that may be longer all the same.
    """
    if name == "json":
        import strict_json

        return strict_json.decode(message, longest)
    if name == "pickle":
        import plain_pickle

        return plain_pickle.decode(message, longest)
    if name == "struct":
        import packed_struct

        return packed_struct.decode(message, layout or "", longest)
    import shareable_list

    return shareable_list.decode(message, name == "shareable-list-3.8", longest)
