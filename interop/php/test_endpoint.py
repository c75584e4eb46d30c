"""The promises of the PHP endpoint that neither the ladder nor the matrix can see.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/php
"""

from __future__ import annotations

import os
import resource
import shutil
import socket
import struct
import sys
import unittest
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "c"))

from harness import DEADLINE, Endpoint, EndpointCase, frame, peak_address_space, wait_until_received

FOLDER = Path(__file__).resolve().parent
LARGE = 8 << 20
RUN = next(line for line in (FOLDER / "adapter.yml").read_text().splitlines() if line.startswith("run:"))
HEADERS = {
    "multiprocessing": struct.pack(">i", 64 << 20),
    "u32le": struct.pack("<I", 64 << 20),
    "netstring": b"67108864:",
    "varint": b"\x80\x80\x80\x20",
    "content-length": b"Content-Length: 67108864\r\n\r\n",
}


class PhpCase(EndpointCase, unittest.TestCase):
    command = (*RUN.partition("[")[2].rstrip("]").split(", ")[:-1], str(FOLDER / "endpoint.php"))

    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("php") is None:
            raise unittest.SkipTest("there is no php: apt-get install -y --no-install-recommends php-cli")

    def full_listener(self) -> str:
        """A command that connects to a listener whose queue has no room left."""
        self.full = listener = self.closing(socket.socket(socket.AF_UNIX))
        listener.bind(f"{self.path}-full")
        listener.listen(0)
        listener.settimeout(DEADLINE)
        self.closing(socket.socket(socket.AF_UNIX)).connect(f"{self.path}-full")
        return f"open channel=d transport=unix role=connect address={self.path}-full framing=line"

    def spawned(self) -> Endpoint:
        """An endpoint that may end otherwise than at the end of its input."""
        endpoint = Endpoint([*self.command])
        self.addCleanup(endpoint.kill)
        return endpoint

    def closing(self, connection: socket.socket) -> socket.socket:
        self.addCleanup(connection.close)
        return connection

    def user_seconds(self) -> float:
        ticks = Path(f"/proc/{self.endpoint.pid}/stat").read_text().rpartition(")")[2].split()[11]
        return int(ticks) / os.sysconf("SC_CLK_TCK")


