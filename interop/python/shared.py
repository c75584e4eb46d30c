"""Memory that several processes map: a cell for one message at a time, and plain shared memory."""

from __future__ import annotations

import fcntl
import mmap
import os
import stat
import time
from collections.abc import Callable

from addresses import checked_number, checked_path
from deadlines import Deadline, over
from descriptors import inherited_descriptor
from faults import Fault, too_large
from semaphores import Semaphore
from slots import extend

CELL_SIZE = 4096
CELL_CONTENT = 64
LARGEST_CELL_MESSAGE = CELL_SIZE - CELL_CONTENT
# The words at the beginning of a cell.
WRITTEN, TAKEN, LENGTH, CLOSED = range(4)

# How long a wait may sleep at most, in seconds.
_LONGEST_NAP = 0.001
_MEMORY_FOLDER = "/dev/shm"


class _Mapping:
    """A mapped file of a size that is looked at before it is touched."""

    def __init__(self, descriptor: int, size: int, writes: bool) -> None:
        access = mmap.ACCESS_WRITE if writes else mmap.ACCESS_READ
        self.map = mmap.mmap(descriptor, size, access=access)
        self._size = size

    def check(self) -> None:
        # Touching a page behind the end of the file kills the process with SIGBUS, and somebody
        # may have cut the file. That leaves a gap between check and access; only a sealed memfd
        # has none.
        if self.map.size() < self._size:
            raise Fault(
                "truncated",
                f"The file was cut to less than the {self._size} bytes that are mapped: let its writer open it anew.",
            )


class FileCell:
    """One message at a time in a mapped file, from one writer to one reader.

    The words are stored with ``memoryview.cast("Q")``, which is one machine store of 8 bytes.
    ``struct.pack_into`` would clear the bytes first, and the other side could see that. Python has
    no memory barrier, so this relies on a processor that keeps the order of stores, as x86 does:
    elsewhere the transport is not declared.
    """

    def __init__(self, mapping: _Mapping, writes: bool, limit: int) -> None:
        self._mapping = mapping
        self._words = memoryview(mapping.map)[:CELL_CONTENT].cast("Q")
        self._writes = writes
        self._limit = limit
        if writes:
            for word in (CLOSED, LENGTH, WRITTEN, TAKEN):
                self._words[word] = 0

    def send(self, message: bytes | bytearray) -> None:
        """Waits until the last message has been taken, and puts this one in its place."""
        limit = min(self._limit, LARGEST_CELL_MESSAGE)
        if len(message) > limit:
            raise too_large(len(message), limit)
        words = self._words
        self._wait(lambda: words[TAKEN] == words[WRITTEN])
        self._mapping.map[CELL_CONTENT : CELL_CONTENT + len(message)] = bytes(message)
        words[LENGTH] = len(message)
        # Last, because the reader goes by it.
        words[WRITTEN] = words[WRITTEN] + 1

    def receive(self, deadline: Deadline | None = None) -> bytes | None:
        """Waits for a message and takes it; None when the writer has closed and all is taken."""
        words = self._words
        self._wait(lambda: words[WRITTEN] > words[TAKEN] or words[CLOSED] != 0, deadline)
        # The writer may have written between the two looks, and then closed.
        if words[WRITTEN] <= words[TAKEN]:
            return None
        length = words[LENGTH]
        if length > LARGEST_CELL_MESSAGE:
            raise Fault(
                "malformed",
                f"The cell announces {length} bytes and holds {LARGEST_CELL_MESSAGE}: check what its writer stores.",
            )
        if length > self._limit:
            raise too_large(length, self._limit)
        message = self._mapping.map[CELL_CONTENT : CELL_CONTENT + length]
        words[TAKEN] = words[TAKEN] + 1
        return message

    def _wait(self, is_ready: Callable[[], bool], deadline: Deadline | None = None) -> None:
        # Nobody wakes us: there is no futex in the standard library. Another process usually
        # answers within the first turns; later ones leave the processor to it.
        nap = 0.0
        while True:
            self._mapping.check()
            if is_ready():
                return
            if deadline is not None and deadline.remaining() == 0:
                raise over()
            time.sleep(nap)
            nap = min(nap + 0.00002, _LONGEST_NAP)

    def end_writing(self) -> None:
        raise Fault("unsupported", "A cell goes one way: close the channel instead.")

    def close(self) -> None:
        try:
            if self._writes:
                self._mapping.check()
                self._words[CLOSED] = 1
        except Fault:
            pass  # Cut short, so nobody can read the word.
        finally:
            self._words.release()  # The map cannot be closed while somebody views it.
            self._mapping.map.close()


def open_cell(address: str, role: str, limit: int) -> FileCell:
    """Maps a cell. The writer makes the file or starts it anew; the reader wants it whole."""
    path = checked_path(address)
    writes = role == "write"
    # Opening a FIFO could wait for ever, and this file is the user's choice.
    if not (writes and not os.path.lexists(path)):
        _check_regular(os.stat(path).st_mode, address)
    # The reader writes too: the number of messages that it has taken.
    flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if writes else 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        if os.fstat(descriptor).st_size < CELL_SIZE:
            if not writes:
                raise Fault(
                    "malformed",
                    f"The file is shorter than the {CELL_SIZE} bytes of a cell: let its writer open it first.",
                )
            extend(descriptor, CELL_SIZE)
        return FileCell(_Mapping(descriptor, CELL_SIZE, writes=True), writes, limit)
    finally:
        os.close(descriptor)  # The mapping keeps the file open by itself.


