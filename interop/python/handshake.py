"""The handshake with which the two sides of a ``multiprocessing`` connection prove that they have the key.

The exchange is that of ``multiprocessing.connection`` in CPython 3.12, in every version of Python. A
challenge starts with ``{sha256}``. Versions before 3.12 do not look for that and answer with
HMAC-MD5, as they always do: this is accepted too. What the library lacks is a deadline, since a
silent peer would block it for ever.
"""

from __future__ import annotations

import hmac
import os

import deadlines
import transports
from faults import Fault

# Of one message of the handshake.
LONGEST_MESSAGE = 256
CHALLENGE, WELCOME, FAILURE = b"#CHALLENGE#", b"#WELCOME#", b"#FAILURE#"
DIGESTS = (b"md5", b"sha256", b"sha384", b"sha3_256", b"sha3_384")
# Before 3.12 there was only HMAC-MD5, and 20 bytes for it.
_OLD_CHALLENGE, _OLD_REPLY = 20, 16


def authenticate(stream: transports.MessageStream, key: bytes, is_accepting: bool) -> None:
    """Runs the handshake, of which the accepting side has the first word."""
    handshake = _Handshake(stream, key)
    steps = [handshake.challenge, handshake.answer]
    limit = stream.replace_limit(LONGEST_MESSAGE)
    try:
        for step in steps if is_accepting else reversed(steps):
            step()
    except ConnectionError as error:
        raise _refused("hung up in the handshake") from error
    except Fault as fault:
        if fault.kind in ("truncated", "malformed"):
            raise _refused("broke off or broke the handshake") from fault
        raise
    finally:
        stream.replace_limit(limit)


class _Handshake:
    """One side of it. Its few bytes fit into any socket, so nobody waits for sending them."""

    def __init__(self, stream: transports.MessageStream, key: bytes) -> None:
        self._stream = stream
        self._key = key
        self._seconds = deadlines.patience
        self._deadline = deadlines.Deadline(self._seconds)

    def challenge(self) -> None:
        """Lets the peer prove that it has the key."""
        challenge = b"{sha256}" + os.urandom(40)
        self._stream.send(CHALLENGE + challenge)
        if not self._is_right(self._receive(), challenge):
            self._stream.send(FAILURE)
            raise _refused("has another key")
        self._stream.send(WELCOME)

    def answer(self) -> None:
        """Proves to the peer that we have the key."""
        message = self._receive()
        if not message.startswith(CHALLENGE):
            raise _refused("sent no challenge")
        challenge = message[len(CHALLENGE) :]
        name = _digest(challenge)
        if len(challenge) == _OLD_CHALLENGE:
            self._stream.send(self._code(challenge, b"md5"))
        elif name is not None and len(challenge) > _OLD_CHALLENGE:
            self._stream.send(b"{%b}" % name + self._code(challenge, name))
        else:
            raise _refused("sent a challenge that asks for no known digest")
        if self._receive() != WELCOME:
            raise _refused("has refused ours")

    def _is_right(self, reply: bytes, challenge: bytes) -> bool:
        if len(reply) == _OLD_REPLY:
            return hmac.compare_digest(reply, self._code(challenge, b"md5"))
        name = _digest(reply)
        return name is not None and hmac.compare_digest(reply, b"{%b}" % name + self._code(challenge, name))

    def _code(self, challenge: bytes, name: bytes) -> bytes:
        return hmac.new(self._key, challenge, name.decode()).digest()

    def _receive(self) -> bytes:
        try:
            message = self._stream.receive(self._deadline)
        except Fault as fault:
            if fault.kind != "timeout":
                raise
            raise Fault(
                "timeout",
                f"The peer did not authenticate within {self._seconds:g} s: "
                "see whether it was given a key too, and accepts.",
            ) from None
        if message is None:
            raise _refused("hung up in the handshake")
        return bytes(message)


def _digest(message: bytes) -> bytes | None:
    """The digest that a challenge asks for, or that a reply was made with."""
    name = message[1:].partition(b"}")[0]
    return name if message[:1] == b"{" and name in DIGESTS else None


def _refused(what: str) -> Fault:
    return Fault("authentication", f"The peer {what}: give both sides the same key.")
