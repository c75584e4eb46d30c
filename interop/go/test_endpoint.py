"""What the ladder and the matrix do not show of the Go endpoint: what Go does behind a program's back.

Run with: python3 -m unittest discover -s interop/go
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import unittest
from pathlib import Path

# These speak to a program and know nothing of C.
sys.path.append(str(Path(__file__).resolve().parent.parent / "c"))

from ending_tests import EndingTests
from harness import DEADLINE, Endpoint, EndpointCase, frame, peak_address_space, wait_until_received

FOLDER = Path(__file__).resolve().parent
MEBIBYTE = 1 << 20


def manifest_list(key: str) -> list[str]:
    """The words of a list in the manifest that has one word a line."""
    lines = (FOLDER / "adapter.yml").read_text().splitlines()
    rest = lines[lines.index(f"  {key}:") + 1 :]
    end = next(place for place, line in enumerate(rest) if not line.startswith("    - "))
    return [line[len("    - ") :].strip("'") for line in rest[:end]]


class GoCase(EndpointCase):
    command = (str(FOLDER / ".build/endpoint"),)
    language = "go"

    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("go") is None:
            raise unittest.SkipTest("go is not installed: apt-get install -y --no-install-recommends golang-go")
        # As the runner builds it, but without a home, and without a proxy that could be asked for anything.
        environment = {"PATH": os.environ["PATH"], "GOPROXY": "off"}
        command = manifest_list("command")
        finished = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise AssertionError(finished.stderr)

    def connected(self, endpoint: Endpoint, framing: str, limit: str = "") -> socket.socket:
        """The peer of a channel `c`."""
        opening = f"open channel=c transport=unix role=listen address={self.path} framing={framing}{limit}"
        self.assertEqual(endpoint.ask(opening), {})
        peer = socket.socket(socket.AF_UNIX)
        self.addCleanup(peer.close)
        peer.settimeout(DEADLINE)
        peer.connect(self.path)
        self.assertEqual(endpoint.ask("accept channel=c"), {})
        return peer


class GoEndings(EndingTests, GoCase, unittest.TestCase):
    """C15 and C16 in every verb that waits: a system call that blocks, or a goroutine that sleeps."""


class DescriptorTests(GoCase, unittest.TestCase):
    def test_the_descriptors_of_the_runtime_are_not_inherited_ones(self) -> None:
        """Among them is a pipe, by which the runtime wakes its poller."""
        self.expect_error("usage", "open channel=c transport=pipe role=read address=2 framing=line")
        own = [number for number in self.endpoint.descriptors() if int(number) > 2]
        self.assertTrue(own)
        for number in own:
            for transport in ("pipe", "socketpair"):
                for role in ("read", "write"):
                    rest = f"transport={transport} role={role} address={number} framing=line"
                    self.expect_error("usage", f"open channel=c {rest}")
        self.expect("reset")
        self.assertEqual([number for number in self.endpoint.descriptors() if int(number) > 2], own)

    def test_an_inherited_pipe_may_be_non_blocking(self) -> None:
        reading, writing = os.pipe2(os.O_NONBLOCK)
        endpoint = self.start(pass_fds=(writing,))
        os.close(writing)
        message = b"x" * MEBIBYTE
        Path(self.path).write_bytes(message)
        opening = f"open channel=c transport=pipe role=write address={writing} framing=line"
        self.assertEqual(endpoint.ask(opening), {})
        endpoint.tell(f"send channel=c file={self.path}")
        os.set_blocking(reading, True)
        with os.fdopen(reading, "rb") as pipe:
            self.assertEqual(pipe.read(len(message) + 1), message + b"\n")
        self.assertEqual(endpoint.reply(), {})

    def test_inherited_descriptors_keep_their_flags(self) -> None:
        """os.NewFile and net.FileConn would make the open file non-blocking, and it is not ours alone."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            endpoint = self.start(pass_fds=(theirs.fileno(),))
            opening = f"open channel=c transport=socketpair role=read address={theirs.fileno()} framing=line"
            self.assertEqual(endpoint.ask(opening), {})
            endpoint.tell("receive channel=c")
            ours.sendall(b"a\n")
            self.assertEqual(endpoint.reply(), {"payload": "61"})
            self.assertTrue(fcntl.fcntl(theirs, fcntl.F_GETFL) & os.O_NONBLOCK == 0)

    def test_without_descriptors_it_says_so_and_lives_on(self) -> None:
        endpoint = self.start()
        endpoint.ask("hello")
        peer = self.connected(endpoint, "line")
        resource.prlimit(endpoint.pid, resource.RLIMIT_NOFILE, (len(endpoint.descriptors()), 100))
        Path(f"{self.path}-file").write_bytes(b"x")
        for command in (
            f"open channel=d transport=unix role=listen address={self.path}-2 framing=line",
            f"open channel=d transport=file-cell role=write address={self.path}-cell framing=none",
            f"send channel=c file={self.path}-file",
        ):
            self.assertEqual(endpoint.ask(command), {"error": "internal"})
        peer.sendall(b"hello\n")
        self.assertEqual(endpoint.ask("receive channel=c timeout=10000"), {"payload": b"hello".hex()})

    def test_replies_that_nobody_reads_are_no_signal(self) -> None:
        """os.Stdout would end the process by SIGPIPE, and leave the socket file."""
        for handler in (signal.SIG_DFL, signal.SIG_IGN):
            previous = signal.signal(signal.SIGPIPE, handler)  # A program that is started inherits an ignored signal.
            endpoint = Endpoint([*self.command], restore_signals=False)
            signal.signal(signal.SIGPIPE, previous)
            self.addCleanup(endpoint.kill)
            self.assertEqual(endpoint.ask(self.listener("unix", "line")), {})
            endpoint.process.stdout.close()
            endpoint.tell("hello")
            self.assertEqual(endpoint.process.wait(DEADLINE), 1)
            self.assertEqual(os.listdir(self.folder), [])


