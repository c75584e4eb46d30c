"""What the ladder and the matrix do not show of the Rust endpoint: what std does not do, and what is behind `unsafe`.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/rust
"""

from __future__ import annotations

import functools
import os
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import unittest
from pathlib import Path
from urllib.parse import unquote

# These speak to a program and know nothing of C.
sys.path.append(str(Path(__file__).resolve().parent.parent / "c"))

from ending_tests import EndingTests
from forced_tests import ForcedTests
from harness import DEADLINE, Endpoint, EndpointCase, frame, received, wait_until_received

FOLDER = Path(__file__).resolve().parent
MANIFEST = (FOLDER / "adapter.yml").read_text().splitlines()
MEBIBYTE = 1 << 20


@functools.cache
def build() -> None:
    """As the runner does, but once for all tests, and a warning is a fault."""
    (FOLDER / ".build").mkdir(exist_ok=True)
    command = next(line for line in MANIFEST if line.startswith("  command: [sh, -c, '"))
    finished = subprocess.run(
        ["sh", "-c", command.split("'")[1]], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    if finished.returncode != 0 or finished.stderr:
        raise AssertionError(finished.stderr)


class RustCase(EndpointCase):
    command = (str(FOLDER / ".build/endpoint"),)
    language = "rust"

    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("rustc") is None:
            raise unittest.SkipTest("rustc is not installed: apt-get install -y --no-install-recommends rustc")
        build()

    def connected(self, endpoint: Endpoint, framing: str) -> socket.socket:
        """The peer of a channel `c`."""
        opening = f"open channel=c transport=unix role=listen address={self.path} framing={framing}"
        self.assertEqual(endpoint.ask(opening), {})
        peer = socket.socket(socket.AF_UNIX)
        self.addCleanup(peer.close)
        peer.settimeout(DEADLINE)
        peer.connect(self.path)
        self.assertEqual(endpoint.ask("accept channel=c"), {})
        return peer


class RustEndings(EndingTests, RustCase, unittest.TestCase):
    """C15 and C16 in every verb that waits. There is no signal handler: a thread waits for SIGTERM."""


class RustForced(ForcedTests, RustCase, unittest.TestCase):
    """Interrupted calls, of which std repeats only some: its `read`, `write` and `connect` it does not."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.build_library()


class DescriptorTests(RustCase, unittest.TestCase):
    def test_a_descriptor_has_one_owner(self) -> None:
        """Two values that own a number would close it twice, and the second time it may be somebody else's."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            endpoint = self.start(pass_fds=(theirs.fileno(),))
            rest = f"transport=socketpair role=read address={theirs.fileno()} framing=line"
            self.assertEqual(endpoint.ask(f"open channel=a {rest}"), {})
            self.assertEqual(endpoint.ask(f"open channel=b {rest}"), {"error": "usage"})
            self.assertEqual(endpoint.ask(self.listener("unix", "line")), {})
            for number in endpoint.descriptors() - {"0", "1", "2"}:
                for transport in ("pipe", "socketpair"):
                    rest = f"transport={transport} role=read address={number} framing=line"
                    self.assertEqual(endpoint.ask(f"open channel=d {rest}"), {"error": "usage"})
            self.assertEqual(endpoint.ask("reset"), {})
            self.assertEqual(endpoint.descriptors(), {"0", "1", "2"})

    def test_what_cannot_be_adopted_stays_open(self) -> None:
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb"), os.fdopen(writing, "wb"):
            endpoint = self.start(pass_fds=(writing,))
            for rest in ("transport=pipe role=read", "transport=socketpair role=read"):
                opening = f"open channel=c {rest} address={writing} framing=line"
                self.assertEqual(endpoint.ask(opening), {"error": "usage"})
            self.assertIn(str(writing), endpoint.descriptors())

    def test_an_inherited_pipe_may_be_non_blocking(self) -> None:
        """`write_all` gives up at the first EAGAIN, and does not say how far it came."""
        reading, writing = os.pipe2(os.O_NONBLOCK)
        endpoint = self.start(pass_fds=(writing,))
        os.close(writing)
        message = bytes(8 * MEBIBYTE)
        Path(self.path).write_bytes(message)
        self.assertEqual(endpoint.ask(f"open channel=c transport=pipe role=write address={writing} framing=line"), {})
        endpoint.tell(f"send channel=c file={self.path}")
        endpoint.wait_until_blocked()
        os.set_blocking(reading, True)
        with os.fdopen(reading, "rb") as pipe:
            self.assertEqual(pipe.read(len(message) + 1), message + b"\n")
            self.assertEqual(endpoint.reply(), {})
        self.assertEqual(endpoint.ask("send channel=c payload=61"), {"error": "closed"})

    def test_commands_and_replies_may_be_non_blocking(self) -> None:
        """`io::stdout` loses what does not fit, `io::stdin` takes "not yet" for an error."""
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        process = subprocess.Popen(self.command, stdin=theirs, stdout=theirs)
        self.addCleanup(process.kill)
        theirs.close()
        with ours:
            ours.settimeout(DEADLINE)
            ours.sendall(b"hello\n")
            replies = ours.recv(9)  # It has nothing more to read, and waits.
            ours.sendall(b"dance\n" * 5000)
            ours.shutdown(socket.SHUT_WR)
            while piece := ours.recv(MEBIBYTE):
                replies += piece
            self.assertEqual(process.wait(DEADLINE), 0)
        self.assertEqual(replies.count(b"\n"), 5001)

    def test_replies_that_nobody_reads_are_no_signal_and_no_panic(self) -> None:
        for handler in (signal.SIG_DFL, signal.SIG_IGN):
            previous = signal.signal(signal.SIGPIPE, handler)  # A program that is started inherits an ignored signal.
            endpoint = Endpoint([*self.command], restore_signals=False)
            signal.signal(signal.SIGPIPE, previous)
            self.addCleanup(endpoint.kill)
            self.assertEqual(endpoint.ask(self.listener("unix", "line")), {})
            endpoint.process.stdout.close()
            endpoint.tell("hello")
            self.assertEqual(endpoint.process.wait(DEADLINE), 1)
            self.assertEqual(endpoint.process.stderr.read().count(b"panic"), 0)
            self.assertEqual(os.listdir(self.folder), [])

    def test_without_descriptors_it_says_so_and_lives_on(self) -> None:
        endpoint = self.start()
        peer = self.connected(endpoint, "line")
        resource.prlimit(endpoint.pid, resource.RLIMIT_NOFILE, (len(endpoint.descriptors()), 100))
        Path(f"{self.path}-file").write_bytes(b"x")
        for command in (
            f"open channel=d transport=unix role=listen address={self.path}-2 framing=line",
            f"open channel=d transport=unix-seqpacket role=connect address={self.path} framing=none",
            f"open channel=d transport=file-cell role=write address={self.path}-cell framing=none",
            f"send channel=c file={self.path}-file",
        ):
            self.assertEqual(endpoint.ask(command), {"error": "internal"})
        peer.sendall(b"hello\n")
        self.assertEqual(endpoint.ask("receive channel=c timeout=10000"), {"payload": b"hello".hex()})


class MemoryTests(RustCase, unittest.TestCase):
    def address_space(self, endpoint: Endpoint) -> int:
        """In bytes, now. The peak says nothing: for each thread glibc first takes 128 MiB of addresses."""
        return int(Path(f"/proc/{endpoint.pid}/statm").read_text().split()[0]) * resource.getpagesize()

    def resident_peak(self, endpoint: Endpoint) -> int:
        """In bytes."""
        lines = Path(f"/proc/{endpoint.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

    def test_an_announced_length_takes_no_memory_before_its_bytes(self) -> None:
        for framing in ("multiprocessing", "u32le", "netstring", "varint", "content-length"):
            endpoint = self.start()
            endpoint.ask("hello")
            with self.subTest(framing), self.connected(endpoint, framing) as peer:
                before = self.address_space(endpoint)
                peer.sendall(frame(framing, bytes(64 * MEBIBYTE))[:1000])
                self.assertEqual(endpoint.ask("receive channel=c timeout=0"), {"error": "timeout"})
                self.assertLess(self.address_space(endpoint) - before, MEBIBYTE)
                self.assertEqual(endpoint.ask("close channel=c"), {})

    def test_a_message_at_the_limit_takes_a_few_times_its_size(self) -> None:
        message = bytes(range(256)) * (64 * MEBIBYTE // 256)
        for framing in ("u32le", "netstring"):
            endpoint = self.start()
            with self.connected(endpoint, framing) as peer:
                endpoint.tell(f"receive channel=c file={self.path}-copy", f"send channel=c file={self.path}-copy")
                peer.sendall(frame(framing, message))
                self.assertEqual(endpoint.reply(), {"length": str(len(message))})
                self.assertEqual(received(peer, len(frame(framing, message))), frame(framing, message))
                self.assertEqual(endpoint.reply(), {})
                self.assertLess(self.resident_peak(endpoint), 4 * len(message))
                self.assertEqual(endpoint.ask("close channel=c"), {})

    def test_a_message_beyond_all_memory_is_internal(self) -> None:
        """`Vec` would abort."""
        peer = self.connected(self.endpoint, "u32le")
        allowed = self.address_space(self.endpoint) + 4 * MEBIBYTE
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_AS, (allowed, resource.RLIM_INFINITY))
        Path(self.path + "-large").write_bytes(bytes(32 * MEBIBYTE))
        self.expect_error("internal", f"send channel=c file={self.path}-large")
        self.expect_error("internal", f"ping channel=c count=1 size={32 * MEBIBYTE}")
        peer.sendall(frame("u32le", bytes(32 * MEBIBYTE))[:4])
        self.endpoint.tell("receive channel=c")
        while not select.select([self.endpoint.process.stdout], [peer], [], DEADLINE)[0]:
            peer.send(bytes(4096))
        self.assertEqual(self.endpoint.reply(), {"error": "internal"})

    def test_a_cell_that_is_cut_while_somebody_waits_is_truncated(self) -> None:
        for waiting in ("receive channel=r", "send channel=w payload=61"):
            for _ in range(20):
                self.expect(self.cell("write", "w"))
                self.expect(self.cell("read", "r"))
                self.endpoint.tell(*[waiting] * 2)
                os.truncate(self.path, 0)
                self.assertEqual([self.endpoint.reply(), self.endpoint.reply()][1], {"error": "truncated"})
                self.expect("reset")

    def test_the_last_pieces_of_a_long_message_cost_no_more_than_the_first(self) -> None:
        for framing in ("line", "u32le"):
            with self.subTest(framing), self.connected(self.endpoint, framing) as peer:
                stream = frame(framing, b"x" * (8 * MEBIBYTE))
                self.endpoint.tell(f"receive channel=c file={self.path}-copy")
                peer.sendall(stream[:-5000])
                before = self.user_ticks()
                for byte in stream[-5000:]:
                    wait_until_received(peer)
                    peer.sendall(bytes([byte]))
                self.assertEqual(self.endpoint.reply(), {"length": str(8 * MEBIBYTE)})
                # To look at all of it with every piece would take several seconds of work.
                self.assertLess(self.user_ticks() - before, 2 * os.sysconf("SC_CLK_TCK"))
                self.expect("close channel=c")

    def user_ticks(self) -> int:
        return int(Path(f"/proc/{self.endpoint.pid}/stat").read_text().rpartition(")")[2].split()[11])


class NameTests(RustCase, unittest.TestCase):
    def test_names_need_not_be_utf8(self) -> None:
        for transport, framing in (("unix", "line"), ("unix-seqpacket", "none"), ("file-cell", "none")):
            role = "write" if transport == "file-cell" else "listen"
            rest = f"transport={transport} role={role} address={self.folder}/%ff%c3 framing={framing}"
            self.expect(f"open channel=c {rest}")
            self.assertEqual(os.listdir(os.fsencode(self.folder)), [b"\xff\xc3"])
            self.expect("close channel=c")
        # The reply quotes the path, and a reply is UTF-8.
        self.endpoint.tell(f"open channel=c transport=fifo role=read address={self.folder}/%fe framing=line")
        self.assertIn("\ufffd", unquote(self.endpoint.raw_reply(), errors="strict"))

    def test_a_file_that_cannot_be_written_leaves_the_message(self) -> None:
        peer = self.connected(self.endpoint, "line")
        peer.sendall(b"hello\n")
        self.expect_error("internal", "receive channel=c file=/dev/full")
        self.expect("receive channel=c", payload=b"hello".hex())


class ManifestTests(unittest.TestCase):
    def test_the_build_names_every_file(self) -> None:
        named = [line.strip("- ") for line in MANIFEST if line.startswith("    - src/")]
        self.assertEqual(named, sorted(f"src/{path.name}" for path in FOLDER.glob("src/*.rs")))


if __name__ == "__main__":
    unittest.main()
