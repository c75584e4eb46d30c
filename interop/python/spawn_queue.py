"""A ``multiprocessing.Queue`` or ``SimpleQueue`` of a spawn or forkserver context, from outside.

Such a queue is a pipe, a lock for each of its ends, and (not in a ``SimpleQueue``) a semaphore that
counts free places. All of them can be had: the pipe as ``/proc/PID/fd/N`` or inherited, the
semaphores by the names in ``queue._wlock._semlock.name`` and its like. Those of a fork context have
no name any more when somebody could open them.
"""

from __future__ import annotations

import errno
import os
import stat

from addresses import checked_number, checked_path
from descriptors import adopt_pipe
from faults import Fault, fault_of_system_error, too_large
from framings import FRAMINGS, truncated
from semaphores import Semaphore, checked_name
from transports import DescriptorStream, write_all

_FRAMING = FRAMINGS["multiprocessing"]


class SpawnQueue:
    """One end of the pipe, with its semaphores."""

    def __init__(self, stream: DescriptorStream, lock: Semaphore, slots: Semaphore | None, limit: int) -> None:
        self._stream = stream
        self._lock = lock
        self._slots = slots
        self._limit = limit

    def send(self, message: bytes | bytearray) -> None:
        """Takes a place in the queue, then the lock, and writes the frame."""
        if len(message) > self._limit:
            raise too_large(len(message), self._limit)
        if self._slots is not None:
            self._slots.acquire()
        try:
            self._lock.acquire()
            try:
                write_all(self._stream.write, _FRAMING.header(len(message)) + message)
            finally:
                self._lock.release()
        except BaseException:
            if self._slots is not None:
                self._slots.release()  # Nothing stands in the place.
            raise

    def receive(self) -> bytearray | None:
        """Reads one frame while holding the lock, and gives its place back."""
        self._lock.acquire()
        try:
            message = self._read_frame()
        finally:
            self._lock.release()
        if message is not None and self._slots is not None:
            self._slots.release()
        return message

    def _read_frame(self) -> bytearray | None:
        # Exactly one: what lies behind it in the pipe is for whoever takes the lock next, so
        # nothing may be read ahead.
        header = self._read(4)
        if header is None:
            return None
        measures = _FRAMING.measure(header, 0, 4, self._limit)
        if measures is None:  # The long form.
            header += self._read(8) or b""
            measures = _FRAMING.measure(header, 0, len(header), self._limit)
            if measures is None:
                raise truncated()
        message = self._read(measures[1])
        if message is None:
            raise truncated()
        return message

    def _read(self, size: int) -> bytearray | None:
        """So many bytes, or None at the end of the stream."""
        data = bytearray(size)
        view = memoryview(data)
        filled = 0
        while filled < size:
            count = self._stream.receive_into(view[filled:])
            if count == 0:
                if filled == 0:
                    return None
                raise truncated()
            filled += count
        return data

    def end_writing(self) -> None:
        raise Fault("unsupported", "A queue has no end of stream: close the channel instead.")

    def close(self) -> None:
        self._stream.close()


def open_queue(address: str, role: str, limit: int, lock: str, slots: str | None) -> SpawnQueue:
    """Opens one end of the pipe and the semaphores that go with it."""
    has_path = "/" in address
    # What can be seen to be wrong comes before what has to be looked for.
    (checked_path if has_path else checked_number)(address)
    for name in (lock, slots):
        if name is not None:
            checked_name(name)
    lock_semaphore = Semaphore(lock)
    slots_semaphore = Semaphore(slots) if slots is not None else None
    stream = _open_pipe(address, role) if has_path else adopt_pipe(address, role)
    return SpawnQueue(stream, lock_semaphore, slots_semaphore, limit)


def _open_pipe(address: str, role: str) -> DescriptorStream:
    path = checked_path(address)
    if not stat.S_ISFIFO(os.stat(path).st_mode):
        raise Fault("usage", f'"{address[:100]}" is no pipe: give /proc/PID/fd/N of the queue.')
    direction = os.O_RDONLY if role == "read" else os.O_WRONLY
    try:
        # Without waiting: opening a pipe whose other end nobody has would never return.
        descriptor = os.open(path, direction | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno != errno.ENXIO:
            raise
        gone = OSError(errno.EPIPE, os.strerror(errno.EPIPE), path)
        raise fault_of_system_error(gone, "Opening the queue") from error
    os.set_blocking(descriptor, True)
    return DescriptorStream(descriptor)
