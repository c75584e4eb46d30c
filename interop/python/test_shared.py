"""Tests of mapped files and shared memory, with real files, processes and Python's own classes.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import mmap
import multiprocessing
import os
import struct
import subprocess
import sys
import unittest
from multiprocessing import shared_memory

import transports
from test_endpoint import Child, EndpointTests

CELL = 4096


@unittest.skipUnless("file-cell" in transports.ROLES, "not on this processor")
class CellTests(EndpointTests):
    def command(self, role: str, name: str = "cell", channel: str = "c") -> str:
        return f"open channel={channel} transport=file-cell role={role} framing=none address={self.path(name)}"

    def words(self) -> tuple[int, ...]:
        with open(self.path("cell"), "rb") as file:
            return struct.unpack("<4Q", file.read(32))

    def pair(self) -> tuple[Child, Child]:
        writer, reader = self.child(), self.child()
        self.assertEqual(writer.ask(self.command("write")), "ok")
        self.assertEqual(reader.ask(self.command("read")), "ok")
        return writer, reader

    def test_a_message_is_stored_as_the_protocol_says(self):
        writer, reader = self.pair()
        self.assertEqual(os.path.getsize(self.path("cell")), CELL)
        self.assertEqual(self.words(), (0, 0, 0, 0))
        self.assertEqual(writer.ask("send channel=c payload=6869"), "ok")
        self.assertEqual(self.words(), (1, 0, 2, 0))
        with open(self.path("cell"), "rb") as file:
            self.assertEqual(file.read()[64:67], b"hi\0")
        self.assertEqual(reader.ask("receive channel=c"), "ok payload=6869")
        self.assertEqual(self.words(), (1, 1, 2, 0))
        self.assertEqual(writer.ask("close channel=c"), "ok")
        self.assertEqual(self.words(), (1, 1, 2, 1))
        for _ in range(2):
            self.assertEqual(reader.ask("receive channel=c"), "ok end=true")

    def test_no_message_is_lost_or_repeated(self):
        writer, reader = self.pair()
        messages = [b"%d" % number * (number % 50 + 1) for number in range(500)]
        messages += [b"", b"\0" * 4032, b"x" * 4031]
        # All at once: a send waits until the reader has taken what was there.
        commands = [f"send channel=c payload={message.hex()}\n" for message in messages]
        sender = subprocess.Popen(
            [sys.executable, "-c", "import os, sys; os.write(1, sys.stdin.buffer.read())"],
            stdin=subprocess.PIPE,
            stdout=writer.process.stdin,
        )
        sender.stdin.write("".join(commands).encode() + b"close channel=c\n")
        sender.stdin.close()
        for message in messages:
            self.assertEqual(reader.ask("receive channel=c"), "ok payload=" + message.hex())
        self.assertEqual(reader.ask("receive channel=c"), "ok end=true")
        self.assertEqual(sender.wait(), 0)
        for _ in range(len(messages) + 1):
            self.assertEqual(writer.hear(), "ok")

    def test_what_is_left_when_the_writer_closes_is_still_received(self):
        writer, reader = self.pair()
        self.assertEqual(writer.ask("send channel=c payload=61"), "ok")
        self.assertEqual(writer.ask("reset"), "ok")
        self.assertEqual(reader.ask("receive channel=c"), "ok payload=61")
        self.assertEqual(reader.ask("receive channel=c"), "ok end=true")

    def test_a_writer_starts_anew_and_leaves_what_is_behind_the_cell(self):
        with open(self.path("cell"), "wb") as file:
            file.write(b"\xff" * 5000)
        writer, reader = self.pair()
        self.assertEqual(self.words(), (0, 0, 0, 0))
        self.assertEqual(os.path.getsize(self.path("cell")), 5000)
        self.assertEqual(writer.ask("send channel=c payload="), "ok")
        self.assertEqual(reader.ask("receive channel=c"), "ok payload=")
        self.assertEqual(writer.ask("reset"), "ok")
        with open(self.path("cell"), "rb") as file:
            self.assertEqual(file.read()[CELL:], b"\xff" * 904)

    def test_faults(self):
        child = self.child()
        self.assert_kind(child.ask(self.command("read")), "missing")
        self.assert_kind(child.ask(self.command("write", "none/cell")), "missing")
        self.assert_kind(child.ask(self.command("write", ".")), "usage")
        with open(self.path("cell"), "wb") as file:
            file.write(b"x" * 4095)
        self.assert_kind(child.ask(self.command("read")), "malformed")
        self.assert_kind(child.ask(self.command("listen")), "unsupported")
        self.assert_kind(child.ask(self.command("read").replace("none", "line")), "unsupported")
        self.assertEqual(child.ask(self.command("write")), "ok")
        self.assertEqual(child.ask(self.command("read", channel="r") + " limit=10"), "ok")
        self.assert_kind(child.ask("send channel=c payload=" + "61" * 4033), "too-large")
        self.assert_kind(child.ask("receive channel=c"), "usage")
        self.assert_kind(child.ask("send channel=r payload=61"), "usage")
        self.assert_kind(child.ask("close channel=c how=write"), "unsupported")
        self.assertEqual(self.words(), (0, 0, 0, 0))
        self.assertEqual(child.ask("send channel=c payload=" + "61" * 11), "ok")
        self.assert_kind(child.ask("receive channel=r"), "too-large")
        for length in (4033, 1 << 40, (1 << 64) - 1):
            with open(self.path("cell"), "r+b") as file:
                file.write(struct.pack("<3Q", 1, 0, length))
            self.assert_kind(child.ask("receive channel=r"), "malformed")

    def test_a_file_that_is_cut_is_truncated_even_while_somebody_waits(self):
        writer, reader = self.pair()
        self.assertEqual(writer.ask("send channel=c payload=61"), "ok")
        writer.tell("send channel=c payload=62")
        os.truncate(self.path("cell"), 0)
        self.assert_kind(writer.hear(), "truncated")
        self.assert_kind(reader.ask("receive channel=c"), "truncated")
        for child in (writer, reader):
            self.assertEqual(child.ask("reset"), "ok")
            with open(f"/proc/{child.process.pid}/maps") as maps:
                self.assertNotIn(self.folder, maps.read())

    def test_a_program_that_does_not_know_the_adapter_is_the_writer(self):
        with open(self.path("cell"), "w+b") as file:
            file.truncate(CELL)
            with mmap.mmap(file.fileno(), CELL) as mapped:
                reader = self.child()
                self.assertEqual(reader.ask(self.command("read")), "ok")
                reader.tell("receive channel=c")
                mapped[64:66] = b"hi"
                with memoryview(mapped) as view, view[:32] as part, part.cast("Q") as words:
                    words[2] = 2
                    words[0] = 1
                    self.assertEqual(reader.hear(), "ok payload=6869")
                    self.assertEqual(words[1], 1)
                    words[3] = 1
                self.assertEqual(reader.ask("receive channel=c"), "ok end=true")


@unittest.skipUnless(transports.LINUX, "Linux only")
class MemoryTests(EndpointTests):
    def setUp(self) -> None:
        super().setUp()
        self.name = f"parley-test-{os.getpid()}"
        self.addCleanup(self.remove)

    def remove(self) -> None:
        if os.path.exists("/dev/shm/" + self.name):
            os.unlink("/dev/shm/" + self.name)

    def command(self, role: str, address: object = None, channel: str = "c") -> str:
        address = f"/{self.name}" if address is None else address
        return f"open channel={channel} transport=shared-memory role={role} framing=none address={address}"

    def test_a_writer_makes_memory_and_removes_it(self):
        writer, reader = self.child(), self.child()
        for ending in ("close channel=c", "reset"):
            self.assertEqual(writer.ask(self.command("write") + " size=100"), "ok")
            self.assertEqual(os.stat("/dev/shm/" + self.name).st_size, 100)
            self.assertEqual(os.stat("/dev/shm/" + self.name).st_mode & 0o777, 0o600)
            self.assertEqual(reader.ask(self.command("read")), "ok")
            self.assertEqual(writer.ask("send channel=c payload=616263"), "ok")
            for _ in range(2):
                expected = b"abc".ljust(100, b"\0").hex()
                self.assertEqual(reader.ask("receive channel=c"), "ok payload=" + expected)
            self.assertEqual(writer.ask("send channel=c payload=78"), "ok")
            expected = b"xbc".ljust(100, b"\0").hex()
            self.assertEqual(reader.ask("receive channel=c"), "ok payload=" + expected)
            self.assert_kind(reader.ask(self.command("write", channel="d") + " size=5"), "exists")
            self.assertEqual(writer.ask(ending), "ok")
            self.assertFalse(os.path.exists("/dev/shm/" + self.name))
            self.assertEqual(reader.ask("receive channel=c"), "ok payload=" + expected)
            self.assertEqual(reader.ask("reset"), "ok")
        self.assertEqual(writer.ask(self.command("write") + " size=100"), "ok")
        self.assertEqual(writer.end(), 0)
        self.assertFalse(os.path.exists("/dev/shm/" + self.name))

    def test_python_itself_shares_and_keeps_its_memory(self):
        made = shared_memory.SharedMemory(self.name, create=True, size=50)
        self.addCleanup(made.close)
        made.buf[:5] = b"hello"
        child = self.child()
        child.ask("hello")
        before = child.descriptors()
        self.assertEqual(child.ask(self.command("read") + " length=5"), "ok")
        self.assertEqual(child.ask("receive channel=c"), "ok payload=" + b"hello".hex())
        self.assertEqual(child.ask(self.command("write", channel="w") + " offset=1 length=2"), "ok")
        self.assertEqual(child.ask("send channel=w payload=7878"), "ok")
        self.assertEqual(bytes(made.buf[:6]), b"hxxlo\0")
        self.assert_kind(child.ask("send channel=w payload=787878"), "too-large")
        self.assertEqual(child.ask("reset"), "ok")
        self.assertEqual(child.descriptors(), before)
        with open(f"/proc/{child.process.pid}/task/{child.process.pid}/children") as children:
            self.assertEqual(children.read(), "")
        self.assertEqual(child.end(), 0)
        made.unlink()  # It is still there.

    def test_a_shareable_list_is_shared(self):
        codec = "shareable-list-3.8" if sys.version_info < (3, 9) else "shareable-list"
        made = shared_memory.ShareableList([1, "hi", None], name=self.name)
        self.addCleanup(made.shm.unlink)
        self.addCleanup(made.shm.close)
        child = self.child()
        self.assertEqual(child.ask(self.command("read")), "ok")
        reply = child.ask(f"receive channel=c codec={codec}")
        self.assertEqual(reply, "ok value=list:3,int:1,text:6869,null")
        self.assertEqual(child.ask(self.command("write", channel="w")), "ok")
        value = "list:3,int:-5,text:686f,true"
        self.assertEqual(child.ask(f"send channel=w codec={codec} value={value}"), "ok")
        self.assertEqual(list(made), [-5, "ho", True])

    def test_a_value_by_path_and_by_descriptor_under_its_lock(self):
        context = multiprocessing.get_context("spawn")
        number = context.Value("i", 7)
        arena, start, _ = number._obj._wrapper._state[0]
        lock = number.get_lock()._semlock.name
        child = self.child(pass_fds=(arena.fd,))
        part = f" offset={start} length=4 lock={lock}"
        path = f"/proc/{os.getpid()}/fd/{arena.fd}"
        self.assertEqual(child.ask(self.command("write", path) + part), "ok")
        self.assertEqual(child.ask(self.command("read", arena.fd, "r") + part), "ok")
        for value in (7, -8):
            reply = child.ask("receive channel=r codec=struct format=i")
            self.assertEqual(reply, f"ok value=tuple:1,int:{value}")
            number.value -= 15
        reply = child.ask("send channel=c codec=struct format=i value=tuple:1,int:9")
        self.assertEqual(reply, "ok")
        self.assertEqual(number.value, 9)
        with number.get_lock():
            self.assert_kind(child.ask("receive channel=r"), "timeout")
        self.assertEqual(child.ask("receive channel=r"), "ok payload=09000000")
        self.assertEqual(child.ask("reset"), "ok")
        self.assertNotIn(str(arena.fd), dict(child.descriptors()))
        with open(f"/proc/{child.process.pid}/maps") as maps:
            self.assertNotIn("/dev/shm", maps.read())

    def test_faults(self):
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        self.addCleanup(os.close, write_end)
        with open(self.path("file"), "wb") as file:
            file.write(b"x" * 10)
        read_only = os.open(self.path("file"), os.O_RDONLY)
        self.addCleanup(os.close, read_only)
        child = self.child(pass_fds=(read_end, read_only))
        child.ask("hello")
        before = child.descriptors()
        file_path = self.path("file")
        for role, address, options, kind in (
            ("read", None, "", "missing"),
            ("write", None, "", "missing"),
            ("read", None, " size=5", "usage"),
            ("write", None, " size=0", "usage"),
            ("write", None, " offset=x", "usage"),
            ("write", None, " slots=/x", "usage"),
            ("read", "/", "", "usage"),
            ("read", "/..", "", "usage"),
            ("read", "a/b", "", "usage"),
            ("read", "name", "", "usage"),
            ("read", self.folder, "", "usage"),
            ("read", "98", "", "missing"),
            ("read", read_end, "", "usage"),
            ("write", read_only, "", "usage"),
            ("write", read_only, " size=5", "usage"),
            ("read", read_only, " offset=11", "malformed"),
            ("read", file_path, " offset=5 length=6", "malformed"),
            ("read", file_path, " lock=/parley-none", "missing"),
            ("read", file_path, " lock=none", "usage"),
        ):
            reply = child.ask(self.command(role, address) + options)
            self.assert_kind(reply, kind)
            self.assertEqual(child.descriptors(), before, (role, address, options))
        self.assertFalse(os.path.exists("/dev/shm/" + self.name))
        unsized = os.open("/dev/shm/" + self.name, os.O_RDWR | os.O_CREAT)
        os.close(unsized)
        self.assert_kind(child.ask(self.command("read")), "malformed")
        self.assertEqual(child.ask(self.command("read", file_path) + " limit=9"), "ok")
        self.assert_kind(child.ask("receive channel=c"), "too-large")
        self.assertEqual(child.ask("close channel=c"), "ok")
        self.assertEqual(child.ask(self.command("write", file_path)), "ok")
        self.assert_kind(child.ask("close channel=c how=write"), "unsupported")
        os.truncate(file_path, 0)
        self.assert_kind(child.ask("send channel=c payload=61"), "truncated")


if __name__ == "__main__":
    unittest.main()
