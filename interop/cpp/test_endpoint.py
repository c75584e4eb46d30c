"""The promises of the C++ endpoint that neither the ladder nor the matrix can see.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/cpp
"""

from __future__ import annotations

import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
import uuid
from _multiprocessing import SemLock, sem_unlink
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "c"))

from ending_tests import EndingTests
from forced_tests import ForcedTests
from harness import DEADLINE, Endpoint, EndpointCase, frame, peak_address_space, wait_until_received

FOLDER = Path(__file__).resolve().parent
FLAGS = ["-std=c++20", "-pthread", "-Wall", "-Wextra", "-Werror"]
SANITIZERS = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
LARGE = 8 << 20
HEADERS = {
    "multiprocessing": struct.pack(">i", 64 << 20),
    "u32le": struct.pack("<I", 64 << 20),
    "netstring": b"67108864:",
    "varint": b"\x80\x80\x80\x20",
    "content-length": b"Content-Length: 67108864\r\n\r\n",
}


class CppCase(EndpointCase):
    @classmethod
    def build(cls, *more: str) -> None:
        if shutil.which("g++") is None:
            raise unittest.SkipTest("there is no g++: apt-get install -y --no-install-recommends g++")
        folder = tempfile.TemporaryDirectory(prefix="cpp-")
        cls.addClassCleanup(folder.cleanup)
        cls.command = (f"{folder.name}/endpoint",)
        command = ["g++", *FLAGS, *more, "-o", *cls.command, str(FOLDER / "main.cpp")]
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise AssertionError(finished.stderr)

    def inheriting(self, *descriptors: int) -> None:
        self.endpoint = self.start(pass_fds=descriptors)


class PitfallTests(CppCase):
    """Where C++, or the system below it, does something else than one expects."""

    def test_a_nonblocking_pipe_waits_for_a_slow_reader(self) -> None:
        ours, theirs = os.pipe()
        os.set_blocking(theirs, False)
        content = os.urandom(LARGE)
        Path(self.path).write_bytes(content)
        self.inheriting(theirs)
        self.expect(f"open channel=c transport=pipe role=write address={theirs} framing=u32le")
        os.close(theirs)
        self.endpoint.tell(f"send channel=c file={self.path}")
        self.endpoint.wait_until_blocked()
        with open(ours, "rb") as reader:
            self.assertEqual(reader.read(4 + LARGE), frame("u32le", content))
            self.assertEqual(self.endpoint.reply(), {})
        self.expect_error("closed", "send channel=c payload=61")  # By default SIGPIPE would kill.

    def test_what_cannot_be_adopted_stays_open(self) -> None:
        packets = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.inheriting(packets[0].fileno())
        self.expect(self.listener("unix", "line"))
        before = self.endpoint.descriptors()
        self.assertGreater(len(before), 5)
        for number in sorted(map(int, before)):  # Also those that are the endpoint's own.
            for transport, framing in (("pipe", "line"), ("socketpair", "line"), ("shared-memory", "none")):
                self.expect_error(
                    "usage", f"open channel=d transport={transport} role=read address={number} framing={framing}"
                )
        self.assertEqual(self.endpoint.descriptors(), before)
        for end in packets:
            end.close()

    def test_an_inherited_descriptor_is_adopted_once(self) -> None:
        ours, theirs = socket.socketpair()
        self.inheriting(theirs.fileno())
        opening = f"transport=socketpair role=read address={theirs.fileno()} framing=line"
        theirs.close()
        self.expect(f"open channel=c {opening}")
        self.expect_error("usage", f"open channel=d {opening}")
        self.expect("close channel=c")
        self.assertEqual(ours.recv(1), b"")
        self.expect_error("missing", f"open channel=d {opening}")
        ours.close()

    def test_a_path_need_not_be_text(self) -> None:
        self.expect(f"open channel=c transport=unix role=listen address={self.folder}/%ff%c3 framing=line")
        self.assertEqual(os.listdir(os.fsencode(self.folder)), [b"\xff\xc3"])
        self.expect_error("missing", f"open channel=d transport=fifo role=read address={self.folder}/%fe framing=line")

    def test_nothing_takes_the_place_of_a_standard_stream(self) -> None:
        for closing, output in (("<&-", b""), (">&-", b""), ("2>&-", b"ok")):
            script = f'echo reset | if true; then exec "$0" {closing}; fi'
            finished = subprocess.run(["sh", "-c", script, *self.command], capture_output=True, timeout=DEADLINE)
            self.assertEqual((finished.returncode, finished.stdout.strip()), (0, output), closing)

    def test_a_limit_of_file_size_does_not_kill(self) -> None:
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        self.expect_error("internal", self.cell("write"))

    def test_the_last_pieces_of_a_long_line_cost_no_more_than_the_first(self) -> None:
        with self.peer("line") as peer:
            self.endpoint.tell(f"receive channel=c file={self.path}")
            peer.sendall(b"x" * LARGE)
            for _ in range(5000):
                wait_until_received(peer)
                peer.sendall(b"x")
            peer.sendall(b"\n")
            self.assertEqual(self.endpoint.reply(), {"length": str(LARGE + 5000)})
        ticks = Path(f"/proc/{self.endpoint.pid}/stat").read_text().rpartition(")")[2].split()[11]
        # To look at all of it with every piece would take several seconds of work.
        self.assertLess(int(ticks) / os.sysconf("SC_CLK_TCK"), 2)


