"""The promises of the Perl endpoint that neither the ladder nor the matrix can see.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/perl
"""

from __future__ import annotations

import os
import pty
import shutil
import signal
import socket
import struct
import subprocess
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "c"))

from harness import DEADLINE, Endpoint, EndpointCase, frame, peak_address_space, wait_until_received

FOLDER = Path(__file__).resolve().parent
LARGE = 8 << 20


class PerlCase(EndpointCase, unittest.TestCase):
    command = ("perl", str(FOLDER / "endpoint.pl"))

    @classmethod
    def setUpClass(cls) -> None:
        # Debian's perl-base has no modules.
        if not shutil.which("perl") or subprocess.run(["perl", "-MJSON::PP", "-e1"], capture_output=True).returncode:
            raise unittest.SkipTest("there is no perl: apt-get install -y --no-install-recommends perl")

    def full_listener(self) -> str:
        """A command that connects to a listener whose queue has no room left."""
        self.full = listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(f"{self.path}-full")
        listener.listen(0)
        listener.settimeout(DEADLINE)
        first = socket.socket(socket.AF_UNIX)
        self.addCleanup(first.close)
        first.connect(f"{self.path}-full")
        return f"open channel=d transport=unix role=connect address={self.path}-full framing=line"

    def user_seconds(self) -> float:
        ticks = Path(f"/proc/{self.endpoint.pid}/stat").read_text().rpartition(")")[2].split()[11]
        return int(ticks) / os.sysconf("SC_CLK_TCK")


