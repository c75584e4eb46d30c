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
from deadlines import Deadline, is_readable
from descriptors import adopt_pipe
from faults import Fault, fault_of_system_error, too_large
from framings import FRAMINGS, truncated
from semaphores import Semaphore, checked_name
from transports import DescriptorStream, write_all

_FRAMING = FRAMINGS["multiprocessing"]
# No pipe holds more than this, by default.
_PIECE = 65536


class SpawnQueue:
    """One end of the pipe, with its semaphores."""

    def __init__(self, stream: DescriptorStream, lock: Semaphore, slots: Semaphore | None, limit: int) -> None:
        self._stream = stream
        self._lock = lock
        self._slots = slots
        self._limit = limit
        # What has come of a frame. As long as there is some of it the lock is ours: another reader
        # would take the rest for a frame of its own.
        self._part = bytearray()

    def send(self, message: bytes | bytearray) -> None:
        """Takes a place in the queue, then the lock, and writes the frame."""
        if len(message) > self._limit:
            raise too_large(len(message), self._limit)
        taken = self._slots.taken() if self._slots is not None else 0
        try:
            if self._slots is not None:
                self._slots.acquire()
            try:
                self._lock.acquire()
                write_all(self._stream.write, _FRAMING.header(len(message)) + message)
            finally:
                self._give_lock_back()
        except BaseException:
            if self._slots is not None and self._slots.taken() > taken:
                self._slots.release()  # Nothing stands in the place.
            raise

    def receive(self, deadline: Deadline | None = None) -> bytearray | None:
        """Reads one frame while holding the lock, and gives its place back."""
        try:
            if not self._part:
                self._take_turn(deadline)
            is_there = self._read_frame(deadline)
        except Fault as fault:
            if fault.kind != "timeout":
                self._part.clear()  # There is no rest to wait for.
            raise
        finally:
            if not self._part:
                self._give_lock_back()
        if not is_there:
            return None
        message, self._part = self._part, bytearray()
        self._give_lock_back()
        if self._slots is not None:
            self._slots.release()
        del message[: _FRAMING.measure(message, 0, len(message), self._limit)[0]]
        return message

    def _take_turn(self, deadline: Deadline | None) -> None:
        """Takes the lock when there is something to read."""
        while True:
            # Waiting with the lock would keep all other readers from the queue.
            if deadline is None:
                is_readable(self._stream, None)
            else:
                deadline.wait(self._stream)
            self._lock.acquire(deadline)
            if is_readable(self._stream, 0):
                return
            self._lock.release()  # Another reader was faster.

    def _read_frame(self, deadline: Deadline | None) -> bool:
        """Reads up to the end of one frame; False at the end of the stream."""
        # Exactly one: what lies behind it in the pipe is for whoever takes the lock next, so
        # nothing may be read ahead.
        part, wanted = self._part, 4
        while True:
            if len(part) >= wanted:
                measures = _FRAMING.measure(part, 0, len(part), self._limit)
                wanted = 12 if measures is None else sum(measures)
                if len(part) == wanted:
                    return True
            if deadline is not None:
                deadline.wait(self._stream)
            # A piece at a time, so that memory is taken for what has come and not for what was
            # announced.
            space = memoryview(bytearray(min(wanted - len(part), _PIECE)))
            count = self._stream.receive_into(space)
            if count == 0 and not part:
                return False
            if count == 0:
                raise truncated()
            part += space[:count]

    def _give_lock_back(self) -> None:
        if self._lock.taken() > 0:
            self._lock.release()

    def end_writing(self) -> None:
        raise Fault("unsupported", "A queue has no end of stream: close the channel instead.")

    def close(self) -> None:
        self._give_lock_back()
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
