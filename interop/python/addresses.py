"""What an address must look like, and what the system calls it.

Nothing here is opened or looked for: an address of the wrong form is wrong on every machine.
"""

from __future__ import annotations

import os
import sys

from faults import Fault

LINUX = sys.platform == "linux"
# struct sockaddr_un holds 108 bytes on Linux and 104 elsewhere, one of them for the closing NUL.
LONGEST_PATH = 107 if LINUX else 103
LOOPBACK = "127.0.0.1"
LARGEST_DESCRIPTOR = (1 << 31) - 1


def checked_path(address: str) -> bytes:
    """A path as the bytes that the system takes, whatever the locale says."""
    path = address.encode("utf-8", "surrogateescape")
    if not path or b"\0" in path:
        raise Fault("usage", "A path has at least one byte and no NUL: give the path of a file.")
    return path


def socket_path(address: str) -> bytes:
    """The path of a socket file, which is shorter than that of other files."""
    # Never the empty one: Linux takes it as a wish for an abstract name of its own choice.
    path = checked_path(address)
    if len(path) > LONGEST_PATH:
        raise Fault(
            "usage",
            f"The path has {len(path)} bytes and a socket address holds {LONGEST_PATH}: "
            "use a folder with a shorter path.",
        )
    return path


def dotnet_pipe_path(address: str) -> bytes:
    """Where .NET puts the socket of a named pipe: ``NamedPipeServerStream`` and its client."""
    # Names that .NET itself refuses.
    if not address or address.lower() == "anonymous" or ("/" in address and address[0] != "/"):
        raise Fault(
            "usage",
            'The name of a .NET pipe has at least one character, no slash, and is not "anonymous": '
            "give such a name, or an absolute path.",
        )
    if address.startswith("/"):
        return socket_path(address)
    return socket_path(os.path.join(os.environ.get("TMPDIR") or "/tmp", "CoreFxPipe_" + address))


def abstract_name(address: str) -> bytes:
    """A Linux socket name without a file. Its length is part of it, so it must not be padded."""
    name = address.encode("utf-8", "surrogateescape")
    if not name.startswith(b"@") or not 1 < len(name) <= LONGEST_PATH + 1:
        raise Fault(
            "usage",
            f"An abstract address is @ and a name of 1 to {LONGEST_PATH} bytes: give it as @name.",
        )
    return b"\0" + name[1:]


def loopback_address(address: str) -> tuple[str, int]:
    """The parts of ``127.0.0.1:PORT``."""
    host, _, port = address.rpartition(":")
    if host != LOOPBACK or not is_number(port) or int(port) > 65535:
        raise Fault("usage", f"A TCP address is {LOOPBACK}:PORT, with a port from 0 to 65535.")
    return host, int(port)


def checked_number(address: str) -> str:
    """The number of an inherited descriptor, in digits."""
    if not is_number(address) or not 2 < int(address) <= LARGEST_DESCRIPTOR:
        raise Fault("usage", f"An inherited descriptor is a number from 3 to {LARGEST_DESCRIPTOR}: pass one.")
    return address


def is_number(text: str) -> bool:
    """Whether this is a number as a command has it: decimal digits of ASCII, no sign, no leading zero.

    ``int`` would take signs, blanks, underscores and the digits of every script.
    """
    return text.isascii() and text.isdigit() and len(text) <= 10 and (text[0] != "0" or text == "0")
