"""How the C# endpoint stops waiting: at the end of its input, on SIGTERM, and when a time is over."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

from runtimes import Dotnet, Mono, shared

CELL_CLOSED = 24  # the offset of the word that says so


class EndingTests(shared.EndpointCase):
    """Mixed into one test case for each runtime."""

    def waits(self) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        """Each kind of wait, and a fresh endpoint in it."""
        fifo = f"{self.path}-fifo"
        os.mkfifo(fifo)
        Path(f"{self.path}-large").write_bytes(b"x" * (4 << 20))  # more than a socket holds
        connected = "open channel=c transport=unix role=connect address={peer} framing=line"
        for name, *commands in (
            ("accept", self.listener("unix", "line"), "accept channel=c"),
            ("accept with a time", self.listener("unix", "line"), "accept channel=c timeout=60000"),
            ("accept of a packet", self.listener("unix-seqpacket", "none"), "accept channel=c"),
            ("accept of a pipe", self.listener("dotnet-pipe", "line"), "accept channel=c"),
            ("a FIFO's open to read", f"open channel=c transport=fifo role=read address={fifo} framing=line"),
            ("a FIFO's open to write", f"open channel=c transport=fifo role=write address={fifo} framing=line"),
            ("receive", self.listener("unix", "line"), connected.replace("=c ", "=d "), "receive channel=d"),
            ("receive in a loop", connected, "echo channel=c count=1"),
            ("send", connected, f"send channel=c file={self.path}-large"),
            (
                "a cell's receive",
                self.listener("unix", "line"),
                f"open channel=w transport=file-cell role=write address={self.path}-cell framing=none",
                f"open channel=r transport=file-cell role=read address={self.path}-cell framing=none",
                "receive channel=r",
            ),
            (
                "a cell's send",
                f"open channel=w transport=file-cell role=write address={self.path}-cell framing=none",
                "send channel=w payload=61",
                "send channel=w payload=62",
            ),
        ):
            with contextlib.ExitStack() as stack:
                listener = stack.enter_context(socket.socket(socket.AF_UNIX))
                listener.bind(f"{self.path}-peer")
                stack.callback(os.unlink, f"{self.path}-peer")
                listener.listen()
                endpoint = shared.Endpoint([*self.command])
                stack.callback(endpoint.kill)
                for command in commands[:-1]:
                    self.assertEqual(endpoint.ask(command.format(peer=f"{self.path}-peer")), {}, name)
                endpoint.tell(commands[-1].format(peer=f"{self.path}-peer"))
                with self.subTest(name):
                    yield name, endpoint
                    self.assert_nothing_is_left()

    def assert_nothing_is_left(self) -> None:
        left = {name for name in os.listdir(self.folder) if Path(self.folder, name).is_socket()}
        self.assertEqual(left - {"s-peer"}, set())
        with contextlib.suppress(FileNotFoundError):
            cell = Path(f"{self.path}-cell").read_bytes()
            self.assertEqual(struct.unpack_from("<Q", cell, CELL_CLOSED), (1,), "the cell's writer is gone")
            os.unlink(f"{self.path}-cell")

    def test_the_end_of_input_ends_every_wait(self) -> None:
        for name, endpoint in self.waits():
            endpoint.wait_until_blocked()
            endpoint.process.stdin.close()
            self.assertEqual(endpoint.process.wait(shared.DEADLINE), 0, name)

    def test_sigterm_ends_every_wait(self) -> None:
        for name, endpoint in self.waits():
            endpoint.wait_until_blocked()
            endpoint.process.send_signal(signal.SIGTERM)
            self.assertEqual(endpoint.process.wait(shared.DEADLINE), 128 + signal.SIGTERM, name)

    def test_sigterm_ends_an_endpoint_that_waits_for_commands(self) -> None:
        endpoint = shared.Endpoint([*self.command])
        self.addCleanup(endpoint.kill)
        self.assertEqual(endpoint.ask(self.listener("unix", "line")), {})
        endpoint.process.send_signal(signal.SIGTERM)
        self.assertEqual(endpoint.process.wait(shared.DEADLINE), 128 + signal.SIGTERM)
        self.assert_nothing_is_left()

    def test_the_end_of_a_terminal_ends_a_wait(self) -> None:
        terminal, inner = pty.openpty()
        endpoint = subprocess.Popen([*self.command], stdin=inner, stdout=subprocess.PIPE)
        os.close(inner)
        self.addCleanup(os.close, terminal)
        self.addCleanup(endpoint.stdout.close)
        self.addCleanup(endpoint.kill)
        os.write(terminal, self.listener("unix", "line").encode() + b"\naccept channel=c\n")
        self.assertEqual(endpoint.stdout.readline(), b"ok\n")
        os.write(terminal, b"\x04")
        self.assertEqual(endpoint.wait(shared.DEADLINE), 0)
        self.assert_nothing_is_left()

    def test_commands_that_came_before_the_end_are_answered(self) -> None:
        commands = [self.listener("unix", "line"), *["layout record=mixed"] * 5000, "accept channel=c", "hello"]
        finished = subprocess.run(
            [*self.command], input="\n".join(commands) + "\n", capture_output=True, text=True, timeout=60, check=True
        )
        replies = finished.stdout.splitlines()
        self.assertEqual(len(replies), 5001)
        self.assertTrue(all(reply.startswith("ok") for reply in replies))
        self.assert_nothing_is_left()

    def test_commands_of_a_file_are_all_obeyed(self) -> None:
        # Its end is always near, and means nothing: here a peer comes long after it.
        Path(f"{self.path}-commands").write_text(self.listener("unix", "line") + "\naccept channel=c\nhello\n")
        with open(f"{self.path}-commands", "rb") as commands:
            endpoint = subprocess.Popen([*self.command], stdin=commands, stdout=subprocess.PIPE)
        with endpoint, socket.socket(socket.AF_UNIX) as peer:
            self.assertEqual(endpoint.stdout.readline(), b"ok\n")
            with self.assertRaises(subprocess.TimeoutExpired):
                endpoint.wait(0.5)
            peer.connect(self.path)
            self.assertEqual(endpoint.stdout.readline(), b"ok\n")
            self.assertTrue(endpoint.stdout.readline().startswith(b"ok protocol=1"))
            self.assertEqual(endpoint.wait(shared.DEADLINE), 0)

    # Times

    def test_accept_gives_up_in_time_and_goes_on_where_it_stopped(self) -> None:
        for transport, framing, kind in (
            ("unix", "line", socket.SOCK_STREAM),
            ("dotnet-pipe", "line", socket.SOCK_STREAM),
            ("unix-seqpacket", "none", socket.SOCK_SEQPACKET),
        ):
            with self.subTest(transport), socket.socket(socket.AF_UNIX, kind) as peer:
                self.expect(self.listener(transport, framing))
                before = self.endpoint.descriptors()
                for milliseconds in (0, 1, 50):
                    self.expect_error("timeout", f"accept channel=c timeout={milliseconds}")
                self.assertEqual(self.endpoint.descriptors(), before)
                peer.connect(self.path)
                self.expect("accept channel=c timeout=10000")
                peer.send(b"hi" if framing == "none" else b"hi\n")
                self.expect("receive channel=c timeout=10000", payload=b"hi".hex())
                self.expect("close channel=c")
        for transport in ("unix", "dotnet-pipe"):
            with self.subTest(transport):
                self.expect(self.listener(transport, "line"))
                self.expect_error("timeout", "accept channel=c timeout=0")
                self.expect("close channel=c")
                self.assertEqual(os.listdir(self.folder), [])
        for transport, address in (("tcp", "127.0.0.1:0"), ("unix-abstract", f"@{self.path}")):
            with self.subTest(transport):
                opened = self.endpoint.ask(
                    f"open channel=c transport={transport} role=listen address={address} framing=line"
                )
                self.assertNotIn("error", opened)
                self.expect_error("timeout", "accept channel=c timeout=20")
                self.expect("close channel=c")

    def test_receive_gives_up_in_time_and_keeps_what_has_come_of_a_frame(self) -> None:
        payload = b"x" * 300
        for framing in shared.FRAMINGS:
            whole = shared.frame(framing, payload)
            with self.subTest(framing), self.peer(framing) as peer:
                self.expect_error("timeout", "receive channel=c timeout=0")
                for size in (1, 2, 250):
                    peer.sendall(whole[:size])
                    self.expect_error("timeout", "receive channel=c timeout=20")
                    whole = whole[size:]
                peer.sendall(whole)
                self.expect("receive channel=c timeout=10000", payload=payload.hex())
                peer.shutdown(socket.SHUT_WR)
                self.expect("receive channel=c timeout=10000", end="true")

    def test_every_transport_gives_up_in_time(self) -> None:
        fifo = f"{self.path}-fifo"
        os.mkfifo(fifo)
        writer = os.open(fifo, os.O_RDWR)
        self.addCleanup(os.close, writer)
        reading, writing = os.pipe()
        ours, theirs = socket.socketpair()
        self.endpoint = self.start(pass_fds=(reading, theirs.fileno()))
        for transport, address, framing, write in (
            ("fifo", fifo, "line", lambda: os.write(writer, b"a\n")),
            ("pipe", reading, "line", lambda: os.write(writing, b"a\n")),
            ("socketpair", theirs.fileno(), "line", lambda: ours.send(b"a\n")),
        ):
            with self.subTest(transport):
                self.expect(f"open channel=c transport={transport} role=read address={address} framing={framing}")
                self.expect_error("timeout", "receive channel=c timeout=20")
                write()
                self.expect("receive channel=c timeout=10000", payload="61")
                self.expect("close channel=c")
        for close in (ours.close, theirs.close, lambda: os.close(reading), lambda: os.close(writing)):
            close()
        self.expect(self.cell("write", "w"))
        self.expect(self.cell("read", "r"))
        self.expect_error("timeout", "receive channel=r timeout=20")
        self.expect("send channel=w payload=61")
        self.expect("receive channel=r timeout=0", payload="61")
        self.expect("reset")
        os.unlink(self.path)
        self.expect(self.slot("write"))
        self.expect(self.slot("read", "r"))
        self.expect("receive channel=r timeout=0", payload="")  # Nothing is waited for.

    def test_a_time_that_is_none_is_usage_before_the_channel_is_looked_at(self) -> None:
        for value in ("", "-1", "+1", "01", "1.5", "86400001", "x", "99999999999999999999"):
            self.expect_error("usage", f"accept channel=none timeout={value}")
            self.expect_error("usage", f"receive channel=none timeout={value}")
        self.expect_error("usage", "send channel=none payload=61 timeout=1")


class MonoEndings(EndingTests, Mono):
    pass


class DotnetEndings(EndingTests, Dotnet):
    pass
