"""A queue that several processes share through a ``BaseManager``, as its server or as a client.

The server is the standard library's, in a child process; the clients are its proxies. One thing is
replaced, through the hook that the library has for serializers: what a client receives is read
without executing anything. Imported only when a channel asks for it.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import connection, managers

import deadlines
import handshake
import plain_pickle
import transports
from addresses import loopback_address, socket_path
from ending import signals_held
from faults import Fault, too_large
from framings import FRAMINGS
from values import TooLong

# What a reply has around its value, and more.
_ENVELOPE = 1024
_EMPTY = ("Queue.Empty", "queue.Empty", "_queue.Empty")


class ServerError(Exception):
    """An exception that the shared object has raised, by its name; it is not made again here."""

    def __init__(self, error: plain_pickle.Inert) -> None:
        super().__init__(error.name)
        self.name = error.name


class PlainConnection(connection.Connection):
    """A connection to a manager whose replies are plain data."""

    largest = 0
    _is_bounded = False

    def send(self, request: tuple) -> None:
        """Sends a request: the object's identity, a method, its arguments and keywords."""
        # Without an object it is for the manager, who answers at once.
        self._is_bounded = request[0] is None
        super().send(request)

    def recv(self) -> tuple:
        """Receives a reply: what it is, and a value."""
        seconds = deadlines.patience
        if self._is_bounded and not self.poll(seconds):
            raise Fault("timeout", f"The manager has not answered for {seconds:g} s: look at it.")
        try:
            reply = plain_pickle.decode(self.recv_bytes(self.largest), counts_content=False)
        except TooLong as fault:
            # The object has been taken out of the queue, so it is handed on all the same.
            return "#RETURN", fault
        except OSError as error:
            if error.errno is None and "message length" in str(error):
                raise too_large(self.largest + 1, self.largest) from error
            raise
        if type(reply) is not tuple or len(reply) != 2:
            raise Fault("malformed", "The manager's reply is no pair: it is another program.")
        kind, result = reply
        if isinstance(kind, bytes):  # A string of Python 2.
            kind = kind.decode("ascii", "replace")
        if kind == "#ERROR" and isinstance(result, plain_pickle.Inert):
            result = ServerError(result)
        if kind == "#PROXY":
            raise Fault("malformed", "The method returns another shared object, which is no value.")
        return kind, result


def _connect(address: str | tuple[str, int], *, authkey: bytes, largest: int) -> PlainConnection:
    """What ``multiprocessing.connection.Client`` does, with a deadline."""
    if isinstance(address, tuple):
        connected = transports.connect("tcp", f"{address[0]}:{address[1]}")
    else:
        connected = transports.connect("unix", address)
    try:
        # Nothing comes behind the handshake before we ask, so its stream holds nothing back.
        stream = transports.MessageStream(transports.SocketStream(connected), FRAMINGS["multiprocessing"], largest)
        handshake.authenticate(stream, bytes(authkey), is_accepting=False)
        made = PlainConnection(connected.detach())
    except BaseException:
        connected.close()
        raise
    made.largest = largest
    return made


class SharedQueue:
    """A client of a manager's queue, and perhaps the manager's process."""

    def __init__(self, address: str, key: bytes, name: str, limit: int, server: Server | None) -> None:
        self._limit = limit
        self._server = server
        self.calls = server is None
        largest = limit + _ENVELOPE
        serializer = f"plain pickle to {largest}"
        managers.listener_client[serializer] = (
            connection.Listener,
            functools.partial(_connect, largest=largest),
        )

        class Manager(managers.BaseManager):
            pass

        # A bare proxy: those that have the object's methods are made by executing source text with
        # the names that the manager says.
        Manager.register(name, proxytype=managers.BaseProxy)
        manager = Manager(_library_address(address), key, serializer)
        try:
            with _asking(_HUNG_UP):
                manager.connect()
                self._proxy = getattr(manager, name)()
        except managers.RemoteError as error:
            raise Fault("missing", f'The manager has no "{name}" ({_last_line(error)}): register it there.') from error

    def send(self, payload: bytes | bytearray) -> None:
        """Puts bytes into the queue."""
        if len(payload) > self._limit:
            raise too_large(len(payload), self._limit)
        self.put(bytes(payload))

    def put(self, value: object) -> None:
        """Puts a value into the queue."""
        self.call("put", (value,))

    def receive(self) -> bytes:
        """Waits for bytes."""
        return self.checked(self.get(None))

    def get(self, milliseconds: int | None) -> object:
        """Waits for a value. Returns ``transports.NOTHING`` if there is none in time."""
        arguments = () if milliseconds is None else (True, milliseconds / 1000)
        try:
            return self.call("get", arguments)
        except _Empty:
            return transports.NOTHING

    def checked(self, value: object) -> bytes:
        """A value that is received as bytes."""
        if type(value) is not bytes:
            raise Fault(
                "malformed",
                f"The queue holds a {type(value).__name__}: receive it with codec=pickle.",
            )
        if len(value) > self._limit:
            raise too_large(len(value), self._limit)
        return value

    def call(self, method: str, arguments: tuple) -> object:
        """Calls a method of the shared object."""
        try:
            with _asking(_GONE):
                return self._proxy._callmethod(method, arguments)  # documented
        except managers.RemoteError as error:
            raise _refused(error) from error

    def end_writing(self) -> None:
        raise Fault("unsupported", "A shared queue has no end: close the channel instead.")

    def close(self) -> None:
        # Its finalizer tells the manager that nobody here needs the object any more.
        del self._proxy
        if self._server is not None:
            self._server.close()


