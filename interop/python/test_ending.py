"""Tests of how the endpoint ends while it waits: at the end of its input, and by SIGTERM.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import fcntl
import os
import pty
import random
import signal
import socket
import struct
import subprocess
import sys
import termios
import unittest
from collections.abc import Iterator

import ending
import transports
from test_endpoint import PROGRAM, Child, EndpointTests
from test_multiprocessing import SpawnQueueCase

KEY = "authkey=6b6579"
# Only tells what hangs from what ends.
SECONDS = 20


def is_blocked(child: Child) -> bool:
    """Whether a child has taken all that it was told, and sleeps."""
    waiting = fcntl.ioctl(child.process.stdin, termios.FIONREAD, bytes(4))
    with open(f"/proc/{child.process.pid}/stat") as file:
        return struct.unpack("i", waiting) == (0,) and file.read().rpartition(") ")[2].startswith("S")


def open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


class EndingTests(SpawnQueueCase):
    def end_in_both_ways(self, prepare) -> None:
        """Ends what waits in a command twice; ``prepare`` makes it and yields what is to be gone."""
        for status in (0, -signal.SIGTERM):
            for child, gone in prepare():
                while not is_blocked(child):
                    os.sched_yield()
                if status == 0:
                    child.process.stdin.close()
                else:
                    child.process.send_signal(signal.SIGTERM)
                self.assertEqual(child.process.wait(SECONDS), status, gone)
                self.assertEqual([path for path in gone if os.path.lexists(path)], [])
                for reply in child.replies:
                    self.assertTrue(reply.startswith(b"ok"), reply)

    def told(self, *commands: str, **options) -> Child:
        """A child that has obeyed all of the commands but the last, in which it waits."""
        child = self.child(**options)
        for command in commands[:-1]:
            self.assertTrue(child.ask(command).startswith("ok"), command)
        child.tell(commands[-1])
        return child

    def test_accept(self):
        def prepare() -> Iterator[tuple[Child, list[str]]]:
            for transport, framing in (("unix", "line"), ("unix-seqpacket", "none"), ("dotnet-pipe", "line")):
                command = f"open channel=c transport={transport} role=listen address={self.path('s')} framing={framing}"
                yield self.told(command, "accept channel=c"), [self.path("s")]
            command = "open channel=c transport=tcp role=listen address=127.0.0.1:0 framing=line"
            yield self.told(command, "accept channel=c"), []

        self.end_in_both_ways(prepare)

    def test_receive_and_send(self):
        with open(self.path("large"), "wb") as file:
            file.write(bytes(100_000))

        def prepare() -> Iterator[tuple[Child, list[str]]]:
            for transport, kind, framing in (
                ("unix", socket.SOCK_STREAM, "u32le"),
                ("unix-seqpacket", socket.SOCK_SEQPACKET, "none"),
            ):
                path = self.path("s")
                for verb in (
                    "receive channel=c",
                    "echo channel=c count=2",
                    f"send channel=c file={self.path('large')}",
                ):
                    child = self.told(
                        f"open channel=c transport={transport} role=listen address={path} framing={framing}"
                    )
                    self.assertEqual(child.hear(), "ok")
                    with socket.socket(socket.AF_UNIX, kind) as peer:
                        peer.connect(path)
                        self.assertEqual(child.ask("accept channel=c"), "ok")
                        child.tell("\n".join([verb] * 6))  # At once, and more than a socket holds.
                        yield child, [path]

        self.end_in_both_ways(prepare)

    def test_datagrams_and_cells_and_fifos(self):
        def prepare() -> Iterator[tuple[Child, list[str]]]:
            address = f"address={self.path('s')}"
            command = f"open channel=c transport=unix-datagram role=listen framing=none {address}"
            yield self.told(command, "receive channel=c"), [self.path("s")]
            address = f"address={self.path('fifo')}"
            os.mkfifo(self.path("fifo"))
            for role in ("read", "write"):
                command = f"open channel=c transport=fifo role={role} framing=line {address}"
                yield self.told("hello", command), []
            os.unlink(self.path("fifo"))
            if "file-cell" not in transports.ROLES:
                return
            cell = f"transport=file-cell framing=none address={self.path('cell')} role="
            writer = self.told(f"open channel=c {cell}write", "send channel=c payload=61", "send channel=c payload=62")
            yield writer, []
            with open(self.path("cell"), "rb") as file:
                self.assertEqual(struct.unpack("<4Q", file.read(32))[3], 1, "closed, as by close")
            writer = self.told(f"open channel=c {cell}write", "hello")
            self.assertTrue(writer.hear().startswith("ok"))
            yield self.told(f"open channel=c {cell}read", "receive channel=c"), []

        self.end_in_both_ways(prepare)

    def test_a_shared_queue(self):
        def prepare() -> Iterator[tuple[Child, list[str]]]:
            path = self.path("s")
            command = f"open channel=q transport=manager-queue framing=multiprocessing address={path} {KEY} role="
            server = self.told(command + "listen", "receive channel=q")
            yield self.told(command + "connect", "receive channel=q"), []
            yield server, [path]

        self.end_in_both_ways(prepare)

    def test_shared_memory_that_was_made(self):
        name = f"/parley-ending-{os.getpid()}"

        def prepare() -> Iterator[tuple[Child, list[str]]]:
            command = f"open channel=c transport=shared-memory role=write size=10 framing=none address={name}"
            listen = f"open channel=d transport=unix role=listen framing=line address={self.path('s')}"
            yield self.told(command, listen, "accept channel=d"), ["/dev/shm" + name, self.path("s")]

        self.end_in_both_ways(prepare)

    def test_the_lock_of_a_queue_is_given_back(self):
        with open(self.path("large"), "wb") as file:
            file.write(bytes(200_000))
        for kind in ("simple", "bounded"):
            ends = self.start(kind)
            folder, slots = f"/proc/{self.python.pid}/fd", ends[4]

            def prepare(ends=ends, folder=folder, slots=slots) -> Iterator[tuple[Child, list[str]]]:
                command = "open channel=c transport=spawn-queue framing=multiprocessing" + (slots and f" slots={slots}")
                reader = f"{command} role=read address={folder}/{ends[0]} lock={ends[2]}"
                writer = f"{command} role=write address={folder}/{ends[1]} lock={ends[3]}"
                yield self.told(reader, "receive channel=c"), []
                self.assertEqual([self.python_does("acquire read"), self.python_does("put 1")], ["done", "done"])
                yield self.told(reader, "receive channel=c"), []
                self.assertEqual([self.python_does("release read"), self.python_does("get")], ["done", "1"])
                # It has the lock while it writes, and the pipe is full.
                yield self.told(writer, f"send channel=c file={self.path('large')}"), []
                self.assertEqual(
                    [self.python_does("acquire write"), self.python_does("release write")], ["done", "done"]
                )
                with open(f"{folder}/{ends[0]}", "rb", buffering=0, opener=open_at_once) as pipe:
                    while pipe.read(65536):
                        pass

            self.end_in_both_ways(prepare)

    def test_an_idle_endpoint_and_one_that_is_just_making_something(self):
        generator = random.Random(3)
        for number in range(32):
            child = self.child()
            path = self.path(f"s{number}")
            command = f"open channel=c transport=unix role=listen address={path} framing=line"
            if number % 4 == 1:  # It takes longer to start, and a process of its own.
                command = (
                    f"open channel=c transport=manager-queue role=listen address={path} framing=multiprocessing {KEY}"
                )
            if number == 0:
                self.assertEqual(child.ask(command), "ok")
            else:
                self.assertTrue(child.ask("hello").startswith("ok "))
                # Wherever it is by then, and perhaps nowhere yet.
                child.tell(command)
                for _ in range(generator.randrange(60 if number % 4 != 1 else 3000)):
                    os.sched_yield()
            child.process.send_signal(signal.SIGTERM)
            self.assertEqual(child.process.wait(SECONDS), -signal.SIGTERM)
            self.assertFalse(os.path.lexists(path), number)


class HeldSignalsTests(unittest.TestCase):
    def test_a_signal_that_comes_while_signals_are_being_held_leaves_none_blocked(self):
        """Otherwise the SIGTERM by which the endpoint ends itself would be kept until later, too."""

        class Interrupted(BaseException):
            pass

        def interrupt(*_: object) -> None:
            raise Interrupted

        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, interrupt))
        generator = random.Random(1)
        for number in range(10_000):
            with self.assertRaises(Interrupted):
                signal.setitimer(signal.ITIMER_REAL, generator.uniform(1e-6, 12e-6))
                with ending.signals_held({signal.SIGALRM}):
                    pass
                while True:
                    pass
            self.assertEqual(signal.pthread_sigmask(signal.SIG_BLOCK, ()), set(), number)


class InputTests(EndpointTests):
    """What counts as the end of the input, and what is still answered."""

    def run_with(self, standard_input: object) -> tuple[list[str], int]:
        program = subprocess.Popen([sys.executable, "-E", "-S", PROGRAM], stdin=standard_input, stdout=subprocess.PIPE)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.kill)
        output, _ = program.communicate(timeout=SECONDS)
        return output.decode().splitlines(), program.returncode

    def commands(self) -> bytes:
        accept = "accept channel=c\n"
        return (
            f"open channel=c transport=unix role=listen address={self.path('s')} framing=line\n{accept}" + "hello\n" * 2
        ).encode()

    def test_all_commands_before_the_end_are_answered_unless_one_waits(self):
        for is_socket in (False, True):
            theirs, ours = os.pipe()
            if is_socket:
                os.close(theirs)
                os.close(ours)
                left, right = socket.socketpair()
                theirs, ours = left.detach(), right.detach()
            os.write(ours, b"hello\n" * 50 + self.commands())
            if is_socket:
                with socket.socket(fileno=ours) as half_closed:
                    half_closed.shutdown(socket.SHUT_WR)
                    replies, status = self.run_with(theirs)
            else:
                os.close(ours)
                replies, status = self.run_with(theirs)
            os.close(theirs)
            self.assertEqual(len(replies), 51, replies)  # The one that waits, and what is behind it, is not.
            self.assertEqual((replies[-1], status), ("ok", 0))
            self.assertEqual(os.listdir(self.folder), [])

    def test_a_command_that_works_is_not_one_that_waits(self):
        # Much longer than the time that a command is given.
        message = b"N" + b"q\0" * 1_500_000 + b"."
        child, peer = self.accepted("multiprocessing", 1 << 24)
        child.tell("receive channel=c")
        peer.sendall(struct.pack(">i", 5) + b"first")
        self.assertEqual(child.hear(), "ok payload=" + b"first".hex())
        child.tell("receive channel=c codec=pickle")
        child.tell("hello")
        peer.sendall(struct.pack(">i", len(message)) + message)
        child.process.stdin.close()
        self.assertEqual(child.hear(), "ok value=null")
        self.assertTrue(child.hear().startswith("ok protocol=1"))
        self.assertEqual(child.process.wait(SECONDS), 0)

    def test_a_terminal_ends_with_control_d(self):
        controller, terminal = pty.openpty()
        program = subprocess.Popen([sys.executable, "-E", "-S", PROGRAM], stdin=terminal, stdout=subprocess.PIPE)
        os.close(terminal)
        self.addCleanup(os.close, controller)
        self.addCleanup(program.stdout.close)
        self.addCleanup(program.kill)
        os.write(controller, self.commands().split(b"hello")[0])
        self.assertEqual(program.stdout.readline(), b"ok\n")
        os.write(controller, b"\x04")
        self.assertEqual(program.wait(SECONDS), 0)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_regular_file_is_obeyed_to_its_end(self):
        with open(self.path("commands"), "wb") as file:
            file.write(b"hello\n" + self.commands())
        with open(self.path("commands"), "rb") as file:
            program = subprocess.Popen([sys.executable, "-E", "-S", PROGRAM], stdin=file, stdout=subprocess.PIPE)
        with program, socket.socket(socket.AF_UNIX) as peer:
            self.assertTrue(program.stdout.readline().startswith(b"ok protocol=1"))
            self.assertEqual(program.stdout.readline(), b"ok\n")
            peer.connect(self.path("s"))
            self.assertEqual(program.stdout.readline(), b"ok\n")
            self.assertTrue(program.stdout.readline().startswith(b"ok protocol=1"))


class OwnerTests(EndpointTests):
    def test_what_took_the_place_of_a_managers_socket_is_left_alone(self):
        child, path = self.child(), self.path("s")
        command = f"open channel=q transport=manager-queue role=listen framing=multiprocessing address={path} {KEY}"
        self.assertEqual(child.ask(command), "ok")
        os.unlink(path)
        with socket.socket(socket.AF_UNIX) as another:
            another.bind(path)
            self.assertEqual(child.ask("close channel=q"), "ok")
            self.assertTrue(os.path.lexists(path))


if __name__ == "__main__":
    unittest.main()
