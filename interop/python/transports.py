"""Local channels as the system gives them: sockets, byte streams and packets.

The functions that make something return it connected or listening, or raise; a descriptor is never
left behind. Python does three things that C leaves to the program: it repeats a call that a signal
interrupted (PEP 475), it opens every descriptor close-on-exec (PEP 446), and it ignores SIGPIPE, so
writing to a peer that has gone raises ``BrokenPipeError`` instead of ending the process.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
from collections.abc import Callable

from addresses import LINUX, abstract_name, dotnet_pipe_path, loopback_address, socket_path
from deadlines import Deadline
from faults import Fault, too_large
from framings import Framing

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
    ROLES["unix-datagram"] = ("listen", "connect")
    ROLES["shared-memory"] = ("read", "write")
    ROLES["spawn-queue"] = ("read", "write")
# A cell's words must become visible in the order in which they are stored, and Python cannot ask for
# that: these processors do it by themselves.
if os.uname().machine in ("x86_64", "amd64", "i686"):
    ROLES["file-cell"] = ("read", "write")

# The roles that send, and those that receive, of the transports where no side does both.
SENDS = frozenset(("write", "connect"))
ONE_WAY = frozenset(("unix-datagram", "fifo", "pipe", "file-slot", "file-cell", "shared-memory", "spawn-queue"))
# A dotnet-pipe is a socket, which could; the stream classes of .NET have no call for it.
NO_HALF_CLOSE = ONE_WAY | {"dotnet-pipe", "manager-queue"}
KEEPS_BOUNDS = frozenset(("unix-seqpacket", "unix-datagram", "file-slot", "file-cell", "shared-memory"))
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

# Up to here a copy is cheaper than a second system call, and the peer is woken once.
LARGEST_JOINED_FRAME = 65536


# Sending and receiving


def write_all(write: Callable[[bytes | bytearray | memoryview], int], data: bytes | bytearray) -> None:
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
        self.fileno = connected.fileno
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

    def fileno(self) -> int:
        return self._descriptor

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

    def __init__(self, stream: SocketStream | DescriptorStream, framing: Framing, limit: int) -> None:
        self._stream = stream
        self._write = stream.write
        self._receive_into = stream.receive_into
        self._framing = framing
        self._limit = limit
        self._decoder = framing.decoder(limit)
        self._ended = False
        self.end_writing = stream.end_writing
        self.close = stream.close

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

    def receive(self, deadline: Deadline | None = None) -> bytearray | None:
        """Receives one message, or None at a clean end of the stream and every time after.

        Raises ``timeout`` at the deadline. What has come of a message by then is kept for the next
        call.
        """
        decoder = self._decoder
        while True:
            message = decoder.next_message()
            if message is not None:
                return message
            if self._ended:
                return None
            if deadline is not None:
                deadline.wait(self._stream)
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

    def receive(self, deadline: Deadline | None = None) -> bytes | None:
        """Receives one packet, or None at the end of the stream and every time after."""
        if self._ended:
            return None
        if deadline is not None:
            deadline.wait(self._socket)
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


class SocketFile:
    """The file that binding a Unix socket makes, and that the system leaves behind."""

    def __init__(self, path: bytes) -> None:
        self._path: bytes | None = path
        self._identity = _file_identity(path)

    def remove(self) -> None:
        """Removes the file, unless somebody has put another in its place."""
        if self._path is not None and self._identity == _file_identity(self._path):
            # Perhaps the folder is gone or is no longer ours; nothing can be done about it here.
            with contextlib.suppress(OSError):
                os.unlink(self._path)
        self._path = None


class Listener:
    """A socket that is bound and listening, and the file that it made."""

    def __init__(self, listener: socket.socket, file: SocketFile | None = None) -> None:
        self._socket = listener
        self._file = file

    @property
    def port(self) -> int:
        """The TCP port, which the system may have chosen."""
        return self._socket.getsockname()[1]

    def accept(self, deadline: Deadline | None = None) -> socket.socket:
        """Waits for one peer. Raises ``timeout`` at the deadline."""
        while True:
            try:
                connected = self._accept_in_time(deadline)
                break
            except ConnectionAbortedError:
                pass  # A peer that has gone while it waited for us: the next one may stay.
        try:
            _set_no_delay(connected)
            return connected
        except BaseException:
            connected.close()
            raise

    def _accept_in_time(self, deadline: Deadline | None) -> socket.socket:
        if deadline is None:
            return self._socket.accept()[0]
        deadline.wait(self._socket)
        # A peer that has gone in between must not make it wait for another.
        self._socket.setblocking(False)
        try:
            connected = self._socket.accept()[0]
        except BlockingIOError:
            raise ConnectionAbortedError from None
        finally:
            self._socket.setblocking(True)
        connected.setblocking(True)
        return connected

    def close(self) -> None:
        """Closes the listener and removes its socket file."""
        # Remove first: a peer that comes now finds nothing, rather than a file where nobody listens.
        if self._file is not None:
            self._file.remove()
        self._socket.close()


def listen(transport: str, address: str) -> Listener:
    """Binds and listens."""
    if transport == "tcp":
        return _listen_tcp(*loopback_address(address))
    if transport == "unix-abstract":
        return _listen_unix(abstract_name(address), socket.SOCK_STREAM, has_file=False)
    path = dotnet_pipe_path(address) if transport == "dotnet-pipe" else socket_path(address)
    return _listen_unix(path, unix_socket_type(transport), has_file=True)


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
        family, socket_type = socket.AF_UNIX, unix_socket_type(transport)
        target = dotnet_pipe_path(address) if transport == "dotnet-pipe" else socket_path(address)
    connected = socket.socket(family, socket_type)
    try:
        try:
            connected.connect(target)
        except BlockingIOError as error:  # EAGAIN: the listener has not accepted anybody for too long.
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from error
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
    listener, file = bind_unix(name, socket_type, has_file)
    made = Listener(listener, file)
    try:
        listener.listen()
        return made
    except BaseException:
        made.close()
        raise


def bind_unix(name: bytes, socket_type: int, has_file: bool) -> tuple[socket.socket, SocketFile | None]:
    """A socket with a name, and the file that goes with it."""
    bound = socket.socket(socket.AF_UNIX, socket_type)
    try:
        try:
            bound.bind(name)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not has_file:
                raise
            remove_stale_socket(name)
            bound.bind(name)
        return bound, SocketFile(name) if has_file else None
    except BaseException:
        bound.close()
        raise


def remove_stale_socket(path: bytes) -> None:
    """Removes the socket file of a program that did not, usually because it crashed.

    SO_REUSEADDR does nothing for these files. The only way to tell a stale one is to connect, but
    that would put a peer into the queue of whoever listens there. A datagram socket cannot become
    one: a stream or packet socket refuses it as the wrong kind (EPROTOTYPE), and another datagram
    socket does not notice who is connected to it. Only a file that nobody holds is ECONNREFUSED.
    """
    try:
        status = os.lstat(path)
        if not stat.S_ISSOCK(status.st_mode):
            raise Fault("exists", "There is a file that is no socket: choose another path.")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
            refusal = probe.connect_ex(path)
        if refusal not in (errno.ECONNREFUSED, errno.ENOENT):
            raise Fault("exists", "Somebody uses this address: choose another, or stop that program.")
        # Somebody else may have done the same by now, and listen there.
        if _file_identity(path) == (status.st_dev, status.st_ino):
            os.unlink(path)
    except FileNotFoundError:
        pass  # Its owner has just removed it.


def unix_socket_type(transport: str) -> int:
    """The kind of Unix socket that a transport is."""
    kinds = {"unix-seqpacket": socket.SOCK_SEQPACKET, "unix-datagram": socket.SOCK_DGRAM}
    return kinds.get(transport, socket.SOCK_STREAM)


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
