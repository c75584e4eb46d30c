"""Local channels as the system gives them: sockets, FIFOs, pipes and mapped files.

The functions that make something return it connected or listening, or raise; a descriptor is never
left behind. Python does three things that C leaves to the program: it repeats a call that a signal
interrupted (PEP 475), it opens every descriptor close-on-exec (PEP 446), and it ignores SIGPIPE, so
writing to a peer that has gone raises ``BrokenPipeError`` instead of ending the process.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import socket
import stat
import sys
from collections.abc import Callable

from faults import Fault, too_large
from framings import Framing

LINUX = sys.platform == "linux"

ROLES = {
    "unix": ("listen", "connect"),
    "dotnet-pipe": ("listen", "connect"),
    "tcp": ("listen", "connect"),
    "fifo": ("read", "write"),
    "pipe": ("read", "write"),
    "socketpair": ("read", "write"),
    "file-slot": ("read", "write"),
    "manager-queue": ("listen", "connect"),
}
if LINUX:
    ROLES["unix-abstract"] = ("listen", "connect")
    ROLES["unix-seqpacket"] = ("listen", "connect")
    ROLES["shared-memory"] = ("read", "write")
    ROLES["spawn-queue"] = ("read", "write")
# A cell's words must become visible in the order in which they are stored, and Python cannot ask for
# that: these processors do it by themselves.
if os.uname().machine in ("x86_64", "amd64", "i686"):
    ROLES["file-cell"] = ("read", "write")

ONE_WAY = frozenset(("fifo", "pipe", "file-slot", "file-cell", "shared-memory", "spawn-queue"))
# A dotnet-pipe is a socket, which could; the stream classes of .NET have no call for it.
NO_HALF_CLOSE = ONE_WAY | {"dotnet-pipe", "manager-queue"}
KEEPS_BOUNDS = frozenset(("unix-seqpacket", "file-slot", "file-cell", "shared-memory"))
MULTIPROCESSING_ONLY = frozenset(("manager-queue", "spawn-queue"))
# Those where one side connects and the other accepts, over a stream.
AUTHENTICATING = frozenset(("unix", "unix-abstract", "dotnet-pipe", "tcp"))
# Further keys of open, and which of them it needs.
OPTIONS = {
    "manager-queue": frozenset(("authkey", "queue")),
    "shared-memory": frozenset(("size", "offset", "length", "lock")),
    "spawn-queue": frozenset(("lock", "slots")),
    **dict.fromkeys(AUTHENTICATING, frozenset(("authkey",))),
}
NEEDED_OPTIONS = {"manager-queue": "authkey", "spawn-queue": "lock"}

# What a receive gives that came to the end of its time.
NOTHING = object()

# struct sockaddr_un holds 108 bytes on Linux and 104 elsewhere, one of them for the closing NUL.
LONGEST_PATH = 107 if LINUX else 103
LOOPBACK = "127.0.0.1"
SLOT_SIZE = 1024

# Up to here a copy is cheaper than a second system call, and the peer is woken once.
LARGEST_JOINED_FRAME = 65536


# Sending and receiving


def write_all(
    write: Callable[[bytes | bytearray | memoryview], int], data: bytes | bytearray
) -> None:
    """Writes all of the data with a function that may take only a part, as ``socket.send``."""
    written = write(data)
    if written == len(data):
        return
    # A view, because slicing bytes would copy the rest in each round.
    rest = memoryview(data)
    while written < len(data):
        written += write(rest[written:])


class SocketStream:
    """A connected stream socket."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self.write = connected.send
        self.receive_into = connected.recv_into

    def end_writing(self) -> None:
        # The peer sees the end now, even if another process holds a duplicate of this descriptor.
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()


