"""How the PHP endpoint ends while it waits: when nobody can give commands any more, and at SIGTERM."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import unittest
from collections.abc import Iterator
from pathlib import Path

from test_endpoint import DEADLINE, LARGE, Endpoint, PhpCase


class EndingTests(PhpCase):
    """How it ends while it waits."""

    def blocked(self) -> Iterator[tuple[str, Endpoint]]:
        Path(f"{self.path}-large").write_bytes(b"x" * LARGE)
        os.mkfifo(f"{self.path}-fifo")
        for transport, address, framing in (
            ("unix", self.path, "line"),
            ("unix-abstract", f"@php-{os.getpid()}", "line"),
            ("unix-seqpacket", self.path, "none"),
            ("dotnet-pipe", self.path, "line"),
            ("tcp", "127.0.0.1:0", "line"),
        ):
            opening = f"open channel=c transport={transport} role=listen address={address} framing={framing}"
            yield f"accept {transport}", self.started(opening, "accept channel=c")
        datagrams = f"open channel=c transport=unix-datagram role=listen address={self.path} framing=none"
        yield "receive a datagram", self.started(datagrams, "receive channel=c")
        reading, writing = (
            f"open channel=c transport=fifo role={role} address={self.path}-fifo framing=line"
            for role in ("read", "write")
        )
        yield "read a FIFO without a writer", self.started(reading, "receive channel=c")
        yield "open a FIFO without a reader", self.started(writing)
        for command in (
            "receive channel=c",
            "receive channel=c timeout=86400000",
            "echo channel=c count=1",
            "ping channel=c count=1 size=1",
            f"send channel=c file={self.path}-large",
        ):
            yield command, self.connected("unix", socket.SOCK_STREAM, "line", command)
        into_fifo = f"receive channel=c file={self.path}-fifo"
        yield "receive into a FIFO", self.connected("unix", socket.SOCK_STREAM, "line", into_fifo, b"x\n")
        yield "receive a packet", self.connected("unix-seqpacket", socket.SOCK_SEQPACKET, "none", "receive channel=c")
        for transport, kind in (("unix-seqpacket", socket.SOCK_SEQPACKET), ("unix-datagram", socket.SOCK_DGRAM)):
            sends = "\n".join(["send channel=c payload=61"] * 1000)
            yield f"send on {transport}", self.connected(transport, kind, "none", sends)
        yield "connect", self.connected("unix", socket.SOCK_STREAM, "line", self.full_listener())

    def started(self, *commands: str) -> Endpoint:
        """An endpoint that has a socket file, and waits in the last of the commands."""
        self.unanswered = sum(command.count("\n") + 1 for command in commands)
        endpoint = self.spawned()
        listening = f"open channel=l transport=unix role=listen address={self.path}-l framing=line"
        self.assertEqual(endpoint.ask(listening), {})
        endpoint.tell(*commands)
        return endpoint

    def connected(self, transport: str, kind: int, framing: str, command: str, sent: bytes = b"") -> Endpoint:
        peer = self.closing(socket.socket(socket.AF_UNIX, kind))
        peer.bind(f"{self.path}-peer")
        if kind != socket.SOCK_DGRAM:
            peer.listen()
        opening = f"open channel=c transport={transport} role=connect address={self.path}-peer framing={framing}"
        endpoint = self.started(opening, command)
        if kind != socket.SOCK_DGRAM:
            connection = self.closing(peer.accept()[0])
            if sent:  # Without this, `sendall` would send a packet of no bytes.
                connection.sendall(sent)
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

    def test_sigterm_at_any_moment_leaves_no_socket_file(self) -> None:
        pair = (self.listener("unix", "line"), "close channel=c")
        for count in range(40):
            endpoint = self.spawned()
            endpoint.tell(*pair * 200)
            for _ in range(count + 1):
                endpoint.reply()
            endpoint.process.terminate()
            self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
            self.assertEqual(os.listdir(self.folder), [])

    def test_sigterm_ends_what_waits_for_its_replies_to_be_read(self) -> None:
        endpoint = self.started(*["hello"] * 1000)
        endpoint.wait_until_blocked()
        endpoint.process.terminate()
        self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
        self.expect_nothing_left()

    def test_unread_commands_do_not_hide_the_end(self) -> None:
        endpoint = self.started(self.listener("unix", "line"), "accept channel=c")
        self.assertEqual(endpoint.reply(), {})
        endpoint.wait_until_blocked()
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


if __name__ == "__main__":
    unittest.main()
