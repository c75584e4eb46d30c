"""What went wrong, in the words that endpoints of every language use.

The kinds are those of PROTOCOL.md, section 5. Library code raises ``OSError`` where the system
said no and ``Fault`` where the system had nothing to say; only the endpoint's loop turns both into
a reply.
"""

from __future__ import annotations

import errno


class Fault(Exception):
    """A failure with a kind for programs and a sentence for people."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


KIND_OF_ERRNO = {
    errno.EMSGSIZE: "too-large",
    errno.EPIPE: "closed",
    errno.ECONNRESET: "reset",
    errno.ECONNREFUSED: "refused",
    errno.EPROTOTYPE: "refused",
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.EBADF: "missing",
    errno.EADDRINUSE: "exists",
    errno.EEXIST: "exists",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EROFS: "denied",
    errno.ETIMEDOUT: "timeout",
    errno.EAFNOSUPPORT: "unsupported",
    errno.EPROTONOSUPPORT: "unsupported",
    errno.EOPNOTSUPP: "unsupported",
    errno.ENAMETOOLONG: "usage",
    errno.EISDIR: "usage",
}

_CURES = {
    "too-large": "Send less at once, or use a stream transport.",
    "closed": "The peer has closed its end; see why it stopped reading.",
    "reset": "The peer closed while data lay unread; let it read to the end before it closes.",
    "refused": "Start a listener of the same socket type at this address first.",
    "missing": "Check the path or number, and that it was made before it was opened.",
    "exists": "Choose another address, or stop the program that uses this one.",
    "denied": "Check the owner and mode of the path and of the folders above it.",
    "timeout": "See what keeps the peer, or whether it is there at all.",
    "unsupported": "Choose a transport that this system has.",
    "usage": "Give the path of a file of the kind that the transport wants, and a short one.",
    "internal": "The system's error number says more.",
}

_INTERNAL_CURES = {
    errno.EMFILE: "Close channels, or raise the limit of open descriptors (ulimit -n).",
    errno.ENFILE: "Close files elsewhere: the whole system has no descriptors left.",
    errno.ENOSPC: "Free space on the file system.",
    errno.ENOMEM: "Send smaller messages, or free memory.",
}


def fault_of_system_error(error: OSError, action: str) -> Fault:
    """Turns the system's refusal of an action, such as ``open of channel "c"``, into a fault."""
    number = error.errno or 0
    kind = KIND_OF_ERRNO.get(number, "internal")
    cure = _INTERNAL_CURES.get(number, _CURES[kind])
    path = error.filename
    if isinstance(path, bytes):
        path = path.decode("utf-8", "backslashreplace")
    place = f' at "{path}"' if isinstance(path, str) and path not in action else ""
    name = errno.errorcode.get(number, "no error number")
    return Fault(kind, f"{action} failed{place}: {error.strerror or error} ({name}). {cure}")


def too_large(length: int, limit: int) -> Fault:
    """The fault of a message above a limit, both in bytes."""
    return Fault(
        "too-large",
        f"A message of {length} bytes or more is above the limit of {limit}: "
        "send less, or open the channel with a larger limit.",
    )
