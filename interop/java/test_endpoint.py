"""What the ladder and the matrix do not show of the Java endpoint: what goes through the runtime's private parts.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/java
"""

from __future__ import annotations

import functools
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

# These speak to a program and know nothing of C.
sys.path.append(str(Path(__file__).resolve().parent.parent / "c"))

from ending_tests import EndingTests
from harness import Endpoint, EndpointCase, frame, received

FOLDER = Path(__file__).resolve().parent
BUILD, RUN = (FOLDER / "adapter.yml").read_text().split("\nrun:\n")
MEBIBYTE = 1 << 20


@functools.cache
def build() -> None:
    """As the runner does, but once for all tests, and a warning is a fault."""
    command = " ".join(BUILD.partition(">-\n")[2].partition("  inputs:")[0].split())
    (FOLDER / ".build").mkdir(exist_ok=True)
    finished = subprocess.run(["sh", "-c", command], cwd=FOLDER, capture_output=True, text=True, check=False)
    if finished.returncode != 0 or finished.stderr:
        raise AssertionError(finished.stderr)


class JavaCase(EndpointCase):
    command = tuple(re.findall(r"^  - (.*)$", RUN.replace("- .build", f"- {FOLDER}/.build"), re.MULTILINE))
    path_listeners = (("unix", "line"), ("dotnet-pipe", "line"))

    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("javac") is None:
            raise unittest.SkipTest("no javac: apt-get install -y --no-install-recommends openjdk-17-jdk-headless")
        build()


# The runtime handles the signal and makes a status of it.
@mock.patch("ending_tests.signal", SimpleNamespace(SIGTERM=-(128 + signal.SIGTERM)))
class JavaEndings(EndingTests, JavaCase, unittest.TestCase):
    def blocked(self) -> Iterator[tuple[str, Callable[[], Endpoint]]]:
        yield from (way for way in super().blocked() if not re.search("abstract|packet|datagram", way[0]))

    def test_sigterm_at_any_moment_leaves_no_socket_file(self) -> None:
        for count in range(1, 20):  # From the first reply on: before `main` the signal just kills.
            endpoint = Endpoint([*self.command])
            self.addCleanup(endpoint.kill)
            endpoint.tell(*(self.listener("unix", "line"), "close channel=c") * 200)
            for _ in range(count):
                endpoint.reply()
            endpoint.process.terminate()
            self.assertEqual(endpoint.process.wait(15), 128 + signal.SIGTERM)
            self.assertEqual(os.listdir(self.folder), [])


class RuntimeTests(JavaCase, unittest.TestCase):
    def connected(self, framing: str) -> socket.socket:
        self.assertEqual(self.endpoint.ask(self.listener("unix", framing)), {})
        peer = socket.socket(socket.AF_UNIX)
        self.addCleanup(peer.close)
        peer.connect(self.path)
        self.assertEqual(self.endpoint.ask("accept channel=c"), {})
        return peer

    def test_an_inherited_pipe_may_be_non_blocking_and_has_one_owner(self) -> None:
        reading, writing = os.pipe2(os.O_NONBLOCK)
        endpoint = self.start(pass_fds=(writing,))
        os.close(writing)
        Path(self.path).write_bytes(bytes(8 * MEBIBYTE))
        rest = f"transport=pipe role=write address={writing} framing=line"
        self.assertEqual(endpoint.ask(f"open channel=c {rest}"), {})
        self.assertEqual(endpoint.ask(f"open channel=d {rest}"), {"error": "usage"})
        endpoint.tell(f"send channel=c file={self.path}")
        os.set_blocking(reading, True)
        with os.fdopen(reading, "rb") as pipe:
            self.assertEqual(len(pipe.read(8 * MEBIBYTE + 1)), 8 * MEBIBYTE + 1)
            self.assertEqual(endpoint.reply(), {})
        self.assertEqual(endpoint.ask("send channel=c payload=61"), {"error": "closed"})

    def test_a_large_message_takes_memory_only_as_it_comes(self) -> None:
        def resident() -> int:
            return int(re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{self.endpoint.pid}/status").read_text())[1]) << 10

        for framing in ("u32le", "line", "netstring"):
            with self.subTest(framing), self.connected(framing) as peer:
                self.assertEqual(self.endpoint.ask("receive channel=c timeout=0"), {"error": "timeout"})
                before = resident()
                whole = frame(framing, b"x" * (64 * MEBIBYTE))
                peer.sendall(whole[:1000])
                self.assertEqual(self.endpoint.ask("receive channel=c timeout=0"), {"error": "timeout"})
                self.assertLess(resident() - before, 8 * MEBIBYTE)
                self.endpoint.tell(f"receive channel=c file={self.path}-copy", f"send channel=c file={self.path}-copy")
                peer.sendall(whole[1000:])
                self.assertEqual(self.endpoint.reply(), {"length": str(64 * MEBIBYTE)})
                self.assertEqual(received(peer, len(whole)), whole)
                self.assertEqual(self.endpoint.reply(), {})
                self.assertEqual(self.endpoint.ask("reset"), {})

    def test_a_living_socket_is_found_however_its_path_is_spelled(self) -> None:
        os.symlink(self.folder, f"{self.folder}/link")
        for path in (self.path, f"{self.folder}/link/s", f"{self.folder}/./s", os.path.relpath(self.path)):
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
                with self.subTest(path, kind=kind), socket.socket(socket.AF_UNIX, kind) as holder:
                    holder.bind(path)
                    self.assertEqual(self.endpoint.ask(self.listener("unix", "line")), {"error": "exists"})
                    if kind == socket.SOCK_STREAM:
                        holder.listen()
                        holder.setblocking(False)
                        self.assertEqual(self.endpoint.ask(self.listener("unix", "line")), {"error": "exists"})
                        self.assertRaises(BlockingIOError, holder.accept)  # No peer that never was.
                self.assertEqual(self.endpoint.ask(self.listener("unix", "line")), {}, "it is stale by now")
                self.assertEqual(self.endpoint.ask("reset"), {})

    def test_without_descriptors_it_says_so_and_lives_on(self) -> None:
        peer = self.connected("line")
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, (len(self.endpoint.descriptors()), 100))
        for transport, role, framing in (("unix", "connect", "line"), ("file-cell", "write", "none")):
            opening = f"open channel=d transport={transport} role={role} address={self.path}-2 framing={framing}"
            self.assertEqual(self.endpoint.ask(opening), {"error": "internal"})
        peer.sendall(b"hello\n")
        self.assertEqual(self.endpoint.ask("receive channel=c timeout=10000"), {"payload": b"hello".hex()})

    def test_the_manifest_names_every_file(self) -> None:
        named = re.findall(r"^    - (.*\.java)$", BUILD, re.MULTILINE)
        self.assertEqual(named, sorted(path.name for path in FOLDER.glob("*.java")))


if __name__ == "__main__":
    unittest.main()