class EndingTests(PerlCase):
    """How it ends while it waits."""

    def blocked(self) -> Iterator[tuple[str, Endpoint]]:
        Path(f"{self.path}-large").write_bytes(b"x" * LARGE)
        os.mkfifo(f"{self.path}-fifo")
        yield "accept", self.started(self.listener("unix", "line"), "accept channel=c")
        datagrams = f"open channel=c transport=unix-datagram role=listen address={self.path} framing=none"
        yield "receive a datagram", self.started(datagrams, "receive channel=c")
        fifo = f"open channel=c transport=fifo address={self.path}-fifo framing=line role="
        yield "open a FIFO to write", self.started(f"{fifo}write")
        yield "read a FIFO", self.started(f"{fifo}read", "receive channel=c")
        for command in (
            "receive channel=c",
            "receive channel=c timeout=86400000",
            "echo channel=c count=1",
            "ping channel=c count=1 size=1",
            f"send channel=c file={self.path}-large",
        ):
            yield command, self.connected("unix", socket.SOCK_STREAM, "line", command)
        yield "receive a packet", self.connected("unix-seqpacket", socket.SOCK_SEQPACKET, "none", "receive channel=c")
        for transport, kind in (("unix-seqpacket", socket.SOCK_SEQPACKET), ("unix-datagram", socket.SOCK_DGRAM)):
            sends = "\n".join(["send channel=c payload=61"] * 1000)
            yield f"send on {transport}", self.connected(transport, kind, "none", sends)
        yield "connect", self.connected("unix", socket.SOCK_STREAM, "line", self.full_listener())

    def started(self, *commands: str) -> Endpoint:
        """An endpoint that has a socket file, and waits in the last of the commands."""
        self.unanswered = sum(command.count("\n") + 1 for command in commands)
        endpoint = Endpoint([*self.command])
        self.addCleanup(endpoint.kill)
        listening = f"open channel=l transport=unix role=listen address={self.path}-l framing=line"
        self.assertEqual(endpoint.ask(listening), {})
        endpoint.tell(*commands)
        return endpoint

    def connected(self, transport: str, kind: int, framing: str, command: str) -> Endpoint:
        peer = socket.socket(socket.AF_UNIX, kind)
        self.addCleanup(peer.close)
        peer.bind(f"{self.path}-peer")
        if kind != socket.SOCK_DGRAM:
            peer.listen()
        opening = f"open channel=c transport={transport} role=connect address={self.path}-peer framing={framing}"
        endpoint = self.started(opening, command)
        if kind != socket.SOCK_DGRAM:
            self.addCleanup(peer.accept()[0].close)
        self.assertEqual(endpoint.reply(), {})
        self.unanswered -= 1
        os.unlink(f"{self.path}-peer")
        return endpoint

    def expect_nothing_left(self) -> None:
        left = {path.name for path in Path(self.folder).iterdir() if path.is_socket()}
        self.assertEqual(left - {"s-full"}, set())

    def test_the_end_of_the_commands_ends_what_waits(self) -> None:
        for name, endpoint in self.blocked():
            with self.subTest(name):
                endpoint.wait_until_blocked()
                endpoint.process.stdin.close()
                replies = endpoint.process.stdout.read().splitlines()
                self.assertLess(len(replies), self.unanswered, "it did not wait")
                self.assertEqual(endpoint.end(), (0, ""))
                self.expect_nothing_left()

    def test_sigterm_ends_what_waits(self) -> None:
        for name, endpoint in self.blocked():
            with self.subTest(name):
                endpoint.wait_until_blocked()
                endpoint.process.terminate()
                self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
                self.expect_nothing_left()

    def test_sigterm_at_any_moment_leaves_no_socket_file(self) -> None:
        pair = (self.listener("unix", "line"), "close channel=c")
        for count in range(20):
            endpoint = Endpoint([*self.command])
            self.addCleanup(endpoint.kill)
            endpoint.tell(*pair * 200)
            for _ in range(count + 1):
                endpoint.reply()
            endpoint.process.terminate()
            self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
            self.assertEqual(os.listdir(self.folder), [])

    def test_unread_commands_do_not_hide_the_end(self) -> None:
        endpoint = self.started(self.listener("unix", "line"), "accept channel=c", *["hello"] * 50000)
        self.assertEqual(endpoint.end(), (0, ""))

    def test_an_endless_loop_with_a_peer_ends_too(self) -> None:
        ours, theirs = socket.socketpair()
        opening = f"open channel=c transport=socketpair role=read address={theirs.fileno()} framing=line"
        echo = Endpoint([*self.command], pass_fds=(theirs.fileno(),))
        self.addCleanup(echo.kill)
        theirs.close()
        self.assertEqual(echo.ask(opening), {})
        echo.tell("echo channel=c count=10000000")
        with ours:
            ours.settimeout(DEADLINE)
            ours.sendall(b"a\n")
            self.assertEqual(ours.recv(9), b"a\n")
            echo.process.stdin.close()
            with self.assertRaises(ConnectionError):
                while True:
                    ours.sendall(b"a\n")
                    if not ours.recv(9):
                        raise ConnectionError
        self.assertEqual(echo.end(), (0, ""))

    def test_ctrl_d_ends_what_waits(self) -> None:
        keyboard, terminal = pty.openpty()
        process = subprocess.Popen(self.command, stdin=terminal, stdout=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        os.close(terminal)
        os.write(keyboard, b"%b\naccept channel=c\n\x04" % self.listener("unix", "line").encode())
        self.assertEqual(process.wait(DEADLINE), 0)
        os.close(keyboard)
        self.assertFalse(os.path.exists(self.path))


class PitfallTests(PerlCase):
    """Where Perl, or its library, does something else than one expects."""

    def test_a_nonblocking_pipe_waits_for_a_slow_reader(self) -> None:
        ours, theirs = os.pipe()
        os.set_blocking(theirs, False)
        content = os.urandom(LARGE)
        Path(self.path).write_bytes(content)
        self.endpoint = self.start(pass_fds=(theirs,))
        self.expect(f"open channel=c transport=pipe role=write address={theirs} framing=u32le")
        self.assertFalse(os.get_blocking(theirs), "the flag is not the endpoint's to change")
        os.close(theirs)
        self.endpoint.tell(f"send channel=c file={self.path}")
        self.endpoint.wait_until_blocked()
        with open(ours, "rb") as reader:
            self.assertEqual(reader.read(4 + LARGE), frame("u32le", content))
            self.assertEqual(self.endpoint.reply(), {})
        self.expect_error("closed", "send channel=c payload=61")

    def test_what_cannot_be_adopted_stays_open(self) -> None:
        ours, theirs = os.pipe()
        packets = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.endpoint = self.start(pass_fds=(theirs, packets[0].fileno()))
        self.expect(self.listener("unix", "line"))
        before = self.endpoint.descriptors()
        for number in sorted(map(int, before - {"0", "1", "2"})):
            self.expect_error("usage", f"open channel=d transport=pipe role=read address={number} framing=line")
            self.expect_error("usage", f"open channel=d transport=socketpair role=read address={number} framing=line")
        self.assertEqual(self.endpoint.descriptors(), before)
        for descriptor in (ours, theirs):
            os.close(descriptor)
        for end in packets:
            end.close()

    def test_bytes_are_bytes_whatever_the_environment_says(self) -> None:
        # With PERL_UNICODE handles may have a layer of UTF-8, with which sysread fails.
        for settings in ({"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8", "PERL_UNICODE": "SDAL"}):
            self.endpoint = self.start(env={**os.environ, **settings})
            self.expect(f"open channel=l transport=unix role=listen address={self.folder}/%ff%c3 framing=line")
            self.assertIn(b"\xff\xc3", os.listdir(os.fsencode(self.folder)))
            with self.peer("line") as peer:
                peer.sendall(b"\xff\0\xc3\r\n")
                self.expect(f"receive channel=c file={self.folder}/%fe", length="4")
                self.expect(f"send channel=c file={self.folder}/%fe")
                self.assertEqual(peer.recv(9), b"\xff\0\xc3\r\n")
                self.expect_error("missing", f"send channel=c file={self.folder}/%fd")
            self.expect(f"open channel=s transport=file-slot role=write address={self.folder}/slot framing=none")
            self.expect("send channel=s payload=ff")
            self.expect("reset")

    def test_a_repetition_of_a_group_has_no_bound(self) -> None:
        # `(...)*` in a regular expression of Perl ends at 65534.
        with self.peer("u32le") as peer:
            self.expect(b"send channel=c payload=" + b"%36%31" * 40000)
            self.assertEqual(peer.recv(9), struct.pack("<I", 40000) + b"aaaaa")
            peer.recv(40000, socket.MSG_WAITALL)
            peer.sendall(frame("u32le", b'"%b"' % (rb"\n" * 70000)))
            self.expect("receive channel=c codec=json", value="text:" + "0a" * 70000)

    def test_an_announced_length_reserves_nothing(self) -> None:
        self.endpoint.ask("hello")
        before = peak_address_space(self.endpoint.pid)
        for framing in ("multiprocessing", "u32le", "netstring", "varint", "content-length"):
            header = frame(framing, b"x" * (64 << 20)).partition(b"x")[0]
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

    def test_json_is_read_strictly_and_in_bounds(self) -> None:
        lax = ("[1/**/]", '"\\q"', '"\\ud800a\\udc00"', '"\\udc00"', "1e400", '"\t"', "[1,]", "#a\n1", "['a']", '"\0"')
        with self.peer("u32le") as peer:
            for text in lax:
                for encoding in ("utf-8", "utf-16-le"):
                    peer.sendall(frame("u32le", text.encode(encoding)))
                    self.expect_error("malformed", "receive channel=c codec=json")
            # JSON::PP takes hundreds of bytes for a list, and a thousand for a number with a point.
            for start, piece, kind in (
                (b"", b"1", "too-large"),
                (b'"', b"a", "usage"),
                (b'"', b"\\n", "usage"),
                (b"[", b"[],", "usage"),
                (b"[", b"1.5,", "usage"),
            ):
                content = start + piece * (LARGE // len(piece))
                self.endpoint.tell("receive channel=c codec=json")
                peer.sendall(frame("u32le", content))
                self.assertEqual(self.endpoint.reply(), {"error": kind})
                if kind == "usage":
                    self.expect(f"receive channel=c file={self.path}", length=str(len(content)))
        lines = Path(f"/proc/{self.endpoint.pid}/status").read_text().splitlines()
        peak = next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
        self.assertLess(peak, 16 * LARGE + (32 << 20))


if __name__ == "__main__":
    unittest.main()
