"""The slot in a mapped file: one text that anybody may replace and anybody may read."""

from __future__ import annotations

import errno
import mmap
import os
import stat

from addresses import checked_path
from deadlines import Deadline
from faults import Fault, too_large

SLOT_SIZE = 1024


class FileSlot:
    """One text in a memory-mapped file: 1024 bytes, NUL after the text; the last write wins.

    Nothing synchronises writer and reader, so a reader may see half of two texts.
    """

    def __init__(self, mapped: mmap.mmap, limit: int) -> None:
        self._map = mapped
        self._limit = limit
        self.close = mapped.close

    def send(self, text: bytes | bytearray) -> None:
        """Replaces the whole slot."""
        limit = min(self._limit, SLOT_SIZE)
        if len(text) > limit:
            raise too_large(len(text), limit)
        if b"\0" in text:
            raise Fault(
                "malformed",
                "The text has a NUL byte, which would end it in the slot: encode it.",
            )
        self._check_size()
        # One assignment of the whole slot: nothing of a longer earlier text stays behind.
        self._map[:SLOT_SIZE] = bytes(text).ljust(SLOT_SIZE, b"\0")

    def receive(self, deadline: Deadline | None = None) -> bytes:
        """The text that is in the slot now; nobody is waited for."""
        self._check_size()
        text = self._map[:SLOT_SIZE].partition(b"\0")[0]
        if len(text) > self._limit:
            raise too_large(len(text), self._limit)
        return text

    def end_writing(self) -> None:
        raise Fault("unsupported", "A slot has no end of stream: close the channel instead.")

    def _check_size(self) -> None:
        # Touching a page behind the end of the file kills the process with SIGBUS, and somebody
        # may have cut the file. That leaves a gap between check and access; only a sealed memfd
        # has none.
        if self._map.size() < SLOT_SIZE:
            raise Fault(
                "truncated",
                f"The file was cut to less than the {SLOT_SIZE} bytes of a slot: let its writer open it anew.",
            )


def open_slot(address: str, role: str, limit: int) -> FileSlot:
    """Maps the slot of a file. The writer makes or extends the file; the reader wants it whole."""
    path = checked_path(address)
    writes = role == "write"
    # Opening a FIFO could wait for ever, and this file is the user's choice.
    if not (writes and not os.path.lexists(path)) and not stat.S_ISREG(os.stat(path).st_mode):
        raise Fault("usage", f'"{address}" is no regular file: give the path of one.')
    flags = os.O_RDWR | os.O_CREAT if writes else os.O_RDONLY
    # Open to its owner only: whoever may write to the slot controls what every reader gets.
    descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_size < SLOT_SIZE:
            if not writes:
                raise Fault(
                    "malformed",
                    f"The file is shorter than the {SLOT_SIZE} bytes of a slot: let its writer open it first.",
                )
            extend(descriptor, SLOT_SIZE)
        access = mmap.ACCESS_WRITE if writes else mmap.ACCESS_READ
        return FileSlot(mmap.mmap(descriptor, SLOT_SIZE, access=access), limit)
    finally:
        # The mapping keeps the file open by itself.
        os.close(descriptor)


def extend(descriptor: int, size: int) -> None:
    """Makes a file so long, and takes the space for it."""
    try:
        # Takes the space now. A file that was only made longer has holes, and a store into a hole
        # of a full file system is a SIGBUS where this is an error.
        os.posix_fallocate(descriptor, 0, size)
    except (AttributeError, OSError) as error:
        not_here = (errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS)
        if isinstance(error, OSError) and error.errno not in not_here:
            raise
        os.ftruncate(descriptor, size)