class DescriptorStream:
    """One end of a FIFO or pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, data: bytes | bytearray | memoryview) -> int:
        return os.write(self._descriptor, data)

    def receive_into(self, space: memoryview) -> int:
        return os.readv(self._descriptor, (space,))

    def end_writing(self) -> None:
        raise Fault("unsupported", "A FIFO or pipe goes one way: close the channel instead.")

    def close(self) -> None:
        os.close(self._descriptor)


class MessageStream:
    """Messages over a byte stream."""

    def __init__(
        self, stream: SocketStream | DescriptorStream, framing: Framing, limit: int
    ) -> None:
        self._stream = stream
        self._write = stream.write
        self._receive_into = stream.receive_into
        self._framing = framing
        self._limit = limit
        self._decoder = framing.decoder(limit)
        self._ended = False
        self.end_writing = stream.end_writing
        self.close = stream.close

    def replace_receive(self, receive_into: Callable[[memoryview], int]) -> Callable[..., int]:
        """Receives in another way from now on; returns the way until now."""
        before, self._receive_into = self._receive_into, receive_into
        return before

    def replace_limit(self, limit: int) -> int:
        """Sets another limit for messages in both directions; returns the one until now."""
        before, self._limit = self._limit, limit
        self._decoder.limit = limit
        return before

    def send(self, payload: bytes | bytearray) -> None:
        """Sends one message; returns when the system has all of it."""
        length = len(payload)
        if length > self._limit:
            raise too_large(length, self._limit)
        framing = self._framing
        framing.check(payload)
        if length <= LARGEST_JOINED_FRAME:
            write_all(self._write, b"".join((framing.header(length), payload, framing.trailer)))
            return
        for part in (framing.header(length), payload, framing.trailer):
            if part:
                write_all(self._write, part)

    def receive(self) -> bytearray | None:
        """Receives one message, or None at a clean end of the stream and every time after."""
        decoder = self._decoder
        while True:
            message = decoder.next_message()
            if message is not None:
                return message
            if self._ended:
                return None
            count = self._receive_into(decoder.space())
            if count == 0:
                decoder.finish()
                # A FIFO would begin again with its next writer.
                self._ended = True
                return None
            decoder.received(count)


class PacketSocket:
    """Messages over a socket that keeps their bounds."""

    def __init__(self, connected: socket.socket, limit: int) -> None:
        self._socket = connected
        self._limit = limit
        self._ended = False
        self._one_byte = bytearray(1)
        self.close = connected.close

    def send(self, payload: bytes | bytearray) -> None:
        """Sends one packet, whole or not at all: there is no partial write here."""
        if len(payload) > self._limit:
            raise too_large(len(payload), self._limit)
        if not payload:
            raise Fault(
                "malformed",
                "A packet of no bytes looks like the end of the stream: send at least one byte.",
            )
        self._socket.send(payload)

    def receive(self) -> bytes | None:
        """Receives one packet, or None at the end of the stream and every time after."""
        if self._ended:
            return None
        # A packet that is longer than the buffer loses the rest, silently. MSG_TRUNC makes the
        # system tell the packet's real size, and MSG_PEEK leaves it where it is until there is
        # room for it.
        size = self._socket.recv_into(self._one_byte, 1, socket.MSG_PEEK | socket.MSG_TRUNC)
        if size == 0:
            self._ended = True
            return None
        if size > self._limit:
            raise too_large(size, self._limit)
        return self._socket.recv(size)

    def end_writing(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)


# Connecting and listening


def checked_path(address: str) -> bytes:
    """A path as the bytes that the system takes, whatever the locale says."""
    path = address.encode("utf-8", "surrogateescape")
    if not path or b"\0" in path:
        raise Fault("usage", "A path has at least one byte and no NUL: give the path of a file.")
    return path


def socket_path(address: str) -> bytes:
    """The path of a socket file, which is shorter than that of other files."""
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
    is_number = port.isascii() and port.isdigit() and len(port) <= 5
    if host != LOOPBACK or not is_number or int(port) > 65535:
        raise Fault("usage", f"A TCP address is {LOOPBACK}:PORT, with a port from 0 to 65535.")
    return host, int(port)


class Listener:
    """A socket that is bound and listening, and the file that it made."""

    def __init__(self, listener: socket.socket, path: bytes | None = None) -> None:
        self._socket = listener
        self._path = path
        self._identity = _file_identity(path) if path is not None else None

    @property
    def port(self) -> int:
        """The TCP port, which the system may have chosen."""
        return self._socket.getsockname()[1]

    def accept(self) -> socket.socket:
        """Waits for one peer."""
        connected, _ = self._socket.accept()
        try:
            _set_no_delay(connected)
            return connected
        except BaseException:
            connected.close()
            raise

    def close(self) -> None:
        """Closes the listener and removes its socket file."""
        path, self._path = self._path, None
        # Remove first: a peer that comes now finds nothing, rather than a file where nobody
        # listens. The file is ours only if nobody has put another in its place.
        if path is not None and self._identity == _file_identity(path):
            try:
                os.unlink(path)
            except OSError:
                pass  # The folder is gone or is no longer ours; nothing can be done about it here.
        self._socket.close()


def listen(transport: str, address: str) -> Listener:
    """Binds and listens."""
    if transport == "tcp":
        return _listen_tcp(*loopback_address(address))
    if transport == "unix-abstract":
        return _listen_unix(abstract_name(address), socket.SOCK_STREAM, has_file=False)
    path = dotnet_pipe_path(address) if transport == "dotnet-pipe" else socket_path(address)
    return _listen_unix(path, _unix_socket_type(transport), has_file=True)


def connect(transport: str, address: str) -> socket.socket:
    """Connects to a listener."""
    target: bytes | tuple[str, int]
    socket_type: int
    if transport == "tcp":
        family, socket_type, target = socket.AF_INET, socket.SOCK_STREAM, loopback_address(address)
        if target[1] == 0:
            raise Fault("usage", "Port 0 is for listening: connect to the port that was chosen.")
    elif transport == "unix-abstract":
        family, socket_type, target = socket.AF_UNIX, socket.SOCK_STREAM, abstract_name(address)
    else:
        family, socket_type = socket.AF_UNIX, _unix_socket_type(transport)
        target = dotnet_pipe_path(address) if transport == "dotnet-pipe" else socket_path(address)
    connected = socket.socket(family, socket_type)
    try:
        connected.connect(target)
        # Without a listener the system may pick the target as our own port and connect the socket
        # with itself.
        if family == socket.AF_INET and connected.getsockname() == connected.getpeername():
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        _set_no_delay(connected)
        return connected
    except BaseException:
        connected.close()
        raise


def _listen_tcp(host: str, port: int) -> Listener:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Old connections in TIME_WAIT keep the port for a minute. A live listener keeps it in any
        # case.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        return Listener(listener)
    except BaseException:
        listener.close()
        raise


def _listen_unix(name: bytes, socket_type: int, has_file: bool) -> Listener:
    listener = socket.socket(socket.AF_UNIX, socket_type)
    try:
        try:
            listener.bind(name)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not has_file:
                raise
            remove_stale_socket(name)
            listener.bind(name)
        made = Listener(listener, name if has_file else None)
    except BaseException:
        listener.close()
        raise
    try:
        listener.listen()
        return made
    except BaseException:
        made.close()
        raise


def remove_stale_socket(path: bytes) -> None:
    """Removes the socket file of a program that did not, usually because it crashed.

    SO_REUSEADDR does nothing for these files. The only way to tell a stale one is to connect, but a
    stream would be a peer in the queue of whoever listens there. A datagram socket is refused as
    the wrong kind (EPROTOTYPE), and the listener notices nothing.
    """
    in_use = Fault("exists", "Somebody uses this address: choose another, or stop that program.")
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise Fault("exists", "There is a file that is no socket: choose another path.")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            probe.connect(path)
    except ConnectionRefusedError:
        try:
            os.unlink(path)
        except FileNotFoundError:
            pass
        return
    except FileNotFoundError:
        return
    except OSError as error:
        if error.errno == errno.EPROTOTYPE:
            raise in_use from error
        raise
    raise in_use


def _unix_socket_type(transport: str) -> int:
    return socket.SOCK_SEQPACKET if transport == "unix-seqpacket" else socket.SOCK_STREAM


def _set_no_delay(connected: socket.socket) -> None:
    # Nagle's algorithm holds a small message back until the last one is acknowledged, up to 40 ms.
    if connected.family == socket.AF_INET:
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _file_identity(path: bytes) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


# FIFOs and inherited descriptors


def open_fifo(address: str, role: str) -> DescriptorStream:
    """Opens a FIFO; waits until the other end is open too."""
    path = checked_path(address)
    # Looked at before it is opened: opening for writing would make a file's content our victim.
    if not stat.S_ISFIFO(os.stat(path).st_mode):
        raise Fault("usage", f'"{address}" is not a FIFO: make one with mkfifo.')
    direction = os.O_RDONLY if role == "read" else os.O_WRONLY
    return DescriptorStream(os.open(path, direction | os.O_CLOEXEC))


def inherited_descriptor(address: str) -> int:
    """The number of a descriptor that the parent process left open for us."""
    is_number = address.isascii() and address.isdigit()
    if not is_number or address.lstrip("0") in ("", "1", "2"):
        raise Fault(
            "usage", "An inherited descriptor is a number above 2: pass one to the program."
        )
    try:
        descriptor = int(address)
        os.fstat(descriptor)
    except (OSError, OverflowError, ValueError):  # Also a number that no descriptor can have.
        raise Fault(
            "missing",
            f"Descriptor {address[:20]} is not open: "
            "the parent must pass it without close-on-exec.",
        ) from None
    return descriptor


def adopt(descriptor: int) -> None:
    """Makes an inherited descriptor ours."""
    # It came without close-on-exec, or it would not be here. A child of ours must not keep it
    # open: the peer would never see the end of the stream.
    os.set_inheritable(descriptor, False)
    # O_NONBLOCK belongs to the open file, not to the descriptor, so whoever had it before may have
    # set it.
    os.set_blocking(descriptor, True)


def adopt_pipe(address: str, role: str) -> DescriptorStream:
    """Takes over an inherited end of a pipe."""
    descriptor = inherited_descriptor(address)
    access = fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE
    wrong_end = os.O_WRONLY if role == "read" else os.O_RDONLY
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode) or access == wrong_end:
        raise Fault("usage", f"Descriptor {address} is not the end of a pipe to {role}: pass one.")
    adopt(descriptor)
    return DescriptorStream(descriptor)


def adopt_socket(address: str) -> SocketStream:
    """Takes over an inherited end of a socket pair."""
    descriptor = inherited_descriptor(address)
    if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        inherited = socket.socket(fileno=descriptor)
        if inherited.type == socket.SOCK_STREAM:
            adopt(descriptor)
            return SocketStream(inherited)
        inherited.detach()  # Not ours: it stays open.
    raise Fault("usage", f"Descriptor {address} is no stream socket: pass one of a socket pair.")


# The slot in a mapped file


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

    def receive(self) -> bytes:
        """The text that is in the slot now."""
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
            raise short_slot()


def short_slot() -> Fault:
    """The fault of a file that is too short for a slot."""
    return Fault(
        "malformed",
        f"The file is shorter than the {SLOT_SIZE} bytes of a slot: let its writer open it first.",
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
                raise short_slot()
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
