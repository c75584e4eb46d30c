"""The promises of the Lua endpoint that neither the ladder nor the matrix can see.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/lua
"""

from __future__ import annotations

import os
import pty
import resource
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

from forced_tests import ForcedTests
from harness import DEADLINE, Endpoint, EndpointCase, frame, peak_address_space

FOLDER = Path(__file__).resolve().parent
LARGE = 8 << 20
HEADERS = {
    "multiprocessing": struct.pack(">i", 64 << 20),
    "u32le": struct.pack("<I", 64 << 20),
    "netstring": b"67108864:",
    "varint": b"\x80\x80\x80\x20",
    "content-length": b"Content-Length: 67108864\r\n\r\n",
}


class LuaCase(EndpointCase, unittest.TestCase):
    command = ("luajit", "-E", str(FOLDER / "endpoint.lua"))

    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("luajit") is None:
            raise unittest.SkipTest("there is no luajit: apt-get install -y --no-install-recommends luajit")

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


class EndingTests(LuaCase):
    """How it ends while it waits."""

    def blocked(self) -> Iterator[tuple[str, Endpoint]]:
        Path(f"{self.path}-large").write_bytes(b"x" * LARGE)
        os.mkfifo(f"{self.path}-fifo")
        for transport, address, framing in (
            ("unix", self.path, "line"),
            ("unix-abstract", f"@lua-{os.getpid()}", "line"),
            ("unix-seqpacket", self.path, "none"),
            ("dotnet-pipe", self.path, "line"),
            ("tcp", "127.0.0.1:0", "line"),
        ):
            opening = f"open channel=c transport={transport} role=listen address={address} framing={framing}"
            yield f"accept {transport}", self.started(opening, "accept channel=c")
        datagrams = f"open channel=c transport=unix-datagram role=listen address={self.path} framing=none"
        yield "receive a datagram", self.started(datagrams, "receive channel=c")
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
            yield command, self.connected("unix", socket.SOCK_STREAM, "line", command)
        yield "receive a packet", self.connected("unix-seqpacket", socket.SOCK_SEQPACKET, "none", "receive channel=c")
        for transport, kind in (("unix-seqpacket", socket.SOCK_SEQPACKET), ("unix-datagram", socket.SOCK_DGRAM)):
            sends = "\n".join(["send channel=c payload=61"] * 1000)
            yield f"send on {transport}", self.connected(transport, kind, "none", sends)
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        opening = f"open channel=c transport=pipe role=write address={writer} framing=line"
        yield "send into a pipe", self.started(opening, f"send channel=c file={self.path}-large", pass_fds=(writer,))
        os.close(writer)
        yield "connect", self.connected("unix", socket.SOCK_STREAM, "line", self.full_listener())

    def started(self, *commands: str, **arguments: object) -> Endpoint:
        """An endpoint that has a socket file, and waits in the last of the commands."""
        self.unanswered = sum(command.count("\n") + 1 for command in commands)
        endpoint = Endpoint([*self.command], **arguments)
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
        endpoint.wait_until_blocked()
        endpoint.tell(*["hello"] * 5000)
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


class PitfallTests(LuaCase):
    """Where LuaJIT, or the system below it, does something else than one expects."""

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
        for blocking in (True, False):
            with self.subTest(blocking=blocking):
                ours, theirs = os.pipe()
                os.set_blocking(theirs, blocking)
                content = os.urandom(LARGE)
                Path(self.path).write_bytes(content)
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

    def test_names_of_lua_are_no_words(self) -> None:
        for word in ("by_name", "decode", "__index"):
            self.expect_error("unsupported", self.listener("unix", word))
            self.expect_error("usage", f"{word.replace('_', '-')} channel=c")
            self.expect_error("unsupported", f"layout record={word}")

    def test_settings_of_the_user_do_not_matter(self) -> None:
        settings = {"LUA_INIT": "print('hello')", "LUA_PATH": "/nowhere/?.lua", "LC_ALL": "C"}
        self.endpoint = self.start(env={**os.environ, **settings}, cwd="/")
        self.assertEqual(self.endpoint.ask("hello")["language"], "lua")

    def test_bytes_are_bytes(self) -> None:
        self.expect(f"open channel=l transport=unix role=listen address={self.folder}/%ff%c3 framing=line")
        self.assertIn(b"\xff\xc3", os.listdir(os.fsencode(self.folder)))
        with self.peer("line") as peer:
            peer.sendall(b"\xff\0\xc3\r\n")
            self.expect("receive channel=c", payload="ff00c30d")
            self.expect_error("missing", f"send channel=c file={self.folder}/%fe")
        self.expect_error("usage", b"hello\0")
        self.expect_error("usage", b"close channel=\xff")
        self.expect("reset")

    def test_what_is_no_regular_file(self) -> None:
        os.mkfifo(self.path + "-fifo")
        with self.peer("line") as peer:
            peer.sendall(b"a\n")
            self.expect_error("usage", f"receive channel=c file={self.path}-fifo")
            self.expect_error("internal", "receive channel=c file=/dev/full")
            self.expect("receive channel=c", payload="61")

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


if __name__ == "__main__":
    unittest.main()
