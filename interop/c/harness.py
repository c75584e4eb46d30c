"""A running endpoint, and what the tests of every subject need."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import shutil
import socket
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

SOURCES = sorted(str(path) for path in Path(__file__).parent.glob("*.c"))
FLAGS = ["-std=c11", "-pthread", "-O2", "-Wall", "-Wextra", "-Werror"]
FRAMINGS = ("multiprocessing", "u32le", "line", "netstring", "varint", "content-length")
TRANSPORTS = (
    "unix",
    "unix-abstract",
    "unix-seqpacket",
    "dotnet-pipe",
    "tcp",
    "fifo",
    "pipe",
    "socketpair",
    "file-slot",
    "file-cell",
)
DEADLINE = 15.0
LINE_LIMIT = 262144  # without the line feed
NOBODY = 65534


def frame(framing: str, payload: bytes) -> bytes:
    """An independent encoder: written from the table of the protocol, not from the program."""
    length = len(payload)
    if framing == "multiprocessing":
        return struct.pack(">i", length) + payload
    if framing == "u32le":
        return struct.pack("<I", length) + payload
    if framing == "line":
        return payload + b"\n"
    if framing == "netstring":
        return b"%d:%s," % (length, payload)
    if framing == "content-length":
        return b"Content-Length: %d\r\n\r\n%s" % (length, payload)
    varint = b""
    while length >= 0x80:
        varint += bytes([length & 0x7F | 0x80])
        length >>= 7
    return varint + bytes([length]) + payload


class Endpoint:
    """A running endpoint, and the replies it has given."""

    def __init__(self, command: list[str], **arguments: object) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            **arguments,
        )
        self._received = b""
        self.pid = self.process.pid

    def tell(self, *commands: str | bytes) -> None:
        lines = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in commands)
        self.process.stdin.write(lines)

    def raw_reply(self) -> str:
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._received:
                if not selector.select(DEADLINE):
                    raise AssertionError("no reply")
                chunk = os.read(self.process.stdout.fileno(), 1 << 20)
                if not chunk:
                    raise AssertionError(f"the endpoint ended: {self.process.stderr.read().decode()}")
                self._received += chunk
        line, _, self._received = self._received.partition(b"\n")
        return line.decode("ascii")

    def reply(self) -> dict[str, str]:
        """The values of `ok`, or just the kind of an error."""
        outcome, *pairs = self.raw_reply().split(" ")
        values = dict(pair.split("=", 1) for pair in pairs)
        if outcome == "error":
            assert unquote_to_bytes(values["message"]).decode("ascii").strip(), "an error without a message"
            return {"error": values["kind"]}
        assert outcome == "ok", outcome
        return values

    def ask(self, command: str | bytes) -> dict[str, str]:
        self.tell(command)
        return self.reply()

    def descriptors(self) -> set[str]:
        return set(os.listdir(f"/proc/{self.pid}/fd"))

    def wait_until_blocked(self) -> None:
        """Until it has read every command and its main thread sleeps: ended sooner, it would not be in a wait."""
        deadline = time.monotonic() + DEADLINE
        while self._has_unread_commands() or self._state() != "S":
            if time.monotonic() > deadline:
                raise AssertionError("the endpoint never waits")
            os.sched_yield()

    def _has_unread_commands(self) -> bool:
        return struct.unpack("i", fcntl.ioctl(self.process.stdin, termios.FIONREAD, b"\0" * 4)) != (0,)

    def _state(self) -> str:
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def flags(self, descriptor: str) -> int:
        """A descriptor's flags, as `open` takes them."""
        information = Path(f"/proc/{self.pid}/fdinfo/{descriptor}").read_text()
        return int(information.split("flags:")[1].split()[0], 8)

    def end(self) -> tuple[int, str]:
        """Ends its input; gives the exit status and the log, which is where sanitizers complain."""
        try:
            self.process.stdin.close()
            status = self.process.wait(DEADLINE)
            return status, self.process.stderr.read().decode()
        finally:
            self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()


def wait_until_received(peer: socket.socket) -> None:
    """Until the other side has taken every byte: pieces arrive as pieces, no time is guessed."""
    deadline = time.monotonic() + DEADLINE
    while struct.unpack("i", fcntl.ioctl(peer, termios.TIOCOUTQ, b"\0" * 4))[0] > 0:
        if time.monotonic() > deadline:
            raise AssertionError("the endpoint does not read")
        os.sched_yield()


def peak_address_space(pid: int) -> int:
    """In KiB: what was ever reserved, whether it was touched or not."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmPeak"))


def received(peer: socket.socket, size: int) -> bytes:
    """Exactly so many bytes, or fewer at the end of the stream."""
    collected = bytearray()
    while len(collected) < size and (piece := peer.recv(size - len(collected))):
        collected += piece
    return bytes(collected)


class EndpointCase:
    """The base of every subject's tests. What a program needs of its own, it says in these attributes."""

    command: tuple[str, ...] = ()
    language = "c"
    runtime = r"(gcc|clang)%20\d+\.\d+\.\d+"
    longest_address = 107  # of a socket's path or abstract name, in bytes
    peak_memory = 60_000  # KiB, with a message of 16 MiB
    is_sanitized = False
    features = "echo,ping,layout"
    codecs = ""
    transports: tuple[str, ...] = TRANSPORTS
    # Those whose listeners make a socket file.
    path_listeners: tuple[tuple[str, str], ...] = (
        ("unix", "line"),
        ("unix-seqpacket", "none"),
        ("dotnet-pipe", "line"),
    )

    @classmethod
    def build(cls, *more: str) -> None:
        folder = tempfile.TemporaryDirectory(prefix="c-")
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)  # the test of `denied` runs the program as another user
        cls.command = (f"{folder.name}/endpoint",)
        command = ["cc", *FLAGS, *more, "-o", *cls.command, *SOURCES, "-ldl"]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise AssertionError(finished.stderr)

    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="c-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = f"{self.folder}/s"
        self.endpoint = self.start()

    def start(self, **arguments: object) -> Endpoint:
        endpoint = Endpoint([*self.command], **arguments)
        self.addCleanup(lambda: self.assertEqual(endpoint.end(), (0, "")))
        return endpoint

    def expect(self, command: str | bytes, **values: str) -> None:
        self.assertEqual(self.endpoint.ask(command), values, command[:200])

    def expect_error(self, kind: str, command: str | bytes) -> None:
        self.expect(command, error=kind)

    def listener(self, transport: str, framing: str) -> str:
        return f"open channel=c transport={transport} role=listen address={self.path} framing={framing}"

    @contextlib.contextmanager
    def peer(self, framing: str, limit: int | None = None) -> Iterator[socket.socket]:
        """A raw peer of the open channel `c`."""
        with socket.socket(socket.AF_UNIX) as listener:
            address = f"{self.path}-peer"
            listener.bind(address)
            listener.listen()
            suffix = "" if limit is None else f" limit={limit}"
            self.expect(f"open channel=c transport=unix role=connect address={address} framing={framing}{suffix}")
            connection = listener.accept()[0]
        os.unlink(address)
        connection.settimeout(DEADLINE)
        with connection:
            yield connection
        self.expect("close channel=c")

    def slot(self, role: str, channel: str = "c", limit: str = "") -> str:
        return f"open channel={channel} transport=file-slot role={role} address={self.path} framing=none{limit}"

    def cell(self, role: str, channel: str = "c", limit: str = "") -> str:
        return f"open channel={channel} transport=file-cell role={role} address={self.path} framing=none{limit}"
