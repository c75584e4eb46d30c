"""The promises of the OCaml endpoint that neither the ladder nor the matrix can see.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/ocaml
"""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "c"))

from forced_tests import ForcedTests
from harness import DEADLINE, Endpoint, EndpointCase, frame, peak_address_space

FOLDER = Path(__file__).resolve().parent
INPUTS = (FOLDER / "adapter.yml").read_text().split("inputs: [")[1].split("]")[0].split(", ")
LARGE = 8 << 20
HEADERS = {
    "multiprocessing": struct.pack(">i", 64 << 20),
    "u32le": struct.pack("<I", 64 << 20),
    "netstring": b"67108864:",
    "varint": b"\x80\x80\x80\x20",
    "content-length": b"Content-Length: 67108864\r\n\r\n",
}


class OcamlCase(EndpointCase, unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("ocamlopt") is None:
            raise unittest.SkipTest("there is no ocamlopt: apt-get install -y --no-install-recommends ocaml-nox")
        folder = tempfile.TemporaryDirectory(prefix="ocaml-")
        cls.addClassCleanup(folder.cleanup)
        for name in INPUTS:
            shutil.copy(FOLDER / name, folder.name)
        command = ["ocamlopt", "-I", "+unix", "unix.cmxa", "-o", "endpoint", *INPUTS]
        finished = subprocess.run(command, cwd=folder.name, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise AssertionError(finished.stderr)
        cls.command = (f"{folder.name}/endpoint",)


class EndingTests(OcamlCase):
    """How it ends while it waits."""

    def blocked(self) -> Iterator[tuple[str, Endpoint]]:
        Path(f"{self.path}-large").write_bytes(b"x" * LARGE)
        os.mkfifo(f"{self.path}-fifo")
        for transport, address in (
            ("unix", self.path),
            ("unix-abstract", f"@ocaml-{os.getpid()}"),
            ("dotnet-pipe", self.path),
            ("tcp", "127.0.0.1:0"),
        ):
            opening = f"open channel=c transport={transport} role=listen address={address} framing=line"
            yield f"accept {transport}", self.started(opening, "accept channel=c")
        opening = f"open channel=c transport=fifo role=%s address={self.path}-fifo framing=line"
        yield "open a FIFO to write", self.started(opening % "write")
        yield "receive from a FIFO", self.started(opening % "read", "receive channel=c")
        for command in (
            "receive channel=c",
            "receive channel=c timeout=86400000",
            "echo channel=c count=1",
            "ping channel=c count=1 size=1",
            f"send channel=c file={self.path}-large",
        ):
            with socket.socket(socket.AF_UNIX) as peer:
                yield command, self.connected(peer, command)
        reader, writer = os.pipe()
        opening = f"open channel=c transport=pipe role=write address={writer} framing=line"
        yield "send into a pipe", self.started(opening, f"send channel=c file={self.path}-large", pass_fds=(writer,))
        os.close(writer)
        os.close(reader)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{self.path}-full")
            listener.listen(0)
            opening = f"open channel=%s transport=unix role=connect address={self.path}-full framing=line"
            yield "connect", self.started(opening % "c", opening % "d")
        os.unlink(f"{self.path}-full")

    def started(self, *commands: str, **arguments: object) -> Endpoint:
        """An endpoint that has a socket file, and waits in the last of the commands."""
        self.commands = len(commands)
        endpoint = Endpoint([*self.command], **arguments)
        self.addCleanup(endpoint.kill)
        listening = f"open channel=l transport=unix role=listen address={self.path}-l framing=line"
        self.assertEqual(endpoint.ask(listening), {})
        endpoint.tell(*commands)
        return endpoint

    def connected(self, peer: socket.socket, command: str) -> Endpoint:
        peer.bind(f"{self.path}-peer")
        peer.listen()
        opening = f"open channel=c transport=unix role=connect address={self.path}-peer framing=line"
        endpoint = self.started(opening, command)
        self.addCleanup(peer.accept()[0].close)
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
                self.assertLess(len(replies), self.commands, "it did not wait")
                self.assertEqual(endpoint.end(), (0, ""))
                self.expect_nothing_left()

    def test_sigterm_ends_what_waits(self) -> None:
        for name, endpoint in self.blocked():
            with self.subTest(name):
                endpoint.wait_until_blocked()
                endpoint.process.terminate()
                self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
                self.expect_nothing_left()

    def test_sigterm_ends_it_although_nobody_reads_the_replies(self) -> None:
        endpoint = self.started(*["hello"] * 1000)
        endpoint.wait_until_blocked()
        endpoint.process.terminate()
        self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
        self.expect_nothing_left()

    def test_sigterm_ends_it_although_the_parent_has_blocked_or_ignored_it(self) -> None:
        for setting in ("pthread_sigmask(signal.SIG_BLOCK, [15])", "signal(15, signal.SIG_IGN)"):
            run = f"import os, signal, sys; signal.{setting}; os.execvp(sys.argv[1], sys.argv[1:])"
            endpoint = Endpoint([sys.executable, "-c", run, *self.command])
            self.addCleanup(endpoint.kill)
            self.assertEqual(endpoint.ask(self.listener("unix", "line")), {})
            endpoint.process.terminate()
            self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
            self.assertEqual(os.listdir(self.folder), [])

    def test_unread_commands_do_not_hide_the_end(self) -> None:
        endpoint = self.started(self.listener("unix", "line"), "accept channel=c")
        self.assertEqual(endpoint.reply(), {})
        endpoint.tell(*["hello"] * 50_000)
        self.assertEqual(endpoint.end(), (0, ""))

    def test_ctrl_d_ends_what_waits(self) -> None:
        keyboard, terminal = pty.openpty()
        process = subprocess.Popen(self.command, stdin=terminal, stdout=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        os.close(terminal)
        os.write(keyboard, b"%b\naccept channel=c\n\x04" % self.listener("unix", "line").encode())
        self.assertEqual(process.wait(DEADLINE), 0)
        os.close(keyboard)
        self.assertFalse(os.path.exists(self.path))


class PitfallTests(OcamlCase):
    """Where OCaml, or the system below it, does something else than one expects."""

    @unittest.skipIf(shutil.which("cc") is None, "there is no cc, which makes calls fail: apt-get install -y gcc")
    def test_an_interruption_is_no_answer(self) -> None:
        ForcedTests.build_library.__func__(type(self))
        self.endpoint = self.start(env={**os.environ, "LD_PRELOAD": self.library, "INTERRUPTED": "1"})
        with self.peer("line") as peer:
            self.expect_error("timeout", "receive channel=c timeout=0")
            peer.sendall(b"a\n")
            self.expect("receive channel=c", payload="61")
            self.expect("send channel=c payload=62")
            self.assertEqual(peer.recv(9), b"b\n")

    def test_an_inherited_pipe_stays_as_it_is_and_waits_for_a_slow_reader(self) -> None:
        content = os.urandom(LARGE)
        Path(self.path).write_bytes(content)
        for blocking in (True, False):
            with self.subTest(blocking=blocking):
                ours, theirs = os.pipe()
                os.set_blocking(theirs, blocking)
                self.endpoint = self.start(pass_fds=(theirs,))
                self.expect(f"open channel=c transport=pipe role=write address={theirs} framing=u32le")
                self.endpoint.tell(f"send channel=c file={self.path}")
                self.endpoint.wait_until_blocked()
                self.assertEqual(os.get_blocking(theirs), blocking)
                os.close(theirs)
                with open(ours, "rb") as reader:
                    self.assertEqual(reader.read(4 + LARGE), frame("u32le", content))
                    self.assertEqual(self.endpoint.reply(), {})
                self.expect_error("closed", "send channel=c payload=61")

    def test_select_gets_no_descriptor_of_1024_or_more(self) -> None:
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        if resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 1024:
            self.skipTest("the limit of open files is too low: ulimit -n 2048")
        high = fcntl.fcntl(theirs, fcntl.F_DUPFD, 1024)
        theirs.close()
        self.endpoint = self.start(pass_fds=(high,))
        os.close(high)
        self.expect(f"open channel=c transport=socketpair role=read address={high} framing=line")
        self.assertNotIn(str(high), self.endpoint.descriptors())
        ours.sendall(b"a\n")
        self.expect("receive channel=c", payload="61")
        self.expect("reset")
        self.assertEqual(ours.recv(1), b"")

    def test_lengths_beyond_63_bits_are_too_large(self) -> None:
        for framing, header in (
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 1 << 63 | 5)),
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 1 << 62 | 5)),
            ("u32le", b"\xff\xff\xff\xff"),
            ("varint", b"\x85" + b"\x80" * 7 + b"\xc0\x00"),
            ("varint", b"\x85" + b"\x80" * 8 + b"\x01"),
            ("content-length", b"Content-Length: 9999999999999999999\r\n\r\n"),
        ):
            with self.subTest(framing=framing, header=header), self.peer(framing) as peer:
                peer.sendall(header)
                self.expect_error("too-large", "receive channel=c")

    def test_numbers_of_ocaml_are_no_numbers_of_the_protocol(self) -> None:
        for digits in ("0x10", "1_0", "0b1", "0u5", "-1", "9" * 30, "\f5"):
            with self.subTest(digits), self.peer("content-length") as peer:
                peer.sendall(f"Content-Length: {digits}\r\n\r\n".encode())
                self.expect_error("malformed", "receive channel=c")
                self.expect_error("usage", f"receive channel=c timeout={digits}")

    def test_bytes_are_bytes(self) -> None:
        self.expect(f"open channel=l transport=unix role=listen address={self.folder}/%ff%c3 framing=line")
        self.assertIn(b"\xff\xc3", os.listdir(os.fsencode(self.folder)))
        with self.peer("line") as peer:
            peer.sendall(b"\xff\0\xc3\r\n")
            self.expect("receive channel=c", payload="ff00c30d")
            self.expect_error("missing", f"send channel=c file={self.folder}/%fe")
            self.expect_error("usage", f"send channel=c file={self.folder}/%00")
        self.expect_error("usage", b"hello\0")
        self.expect("reset")

    def test_a_line_of_32_megabytes_is_skipped(self) -> None:
        self.endpoint.ask("hello")
        before = peak_address_space(self.endpoint.pid)
        self.endpoint.process.stdin.write(b"send payload=" + bytes(32 << 20) + b"\nhello")
        self.assertEqual(self.endpoint.reply(), {"error": "usage"})
        self.endpoint.tell("")
        self.assertEqual(self.endpoint.reply()["language"], "ocaml")
        self.assertLess(peak_address_space(self.endpoint.pid) - before, 16384, "KiB")

    def test_nothing_takes_the_place_of_a_standard_stream(self) -> None:
        for closing, output in (("<&-", b""), (">&-", b""), ("2>&-", b"ok")):
            script = f'echo reset | if true; then exec "$0" {closing}; fi'
            finished = subprocess.run(["sh", "-c", script, *self.command], capture_output=True, timeout=DEADLINE)
            self.assertEqual((finished.returncode, finished.stdout.strip()), (0, output), closing)

    def test_a_full_disk_and_a_limit_of_file_size_are_internal(self) -> None:
        with self.peer("line") as peer:
            peer.sendall(b"a\n")
            self.expect_error("internal", "receive channel=c file=/dev/full")
            os.mkfifo(self.path + "-fifo")
            self.expect_error("usage", f"receive channel=c file={self.path}-fifo")
            self.expect("receive channel=c", payload="61")
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        self.expect_error("internal", self.slot("write"))

    def test_an_announced_length_reserves_nothing(self) -> None:
        self.endpoint.ask("hello")
        before = peak_address_space(self.endpoint.pid)
        for framing, header in HEADERS.items():
            for limit, kind in ((None, "timeout"), (1 << 20, "too-large")):
                with self.peer(framing, limit=limit) as peer:
                    peer.sendall(header)
                    self.expect_error(kind, "receive channel=c timeout=20")
        self.assertLess(peak_address_space(self.endpoint.pid) - before, 4096, "KiB")

    def test_the_build_takes_every_file(self) -> None:
        self.assertEqual(sorted(INPUTS), sorted(path.name for path in FOLDER.glob("*.ml")))


if __name__ == "__main__":
    unittest.main()
