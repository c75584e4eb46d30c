"""The loops of echo and ping."""

from __future__ import annotations

import os
import signal
import socket

from harness import FRAMINGS, EndpointCase, wait_until_received


class LoopTests(EndpointCase):
    def test_ping_is_answered_by_echo(self) -> None:
        for transport, framing in [("unix", framing) for framing in FRAMINGS] + [
            ("unix-seqpacket", "none"),
            ("tcp", "u32le"),
        ]:
            other = self.start()
            address = "127.0.0.1:0" if transport == "tcp" else self.path
            rest = f"channel=c transport={transport} framing={framing}"
            address = self.endpoint.ask(f"open role=listen address={address} {rest}").get("address", address)
            self.assertEqual(other.ask(f"open role=connect address={address} {rest}"), {})
            self.expect("accept channel=c")
            for size, count in ((1, 100), (64, 100), (65536, 10)):
                with self.subTest(transport=transport, framing=framing, size=size):
                    self.endpoint.tell(f"echo channel=c count={count}")
                    self.assertGreater(
                        int(other.ask(f"ping channel=c count={count} size={size}")["nanoseconds"]),
                        0,
                    )
                    self.assertEqual(self.endpoint.reply(), {})
            self.expect("reset")

    def test_a_stream_that_ends_in_the_loop_is_closed_or_truncated(self) -> None:
        for stream, kind in (
            (b"1:a,", "closed"),
            (b"1:a,1:", "truncated"),
            (b"1:a,x", "malformed"),
        ):
            with self.subTest(kind), self.peer("netstring") as peer:
                peer.sendall(stream)
                peer.shutdown(socket.SHUT_WR)
                self.expect_error(kind, "echo channel=c count=2")
                self.assertEqual(peer.recv(4), b"1:a,")
            with self.subTest(kind), self.peer("netstring") as peer:
                peer.sendall(stream)
                peer.shutdown(socket.SHUT_WR)
                self.expect_error(kind, "ping channel=c count=2 size=0")

    def test_a_stopped_endpoint_continues(self) -> None:
        with self.peer("line") as peer:
            self.endpoint.tell("receive channel=c")
            peer.sendall(b"a")
            wait_until_received(peer)
            os.kill(self.endpoint.pid, signal.SIGSTOP)
            os.kill(self.endpoint.pid, signal.SIGCONT)
            peer.sendall(b"b\n")
            self.assertEqual(self.endpoint.reply(), {"payload": b"ab".hex()})