class SharedMemoryTests(CppCase):
    """A lock and an object outlive a process, unless it takes care."""

    def setUp(self) -> None:
        super().setUp()
        self.name = f"/cpp-{uuid.uuid4().hex}"
        self.lock = SemLock(1, 1, 1, self.name, False)
        self.addCleanup(sem_unlink, self.name)
        self.memory = Path(f"/dev/shm{self.name}")

    def opening(self, rest: str) -> str:
        return f"open channel=c transport=shared-memory address={self.name} framing=none lock={self.name} {rest}"

    def test_the_lock_is_given_back_after_an_error(self) -> None:
        self.expect(self.opening("role=write size=100"))
        self.assertTrue(self.lock.acquire(True, 0))
        self.endpoint.tell("send channel=c payload=61")
        self.endpoint.wait_until_blocked()
        os.truncate(self.memory, 10)
        self.lock.release()
        self.assertEqual(self.endpoint.reply(), {"error": "truncated"})
        self.assertTrue(self.lock.acquire(True, 0))

    def test_an_object_goes_with_its_maker(self) -> None:
        for way in ("close channel=c", "reset", "end", "blocked end", "SIGTERM", "blocked SIGTERM"):
            with self.subTest(way):
                endpoint = Endpoint([*self.command])
                self.addCleanup(endpoint.kill)
                self.assertEqual(endpoint.ask(self.opening("role=write size=100")), {})
                self.assertEqual(self.memory.read_bytes(), bytes(100))
                if way.startswith("blocked"):
                    self.lock.acquire(True, 0)
                    endpoint.tell("send channel=c payload=61")
                    endpoint.wait_until_blocked()
                if "end" in way:
                    self.assertEqual(endpoint.end(), (0, ""))
                elif "SIGTERM" in way:
                    endpoint.process.terminate()
                    endpoint.process.wait(DEADLINE)
                else:
                    self.assertEqual(endpoint.ask(way), {})
                self.assertFalse(self.memory.exists())
                if way.startswith("blocked"):
                    self.lock.release()


class PlainBuild(PitfallTests, SharedMemoryTests, EndingTests, ForcedTests, unittest.TestCase):
    """EndingTests and ForcedTests are those of the C endpoint: how it ends while it waits, and interrupted calls."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.build("-O2")
        cls.build_library()

    def test_an_announced_length_reserves_nothing(self) -> None:
        self.endpoint.ask("hello")
        before = peak_address_space(self.endpoint.pid)
        for framing, header in HEADERS.items():
            for limit, kind in ((None, "timeout"), (1 << 20, "too-large")):
                with self.peer(framing, limit=limit) as peer:
                    peer.sendall(header)
                    self.expect_error(kind, "receive channel=c timeout=20")
        self.assertLess(peak_address_space(self.endpoint.pid) - before, 4096, "KiB")

    def test_no_descriptors_left_is_internal(self) -> None:  # The sanitizers themselves need some.
        self.endpoint.ask("hello")
        limit = max(map(int, self.endpoint.descriptors())) + 3
        hard = resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, (limit, hard))
        commands = [self.listener("unix", "line").replace("=c", f"=c{n}").replace("/s", f"/{n}") for n in range(4)]
        self.assertEqual([self.endpoint.ask(command) for command in commands][-1], {"error": "internal"})
        self.expect("reset")
        self.expect(self.listener("unix", "line"))

    def test_no_memory_left_is_internal(self) -> None:
        Path(self.path).write_bytes(bytes(64 << 20))
        self.endpoint.ask("hello")
        limit = (peak_address_space(self.endpoint.pid) << 10) + (32 << 20)
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        with self.peer("u32le"):
            self.expect_error("internal", f"send channel=c file={self.path}")
            self.expect("send channel=c payload=61")

    def test_clang_takes_it_too(self) -> None:
        if shutil.which("clang++") is None:
            self.skipTest("there is no clang++")
        command = ["clang++", *FLAGS, "-fsyntax-only", str(FOLDER / "main.cpp")]
        self.assertEqual(subprocess.run(command, capture_output=True, text=True, check=False).stderr, "")

    def test_the_build_notices_a_change_of_any_file(self) -> None:
        inputs = (FOLDER / "adapter.yml").read_text().split("inputs: [")[1].split("]")[0].split(", ")
        self.assertEqual(sorted(inputs), sorted(path.name for path in FOLDER.glob("*.[ch]pp")))


class SanitizedBuild(PitfallTests, SharedMemoryTests, EndingTests, unittest.TestCase):
    is_sanitized = True

    @classmethod
    def setUpClass(cls) -> None:
        cls.build(*SANITIZERS)


if __name__ == "__main__":
    unittest.main()