class SharedMemory:
    """A part of memory that is shared: what ``SharedMemory``, ``Value`` and ``Array`` are made of.

    Not by ``multiprocessing.shared_memory``: it hands every name that it opens to a resource
    tracker, a process of its own that would outlive the channel, and before Python 3.13 nothing
    keeps that one from removing what others still use. A shared memory object is a file in a folder
    of the system, and that is all that is needed.
    """

    def __init__(
        self,
        mapping: _Mapping,
        part: range,
        lock: Semaphore | None,
        limit: int,
        made: tuple[bytes, int, int] | None,
    ) -> None:
        self._mapping = mapping
        self._part = part
        self._lock = lock
        self._limit = limit
        self._made = made

    def send(self, message: bytes | bytearray) -> None:
        """Stores a message at the beginning of the part, and leaves what is behind it alone."""
        limit = min(self._limit, len(self._part))
        if len(message) > limit:
            raise too_large(len(message), limit)
        start = self._part.start
        with _Held(self._lock):
            self._mapping.check()
            self._mapping.map[start : start + len(message)] = bytes(message)

    def receive(self, deadline: Deadline | None = None) -> bytes:
        """The whole part, as it is now; nobody is waited for."""
        if len(self._part) > self._limit:
            raise too_large(len(self._part), self._limit)
        with _Held(self._lock):
            self._mapping.check()
            return self._mapping.map[self._part.start : self._part.stop]

    def end_writing(self) -> None:
        raise Fault("unsupported", "Shared memory has no end of stream: close the channel instead.")

    def close(self) -> None:
        self._mapping.map.close()
        self._lock = None  # Which closes the semaphore.
        made, self._made = self._made, None
        if made is not None:
            path, *identity = made
            try:
                status = os.stat(path)
                if [status.st_dev, status.st_ino] == identity:
                    os.unlink(path)
            except FileNotFoundError:
                pass  # Somebody has removed it already, as a resource tracker does.


class _Held:
    """Holds a lock, if there is one."""

    def __init__(self, lock: Semaphore | None) -> None:
        self._lock = lock

    def __enter__(self) -> None:
        if self._lock is not None:
            self._lock.acquire()

    def __exit__(self, *exception: object) -> None:
        if self._lock is not None:
            self._lock.release()


def open_memory(
    address: str,
    role: str,
    limit: int,
    size: int | None,
    offset: int,
    length: int | None,
    lock: str | None,
) -> SharedMemory:
    """Maps memory that is there, or makes some of the given size."""
    writes = role == "write"
    if size is not None and not writes:
        raise Fault("usage", "Only a writer makes shared memory: leave size out, or use role=write.")
    # What can be seen to be wrong comes before what has to be looked for.
    path = memory_path(address) if "/" in address else None
    if size is not None and path is not None and address.rfind("/") > 0:
        raise Fault("usage", "A new object needs a name such as /psm_1; a path is for memory that is there.")
    if path is None:
        checked_number(address)
        if size is not None:
            raise Fault("usage", "An inherited descriptor has its size already: leave size out.")
    semaphore = Semaphore(lock) if lock is not None else None
    made = None
    if path is None:
        descriptor = _inherited_memory(address, writes)
        mapping, part = _map_part(descriptor, writes, offset, length)
        os.close(descriptor)  # The mapping keeps the memory by itself.
        return SharedMemory(mapping, part, semaphore, limit, None)
    if size is None:
        _check_regular(os.stat(path).st_mode, address)
        descriptor = os.open(path, (os.O_RDWR if writes else os.O_RDONLY) | os.O_CLOEXEC)
    else:
        descriptor = _make(path, size)
    try:
        if size is not None:
            status = os.fstat(descriptor)
            made = (path, status.st_dev, status.st_ino)
        mapping, part = _map_part(descriptor, writes, offset, length)
        return SharedMemory(mapping, part, semaphore, limit, made)
    except BaseException:
        if made is not None:
            os.unlink(path)
        raise
    finally:
        os.close(descriptor)


def _map_part(descriptor: int, writes: bool, offset: int, length: int | None) -> tuple[_Mapping, range]:
    size = os.fstat(descriptor).st_size
    part = range(offset, max(offset, size) if length is None else offset + length)
    # Memory without a size is memory that its maker has not finished.
    if size == 0 or part.stop > size:
        raise Fault(
            "malformed",
            f"The memory has {size} bytes and the part ends at {part.stop}: "
            "choose another part, and see whether the maker has given it its size.",
        )
    return _Mapping(descriptor, size, writes), part


def memory_path(address: str) -> bytes:
    """Where the memory is: that of a name with a single slash is in a folder of the system."""
    path = checked_path(address)
    name = path[1:]
    if not path.startswith(b"/") or name in (b"", b".", b".."):
        raise Fault(
            "usage",
            "The address of shared memory is /name, an absolute path, or the number of a descriptor.",
        )
    return path if b"/" in name else os.path.join(os.fsencode(_MEMORY_FOLDER), name)


def _make(path: bytes, size: int) -> int:
    """Makes memory that has its size before anybody can find it."""
    folder_path, name = os.path.split(path)
    folder = os.open(folder_path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        descriptor = os.open(folder_path, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            extend(descriptor, size)
            # With folders, since otherwise Python calls link(2), which does not follow the link.
            source = f"/proc/self/fd/{descriptor}"
            os.link(source, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=True)
            return descriptor
        except BaseException:
            os.close(descriptor)
            raise
    finally:
        os.close(folder)


def _inherited_memory(address: str, writes: bool) -> int:
    descriptor = inherited_descriptor(address)
    _check_regular(os.fstat(descriptor).st_mode, address)
    access = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    if access == os.O_WRONLY or (writes and access != os.O_RDWR):
        raise Fault("usage", f"Descriptor {address} is not open for this: pass one that is.")
    return descriptor


def _check_regular(mode: int, address: str) -> None:
    if not stat.S_ISREG(mode):
        raise Fault("usage", f'"{address[:100]}" is no regular file: give the path of one.')
