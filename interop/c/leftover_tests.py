"""What an endpoint leaves behind: nothing."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from harness import DEADLINE, Endpoint, EndpointCase


class LeftoverTests(EndpointCase):
    def test_a_socket_file_goes_with_its_channel(self) -> None:
        command = f"open channel=c transport=unix role=listen address={self.path} framing=line"
        for way in ("close channel=c", "reset"):
            self.expect(command)
            self.assertTrue(os.path.exists(self.path))
            self.expect(way)
            self.assertFalse(os.path.exists(self.path), way)
        endpoint = Endpoint([*self.command])
        self.assertEqual(endpoint.ask(command), {})
        self.assertEqual(endpoint.end(), (0, ""))
        self.assertFalse(os.path.exists(self.path), "the end of input")

    def test_a_stale_socket_file_is_replaced(self) -> None:
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM):
            for transport, framing in self.path_listeners:
                with self.subTest(kind=kind, transport=transport):
                    with socket.socket(socket.AF_UNIX, kind) as stale:
                        stale.bind(self.path)
                    self.expect(self.listener(transport, framing))
                    self.expect("close channel=c")
                    self.assertEqual(os.listdir(self.folder), [])

    def test_a_socket_file_that_another_listener_took_over_stays(self) -> None:
        self.expect(f"open channel=c transport=unix role=listen address={self.path} framing=line")
        os.rename(self.path, f"{self.path}-old")
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(self.path)
            self.expect("close channel=c")
            self.assertTrue(os.path.exists(self.path))

    def test_reset_leaves_nothing_open(self) -> None:
        inherited, kept = socket.socketpair()
        os.mkfifo(f"{self.folder}/f")
        fifo = os.open(f"{self.folder}/f", os.O_RDWR)
        self.endpoint = self.start(pass_fds=(inherited.fileno(),))
        self.endpoint.ask("hello")
        before = self.endpoint.descriptors() - {str(inherited.fileno())}
        for round_number in range(3):
            for channel, rest in (
                ("u", f"transport=unix role=listen address={self.path} framing=line"),
                ("v", f"transport=unix role=connect address={self.path} framing=line"),
                ("a", f"transport=unix-abstract role=listen address=@r-{os.getpid()} framing=line"),
                ("s", f"transport=unix-seqpacket role=listen address={self.path}q framing=none"),
                ("t", "transport=tcp role=listen address=127.0.0.1:0 framing=line"),
                ("f", f"transport=fifo role=read address={self.folder}/f framing=line"),
                ("m", f"transport=file-slot role=write address={self.path}m framing=none"),
                ("i", f"transport=socketpair role=read address={inherited.fileno()} framing=line"),
            ):
                # An inherited descriptor is there once; in the second round its number may be
                # another channel's.
                expected = ["usage", "missing"] if channel == "i" and round_number > 0 else [None]
                self.assertIn(
                    self.endpoint.ask(f"open channel={channel} {rest}").get("error"),
                    expected,
                    channel,
                )
            self.expect("accept channel=u")
            for number in self.endpoint.descriptors() - before:
                flags = self.endpoint.flags(number)
                self.assertTrue(flags & os.O_CLOEXEC, f"descriptor {number} would survive an exec")
            self.expect("reset")
            self.assertEqual(self.endpoint.descriptors(), before)
            self.assertNotIn(self.folder, Path(f"/proc/{self.endpoint.pid}/maps").read_text())
            self.assertEqual(sorted(os.listdir(self.folder)), ["f", "sm"])
        # Failed attempts must not leak either.
        for rest in (
            f"transport=unix role=connect address={self.path} framing=line",
            f"transport=tcp role=listen address={self.path} framing=line",
            f"transport=unix role=listen address={self.folder} framing=line",
            f"transport=file-slot role=read address={self.path} framing=none",
        ):
            self.assertIn("error", self.endpoint.ask(f"open channel=c {rest}"))
        self.assertEqual(self.endpoint.descriptors(), before)
        os.close(fifo)
        inherited.close()
        kept.close()

    def test_an_endpoint_whose_runner_is_gone_cleans_up(self) -> None:
        endpoint = Endpoint([*self.command])
        self.assertEqual(
            endpoint.ask(f"open channel=c transport=unix role=listen address={self.path} framing=line"),
            {},
        )
        endpoint.process.stdout.close()
        endpoint.tell("hello")
        self.assertEqual(endpoint.process.wait(DEADLINE), 1)
        self.assertFalse(os.path.exists(self.path))
        endpoint.kill()
