"""The handshake with which the two sides of a ``multiprocessing`` connection prove that they have the key.

The exchange itself is ``multiprocessing.connection``'s own, with whatever digests this Python has.
What it lacks is added: a deadline, since a silent peer would block it for ever, and a check of the
challenge, which Python before 3.12 answers whatever it is. Imported only when a channel has a key,
because ``multiprocessing`` takes longer to import than all the rest of the endpoint.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator
from multiprocessing import AuthenticationError, connection

import transports
from faults import Fault

SECONDS = 5.0
# Of one message of the handshake.
LONGEST_MESSAGE = 256
CHALLENGE = b"#CHALLENGE#"
DIGESTS = (b"md5", b"sha256", b"sha384", b"sha3_256", b"sha3_384")


class _Messages:
    """As much of a ``Connection`` as the handshake needs, over a message stream of ours."""

    def __init__(self, stream: transports.MessageStream, is_accepting: bool) -> None:
        self._stream = stream
        self._is_accepting = is_accepting
        self._received = 0

    def send_bytes(self, message: bytes) -> None:
        self._stream.send(message)

    def recv_bytes(self, maxlength: int) -> bytes:
        message = self._stream.receive()
        if message is None:
            raise _refused("hung up in the handshake")
        # The accepting side gets its challenge second, after the reply to its own.
        if self._received == (1 if self._is_accepting else 0):
            _check_challenge(message)
        self._received += 1
        return bytes(message)


def authenticate(connected: socket.socket, stream: transports.MessageStream, key: bytes, is_accepting: bool) -> None:
    """Runs the handshake, of which the accepting side has the first word."""
    messages = _Messages(stream, is_accepting)
    steps = [connection.deliver_challenge, connection.answer_challenge]
    try:
        with _deadline(connected, stream):
            for step in steps if is_accepting else reversed(steps):
                step(messages, key)
    except socket.timeout:  # TimeoutError, since Python 3.10.
        raise Fault(
            "timeout",
            f"The peer did not authenticate within {SECONDS:g} s: see whether it was given a key too, and accepts.",
        ) from None
    except AuthenticationError as error:
        raise _refused(f"did not pass the handshake ({error})") from error
    except AssertionError as error:  # How Python before 3.12 says that there is no challenge.
        raise _refused("sent no challenge") from error
    except ConnectionError as error:
        raise _refused("hung up in the handshake") from error
    except Fault as fault:
        if fault.kind in ("truncated", "malformed"):
            raise _refused("broke off or broke the handshake") from fault
        raise


@contextlib.contextmanager
def _deadline(connected: socket.socket, stream: transports.MessageStream) -> Iterator[None]:
    """Lets a stream's receives fail when the time for all of the handshake is over."""
    end = time.monotonic() + SECONDS

    def receive_in_time(space: memoryview) -> int:
        # A timeout of a socket is for one call: a peer that sends a byte now and then would
        # prolong it each time.
        remaining = end - time.monotonic()
        if remaining <= 0:
            raise socket.timeout()
        connected.settimeout(remaining)
        return connected.recv_into(space)

    connected.settimeout(SECONDS)  # For sending, which a few bytes do not wait for.
    receive = stream.replace_receive(receive_in_time)
    limit = stream.replace_limit(LONGEST_MESSAGE)
    try:
        yield
    finally:
        stream.replace_limit(limit)
        stream.replace_receive(receive)
        connected.settimeout(None)


def _check_challenge(message: bytearray) -> None:
    if not message.startswith(CHALLENGE):
        raise _refused("sent no challenge")
    challenge = message[len(CHALLENGE) :]
    # Before 3.12 there was only HMAC-MD5, and 20 bytes for it.
    if len(challenge) == 20:
        return
    digest = challenge[1:].partition(b"}")[0]
    if challenge[:1] != b"{" or digest not in DIGESTS or len(challenge) < 20:
        raise _refused("sent a challenge that asks for no known digest")


def _refused(what: str) -> Fault:
    return Fault("authentication", f"The peer {what}: give both sides the same key.")
