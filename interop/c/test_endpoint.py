"""The promises of the C endpoint, kept against raw peers.

Run with: python3 -m unittest discover -s interop/c
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import resource
import selectors
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

SOURCE = Path(__file__).with_name("endpoint.c")
FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"]
SANITIZERS = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
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

# interop/vectors/layouts.yml, by hand: the standard library has no YAML.
LAYOUTS = {
    "mixed": {"size": "32", "alignment": "8", "offsets": "a:0,b:4,c:8,d:16,e:24"},
    "mixed-packed": {"size": "16", "alignment": "1", "offsets": "a:0,b:1,c:5,d:6,e:14"},
    "arrays": {"size": "20", "alignment": "4", "offsets": "tag:0,values:4,name:12"},
    "bools": {"size": "12", "alignment": "4", "offsets": "first:0,count:4,second:8,third:9"},
    "point": {"size": "8", "alignment": "4", "offsets": "x:0,y:4"},
    "nested": {
        "size": "56",
        "alignment": "8",
        "offsets": "id:0,position:4,detail:16,last:48",
    },
}

build_folder = ""


def setUpModule() -> None:
    global build_folder
    build_folder = tempfile.mkdtemp(prefix="c-")
    os.chmod(build_folder, 0o755)  # the test of `denied` runs the program as another user


def tearDownModule() -> None:
    shutil.rmtree(build_folder)


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


class EndpointTests:
    """Mixed into one test case for each way to build the program, here and in interop/csharp."""

    command: tuple[str, ...] = ()
    language = "c"
    runtime = r"(gcc|clang)%20\d+\.\d+\.\d+"
    longest_address = 107  # of a socket's path or abstract name, in bytes
    peak_memory = 60_000  # KiB, with a message of 16 MiB
    is_sanitized = False
    features = "echo,ping,layout"
    transports: tuple[str, ...] = TRANSPORTS
    # Those whose listeners make a socket file.
    path_listeners: tuple[tuple[str, str], ...] = (
        ("unix", "line"),
        ("unix-seqpacket", "none"),
        ("dotnet-pipe", "line"),
    )

    @classmethod
    def build(cls, name: str, *more: str) -> None:
        program = f"{build_folder}/{name}"
        cls.command = (program,)
        command = ["cc", *FLAGS, *more, "-o", program, str(SOURCE)]
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

    # The protocol's lines

    def test_hello_declares_everything(self) -> None:
        values = self.endpoint.ask("hello")
        self.assertRegex(values.pop("runtime"), f"^{self.runtime}$")
        expected = {
            "protocol": "1",
            "language": self.language,
            "transports": ",".join(self.transports),
            "framings": ",".join((*FRAMINGS, "none")),
            "codecs": "",
            "features": self.features,
        }
        self.assertEqual(values, expected)

    def test_bad_lines_are_usage(self) -> None:
        opening = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        lines = [
            "",
            " ",
            "dance",
            "HELLO",
            "hello ",
            "hello  ",
            " hello",
            "hello\r",
            "hello x=1",
            "hello x",
            "hello =1",
            "hello X=1",
            b"hello\0",
            b"\0",
            b"\xff",
            b"reset \xc3\xa9=1",
            "accept",
            "accept channel=c",
            "accept channel=",
            "open",
            f"{opening} framing=line",
            f"{opening} color=red",
            f"{opening} codec=json",
            f"{opening} limit=0",
            f"{opening} limit=2147483648",
            f"{opening} limit=-1",
            f"{opening} limit=",
            f"{opening} limit=1x",
            f"{opening} limit=99999999999999999999",
            f"{opening}\r",
            opening.replace("=c ", "=C "),
            opening.replace("=c ", "= "),
            opening.replace("=c ", "=abcdefghijklmnopq "),
            opening.replace("=c ", "=%00 "),
            opening.replace(self.path, f"{self.path}%00"),
            opening.replace(self.path, ""),
            opening.replace(self.path, "/" + "x" * 120),
            opening.replace(self.path, f"{self.path}%4"),
            opening.replace(self.path, f"{self.path}%zz"),
            opening.replace(self.path, self.path + "\xe9"),
            opening.replace(self.path, f'{self.path}"'),
            opening.encode() + b"\0",
            "close channel=c",
            "close channel=c how=read",
            "send channel=c payload=00",
            "receive channel=c",
            "ping channel=c count=1 size=1",
        ]
        for line in lines:
            with self.subTest(line):
                self.expect_error("usage", line)
        self.assertEqual(os.listdir(self.folder), [])
        self.expect("reset")

    def test_bad_values_on_an_open_channel_are_usage(self) -> None:
        with self.peer("line") as peer:
            for rest in (
                "payload=0",
                "payload=0g",
                "payload=AA",
                "payload=zz",
                "payload=00%00",
                "",
                "payload=00 file=/x",
                "payload=00 payload=00",
                "how=write",
                "payload",
                "payload=00=00",
                f"file={self.folder}",
                f"file={self.path}%00",
            ):
                with self.subTest(rest):
                    self.expect_error("usage", f"send channel=c {rest}".rstrip())
            for rest in (
                "echo channel=c",
                "echo channel=c count=0",
                "echo channel=c count=10000001",
                "ping channel=c count=1",
                "ping channel=c count=1 size=x",
                "accept channel=c",
                "close channel=c how=both",
                f"open channel=c transport=unix role=listen address={self.path} framing=line",
            ):
                with self.subTest(rest):
                    self.expect_error("usage", rest)
            self.expect("send channel=c payload=%36%31")
            self.assertEqual(peer.recv(9), b"a\n")

    def test_what_is_not_declared_is_unsupported(self) -> None:
        for transport, role, framing in (
            ("carrier-pigeon", "listen", "line"),
            ("unix", "listen", "morse"),
            ("unix", "juggle", "line"),
            ("unix", "read", "line"),
            ("tcp", "write", "line"),
            ("fifo", "listen", "line"),
            ("pipe", "connect", "line"),
            ("file-slot", "listen", "none"),
            ("file-cell", "listen", "none"),
            ("file-cell", "read", "line"),
            ("unix", "listen", "none"),
            ("pipe", "read", "none"),
            ("unix-seqpacket", "listen", "line"),
            ("file-slot", "read", "u32le"),
        ):
            with self.subTest(transport=transport, role=role, framing=framing):
                command = f"open channel=c transport={transport} role={role} address={self.path} framing={framing}"
                self.expect_error("unsupported", command)
        with self.peer("line"):
            self.expect_error("unsupported", "send channel=c codec=json value=null")
            self.expect_error("unsupported", "receive channel=c codec=json")

    def test_a_line_may_have_262144_bytes_and_no_more(self) -> None:
        with self.peer("netstring") as peer:
            start = "send channel=c payload="
            payload = b"\xab" * ((LINE_LIMIT - len(start)) // 2)
            whole = start + payload.hex()
            # One digit more fills the line, which is obeyed: it is the odd digit that is wrong.
            self.assertEqual(len(whole + "0"), LINE_LIMIT)
            self.endpoint.tell(whole + "0")
            self.assertIn("payload%20is%20not", self.endpoint.raw_reply())
            for filler in ("", "x" * 3_000_000):
                self.endpoint.tell(whole + "00" + filler, whole)
                self.assertIn("line%20has%20more", self.endpoint.raw_reply())
                expected = frame("netstring", payload)
                self.assertEqual(received(peer, len(expected)), expected)
                self.assertEqual(self.endpoint.reply(), {})

    def test_commands_of_one_write_are_answered_in_order(self) -> None:
        with self.peer("line") as peer:
            peer.sendall(b"".join(b"%d\n" % number for number in range(3000)))
            self.endpoint.tell(*["receive channel=c"] * 3000)
            for number in range(3000):
                self.assertEqual(self.endpoint.reply(), {"payload": (b"%d" % number).hex()})

    def test_an_unfinished_line_at_the_end_is_no_command(self) -> None:
        command = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        for line in (command, "x" * (LINE_LIMIT + 1)):
            endpoint = Endpoint([*self.command])
            endpoint.process.stdin.write(line.encode())
            endpoint.process.stdin.close()
            self.assertEqual(endpoint.process.stdout.read(), b"")
            self.assertEqual(endpoint.end(), (0, ""))
            self.assertEqual(os.listdir(self.folder), [])

    def test_layouts_are_those_of_the_vectors(self) -> None:
        for name, expected in LAYOUTS.items():
            self.expect(f"layout record={name}", **expected)
        self.expect_error("unsupported", "layout record=none")
        self.expect_error("usage", "layout")

    def test_a_blank_or_carriage_return_too_many_is_usage_and_nothing_is_done(self) -> None:
        opening = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        for line in (
            f"{opening}\r",
            f"{opening} ",
            f" {opening}",
            opening.replace("open ", "open  "),
            opening.replace(" role", "  role"),
            opening.replace(" role", "\trole"),
            opening.replace(" role", "\r role"),
            f"{opening} \r",
        ):
            with self.subTest(line):
                self.expect_error("usage", line)
                self.assertEqual(os.listdir(self.folder), [])
        self.expect(opening)
        for line in ("reset\r", "reset ", " reset", "close channel=c ", "close channel=c\r", "close  channel=c"):
            with self.subTest(line):
                self.expect_error("usage", line)
                self.assertEqual(os.listdir(self.folder), [os.path.basename(self.path)])

    def test_a_plus_sign_is_a_plus_sign(self) -> None:
        for plus in ("+", "%2B", "%2b"):
            with self.subTest(plus):
                self.expect(f"open channel=c transport=unix role=listen address={self.folder}/a{plus}b framing=line")
                self.assertEqual(os.listdir(self.folder), ["a+b"])
                self.expect("reset")

    def test_hexadecimal_is_lower_case(self) -> None:
        with self.peer("line") as peer:
            for payload in ("AB", "aB", "Ab", "abcdeF", "%41%42", "0X61", "6"):
                with self.subTest(payload):
                    self.expect_error("usage", f"send channel=c payload={payload}")
            self.expect("send channel=c payload=ab")
            self.assertEqual(peer.recv(9), b"\xab\n")

    def test_which_refusal_comes_first(self) -> None:
        self.expect(f"open channel=l transport=unix role=listen address={self.path}l framing=line")
        self.expect(self.slot("write", "w"))
        self.expect(self.slot("read", "r"))
        with self.peer("line", limit=2) as peer:
            for kind, line in (
                # The grammar, then the verb.
                ("usage", "call channel=c method=x "),
                ("usage", "call channel=c channel=c"),
                ("usage", "call channel=%zz method=x"),
                ("unsupported", "call"),
                ("unsupported", "call channel=C colour=blue"),
                # Keys and the forms of their values, before the channel and before words that are not declared.
                ("usage", "layout record=none colour=blue"),
                ("usage", "open channel=d transport=pigeon role=listen address=/x"),
                ("usage", "open channel=d transport=pigeon role=listen address=/x framing=line limit=0"),
                ("usage", "open channel=d transport=pigeon role=listen address=/x framing=line colour=blue"),
                ("usage", "open channel=D transport=pigeon role=listen address=/x framing=line"),
                ("usage", "send channel=c codec=none"),
                ("usage", "send channel=c codec=none value=null payload=00"),
                ("usage", "receive channel=c codec=none file=/x"),
                ("usage", "receive channel=c codec=none timeout=x"),
                # The channel, before such words.
                ("usage", "open channel=l transport=pigeon role=listen address=/x framing=line"),
                ("usage", "send channel=none codec=none value=null"),
                ("usage", "receive channel=none codec=none"),
                # Such words, before the address and before what the channel cannot do.
                ("unsupported", "open channel=d transport=pigeon role=sing address=/x framing=smoke"),
                ("unsupported", "open channel=d transport=unix role=sing address= framing=line"),
                ("unsupported", "open channel=d transport=unix role=listen address= framing=smoke"),
                ("unsupported", "open channel=d transport=unix role=listen address= framing=none"),
                ("unsupported", "open channel=d transport=fifo role=listen address= framing=line"),
                ("unsupported", "open channel=d transport=tcp role=read address=nowhere framing=line"),
                ("unsupported", "send channel=l codec=none value=null"),
                ("unsupported", "send channel=r codec=none value=null"),
                ("unsupported", "receive channel=l codec=none"),
                # The address, before what the system says.
                ("usage", "open channel=d transport=tcp role=connect address=127.0.0.1:0 framing=line"),
                # What the channel cannot do, before the message.
                ("usage", f"send channel=r payload={'61' * 1025}"),
                ("usage", "send channel=l payload=610a61"),
                ("usage", "send channel=l file=/none"),
                ("usage", "ping channel=w count=1 size=2000000000"),
                # The message: its digits, its length, then what the framing carries.
                ("usage", "send channel=c payload=610a6"),
                ("too-large", "send channel=c payload=610a62"),
                ("malformed", "send channel=c payload=610a"),
                ("too-large", f"send channel=w payload={'00' * 1025}"),
                ("malformed", f"send channel=w payload={'00' * 1024}"),
                ("usage", "ping channel=c count=0 size=3"),
                ("too-large", "ping channel=c count=1 size=3"),
            ):
                with self.subTest(line[:100]):
                    self.expect_error(kind, line)
            self.expect("send channel=c payload=6162")
            self.assertEqual(peer.recv(9), b"ab\n")

    # Framings

    def test_a_message_has_exactly_these_bytes_on_the_wire(self) -> None:
        for framing in FRAMINGS:
            with self.peer(framing) as peer:
                for size in (0, 1, 127, 128, 511, 512, 513, 16383, 16384, 65536):
                    with self.subTest(framing=framing, size=size):
                        payload = bytes(index % 251 for index in range(size)).replace(b"\n", b"\r")
                        self.endpoint.tell(f"send channel=c payload={payload.hex()}")
                        expected = frame(framing, payload)
                        self.assertEqual(received(peer, len(expected)), expected)
                        self.assertEqual(self.endpoint.reply(), {})
                self.expect("close channel=c how=write")
                self.assertEqual(peer.recv(1), b"")

    def test_every_split_of_a_stream_gives_the_same_messages(self) -> None:
        payloads = [b"", b"a", b"hello\r", bytes([0xFF]) * 130, b""]
        expected = [{"payload": payload.hex()} for payload in payloads]
        for framing in FRAMINGS:
            stream = b"".join(frame(framing, payload) for payload in payloads)
            with self.peer(framing) as peer:
                for split in range(len(stream) + 1):
                    self.endpoint.tell(*["receive channel=c"] * len(payloads))
                    peer.sendall(stream[:split])
                    wait_until_received(peer)
                    peer.sendall(stream[split:])
                    replies = [self.endpoint.reply() for _ in payloads]
                    self.assertEqual(replies, expected, f"{framing}, split at {split}")
                self.endpoint.tell(*["receive channel=c"] * len(payloads))
                for byte in stream:
                    peer.sendall(bytes([byte]))
                    wait_until_received(peer)
                self.assertEqual([self.endpoint.reply() for _ in payloads], expected, f"{framing}, byte by byte")

    def test_an_end_inside_a_frame_is_truncated_and_between_frames_an_end(self) -> None:
        payloads = [b"ab", b"", b"cde" * 3]
        for framing in FRAMINGS:
            stream, bounds = b"", {0: 0}
            for payload in payloads:
                stream += frame(framing, payload)
                bounds[len(stream)] = len(bounds)
            for length in range(len(stream) + 1):
                with self.subTest(framing=framing, length=length), self.peer(framing) as peer:
                    peer.sendall(stream[:length])
                    peer.shutdown(socket.SHUT_WR)
                    whole = max(count for bound, count in bounds.items() if bound <= length)
                    for payload in payloads[:whole]:
                        self.expect("receive channel=c", payload=payload.hex())
                    if length in bounds:
                        self.expect("receive channel=c", end="true")
                        self.expect("receive channel=c", end="true")
                    else:
                        self.expect_error("truncated", "receive channel=c")

    def test_bad_bytes_are_refused_with_the_right_kind_at_once(self) -> None:
        crlf = b"\r\n"
        for framing, stream, kind in (
            ("multiprocessing", b"\xff\xff\xff\xfe", "malformed"),
            ("multiprocessing", b"\x80\0\0\0", "malformed"),
            ("multiprocessing", b"\0\0\0\x65", "too-large"),
            ("multiprocessing", b"\x7f\xff\xff\xff", "too-large"),
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 101), "too-large"),
            ("multiprocessing", b"\xff\xff\xff\xff" + b"\xff" * 8, "too-large"),
            ("u32le", b"\x65\0\0\0", "too-large"),
            ("u32le", b"\xff\xff\xff\xff", "too-large"),
            ("line", b"x" * 101, "too-large"),
            ("line", b"x" * 101 + b"\n", "too-large"),
            ("netstring", b"101:", "too-large"),
            ("netstring", b"99999999999999999999999999:", "too-large"),
            ("netstring", b":", "malformed"),
            ("netstring", b"x", "malformed"),
            ("netstring", b"-1:", "malformed"),
            ("netstring", b"+1:", "malformed"),
            ("netstring", b" 1:", "malformed"),
            ("netstring", b"00", "malformed"),
            ("netstring", b"01:", "malformed"),
            ("netstring", b"1x", "malformed"),
            ("netstring", b"1:a;", "malformed"),
            ("netstring", b"0:\n", "malformed"),
            ("varint", b"\x65", "too-large"),
            ("varint", b"\xff" * 9 + b"\x01", "too-large"),
            ("varint", b"\xff" * 9 + b"\x02", "malformed"),
            ("varint", b"\x80" * 10, "malformed"),
            ("content-length", b"Content-Length: 101" + crlf * 2, "too-large"),
            ("content-length", b"Content-Length: 9999999999999999999" + crlf * 2, "too-large"),
            ("content-length", b"Content-Length: 00000000000000000001" + crlf, "malformed"),
            ("content-length", b"Content-Length: -1" + crlf, "malformed"),
            ("content-length", b"Content-Length: 1 2" + crlf, "malformed"),
            ("content-length", b"Content-Length: " + crlf, "malformed"),
            ("content-length", b"Content-Length: 0x1" + crlf, "malformed"),
            (
                "content-length",
                b"Content-Length: 1" + crlf + b"content-length: 1" + crlf,
                "malformed",
            ),
            ("content-length", b"Content-Type: x" + crlf * 2, "malformed"),
            ("content-length", crlf, "malformed"),
            ("content-length", b"no colon" + crlf, "malformed"),
            ("content-length", b"Content-Length: 1\n", "malformed"),
            ("content-length", b"\n", "malformed"),
            ("content-length", b"a: b\rc", "malformed"),
            ("content-length", b"a: " + b"b" * 4093, "malformed"),
            ("content-length", b"a: b\r\n" * 700, "malformed"),
        ):
            for way in ("whole", "byte by byte"):
                subtest = self.subTest(framing=framing, stream=stream[:40], way=way)
                with subtest, self.peer(framing, limit=100) as peer:
                    if len(stream) > 200 and way != "whole":
                        continue
                    self.endpoint.tell("receive channel=c")
                    for start in range(0, len(stream), len(stream) if way == "whole" else 1):
                        # What comes after the deciding byte may stay unread.
                        peer.sendall(stream[start:] if way == "whole" else stream[start : start + 1])
                        if start + 1 < len(stream) - 24 and way != "whole":
                            wait_until_received(peer)
                    self.assertEqual(self.endpoint.reply(), {"error": kind})

    def test_unusual_but_well_formed_frames_are_accepted(self) -> None:
        longest = b"a: " + b"b" * (4096 - 3 - 2 - len(b"Content-Length: 2\r\n\r\n")) + b"\r\nContent-Length: 2\r\n\r\n"
        self.assertEqual(len(longest), 4096)
        for framing, stream in (
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 2) + b"ab"),
            ("varint", b"\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00ab"),
            ("content-length", b"X-Y: 1:2\r\ncontent-LENGTH:2\r\nContent-Type: a\r\n\r\nab"),
            ("content-length", b"Content-Length: \t 0000000000000000002 \r\n\r\nab"),
            ("content-length", longest + b"ab"),
        ):
            with self.subTest(framing=framing, stream=stream[:40]), self.peer(framing, limit=2) as peer:
                peer.sendall(stream)
                self.expect("receive channel=c", payload=b"ab".hex())

    def test_a_message_as_long_as_the_limit_passes_and_a_longer_one_is_too_large(self) -> None:
        for framing in FRAMINGS:
            with self.subTest(framing), self.peer(framing, limit=3) as peer:
                self.expect_error("too-large", "send channel=c payload=61616161")
                self.expect_error("too-large", "ping channel=c count=1 size=4")
                self.expect("send channel=c payload=616161")
                self.assertEqual(peer.recv(100), frame(framing, b"aaa"))
                peer.sendall(frame(framing, b"bbb") + frame(framing, b"cccc"))
                self.expect("receive channel=c", payload=b"bbb".hex())
                self.expect_error("too-large", "receive channel=c")
                Path(self.path).write_bytes(b"aaaa")
                self.expect_error("too-large", f"send channel=c file={self.path}")

    def test_a_line_feed_cannot_be_sent_as_a_line(self) -> None:
        with self.peer("line") as peer:
            self.expect_error("malformed", "send channel=c payload=610a")
            self.expect("send channel=c payload=610d")
            self.assertEqual(peer.recv(100), b"a\r\n")

    def test_the_last_pieces_of_a_long_line_cost_no_more_than_the_first(self) -> None:
        if self.is_sanitized:
            self.skipTest("timing under a sanitizer says nothing")
        with self.peer("line") as peer:
            self.endpoint.tell(f"receive channel=c file={self.path}")
            for size in [8 << 20] + [1] * 4000:
                peer.sendall(b"x" * size)
                wait_until_received(peer)
            peer.sendall(b"\n")
            self.assertEqual(self.endpoint.reply(), {"length": str((8 << 20) + 4000)})
        ticks = Path(f"/proc/{self.endpoint.pid}/stat").read_text().rpartition(")")[2].split()[11]
        self.assertLess(int(ticks) / os.sysconf("SC_CLK_TCK"), 0.3, "seconds in user mode")

    def test_an_announced_length_above_the_limit_takes_no_memory(self) -> None:
        if self.is_sanitized:
            self.skipTest("a sanitizer reserves memory of its own")
        for framing, stream in (
            ("multiprocessing", b"\x7f\xff\xff\xff"),
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 1 << 40)),
            ("u32le", b"\xff\xff\xff\xff"),
            ("netstring", b"2147483647:"),
            ("varint", b"\xff\xff\xff\xff\x07"),
            ("content-length", b"Content-Length: 2147483647\r\n\r\n"),
        ):
            with self.subTest(framing), self.peer(framing) as peer:
                peer.sendall(frame(framing, b"a"))
                self.expect("receive channel=c", payload="61")
                before = peak_address_space(self.endpoint.pid)
                peer.sendall(stream)
                self.expect_error("too-large", "receive channel=c")
                self.assertLess(peak_address_space(self.endpoint.pid) - before, 16_384, "KiB")

    # Messages through files

    def test_a_message_too_long_for_a_reply_line_is_kept_for_a_file(self) -> None:
        fitting, longer = b"x" * 131_066, b"y" * 131_067
        with self.peer("u32le") as peer:
            self.endpoint.tell("receive channel=c")
            peer.sendall(frame("u32le", fitting))
            self.assertEqual(self.endpoint.reply(), {"payload": fitting.hex()})
            self.endpoint.tell("receive channel=c")
            peer.sendall(frame("u32le", longer) + frame("u32le", b"z"))
            self.assertEqual(self.endpoint.reply(), {"error": "usage"})
            self.expect_error("usage", "receive channel=c")
            self.expect(f"receive channel=c file={self.path}", length="131067")
            self.expect("receive channel=c", payload=b"z".hex())
        self.assertEqual(Path(self.path).read_bytes(), longer)

    def test_a_received_file_is_replaced_as_a_whole(self) -> None:
        with self.peer("line") as peer:
            for earlier, message in ((b"a longer content", b"short"), (b"x", b"longer"), (b"x", b"")):
                Path(self.path).write_bytes(earlier)
                peer.sendall(message + b"\n")
                self.expect(f"receive channel=c file={self.path}", length=str(len(message)))
                self.assertEqual(Path(self.path).read_bytes(), message)

    def test_only_a_regular_file_can_be_sent_and_nothing_else_is_read(self) -> None:
        empty, filled = f"{self.folder}/empty", f"{self.folder}/filled"
        for fifo in (empty, filled):
            os.mkfifo(fifo)
        os.symlink(empty, f"{self.folder}/link")
        with socket.socket(socket.AF_UNIX) as listener, self.peer("line") as peer:
            listener.bind(f"{self.folder}/socket")
            descriptor = os.open(filled, os.O_RDWR)
            os.write(descriptor, b"unread")
            others = [f"{self.folder}/link", f"{self.folder}/socket", self.folder, "/dev/zero", "/dev/null"]
            for path in [empty, filled, *others]:
                with self.subTest(path):
                    self.expect_error("usage", f"send channel=c file={path}")
            self.assertEqual(os.read(descriptor, 9), b"unread")
            os.close(descriptor)
            self.expect_error("missing", f"send channel=c file={self.folder}/none")
            self.expect("send channel=c payload=61")
            self.assertEqual(peer.recv(9), b"a\n")

    def test_a_file_above_the_limit_is_not_read(self) -> None:
        Path(self.path).touch()
        os.truncate(self.path, 10 << 30)  # A hole: it takes no room on the disk.
        with self.peer("u32le") as peer:
            before = peak_address_space(self.endpoint.pid)
            self.expect_error("too-large", f"send channel=c file={self.path}")
            self.assertLess(peak_address_space(self.endpoint.pid) - before, 16_384, "KiB")
            self.expect("send channel=c payload=61")
            self.assertEqual(peer.recv(9), frame("u32le", b"a"))

    def test_sixteen_mebibytes_travel_through_files_in_little_memory(self) -> None:
        payload = os.urandom(1 << 20).replace(b"\n", b"") * 16
        payload += b"x" * ((16 << 20) - len(payload))
        source, target = f"{self.folder}/source", f"{self.folder}/target"
        Path(source).write_bytes(payload)
        for framing in ("line",) if self.is_sanitized else FRAMINGS:
            reader, writer = self.start(), self.start()
            address = f"channel=c transport=unix address={self.path} framing={framing}"
            self.assertEqual(reader.ask(f"open role=listen {address}"), {})
            self.assertEqual(writer.ask(f"open role=connect {address}"), {})
            reader.tell("accept channel=c", f"receive channel=c file={target}")
            self.assertEqual(writer.ask(f"send channel=c file={source}"), {})
            self.assertEqual([reader.reply(), reader.reply()], [{}, {"length": str(len(payload))}])
            self.assertTrue(Path(target).read_bytes() == payload, framing)
            if not self.is_sanitized:
                for endpoint in (reader, writer):
                    status = Path(f"/proc/{endpoint.pid}/status").read_text()
                    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
                    self.assertLess(peak, self.peak_memory, f"{framing}: KiB at the peak")
            self.assertEqual(reader.ask("reset"), {})

    def test_an_undeliverable_message_can_be_received_again(self) -> None:
        with self.peer("u32le") as peer:
            payload = b"y" * 140_000
            self.endpoint.tell("receive channel=c")
            peer.sendall(frame("u32le", payload) + frame("u32le", b"next"))
            self.assertEqual(self.endpoint.reply(), {"error": "usage"})
            self.expect_error("missing", f"receive channel=c file={self.folder}/none/x")
            self.expect(f"receive channel=c file={self.path}", length="140000")
            self.assertEqual(Path(self.path).read_bytes(), payload)
            self.expect("receive channel=c", payload=b"next".hex())
            self.expect_error("missing", f"send channel=c file={self.folder}/none")
            os.mkfifo(f"{self.folder}/fifo")
            self.expect_error("usage", f"send channel=c file={self.folder}/fifo")
            peer.shutdown(socket.SHUT_WR)
            os.unlink(self.path)
            self.expect(f"receive channel=c file={self.path}", end="true")
            self.assertFalse(os.path.exists(self.path), "an end makes no file")

    # Transports

    def test_sockets_carry_messages_both_ways_and_close_by_halves(self) -> None:
        for transport, address, framing in (
            ("unix", self.path, "varint"),
            ("unix-abstract", f"@c-{os.getpid()}", "varint"),
            ("unix-seqpacket", self.path, "none"),
            ("tcp", "127.0.0.1:0", "varint"),
        ):
            with self.subTest(transport):
                other = self.start()
                rest = f"channel=c transport={transport} framing={framing}"
                address = self.endpoint.ask(f"open role=listen address={address} {rest}").get("address", address)
                self.expect_error("usage", "send channel=c payload=00")
                self.expect_error("usage", "receive channel=c")
                self.expect_error("usage", "close channel=c how=write")
                self.assertEqual(other.ask(f"open role=connect address={address} {rest}"), {})
                self.assertEqual(other.ask("accept channel=c"), {"error": "usage"})
                self.expect("accept channel=c")
                self.expect_error("usage", "accept channel=c")
                self.expect("send channel=c payload=0102")
                self.expect("close channel=c how=write")
                self.expect_error("closed", "send channel=c payload=0102")
                self.assertEqual(other.ask("receive channel=c"), {"payload": "0102"})
                self.assertEqual(other.ask("receive channel=c"), {"end": "true"})
                self.assertEqual(other.ask("send channel=c payload=03"), {})
                self.expect("receive channel=c", payload="03")
                self.assertEqual(other.ask("close channel=c"), {})
                self.expect("receive channel=c", end="true")
                self.expect("close channel=c")

    def test_an_address_must_not_be_empty(self) -> None:
        for transport in self.transports:
            framing = "none" if transport in ("unix-seqpacket", "unix-datagram", "file-slot", "file-cell") else "line"
            is_socket = transport == "tcp" or (transport != "socketpair" and transport.startswith(("unix", "dotnet")))
            for role in ("listen", "connect") if is_socket else ("read", "write"):
                with self.subTest(transport=transport, role=role):
                    command = f"open channel=c transport={transport} role={role} address= framing={framing}"
                    self.expect_error("usage", command)
        for role in ("listen", "connect"):
            self.expect_error("usage", f"open channel=c transport=unix-abstract role={role} address=@ framing=line")

    def test_only_who_listens_can_accept_and_only_once(self) -> None:
        self.expect(self.slot("write", "w"))
        self.expect(f"open channel=l transport=unix role=listen address={self.path}l framing=line")
        self.expect(f"open channel=k transport=unix role=connect address={self.path}l framing=line")
        for channel in ("w", "k", "none"):
            self.expect_error("usage", f"accept channel={channel}")
        self.expect("accept channel=l")
        self.expect_error("usage", "accept channel=l")
        self.expect("close channel=k")
        self.expect("receive channel=l", end="true")
        self.expect_error("usage", "accept channel=l")

    def test_only_a_duplex_channel_can_be_half_closed(self) -> None:
        fifo = f"{self.folder}/f"
        os.mkfifo(fifo)
        both = os.open(fifo, os.O_RDWR)
        read_end, write_end = os.pipe()
        self.endpoint = self.start(pass_fds=(read_end, write_end))
        for channel, rest in (
            ("f", f"fifo role=read address={fifo} framing=line"),
            ("g", f"fifo role=write address={fifo} framing=line"),
            ("p", f"pipe role=read address={read_end} framing=line"),
            ("q", f"pipe role=write address={write_end} framing=line"),
            ("s", f"file-slot role=write address={self.path}s framing=none"),
            ("c", f"file-cell role=write address={self.path}c framing=none"),
            ("d", f"dotnet-pipe role=listen address={self.path}d framing=line"),
            ("e", f"dotnet-pipe role=connect address={self.path}d framing=line"),
        ):
            with self.subTest(rest):
                self.expect(f"open channel={channel} transport={rest}")
                self.expect_error("unsupported", f"close channel={channel} how=write")
                for how in ("read", "both", "", "Write", "write%00"):
                    self.expect_error("usage", f"close channel={channel} how={how}")
        self.expect("accept channel=d")
        self.expect_error("unsupported", "close channel=d how=write")
        self.expect("send channel=g payload=61")
        self.expect("receive channel=f", payload="61")
        for descriptor in (both, read_end, write_end):
            os.close(descriptor)

    def test_a_fifo_is_opened_for_reading_only_or_for_writing_only(self) -> None:
        os.mkfifo(self.path)
        both = os.open(self.path, os.O_RDWR)  # Whichever end is opened, the other one is there.
        for role, access in (("read", os.O_RDONLY), ("write", os.O_WRONLY)):
            with self.subTest(role):
                before = self.endpoint.descriptors()
                self.expect(f"open channel=c transport=fifo role={role} address={self.path} framing=line")
                accesses = []
                for number in self.endpoint.descriptors() - before:
                    if os.readlink(f"/proc/{self.endpoint.pid}/fd/{number}") == self.path:
                        information = Path(f"/proc/{self.endpoint.pid}/fdinfo/{number}").read_text()
                        accesses.append(int(information.split("flags:")[1].split()[0], 8) & os.O_ACCMODE)
                self.assertEqual(accesses, [access])
                self.expect("close channel=c")
        os.close(both)

    def test_a_socket_path_may_be_as_long_as_the_system_holds_and_is_never_cut(self) -> None:
        longest = f"{self.folder}/".ljust(self.longest_address, "x")
        for transport in ("unix", "dotnet-pipe"):
            command = f"open channel=c transport={transport} role=listen framing=line address="
            self.expect(command + longest)
            self.assertEqual(os.listdir(self.folder), [os.path.basename(longest)])
            self.expect("close channel=c")
            for role in ("listen", "connect"):
                self.expect_error("usage", command.replace("listen", role) + longest + "x")
            self.assertEqual(os.listdir(self.folder), [])

    def test_a_dotnet_pipe_is_a_socket_at_the_path_that_dotnet_chooses(self) -> None:
        command = "open channel=c transport=dotnet-pipe framing=u32le role="
        for folder in (self.folder, f"{self.folder}/"):
            self.endpoint = self.start(env={"TMPDIR": folder})
            other = self.start(env={"TMPDIR": folder})
            path = f"{self.folder}/CoreFxPipe_the%20pipe"
            self.expect_error("missing", f"{command}connect address=the%20pipe")
            self.expect(f"{command}listen address=the%20pipe")
            self.assertEqual(os.listdir(self.folder), ["CoreFxPipe_the pipe"])
            self.assertEqual(other.ask(f"{command}listen address=the%20pipe"), {"error": "exists"})
            self.assertEqual(other.ask(f"{command}connect address={path}"), {})
            self.expect("accept channel=c")
            self.assertEqual(other.ask("send channel=c payload=6869"), {})
            self.expect("receive channel=c", payload="6869")
            self.expect_error("unsupported", "close channel=c how=write")
            self.assertEqual(other.ask("close channel=c"), {})
            self.expect("receive channel=c", end="true")
            self.expect("close channel=c")
            self.assertEqual(os.listdir(self.folder), [])
        for name in ("", "a/b", "anonymous", "Anonymous", "x" * 107):
            self.expect_error("usage", f"{command}listen address={name}")
        self.expect_error("unsupported", f"{command}read address=x")

    def test_an_abstract_name_has_its_exact_length(self) -> None:
        name = f"c-{os.getpid()}"
        command = f"open channel=c transport=unix-abstract role=listen address=@{name}%00x framing=line"
        self.expect(command)
        with socket.socket(socket.AF_UNIX) as peer:
            self.assertRaises(ConnectionRefusedError, peer.connect, f"\0{name}")
            peer.connect(f"\0{name}\0x")
        self.expect_error("exists", command.replace("channel=c", "channel=d"))
        self.expect("reset")
        for address in (name, "@", "", "@" + "x" * (self.longest_address + 1)):
            self.expect_error(
                "usage",
                f"open channel=c transport=unix-abstract role=listen address={address} framing=line",
            )
        self.expect(
            f"open channel=c transport=unix-abstract role=listen address=@{'x' * self.longest_address} framing=line"
        )

    def test_only_the_loopback_address_is_accepted(self) -> None:
        for address in (
            "0.0.0.0:0",
            "localhost:80",
            "127.0.0.2:80",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:65536",
            "127.0.0.1:-1",
            ":80",
        ):
            self.expect_error("usage", f"open channel=c transport=tcp role=connect address={address} framing=line")
        self.expect_error("usage", "open channel=c transport=tcp role=connect address=127.0.0.1:0 framing=line")

    def test_packets_keep_their_bounds(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(self.path)
            listener.listen()
            self.expect(
                f"open channel=c transport=unix-seqpacket role=connect address={self.path} framing=none limit=100000"
            )
            peer = listener.accept()[0]
        with peer:
            self.expect_error("malformed", "send channel=c payload=")
            self.expect_error("too-large", f"send channel=c payload={'00' * 100_001}")
            self.expect("send channel=c payload=0a00")
            self.expect("send channel=c payload=01")
            self.assertEqual([peer.recv(9), peer.recv(9)], [b"\n\0", b"\x01"])
            peer.send(b"x" * 100_000)
            peer.send(b"y")
            self.expect("receive channel=c", payload=(b"x" * 100_000).hex())
            self.expect("receive channel=c", payload=b"y".hex())
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 200_000)
            peer.send(b"z" * 100_001)
            self.expect_error("too-large", "receive channel=c")

    def test_a_packet_above_what_the_system_takes_is_too_large(self) -> None:
        Path(f"{self.folder}/large").write_bytes(b"x" * (8 << 20))
        other = self.start()
        rest = f"channel=c transport=unix-seqpacket address={self.path} framing=none"
        self.expect(f"open role=listen {rest}")
        self.assertEqual(other.ask(f"open role=connect {rest}"), {})
        self.assertEqual(other.ask(f"send channel=c file={self.folder}/large"), {"error": "too-large"})
        self.assertEqual(other.ask("send channel=c payload=01"), {})
        self.expect("accept channel=c")
        self.expect("receive channel=c", payload="01")

    def test_a_fifo_is_one_way(self) -> None:
        os.mkfifo(self.path)
        other = self.start()
        self.endpoint.tell(f"open channel=c transport=fifo role=read address={self.path} framing=line")
        self.assertEqual(
            other.ask(f"open channel=c transport=fifo role=write address={self.path} framing=line"),
            {},
        )
        self.assertEqual(self.endpoint.reply(), {})
        self.assertEqual(other.ask("send channel=c payload=61"), {})
        self.expect("receive channel=c", payload="61")
        self.expect_error("usage", "send channel=c payload=61")
        self.expect_error("usage", "echo channel=c count=1")
        self.expect_error("unsupported", "close channel=c how=write")
        self.assertEqual(other.ask("receive channel=c"), {"error": "usage"})
        self.assertEqual(other.ask("close channel=c"), {})
        self.expect("receive channel=c", end="true")
        with open(self.path, "wb"):  # a new writer does not bring the stream back to life
            self.expect("receive channel=c", end="true")
        self.assertTrue(os.path.exists(self.path))

    def test_inherited_descriptors_belong_to_the_channel(self) -> None:
        read_end, write_end = os.pipe()
        ours, theirs = socket.socketpair()
        ours.settimeout(DEADLINE)
        packets, unused = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.endpoint = self.start(pass_fds=(write_end, theirs.fileno(), packets.fileno()))
        for transport, role, number in (
            ("pipe", "read", write_end),
            ("pipe", "write", theirs.fileno()),
            ("socketpair", "read", write_end),
            ("pipe", "read", 0),
            ("socketpair", "read", packets.fileno()),
            ("pipe", "read", "x"),
            ("pipe", "read", ""),
            ("pipe", "read", -1),
        ):
            self.expect_error(
                "usage",
                f"open channel=x transport={transport} role={role} address={number} framing=line",
            )
        for number in (999, 2147483647):
            self.expect_error("missing", f"open channel=x transport=pipe role=read address={number} framing=line")
        self.expect(f"open channel=p transport=pipe role=write address={write_end} framing=line")
        self.expect(f"open channel=s transport=socketpair role=read address={theirs.fileno()} framing=line")
        self.expect_error("usage", f"open channel=x transport=pipe role=write address={write_end} framing=line")
        for end in (theirs, packets, unused):
            end.close()
        os.close(write_end)
        self.expect_error("usage", "receive channel=p")
        self.expect("send channel=p payload=61")
        self.expect("send channel=s payload=62")
        self.assertEqual((os.read(read_end, 9), ours.recv(9)), (b"a\n", b"b\n"))
        ours.sendall(b"c\n")
        self.expect("receive channel=s", payload=b"c".hex())
        self.expect("close channel=p")
        self.expect("close channel=s")
        self.assertEqual((os.read(read_end, 9), ours.recv(9)), (b"", b""))
        os.close(read_end)
        ours.close()

    def test_a_non_blocking_descriptor_is_waited_for(self) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(DEADLINE)
        theirs.setblocking(False)
        self.endpoint = self.start(pass_fds=(theirs.fileno(),))
        self.expect(f"open channel=c transport=socketpair role=read address={theirs.fileno()} framing=u32le")
        theirs.close()
        for size in (3, 1 << 20):
            Path(self.path).write_bytes(b"x" * size)
            self.endpoint.tell(f"send channel=c file={self.path}", f"receive channel=c file={self.path}2")
            stream = frame("u32le", b"x" * size)
            self.assertTrue(received(ours, len(stream)) == stream)
            self.assertEqual(self.endpoint.reply(), {})
            ours.sendall(stream)
            self.assertEqual(self.endpoint.reply(), {"length": str(size)})
        ours.close()

    # Slots

    def slot(self, role: str, channel: str = "c", limit: str = "") -> str:
        return f"open channel={channel} transport=file-slot role={role} address={self.path} framing=none{limit}"

    def test_a_slot_is_made_and_replaced_as_a_whole(self) -> None:
        self.expect_error("missing", self.slot("read"))
        self.expect(self.slot("write"))
        self.assertEqual(Path(self.path).read_bytes(), b"\0" * 1024)
        self.expect(self.slot("read", "r"))
        for text in (b"a longer text", b"short", b"", b"x" * 1024, b"\xc3\xa9\n"):
            self.expect(f"send channel=c payload={text.hex()}")
            self.assertEqual(Path(self.path).read_bytes(), text.ljust(1024, b"\0"))
            for _ in range(2):
                self.expect("receive channel=r", payload=text.hex())
        image = Path(self.path).read_bytes()
        self.expect_error("too-large", f"send channel=c payload={'61' * 1025}")
        self.expect_error("malformed", "send channel=c payload=610062")
        self.assertEqual(Path(self.path).read_bytes(), image)
        self.expect_error("usage", "receive channel=c")
        self.expect_error("usage", "send channel=r payload=61")
        self.expect_error("usage", "echo channel=r count=1")
        self.expect_error("unsupported", "close channel=r how=write")
        self.expect("close channel=r")
        self.expect(self.slot("read", "r", " limit=2"))
        self.expect_error("too-large", "receive channel=r")

    def test_a_short_slot_is_extended_and_a_long_one_keeps_its_rest(self) -> None:
        Path(self.path).write_bytes(b"old")
        self.expect_error("malformed", self.slot("read"))
        self.expect(self.slot("write"))
        self.assertEqual(Path(self.path).read_bytes(), b"old".ljust(1024, b"\0"))
        self.expect("close channel=c")
        Path(self.path).write_bytes(b"y" * 3000)
        self.expect(self.slot("read", "r"))
        self.expect("receive channel=r", payload="79" * 1024)
        self.expect(self.slot("write"))
        self.expect("send channel=c payload=7a")
        self.assertEqual(Path(self.path).read_bytes(), b"z".ljust(1024, b"\0") + b"y" * 1976)

    def test_a_slot_cut_by_somebody_else_does_not_kill(self) -> None:
        self.expect(self.slot("write"))
        self.expect(self.slot("read", "r"))
        os.truncate(self.path, 0)
        self.expect_error("malformed", "receive channel=r")
        self.expect("send channel=c payload=61")
        self.expect("receive channel=r", payload="61")

    def test_a_slot_lives_in_a_regular_file(self) -> None:
        os.mkfifo(self.path)
        for path in (self.path, self.folder, "/dev/null"):
            for role in ("read", "write"):
                self.expect_error(
                    "usage",
                    f"open channel=c transport=file-slot role={role} address={path} framing=none",
                )

    # Cells

    def cell(self, role: str, channel: str = "c", limit: str = "") -> str:
        return f"open channel={channel} transport=file-cell role={role} address={self.path} framing=none{limit}"

    def cell_words(self) -> tuple[int, ...]:
        return struct.unpack("<4Q", Path(self.path).read_bytes()[:32])

    def test_a_cell_holds_a_message_until_it_is_taken(self) -> None:
        self.expect_error("missing", self.cell("read"))
        self.expect(self.cell("write"))
        self.assertEqual(Path(self.path).read_bytes(), b"\0" * 4096)
        self.expect(self.cell("read", "r"))
        for number, message in enumerate((b"hi", b"", b"\0" * 4032, b"\n")):
            self.expect(f"send channel=c payload={message.hex()}")
            self.assertEqual(self.cell_words(), (number + 1, number, len(message), 0))
            image = Path(self.path).read_bytes()
            self.assertEqual(image[64 : 64 + len(message)], message)
            self.expect("receive channel=r", payload=message.hex())
            self.assertEqual(self.cell_words(), (number + 1, number + 1, len(message), 0))
        self.expect_error("too-large", f"send channel=c payload={'61' * 4033}")
        self.expect_error("usage", "receive channel=c")
        self.expect_error("usage", "send channel=r payload=61")
        self.expect_error("unsupported", "close channel=c how=write")
        self.expect("send channel=c payload=61")
        self.expect("close channel=c")
        self.assertEqual(self.cell_words(), (5, 4, 1, 1))
        self.expect("receive channel=r", payload="61")
        for _ in range(2):
            self.expect("receive channel=r", end="true")

    def test_a_cell_loses_and_repeats_nothing(self) -> None:
        writer = self.start()
        self.assertEqual(writer.ask(self.cell("write")), {})
        self.expect(self.cell("read"))
        messages = [b"%d" % number * (number % 20 + 1) for number in range(300)]
        # All at once: each send waits until the message before it has been taken.
        writer.tell(*(f"send channel=c payload={message.hex()}" for message in messages), "reset")
        for message in messages:
            self.expect("receive channel=c", payload=message.hex())
        self.expect("receive channel=c", end="true")
        for _ in range(len(messages) + 1):
            self.assertEqual(writer.reply(), {})

    def test_a_receive_waits_for_whoever_writes_the_cell(self) -> None:
        with open(self.path, "w+b") as file:
            file.truncate(4096)
            with mmap.mmap(file.fileno(), 4096) as mapped:
                self.expect(self.cell("read"))
                self.endpoint.tell("receive channel=c")
                mapped[64:66] = b"hi"
                with memoryview(mapped) as view, view[:32] as part, part.cast("Q") as words:
                    words[2] = 2
                    words[0] = 1
                    self.assertEqual(self.endpoint.reply(), {"payload": "6869"})
                    self.assertEqual(words[1], 1)
                    self.endpoint.tell("receive channel=c")
                    words[3] = 1
                    self.assertEqual(self.endpoint.reply(), {"end": "true"})

    def test_a_cell_is_started_anew_and_keeps_what_is_behind_it(self) -> None:
        Path(self.path).write_bytes(b"\xff" * 4095)
        self.expect_error("malformed", self.cell("read"))
        self.expect(self.cell("write"))
        self.assertEqual(self.cell_words(), (0, 0, 0, 0))
        self.expect("close channel=c")
        Path(self.path).write_bytes(b"\xff" * 5000)
        self.expect(self.cell("write"))
        self.assertEqual(self.cell_words(), (0, 0, 0, 0))
        self.assertEqual(Path(self.path).read_bytes()[4096:], b"\xff" * 904)

    def test_a_cell_with_an_impossible_length_is_malformed(self) -> None:
        Path(self.path).write_bytes(b"\0" * 4096)
        self.expect(self.cell("read"))
        for length in (4033, 1 << 40, (1 << 64) - 1):
            with open(self.path, "r+b") as file:
                file.write(struct.pack("<3Q", 1, 0, length))
            self.expect_error("malformed", "receive channel=c")
        self.expect(self.cell("read", "r", " limit=2"))
        with open(self.path, "r+b") as file:
            file.write(struct.pack("<3Q", 1, 0, 3))
        self.expect_error("too-large", "receive channel=r")

    def test_a_cell_that_is_cut_is_truncated_and_does_not_kill(self) -> None:
        reader = self.start()
        self.expect(self.cell("write"))
        self.assertEqual(reader.ask(self.cell("read")), {})
        self.expect("send channel=c payload=61")
        self.endpoint.tell("send channel=c payload=62")  # It waits, because nothing is taken.
        os.truncate(self.path, 0)
        self.assertEqual(self.endpoint.reply(), {"error": "truncated"})
        self.assertEqual(reader.ask("receive channel=c"), {"error": "truncated"})
        self.expect("reset")
        self.assertEqual(reader.ask("reset"), {})
        for endpoint in (self.endpoint, reader):
            self.assertNotIn(self.folder, Path(f"/proc/{endpoint.pid}/maps").read_text())

    def test_a_cell_lives_in_a_regular_file(self) -> None:
        os.mkfifo(self.path)
        for path in (self.path, self.folder, "/dev/null"):
            for role in ("read", "write"):
                self.expect_error(
                    "usage",
                    f"open channel=c transport=file-cell role={role} address={path} framing=none",
                )

    # Error kinds

    def test_a_peer_that_is_gone_is_closed_or_reset(self) -> None:
        with self.peer("line") as peer:
            peer.close()
            self.expect_error("closed", "send channel=c payload=61")
            self.expect("receive channel=c", end="true")
        with self.peer("line") as peer:
            self.expect("send channel=c payload=61")
            peer.sendall(b"answer\n")
            peer.close()
            self.expect("receive channel=c", payload=b"answer".hex())
            self.expect_error("reset", "receive channel=c")
        read_end, write_end = os.pipe()
        self.endpoint = self.start(pass_fds=(write_end,))
        self.expect(f"open channel=p transport=pipe role=write address={write_end} framing=line")
        os.close(write_end)
        os.close(read_end)
        self.expect_error("closed", "send channel=p payload=61")

    def test_nobody_listens_is_refused(self) -> None:
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path)
        self.expect_error(
            "refused",
            f"open channel=c transport=unix role=connect address={self.path} framing=line",
        )
        self.expect_error(
            "refused",
            "open channel=c transport=unix-abstract role=connect address=@nobody-is-here framing=line",
        )
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        self.expect_error(
            "refused",
            f"open channel=c transport=tcp role=connect address=127.0.0.1:{port} framing=line",
        )
        self.expect(f"open channel=l transport=unix role=listen address={self.path} framing=line")
        self.expect_error(
            "refused",
            f"open channel=c transport=unix-seqpacket role=connect address={self.path} framing=none",
        )

    def test_what_does_not_exist_is_missing(self) -> None:
        Path(self.path).touch()
        for path in (f"{self.folder}/none", f"{self.path}/none"):
            self.expect_error("missing", f"open channel=c transport=unix role=connect address={path} framing=line")
            self.expect_error("missing", f"open channel=c transport=fifo role=read address={path} framing=line")
            self.expect_error(
                "missing",
                f"open channel=c transport=file-slot role=read address={path} framing=none",
            )
        self.expect_error(
            "missing",
            f"open channel=c transport=unix role=listen address={self.path}/none framing=line",
        )
        for path in (self.path, self.folder):
            self.expect_error("usage", f"open channel=c transport=fifo role=write address={path} framing=line")
        self.expect_error("usage", f"open channel=c transport=fifo role=write address=/{'x' * 300} framing=line")

    def test_an_address_in_use_exists_and_its_listener_notices_nothing(self) -> None:
        for transport, framing in (("unix", "line"), ("unix-seqpacket", "none")):
            with self.subTest(transport):
                rest = f"transport={transport} role=listen address={self.path} framing={framing}"
                self.expect(f"open channel=a {rest}")
                for other, bounds in (("unix", "line"), ("unix-seqpacket", "none")):
                    self.expect_error(
                        "exists",
                        f"open channel=b transport={other} role=listen address={self.path} framing={bounds}",
                    )
                other = self.start()
                self.assertEqual(other.ask(f"open channel=a {rest}".replace("listen", "connect")), {})
                self.assertEqual(other.ask("send channel=a payload=61"), {})
                self.expect("accept channel=a")
                self.expect("receive channel=a", payload="61")
                self.expect("reset")
        Path(self.path).touch()
        self.expect_error("exists", f"open channel=a transport=unix role=listen address={self.path} framing=line")
        address = self.endpoint.ask("open channel=t transport=tcp role=listen address=127.0.0.1:0 framing=line")[
            "address"
        ]
        self.expect_error("exists", f"open channel=a transport=tcp role=listen address={address} framing=line")

    def test_what_is_no_socket_is_left_as_it_is(self) -> None:
        Path(self.path).write_text("mine")
        os.mkfifo(f"{self.path}-fifo")
        os.mkdir(f"{self.path}-folder")
        os.symlink(f"{self.folder}/none", f"{self.path}-link")
        paths = [f"{self.folder}/{name}" for name in os.listdir(self.folder)]
        before = [os.lstat(path) for path in paths]
        for transport, framing in self.path_listeners:
            for path in paths:
                with self.subTest(transport=transport, path=path):
                    self.expect_error("exists", self.listener(transport, framing).replace(self.path, path))
        self.assertEqual([os.lstat(path) for path in paths], before)
        self.assertEqual(Path(self.path).read_text(), "mine")

    def test_who_holds_a_socket_file_notices_nothing_of_who_wants_it(self) -> None:
        for kind, state in (
            (socket.SOCK_STREAM, "bound"),
            (socket.SOCK_STREAM, "listening"),
            (socket.SOCK_SEQPACKET, "bound"),
            (socket.SOCK_SEQPACKET, "listening"),
            (socket.SOCK_DGRAM, "bound"),
            (socket.SOCK_DGRAM, "connected"),
        ):
            with socket.socket(socket.AF_UNIX, kind) as holder, socket.socket(socket.AF_UNIX, kind) as other:
                holder.bind(self.path)
                holder.setblocking(False)
                if state == "listening":
                    holder.listen()
                if state == "connected":
                    other.bind(f"{self.path}-other")
                    holder.connect(f"{self.path}-other")
                    os.unlink(f"{self.path}-other")
                for transport, framing in self.path_listeners:
                    with self.subTest(kind=kind, state=state, transport=transport):
                        self.expect_error("exists", self.listener(transport, framing))
                if state == "listening":
                    self.assertRaises(BlockingIOError, holder.accept)
                if kind == socket.SOCK_DGRAM:
                    self.assertRaises(BlockingIOError, holder.recv, 1)
                self.assertEqual(os.listdir(self.folder), [os.path.basename(self.path)])
            os.unlink(self.path)

    def test_a_socket_file_that_cannot_be_asked_about_is_in_use(self) -> None:
        if os.getuid() == 0:
            self.endpoint = self.start(user=NOBODY, group=NOBODY, extra_groups=[])
            os.chmod(self.folder, 0o777)
        with socket.socket(socket.AF_UNIX) as holder:
            holder.bind(self.path)
        os.chmod(self.path, 0)
        for transport, framing in self.path_listeners:
            with self.subTest(transport):
                self.expect_error("exists", self.listener(transport, framing))
        self.assertTrue(os.path.exists(self.path))

    def test_no_permission_is_denied(self) -> None:
        if os.getuid() == 0:
            self.endpoint = self.start(user=NOBODY, group=NOBODY, extra_groups=[])
        else:
            os.chmod(self.folder, 0)
            self.addCleanup(os.chmod, self.folder, 0o700)
        for rest in ("unix role=listen", "unix role=connect"):
            self.expect_error("denied", f"open channel=c transport={rest} address={self.path} framing=line")
        self.expect_error("denied", f"open channel=c transport=fifo role=read address={self.path} framing=line")
        self.expect_error("denied", self.slot("write"))

    def test_no_descriptors_left_is_internal(self) -> None:
        def limit_files() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))

        self.endpoint = self.start(preexec_fn=limit_files)
        command = f"open channel=a transport=unix role=listen address={self.path} framing=line"
        self.expect(command)
        self.expect_error(
            "internal",
            command.replace("channel=a", "channel=b").replace(self.path, f"{self.path}2"),
        )
        self.expect("close channel=a")
        self.expect(command)

    # What is left behind

    def test_a_socket_file_goes_with_its_channel(self) -> None:
        command = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        for way in ("close channel=c", "reset"):
            self.expect(command)
            self.assertTrue(os.path.exists(self.path))
            self.expect(way)
            self.assertFalse(os.path.exists(self.path), way)
        endpoint = Endpoint([*self.command])
        self.assertEqual(endpoint.ask(command), {})
        self.assertEqual(endpoint.end(), (0, ""))
        self.assertFalse(os.path.exists(self.path), "the end of input")

    def test_a_stale_socket_file_is_replaced(self) -> None:
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM):
            for transport, framing in self.path_listeners:
                with self.subTest(kind=kind, transport=transport):
                    with socket.socket(socket.AF_UNIX, kind) as stale:
                        stale.bind(self.path)
                    self.expect(self.listener(transport, framing))
                    self.expect("close channel=c")
                    self.assertEqual(os.listdir(self.folder), [])

    def test_a_socket_file_that_another_listener_took_over_stays(self) -> None:
        self.expect(f"open channel=c transport=unix role=listen address={self.path} framing=line")
        os.rename(self.path, f"{self.path}-old")
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.path)
            self.expect("close channel=c")
            self.assertTrue(os.path.exists(self.path))

    def test_reset_leaves_nothing_open(self) -> None:
        inherited, kept = socket.socketpair()
        os.mkfifo(f"{self.folder}/f")
        fifo = os.open(f"{self.folder}/f", os.O_RDWR)
        self.endpoint = self.start(pass_fds=(inherited.fileno(),))
        self.endpoint.ask("hello")
        before = self.endpoint.descriptors() - {str(inherited.fileno())}
        for round_number in range(3):
            for channel, rest in (
                ("u", f"transport=unix role=listen address={self.path} framing=line"),
                ("v", f"transport=unix role=connect address={self.path} framing=line"),
                ("a", f"transport=unix-abstract role=listen address=@r-{os.getpid()} framing=line"),
                ("s", f"transport=unix-seqpacket role=listen address={self.path}q framing=none"),
                ("t", "transport=tcp role=listen address=127.0.0.1:0 framing=line"),
                ("f", f"transport=fifo role=read address={self.folder}/f framing=line"),
                ("m", f"transport=file-slot role=write address={self.path}m framing=none"),
                ("i", f"transport=socketpair role=read address={inherited.fileno()} framing=line"),
            ):
                # An inherited descriptor is there once; in the second round its number may be
                # another channel's.
                expected = ["usage", "missing"] if channel == "i" and round_number > 0 else [None]
                self.assertIn(
                    self.endpoint.ask(f"open channel={channel} {rest}").get("error"),
                    expected,
                    channel,
                )
            self.expect("accept channel=u")
            for number in self.endpoint.descriptors() - before:
                flags = Path(f"/proc/{self.endpoint.pid}/fdinfo/{number}").read_text().split("flags:")[1].split()[0]
                self.assertTrue(int(flags, 8) & os.O_CLOEXEC, f"descriptor {number} would survive an exec")
            self.expect("reset")
            self.assertEqual(self.endpoint.descriptors(), before)
            self.assertNotIn(self.folder, Path(f"/proc/{self.endpoint.pid}/maps").read_text())
            self.assertEqual(sorted(os.listdir(self.folder)), ["f", "sm"])
        # Failed attempts must not leak either.
        for rest in (
            f"transport=unix role=connect address={self.path} framing=line",
            f"transport=tcp role=listen address={self.path} framing=line",
            f"transport=unix role=listen address={self.folder} framing=line",
            f"transport=file-slot role=read address={self.path} framing=none",
        ):
            self.assertIn("error", self.endpoint.ask(f"open channel=c {rest}"))
        self.assertEqual(self.endpoint.descriptors(), before)
        os.close(fifo)
        inherited.close()
        kept.close()

    def test_an_endpoint_whose_runner_is_gone_cleans_up(self) -> None:
        endpoint = Endpoint([*self.command])
        self.assertEqual(
            endpoint.ask(f"open channel=c transport=unix role=listen address={self.path} framing=line"),
            {},
        )
        endpoint.process.stdout.close()
        endpoint.tell("hello")
        self.assertEqual(endpoint.process.wait(DEADLINE), 1)
        self.assertFalse(os.path.exists(self.path))
        endpoint.kill()

    # Loops

    def test_ping_is_answered_by_echo(self) -> None:
        for transport, framing in [("unix", framing) for framing in FRAMINGS] + [
            ("unix-seqpacket", "none"),
            ("tcp", "u32le"),
        ]:
            other = self.start()
            address = "127.0.0.1:0" if transport == "tcp" else self.path
            rest = f"channel=c transport={transport} framing={framing}"
            address = self.endpoint.ask(f"open role=listen address={address} {rest}").get("address", address)
            self.assertEqual(other.ask(f"open role=connect address={address} {rest}"), {})
            self.expect("accept channel=c")
            for size, count in ((1, 100), (64, 100), (65536, 10)):
                with self.subTest(transport=transport, framing=framing, size=size):
                    self.endpoint.tell(f"echo channel=c count={count}")
                    self.assertGreater(
                        int(other.ask(f"ping channel=c count={count} size={size}")["nanoseconds"]),
                        0,
                    )
                    self.assertEqual(self.endpoint.reply(), {})
            self.expect("reset")

    def test_a_stream_that_ends_in_the_loop_is_closed_or_truncated(self) -> None:
        for stream, kind in (
            (b"1:a,", "closed"),
            (b"1:a,1:", "truncated"),
            (b"1:a,x", "malformed"),
        ):
            with self.subTest(kind), self.peer("netstring") as peer:
                peer.sendall(stream)
                peer.shutdown(socket.SHUT_WR)
                self.expect_error(kind, "echo channel=c count=2")
                self.assertEqual(peer.recv(4), b"1:a,")
            with self.subTest(kind), self.peer("netstring") as peer:
                peer.sendall(stream)
                peer.shutdown(socket.SHUT_WR)
                self.expect_error(kind, "ping channel=c count=2 size=0")

    def test_a_stopped_endpoint_continues(self) -> None:
        with self.peer("line") as peer:
            self.endpoint.tell("receive channel=c")
            peer.sendall(b"a")
            wait_until_received(peer)
            os.kill(self.endpoint.pid, signal.SIGSTOP)
            os.kill(self.endpoint.pid, signal.SIGCONT)
            peer.sendall(b"b\n")
            self.assertEqual(self.endpoint.reply(), {"payload": b"ab".hex()})


class DatagramTests:
    """The transport that C has and C# has not; mixed into the test cases of this file only."""

    transports = (*TRANSPORTS[:3], "unix-datagram", *TRANSPORTS[3:])
    path_listeners = (*EndpointTests.path_listeners, ("unix-datagram", "none"))

    def datagram(self, role: str, channel: str = "c", limit: str = "") -> str:
        return f"open channel={channel} transport=unix-datagram role={role} address={self.path} framing=none{limit}"

    @contextlib.contextmanager
    def receiver(self, limit: str = "") -> Iterator[socket.socket]:
        """A raw receiver, to which channel `c` is connected."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
            receiver.settimeout(DEADLINE)
            receiver.bind(self.path)
            self.expect(self.datagram("connect", limit=limit))
            yield receiver
        os.unlink(self.path)

    @contextlib.contextmanager
    def sender(self, limit: str = "") -> Iterator[socket.socket]:
        """A raw sender that is connected to channel `c`."""
        self.expect(self.datagram("listen", limit=limit))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.settimeout(DEADLINE)
            sender.connect(self.path)
            yield sender
        self.expect("close channel=c")

    def longest_queue(self) -> int:
        """How many datagrams wait for a receiver before the next sender waits too."""
        return int(Path("/proc/sys/net/unix/max_dgram_qlen").read_text()) + 1

    def test_a_message_is_one_datagram(self) -> None:
        with self.receiver() as receiver:
            for payload in (b"\n\0", b"", b"a", b"x" * 100_000, b""):
                self.expect(f"send channel=c payload={payload.hex()}")
                self.assertEqual(receiver.recv(200_000), payload)
            Path(f"{self.path}-file").write_bytes(b"y" * 200_000)
            self.expect(f"send channel=c file={self.path}-file")
            self.assertEqual(receiver.recv(300_000), b"y" * 200_000)

    def test_a_datagram_is_one_message(self) -> None:
        with self.sender() as sender:
            payloads = (b"", b"\n\0", b"", b"a", b"x" * 131_066)
            for payload in payloads:
                sender.send(payload)
            for payload in payloads:
                self.expect("receive channel=c", payload=payload.hex())
            self.endpoint.tell("receive channel=c")  # It waits.
            sender.send(b"late")
            self.assertEqual(self.endpoint.reply(), {"payload": b"late".hex()})
            sender.send(b"y" * 131_067)
            for _ in range(2):
                self.expect_error("usage", "receive channel=c")
            self.expect(f"receive channel=c file={self.path}-file", length="131067")
            self.assertEqual(Path(f"{self.path}-file").read_bytes(), b"y" * 131_067)
            sender.send(b"")
            self.expect(f"receive channel=c file={self.path}-file", length="0")
            self.assertEqual(Path(f"{self.path}-file").read_bytes(), b"")

    def test_datagrams_come_from_everybody_and_never_end(self) -> None:
        self.expect(self.datagram("listen"))
        for number in range(3):
            other = Endpoint([*self.command])
            self.assertEqual(other.ask(self.datagram("connect")), {})
            self.assertEqual(other.ask(f"send channel=c payload=0{number}"), {})
            self.assertEqual(other.end(), (0, ""))
        for number in range(3):
            self.expect("receive channel=c", payload=f"0{number}")
        self.endpoint.tell("receive channel=c")  # Not an end, though no sender is left.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"a", self.path)
        self.assertEqual(self.endpoint.reply(), {"payload": "61"})

    def test_datagrams_go_one_way(self) -> None:
        self.expect(self.datagram("listen", "l"))
        self.expect(self.datagram("connect", "c"))
        for line in (
            "accept channel=l",
            "accept channel=c",
            "send channel=l payload=61",
            "receive channel=c",
            "echo channel=l count=1",
            "echo channel=c count=1",
            "ping channel=l count=1 size=1",
            "ping channel=c count=1 size=1",
            "close channel=l how=read",
            "close channel=c how=",
        ):
            with self.subTest(line):
                self.expect_error("usage", line)
        for channel in ("l", "c"):
            self.expect_error("unsupported", f"close channel={channel} how=write")
        self.expect("send channel=c payload=61")
        self.expect("receive channel=l", payload="61")
        for old, new in (("none", "line"), ("none", "u32le"), ("listen", "read"), ("listen", "write")):
            self.expect_error("unsupported", self.datagram("listen", "x").replace(old, new))

    def test_a_full_queue_is_waited_for(self) -> None:
        count = self.longest_queue() + 20
        with self.receiver() as receiver:
            self.endpoint.tell(*(f"send channel=c payload={number:08x}" for number in range(count)))
            for _ in range(self.longest_queue()):
                self.assertEqual(self.endpoint.reply(), {})
            # Full: a sender that does not wait is told so, and the endpoint waits.
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as impatient:
                impatient.setblocking(False)
                impatient.connect(self.path)
                self.assertRaises(BlockingIOError, impatient.send, b"")
            for number in range(count):
                self.assertEqual(receiver.recv(9), struct.pack(">I", number))
            for _ in range(20):
                self.assertEqual(self.endpoint.reply(), {})

    def test_a_receiver_that_is_gone_is_refused_every_time(self) -> None:
        with self.receiver():
            pass
        for _ in range(3):
            self.expect_error("refused", "send channel=c payload=61")
        self.expect("close channel=c")
        with self.receiver():
            self.endpoint.tell(*["send channel=c payload=61"] * (self.longest_queue() + 1))
            for _ in range(self.longest_queue()):
                self.assertEqual(self.endpoint.reply(), {})
        # It waited for room in the queue of a receiver that went.
        self.assertEqual(self.endpoint.reply(), {"error": "refused"})

    def test_a_datagram_above_the_limit_is_too_large_and_the_next_one_is_not(self) -> None:
        with self.sender(limit=" limit=3") as sender:
            for payload in (b"abcd", b"abc", b"x" * 30_000, b"", b"abcd", b"d"):
                sender.send(payload)
            self.expect_error("too-large", "receive channel=c")
            self.expect("receive channel=c", payload=b"abc".hex())
            self.expect_error("too-large", "receive channel=c")
            self.expect("receive channel=c", payload="")
            self.expect_error("too-large", f"receive channel=c file={self.path}-file")
            self.assertFalse(os.path.exists(f"{self.path}-file"))
            self.expect(f"receive channel=c file={self.path}-file", length="1")
        with self.receiver(limit=" limit=3") as receiver:
            self.expect_error("too-large", "send channel=c payload=61626364")
            self.expect("send channel=c payload=616263")
            self.assertEqual(receiver.recv(9), b"abc")

    def test_a_datagram_above_what_the_system_takes_is_too_large(self) -> None:
        Path(f"{self.path}-file").write_bytes(b"x" * (8 << 20))
        with self.receiver() as receiver:
            self.expect_error("too-large", f"send channel=c file={self.path}-file")
            self.expect("send channel=c payload=61")
            self.assertEqual(receiver.recv(9), b"a")

    def test_a_high_limit_reserves_nothing(self) -> None:
        if self.is_sanitized:
            self.skipTest("a sanitizer reserves memory of its own")
        before = peak_address_space(self.endpoint.pid)
        with self.sender(limit=" limit=2147483647") as sender:
            sender.send(b"a")
            self.expect("receive channel=c", payload="61")
        self.assertLess(peak_address_space(self.endpoint.pid) - before, 16_384, "KiB")

    def test_datagrams_need_a_receiver_of_datagrams(self) -> None:
        self.expect_error("missing", self.datagram("connect"))
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            with self.subTest(kind), socket.socket(socket.AF_UNIX, kind) as holder:
                holder.bind(self.path)
                holder.listen()
                holder.setblocking(False)
                self.expect_error("refused", self.datagram("connect"))
                self.assertRaises(BlockingIOError, holder.accept)
            os.unlink(self.path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stale:
            stale.bind(self.path)
        self.expect_error("refused", self.datagram("connect"))
        self.expect(self.datagram("listen"))
        self.expect_error("refused", f"open channel=u transport=unix role=connect address={self.path} framing=line")
        longest = f"{self.folder}/".ljust(self.longest_address, "x")
        self.expect(self.datagram("listen", "n").replace(self.path, longest))
        for role in ("listen", "connect"):
            self.expect_error("usage", self.datagram(role, "m").replace(self.path, f"{longest}x"))

    def test_a_datagram_socket_goes_with_its_channel(self) -> None:
        before = self.endpoint.descriptors()
        for way in ("close channel=c", "reset"):
            self.expect(self.datagram("listen"))
            self.expect(self.datagram("connect", "k"))
            for number in self.endpoint.descriptors() - before:
                information = Path(f"/proc/{self.endpoint.pid}/fdinfo/{number}").read_text()
                self.assertTrue(int(information.split("flags:")[1].split()[0], 8) & os.O_CLOEXEC)
            self.expect("send channel=k payload=61")
            self.expect(way)
            self.assertFalse(os.path.exists(self.path), way)
            self.expect("reset")
            self.assertEqual(self.endpoint.descriptors(), before)
        endpoint = Endpoint([*self.command])
        self.assertEqual(endpoint.ask(self.datagram("listen")), {})
        self.assertEqual(endpoint.end(), (0, ""))
        self.assertFalse(os.path.exists(self.path), "the end of input")
        self.expect(self.datagram("listen"))
        os.rename(self.path, f"{self.path}-old")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(self.path)
            self.expect("close channel=c")
            self.assertTrue(os.path.exists(self.path), "another receiver's")

    def test_a_word_with_a_nul_is_no_word(self) -> None:
        for old, new in (("=unix-datagram", "=unix-datagram%00"), ("=none", "=none%00x"), ("=listen", "=listen%00")):
            self.expect_error("unsupported", self.datagram("listen").replace(old, new))
        self.expect_error("unsupported", "layout record=mixed%00")
        for line in (self.datagram("listen", "c%00"), self.datagram("listen", limit=" limit=1%00")):
            self.expect_error("usage", line)
        self.assertEqual(os.listdir(self.folder), [])


class PlainBuild(DatagramTests, EndpointTests, unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.build("plain")


class SanitizedBuild(DatagramTests, EndpointTests, unittest.TestCase):
    is_sanitized = True

    @classmethod
    def setUpClass(cls) -> None:
        try:
            cls.build("sanitized", *SANITIZERS)
            subprocess.run(cls.command, stdin=subprocess.DEVNULL, check=True, capture_output=True)
        except (AssertionError, OSError, subprocess.CalledProcessError) as error:
            raise unittest.SkipTest("the compiler has no address and undefined behaviour sanitizers") from error


if __name__ == "__main__":
    unittest.main()
