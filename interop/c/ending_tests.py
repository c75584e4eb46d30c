"""How an endpoint ends while it waits: at the end of its commands, and by SIGTERM. What `close` removes goes too."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import socket
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

from harness import DEADLINE, Endpoint, EndpointCase

CLOSED = 24  # where a cell's writer says that it has gone


class EndingTests(EndpointCase):
    def blocked(self) -> Iterator[tuple[str, Callable[[], Endpoint]]]:
        """Every way to wait for a peer, with a function that starts an endpoint which does so."""
        for transport, address, framing in (
            ("unix", self.path, "line"),
            ("unix-abstract", f"@e-{os.getpid()}", "line"),
            ("unix-seqpacket", self.path, "none"),
            ("dotnet-pipe", self.path, "line"),
            ("tcp", "127.0.0.1:0", "line"),
        ):
            opening = f"transport={transport} role=listen address={address} framing={framing}"
            yield f"accept {transport}", lambda opening=opening: self.waiting(opening, "accept channel=c")
        opening = f"transport=unix-datagram role=listen address={self.path} framing=none"
        yield "receive a datagram", lambda: self.waiting(opening, "receive channel=c")
        for verb in ("receive channel=c", "receive channel=c timeout=86400000", "echo channel=c count=2"):
            yield verb, lambda verb=verb: self.connected("unix", socket.SOCK_STREAM, verb, b"x")
        yield "receive a packet", lambda: self.connected("unix-seqpacket", socket.SOCK_SEQPACKET, "receive channel=c")
        yield "ping", lambda: self.connected("unix", socket.SOCK_STREAM, "ping channel=c count=2 size=1")
        yield "send", lambda: self.connected("unix", socket.SOCK_STREAM, f"send channel=c file={self.large()}")
        packets = ["send channel=c payload=61"] * 1000
        yield "send a packet", lambda: self.connected("unix-seqpacket", socket.SOCK_SEQPACKET, *packets)
        yield "send a datagram", lambda: self.connected("unix-datagram", socket.SOCK_DGRAM, *packets)
        yield "connect", self.connecting
        for role in ("read", "write"):
            yield f"open a FIFO to {role}", lambda role=role: self.opening_fifo(role)
        yield (
            "receive into a FIFO",
            lambda: self.connected("unix", socket.SOCK_STREAM, f"receive channel=c file={self.fifo()}", b"x\n"),
        )
        yield "receive from a cell", self.reading_cell
        cell = f"transport=file-cell role=write address={self.path} framing=none"
        yield "send to a cell", lambda: self.waiting(cell, *["send channel=c payload=61"] * 2)

    def started(self) -> Endpoint:
        """One with a listener, a writer of a cell, and what the channel `c` is to be."""
        endpoint = Endpoint([*self.command])
        self.addCleanup(endpoint.kill)
        for opening in (
            f"open channel=l transport=unix role=listen address={self.path}-l framing=line",
            f"open channel=m transport=file-cell role=write address={self.path}-cell framing=none",
        ):
            self.assertEqual(endpoint.ask(opening), {})
        return endpoint

    def waiting(self, opening: str, *commands: str) -> Endpoint:
        endpoint = self.started()
        self.assertNotIn("error", endpoint.ask(f"open channel=c {opening}"))
        endpoint.tell(*commands)
        return endpoint

    def connected(self, transport: str, kind: int, *commands: str | bytes) -> Endpoint:
        """Bytes at the end are the peer's."""
        with socket.socket(socket.AF_UNIX, kind) as listener:
            listener.bind(f"{self.path}-peer")
            if kind != socket.SOCK_DGRAM:
                listener.listen()
            framing = "line" if kind == socket.SOCK_STREAM else "none"
            opening = f"transport={transport} role=connect address={self.path}-peer framing={framing}"
            endpoint = self.waiting(opening)
            peer = listener.dup() if kind == socket.SOCK_DGRAM else listener.accept()[0]
        os.unlink(f"{self.path}-peer")
        self.addCleanup(peer.close)
        if isinstance(commands[-1], bytes):
            peer.sendall(commands[-1])
            commands = commands[:-1]
        endpoint.tell(*commands)
        return endpoint

    def connecting(self) -> Endpoint:
        """To a listener whose queue is full."""
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(f"{self.path}-full")
        listener.listen(0)
        endpoint = self.started()
        opening = f"transport=unix role=connect address={self.path}-full framing=line"
        self.assertEqual(endpoint.ask(f"open channel=a {opening}"), {})
        endpoint.tell(f"open channel=b {opening}")
        return endpoint

    def large(self) -> str:
        Path(f"{self.path}-large").write_bytes(b"x" * (8 << 20))
        return f"{self.path}-large"

    def fifo(self) -> str:
        if not os.path.exists(f"{self.path}-fifo"):
            os.mkfifo(f"{self.path}-fifo")
        return f"{self.path}-fifo"

    def opening_fifo(self, role: str) -> Endpoint:
        endpoint = self.started()
        endpoint.tell(f"open channel=c transport=fifo role={role} address={self.fifo()} framing=line")
        return endpoint

    def reading_cell(self) -> Endpoint:
        Path(f"{self.path}-empty").write_bytes(b"\0" * 4096)
        return self.waiting(
            f"transport=file-cell role=read address={self.path}-empty framing=none", "receive channel=c"
        )

    def expect_nothing_left(self) -> None:
        names = {name for name in os.listdir(self.folder) if Path(self.folder, name).is_socket()}
        self.assertEqual(names - {os.path.basename(f"{self.path}-full")}, set())
        for cell in (f"{self.path}-cell", self.path):
            if os.path.exists(cell):
                self.assertEqual(Path(cell).read_bytes()[CLOSED:][:8], struct.pack("<Q", 1), "the writer has gone")
                os.unlink(cell)

    def test_the_end_of_the_commands_ends_what_waits(self) -> None:
        for name, start in self.blocked():
            with self.subTest(name):
                endpoint = start()
                endpoint.wait_until_blocked()
                self.assertEqual(endpoint.end(), (0, ""))
                self.expect_nothing_left()

    def test_sigterm_ends_what_waits(self) -> None:
        for name, start in self.blocked():
            with self.subTest(name):
                endpoint = start()
                endpoint.wait_until_blocked()
                endpoint.process.terminate()
                self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
                self.assertEqual(endpoint.process.stderr.read(), b"")
                self.expect_nothing_left()

    def test_sigterm_at_any_moment_leaves_no_socket_file(self) -> None:
        pair = (self.listener("unix", "line"), "close channel=c")
        for count in range(40):
            endpoint = Endpoint([*self.command])
            self.addCleanup(endpoint.kill)
            endpoint.tell(*pair * 200)
            for _ in range(count):
                endpoint.reply()
            endpoint.process.terminate()
            self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
            self.assertEqual(os.listdir(self.folder), [])

    def test_commands_of_a_closed_pipe_are_all_answered(self) -> None:
        commands = b"hello\n" * 2000 + self.listener("unix", "line").encode() + b"\naccept channel=c\nhello\n"
        finished = subprocess.run(self.command, input=commands, capture_output=True, check=False, timeout=DEADLINE)
        self.assertEqual((finished.returncode, finished.stderr), (0, b""))
        # The last answer is that of `open`: nobody came whom `accept` could answer for.
        replies = finished.stdout.splitlines()
        self.assertEqual((len(replies), replies[-1]), (2001, b"ok"))
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_socket_that_is_closed_for_writing_is_the_end_of_the_commands(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.settimeout(DEADLINE)
            process = subprocess.Popen(self.command, stdin=theirs, stdout=theirs)
            self.addCleanup(process.kill)
            theirs.close()
            ours.sendall(self.listener("unix", "line").encode() + b"\naccept channel=c\n")
            ours.shutdown(socket.SHUT_WR)
            self.assertEqual((ours.recv(9), ours.recv(9)), (b"ok\n", b""))
            self.assertEqual(process.wait(DEADLINE), 0)
        self.assertEqual(os.listdir(self.folder), [])

    def test_ctrl_d_is_the_end_of_the_commands(self) -> None:
        keyboard, terminal = pty.openpty()
        process = subprocess.Popen(self.command, stdin=terminal, stdout=subprocess.PIPE)
        self.addCleanup(process.kill)
        os.close(terminal)
        os.write(keyboard, self.listener("unix", "line").encode() + b"\naccept channel=c\n\x04")
        self.assertEqual(process.wait(DEADLINE), 0)
        self.assertEqual(process.stdout.read(), b"ok\n")
        process.stdout.close()
        os.close(keyboard)
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_terminal_that_is_gone_is_the_end_of_the_commands(self) -> None:
        keyboard, terminal = pty.openpty()
        process = subprocess.Popen(self.command, stdin=terminal, stdout=subprocess.PIPE)
        self.addCleanup(process.kill)
        os.write(keyboard, self.listener("unix", "line").encode() + b"\naccept channel=c\n")
        self.assertEqual(process.stdout.read(3), b"ok\n")
        while struct.unpack("i", fcntl.ioctl(terminal, termios.FIONREAD, b"\0" * 4))[0] > 0:
            os.sched_yield()  # A line that is not read before the terminal goes is lost.
        os.close(terminal)
        os.close(keyboard)
        self.assertEqual(process.wait(DEADLINE), 0)
        self.assertEqual(process.stdout.read(), b"")
        process.stdout.close()
        self.assertEqual(os.listdir(self.folder), [])

    def test_a_socket_file_that_is_not_its_own_stays(self) -> None:
        """Somebody removed it and binds the path anew, which .NET's pipe server does."""

        def close(endpoint: Endpoint) -> None:
            self.assertEqual(endpoint.ask("close channel=c"), {})

        def reset(endpoint: Endpoint) -> None:
            self.assertEqual(endpoint.ask("reset"), {})

        def block_and_end(endpoint: Endpoint) -> None:
            endpoint.tell("accept channel=c")
            self.assertEqual(endpoint.end()[0], 0)

        def terminate(endpoint: Endpoint) -> None:
            endpoint.process.terminate()
            endpoint.process.wait(DEADLINE)

        for transport, framing in self.path_listeners:
            for way in (close, reset, lambda endpoint: endpoint.end(), block_and_end, terminate):
                with self.subTest(transport=transport, way=way), socket.socket(socket.AF_UNIX) as other:
                    endpoint = Endpoint([*self.command])
                    self.addCleanup(endpoint.kill)
                    self.assertEqual(endpoint.ask(self.listener(transport, framing)), {})
                    os.unlink(self.path)
                    other.bind(self.path)
                    way(endpoint)
                    self.assertTrue(Path(self.path).is_socket())
                    os.unlink(self.path)
