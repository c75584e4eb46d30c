"""Waiting for a peer, but not for ever.

A timeout of a socket or of one ``poll`` is for one call: a peer that sends a byte now and then would
prolong it each time. A deadline is a moment, the same for all the calls that one message takes.
"""

from __future__ import annotations

import select
import time

from faults import Fault

# How long to wait for what does not depend on anybody else, in seconds: a handshake, a lock that is
# held for a moment, a manager's answer.
patience = 5.0

# What has arrived in time is still read when the time is over, which with a timeout of 0 is at once.
# More reads than a socket or pipe can fill are those of a peer that goes on sending.
_MOST_LATE_READS = 64


def hurry() -> None:
    """From now on nobody is waited for longer than a moment: the endpoint ends."""
    global patience
    patience = 0.02


class Deadline:
    """The moment until which a peer is waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._late_reads = 0

    def remaining(self) -> float:
        """The seconds that are left, never below zero."""
        return max(0.0, self._end - time.monotonic())

    def wait(self, source: object) -> None:
        """Waits until something, which has a ``fileno``, can be read. Raises ``timeout``."""
        remaining = self.remaining()
        if remaining == 0:
            self._late_reads += 1
        if self._late_reads > _MOST_LATE_READS or not is_readable(source, remaining):
            raise over()


def is_readable(source: object, seconds: float | None) -> bool:
    """Waits so long, or for ever, until something can be read, be it the end."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    return bool(poll.poll(None if seconds is None else seconds * 1000))


def over() -> Fault:
    """The fault of a deadline that has passed."""
    return Fault("timeout", "The peer did not do its part in time: see what keeps it, or give it longer.")