class _Empty(Exception):
    """Nothing came in time."""


# A connection that ends inside a message raises OSError without a number.
_HUNG_UP = (None, errno.EPIPE, errno.ECONNRESET)
# A proxy connects when it is first used, and the manager may have gone since it was opened.
_GONE = (*_HUNG_UP, errno.ENOENT, errno.ECONNREFUSED)


@contextlib.contextmanager
def _asking(gone: tuple[int | None, ...]) -> Iterator[None]:
    """Turns what a proxy raises into faults; the numbers are those of a manager that is gone."""
    try:
        yield
    except ServerError as error:
        # The library's own frame holds the exception, and with it the proxy and its connection:
        # without the traceback they go at once and not at some later collection.
        error.__traceback__ = None
        if error.name in _EMPTY:
            raise _Empty from None
        raise Fault("internal", f"The shared object raised {error.name}: look at the method's arguments.") from error
    except (EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in gone:
            raise
        raise Fault("closed", "The manager is gone: start it again, and open anew.") from error


def _last_line(error: managers.RemoteError) -> str:
    """The exception itself, at the end of a traceback."""
    return str(error.args[0]).strip("- \n").rpartition("\n")[2]


def _refused(error: managers.RemoteError) -> Fault:
    return Fault("internal", f"The manager raised {_last_line(error)}: look at the method.")


# The server


class Server:
    """A manager with one queue in a child process."""

    def __init__(self, address: str, key: bytes, name: str) -> None:
        # Listening there once says in our own words why it cannot be done, and removes the file of
        # a listener that has crashed.
        with signals_held():
            transports.listen("tcp" if _is_port(address) else "unix", address).close()
        self._path = None if _is_port(address) else socket_path(address)
        self._file: transports.SocketFile | None = None
        inherited = _open_descriptors()
        context = multiprocessing.get_context("fork")
        ready, says_ready = context.Pipe(duplex=False)
        # A fork and no thread: the library's server cannot be stopped inside a process.
        self._process = context.Process(target=_serve, args=(address, key, name, says_ready, inherited), daemon=True)
        seconds = deadlines.patience
        try:
            with signals_held():
                self._process.start()
            says_ready.close()
            if not ready.poll(seconds):
                raise Fault("timeout", f"The manager has not started within {seconds:g} s.")
            ready.recv_bytes()
            if self._path is not None:
                self._file = transports.SocketFile(self._path)
        except EOFError:
            self.close()
            raise Fault("internal", "The manager did not start: standard error says why.") from None
        except BaseException:
            self.close()
            raise
        finally:
            ready.close()

    def close(self) -> None:
        """Ends the process and removes its socket file."""
        with signals_held():  # Whoever ends us now would leave the rest undone.
            if self._file is not None:
                self._file.remove()
            process, self._process = self._process, None
            if process is not None and process.pid is not None:
                process.kill()  # Which it cannot put off, and it has nothing to give back.
                process.join()
                process.close()
            # It may have made the file and not come to say so; then nobody holds it now.
            if self._file is None and self._path is not None:
                with contextlib.suppress(Fault, OSError):
                    transports.remove_stale_socket(self._path)


def _open_descriptors() -> list[int]:
    return [int(name) for name in os.listdir("/dev/fd") if int(name) > 2]


def _serve(address: str, key: bytes, name: str, says_ready: connection.Connection, inherited: list[int]) -> None:
    # What the parent does when it is to end is not for this process.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    # A fork has all that its parent has open. The peers of those channels would not see them end,
    # and the reader of our standard output not the end of the endpoint.
    for descriptor in inherited:
        with contextlib.suppress(OSError):  # The listing's own is closed already.
            os.close(descriptor)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.close(null)
    shared: queue.Queue = queue.Queue()

    class Manager(managers.BaseManager):
        pass

    Manager.register(name, callable=lambda: shared)
    server = Manager(_library_address(address), key).get_server()
    file = None if _is_port(address) else transports.SocketFile(socket_path(address))
    _with_parent(lambda: None if file is None else file.remove())
    says_ready.send_bytes(b"ready")
    says_ready.close()
    server.serve_forever()


def _with_parent(clean_up: Callable[[], None]) -> None:
    """Ends this process when its parent does, even if that was killed."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        parent.join()
        try:
            clean_up()
        finally:
            os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def _is_port(address: str) -> bool:
    return ":" in address and not address.startswith("/")


def _library_address(address: str) -> str | tuple[str, int]:
    """The address as the library has it: a path, or a pair of host and port."""
    return loopback_address(address) if _is_port(address) else address


def open_queue(address: str, role: str, key: bytes, name: str, limit: int) -> SharedQueue:
    """Starts a manager with an empty queue, or connects to one that runs."""
    if _is_port(address):
        if loopback_address(address)[1] == 0:
            raise Fault("usage", "A manager's port is told to its clients beforehand; 0 is none.")
    else:
        socket_path(address)
    if not name or hasattr(managers.BaseManager, name):
        raise Fault("usage", f'"{name[:60]}" cannot be the name of a queue: choose another.')
    if role == "connect":
        return SharedQueue(address, key, name, limit, None)
    server = Server(address, key, name)
    try:
        return SharedQueue(address, key, name, limit, server)
    except BaseException:
        server.close()
        raise