class RuntimeTests(GoCase, unittest.TestCase):
    def test_signals_of_the_runtime_are_no_answer(self) -> None:
        """Go preempts goroutines with SIGURG, which interrupts a call that waits."""
        endpoint = self.start()
        for timeout in ("", " timeout=100000"):
            self.assertEqual(endpoint.ask(self.listener("unix", "u32le")), {})
            endpoint.tell(f"accept channel=c{timeout}", f"receive channel=c{timeout}")
            with socket.socket(socket.AF_UNIX) as peer:
                for byte in (None, *frame("u32le", b"hi")):
                    for _ in range(100):
                        for thread in os.listdir(f"/proc/{endpoint.pid}/task"):
                            ctypes.CDLL(None).tgkill(endpoint.pid, int(thread), signal.SIGURG)
                        os.sched_yield()
                    if byte is None:
                        peer.connect(self.path)
                    else:
                        peer.sendall(bytes([byte]))
                        wait_until_received(peer)
                self.assertEqual([endpoint.reply(), endpoint.reply()], [{}, {"payload": b"hi".hex()}])
                self.assertEqual(endpoint.ask("close channel=c"), {})

    def test_an_announced_length_takes_no_memory_before_its_bytes(self) -> None:
        for framing in ("multiprocessing", "u32le", "netstring", "varint", "content-length"):
            endpoint = self.start()
            with self.subTest(framing), self.connected(endpoint, framing) as peer:
                whole = frame(framing, b"x" * (64 * MEBIBYTE))
                before = peak_address_space(endpoint.pid)
                peer.sendall(whole[:1000])
                self.assertEqual(endpoint.ask("receive channel=c timeout=0"), {"error": "timeout"})
                self.assertLess(peak_address_space(endpoint.pid) - before, 1024)  # KiB
                self.assertEqual(endpoint.ask("close channel=c"), {})

    def test_a_message_at_the_limit_takes_a_few_times_its_size(self) -> None:
        endpoint = self.start()
        peer = self.connected(endpoint, "u32le")
        message = bytes(range(256)) * (64 * MEBIBYTE // 256)
        before = peak_address_space(endpoint.pid)
        endpoint.tell(f"receive channel=c file={self.path}-copy")
        peer.sendall(frame("u32le", message))
        self.assertEqual(endpoint.reply(), {"length": str(len(message))})
        self.assertEqual(Path(f"{self.path}-copy").read_bytes(), message)
        self.assertLess((peak_address_space(endpoint.pid) - before) // 1024, 6 * 64)  # MiB

    def test_a_cell_that_is_cut_while_somebody_waits_is_truncated(self) -> None:
        """An access behind the end of a mapped file is a fault, which ends a Go program unless it asks for a panic."""
        for role in ("read", "write"):
            for _ in range(20):
                self.expect(self.cell("write", "w"))
                if role == "read":
                    self.expect(self.cell("read", "r"))
                waiting = "receive channel=r" if role == "read" else "send channel=w payload=61"
                self.endpoint.tell(*[waiting] * 2)
                os.truncate(self.path, 0)
                replies = [self.endpoint.reply(), self.endpoint.reply()]
                self.assertEqual(replies[1], {"error": "truncated"})
                self.expect("reset")

    def test_a_file_that_cannot_be_written_leaves_the_message(self) -> None:
        peer = self.connected(self.endpoint, "line")
        peer.sendall(b"hello\n")
        self.expect_error("internal", "receive channel=c file=/dev/full")
        self.expect("receive channel=c", payload=b"hello".hex())


class NameTests(GoCase, unittest.TestCase):
    def test_a_path_that_starts_with_an_at_sign_is_a_path(self) -> None:
        """Go takes such a name for an abstract one."""
        endpoint = self.start(cwd=self.folder)
        rest = "address=@s framing=line"
        self.assertEqual(endpoint.ask(f"open channel=l transport=unix role=listen {rest}"), {})
        self.assertEqual(os.listdir(self.folder), ["@s"])
        self.assertEqual(endpoint.ask(f"open channel=c transport=unix role=connect {rest}"), {})
        self.assertEqual(
            endpoint.ask(f"open channel=d transport=unix-abstract role=connect {rest}"), {"error": "refused"}
        )
        self.assertEqual(endpoint.ask("reset"), {})
        self.assertEqual(os.listdir(self.folder), [])

    def test_names_need_not_be_utf8(self) -> None:
        for transport, framing in (("unix", "line"), ("unix-datagram", "none"), ("file-cell", "none")):
            role = "write" if transport == "file-cell" else "listen"
            rest = f"transport={transport} role={role} address={self.folder}/%ff%c3 framing={framing}"
            self.expect(f"open channel=c {rest}")
            self.assertEqual(os.listdir(os.fsencode(self.folder)), [b"\xff\xc3"])
            self.expect("close channel=c")
        self.expect_error("missing", f"open channel=c transport=fifo role=read address={self.folder}/%ff framing=line")

    def test_json_escapes_no_more_than_it_must(self) -> None:
        """encoding/json escapes for HTML and JavaScript too, sorts names, and writes \\b as a number."""
        peer = self.connected(self.endpoint, "line")
        text = "<&>\u2028\u2029\ufffd\b"
        tokens = f"map:2,text:7a,text:{text.encode().hex()},text:61,f64:{struct.pack('>d', 100.0).hex()}"
        self.expect(f"send channel=c codec=json value={tokens}")
        self.assertEqual(peer.recv(100), f'{{"z":"{text[:-1]}\\b","a":1e+02}}\n'.encode())
        peer.sendall(f'{{"z":"{text[:-1]}\\b","a":1e+02}}\n'.encode())
        self.expect("receive channel=c codec=json", value=tokens)
        for lone in (rb'"\ud800"', rb'"\udc00"', rb'"\ud800\u0041"', rb'"\ud800x"', rb'"\\\ud800"'):
            peer.sendall(lone + b"\n")
            self.expect_error("malformed", "receive channel=c codec=json")
        peer.sendall(rb'"\\ud800 \ud83d\ude00"' + b"\n")
        self.expect("receive channel=c codec=json", value="text:" + "\\ud800 \U0001f600".encode().hex())


class ManifestTests(unittest.TestCase):
    def test_the_build_names_every_file(self) -> None:
        self.assertEqual(manifest_list("inputs"), ["go.mod", *sorted(path.name for path in FOLDER.glob("*.go"))])


if __name__ == "__main__":
    unittest.main()
