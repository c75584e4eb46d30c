"""POSIX named semaphores that somebody else has made, such as the locks of a spawn context.

``multiprocessing`` has no public way to open one by its name. Its inner class has: it is how a child
process that was spawned gets the locks of its parent, and so it is in every version.
"""

from __future__ import annotations

import deadlines
from faults import Fault

_SEMAPHORE = 1  # Not 0, a mutex, which only lets the thread release that has acquired.


def checked_name(name: str) -> str:
    """The name of a semaphore, whether there is one or not."""
    if not name.startswith("/") or "/" in name[1:] or "\0" in name or not 1 < len(name) <= 250:
        raise Fault("usage", "The name of a semaphore is a slash and a word: give it as /NAME.")
    return name


class Semaphore:
    """One that is there."""

    def __init__(self, name: str) -> None:
        # Beside the socket transports nobody needs it, and a platform may lack it.
        from _multiprocessing import SemLock

        self._name = checked_name(name)
        # Opened by name, so the handle means nothing. The largest value keeps Python from
        # counting: it would compare with a maximum that only the maker knows.
        maximum = SemLock.SEM_VALUE_MAX
        self._semaphore = SemLock._rebuild(0, _SEMAPHORE, maximum, name)

    def acquire(self, deadline: deadlines.Deadline | None = None) -> None:
        """Waits until it is free. Raises ``timeout`` after five seconds, or at the deadline."""
        seconds = deadlines.patience
        if deadline is not None:
            seconds = min(seconds, deadline.remaining())
        if not self._semaphore.acquire(True, seconds):
            raise Fault(
                "timeout",
                f"The semaphore {self._name} was not free within {seconds:g} s: "
                "see who holds it, perhaps somebody who has crashed.",
            )

    def taken(self) -> int:
        """How often it was acquired here and not released.

        Counted where it is acquired, so it is right even if an exception came right behind that.
        """
        return self._semaphore._count()

    def release(self) -> None:
        """Frees it."""
        self._semaphore.release()