class PitfallTests(PhpCase):
    """Where PHP, or its library, does something else than one expects."""

    def adopt(self, transport: str, role: str, descriptor: int) -> None:
        self.endpoint = self.start(pass_fds=(descriptor,))
        os.close(descriptor)
        self.expect(f"open channel=c transport={transport} role={role} address={descriptor} framing=u32le")

    def test_a_full_listener_is_waited_for(self) -> None:
        self.endpoint.tell(self.full_listener())
        self.endpoint.wait_until_blocked()
        connection = [self.closing(self.full.accept()[0]) for _ in range(2)][1]
        self.assertEqual(self.endpoint.reply(), {})
        self.expect("send channel=d payload=61")
        self.assertEqual(connection.recv(9), b"a\n")

    def test_an_inherited_pipe_keeps_its_flags_and_waits_for_a_slow_reader(self) -> None:
        content = os.urandom(LARGE)
        Path(self.path).write_bytes(content)
        for is_blocking in (True, False):
            ours, theirs = os.pipe()
            os.set_blocking(theirs, is_blocking)
            watched = os.dup(theirs)
            self.adopt("pipe", "write", theirs)
            self.endpoint.tell(f"send channel=c file={self.path}")
            self.endpoint.wait_until_blocked()
            self.assertEqual(os.get_blocking(watched), is_blocking)
            os.close(watched)
            with open(ours, "rb") as reader:
                self.assertEqual(reader.read(4 + LARGE), frame("u32le", content))
                self.assertEqual(self.endpoint.reply(), {})
            self.expect_error("closed", "send channel=c payload=61")

    def test_what_was_adopted_is_closed_with_its_channel(self) -> None:
        ours, theirs = (self.closing(end) for end in socket.socketpair())
        self.adopt("socketpair", "read", theirs.detach())
        self.expect("close channel=c")
        self.assertEqual(ours.recv(1), b"")
        reading, writing = os.pipe()
        os.write(writing, b"\1\0\0\0a")
        os.close(writing)
        self.adopt("pipe", "read", reading)
        self.expect("receive channel=c", payload="61")
        self.expect("receive channel=c", end="true")
        self.expect("close channel=c")
        self.expect_error("missing", f"open channel=c transport=pipe role=read address={reading} framing=line")
        # A pipe whose reader has gone before.
        reading, writing = os.pipe()
        os.close(reading)
        self.adopt("pipe", "write", writing)
        self.expect_error("closed", "send channel=c payload=61")

    def test_what_cannot_be_adopted_stays_open(self) -> None:
        ours, theirs = os.pipe()
        packets = [self.closing(end) for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)]
        self.endpoint = self.start(pass_fds=(theirs, packets[0].fileno()))
        self.expect(self.listener("unix", "line").replace("=c", "=l"))
        before = self.endpoint.descriptors()
        for number in sorted(map(int, before - {"0", "1", "2"})):
            self.expect_error("usage", f"open channel=c transport=pipe role=read address={number} framing=line")
            self.expect_error("usage", f"open channel=c transport=socketpair role=read address={number} framing=line")
        self.assertEqual(self.endpoint.descriptors(), before)
        for descriptor in (ours, theirs):
            os.close(descriptor)

    def test_a_path_is_never_a_url_and_is_bytes(self) -> None:
        self.endpoint = self.start(cwd=self.folder)
        with self.peer("line") as peer:
            for path in ("data:,x", "php://stdin", "file:///etc/hostname", "%fe", "errno%3d13", "a:%20%5b13%5d:%20b"):
                self.expect_error("missing", f"send channel=c file={path}")
                opening = f"open channel=d transport=file-slot role=read address={path} framing=none"
                self.expect_error("missing", opening)
            peer.sendall(b"\xff\0\xc3\r\n")
            self.expect("receive channel=c", payload="ff00c30d")
            peer.sendall(b"a\n")
            self.expect_error("missing", "receive channel=c file=no%20%5b13%5d/a:b")

    def test_a_symbolic_link_is_followed_anew(self) -> None:
        for name in ("first", "second"):
            os.mkfifo(f"{self.folder}/{name}")
            os.symlink(name, f"{self.path}-new")
            os.rename(f"{self.path}-new", self.path)
            self.expect(f"open channel=c transport=fifo role=read address={self.path} framing=line")
            with open(os.open(f"{self.folder}/{name}", os.O_WRONLY | os.O_NONBLOCK), "wb") as writer:
                writer.write(name.encode() + b"\n")
            self.expect("receive channel=c", payload=name.encode().hex())
            self.expect("close channel=c")

    def test_no_address_is_cut(self) -> None:
        for length, outcome in ((107, {}), (108, {"error": "usage"})):
            path = self.path + "x" * (length - len(self.path))
            for transport in ("unix", "dotnet-pipe"):
                opening = self.listener(transport, "line").replace(self.path, path)
                self.assertEqual(self.endpoint.ask(opening), outcome)
                self.endpoint.ask("reset")
        for length, outcome in ((106, {}), (107, {"error": "usage"})):
            address = "@" + "n" * length
            opening = f"open channel=c transport=unix-abstract role=listen address={address} framing=line"
            self.assertEqual(self.endpoint.ask(opening), outcome)

    def test_a_socket_file_that_somebody_has_replaced_stays(self) -> None:
        self.expect(self.listener("unix", "line"))
        os.unlink(self.path)
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.path)
            self.expect("close channel=c")
            self.assertTrue(os.path.exists(self.path))
            self.expect(self.listener("unix", "line"), error="exists")
        self.expect(self.listener("unix", "line"))

    def test_no_descriptors_left_is_internal(self) -> None:
        self.endpoint.ask("hello")
        limit = max(map(int, self.endpoint.descriptors())) + 3
        hard = resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, (limit, hard))
        commands = [self.listener("unix", "line").replace("=c", f"=c{n}").replace("/s", f"/{n}") for n in range(4)]
        self.assertEqual([self.endpoint.ask(command) for command in commands][-1], {"error": "internal"})
        self.expect("reset")
        self.expect(self.listener("unix", "line"))

    def test_an_announced_length_reserves_nothing(self) -> None:
        self.endpoint.ask("hello")
        before = peak_address_space(self.endpoint.pid)
        for framing, header in HEADERS.items():
            for limit, kind in ((None, "timeout"), (1 << 20, "too-large")):
                with self.peer(framing, limit=limit) as peer:
                    peer.sendall(header)
                    self.expect_error(kind, "receive channel=c timeout=20")
        self.assertLess(peak_address_space(self.endpoint.pid) - before, 4096, "KiB")

    def test_the_last_pieces_of_a_long_message_cost_no_more_than_the_first(self) -> None:
        for framing in ("line", "u32le"):
            with self.subTest(framing), self.peer(framing) as peer:
                stream = frame(framing, b"x" * (LARGE + 8000))
                self.endpoint.tell(f"receive channel=c file={self.path}")
                before = self.user_seconds()
                peer.sendall(stream[:LARGE])
                for byte in stream[LARGE:]:
                    wait_until_received(peer)
                    peer.sendall(bytes([byte]))
                self.assertEqual(self.endpoint.reply(), {"length": str(LARGE + 8000)})
                # To look at all of it with every piece would take several seconds of work.
                self.assertLess(self.user_seconds() - before, 2)

    def test_json_is_read_to_the_letter_and_in_bounds(self) -> None:
        names = "map:3,text:31,list:0,text:,map:0,text:0061,null"
        for text, value in (
            ('{"1":[],"":{},"\\u0000a":null}', names),
            ("-0", "int:0"),
            ("[-0.0,1.0]", "list:2,f64:8000000000000000,f64:3ff0000000000000"),
            (
                '[18446744073709551616,"18446744073709551616"]',
                f"list:2,int:{1 << 64},text:{b'18446744073709551616'.hex()}",
            ),
        ):
            with self.peer("u32le") as peer:
                peer.sendall(frame("u32le", text.encode()))
                self.expect("receive channel=c codec=json", value=value)
        lax = ("[1/**/]", "[1]//", '"\\q"', '"\\ud800\\u0041"', "1e400", '"\t"', "[1,]", "NaN", '{"a":1,"\\u0061":2}')
        with self.peer("u32le") as peer:
            for text in lax:
                peer.sendall(frame("u32le", text.encode()))
                self.expect_error("malformed", "receive channel=c codec=json")
            # PHP's arrays and objects may take twenty times the memory of what they are made from.
            for start, piece, kind in (
                (b"", b" ", "malformed"),
                (b"", b"1", "too-large"),
                (b'"', b"a", "malformed"),
                (b'"', b"\\n", "malformed"),
                (b"[", b"[],", "usage"),
                (b"[", b'"\\n",', "usage"),
            ):
                content = start + piece * (LARGE // len(piece))
                self.endpoint.tell("receive channel=c codec=json")
                peer.sendall(frame("u32le", content))
                self.assertEqual(self.endpoint.reply(), {"error": kind}, piece)
                if kind == "usage":
                    self.expect(f"receive channel=c file={self.path}", length=str(len(content)))
        lines = Path(f"/proc/{self.endpoint.pid}/status").read_text().splitlines()
        peak = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
        self.assertLess(peak, 16 * LARGE + (32 << 20))


if __name__ == "__main__":
    unittest.main()
