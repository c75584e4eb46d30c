"""The option timeout= of accept and receive, which hello lists as a feature."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from harness import FRAMINGS, EndpointCase, frame, wait_until_received


class TimeoutTests(EndpointCase):
    features = "echo,ping,layout,timeout"

    def expect_timeout(self, command: str) -> None:
        for milliseconds in (0, 20):
            started = time.monotonic()
            self.expect_error("timeout", f"{command} timeout={milliseconds}")
            self.assertGreaterEqual(time.monotonic() - started, milliseconds / 1000)

    def test_accept_goes_on_after_a_timeout(self) -> None:
        for transport, address, framing in (
            ("unix", self.path, "line"),
            ("unix-abstract", f"@t-{os.getpid()}", "line"),
            ("unix-seqpacket", self.path, "none"),
            ("dotnet-pipe", self.path, "line"),
            ("tcp", "127.0.0.1:0", "line"),
        ):
            with self.subTest(transport):
                rest = f"transport={transport} framing={framing}"
                reply = self.endpoint.ask(f"open channel=c role=listen address={address} {rest}")
                address = reply.get("address", address)
                self.expect_timeout("accept channel=c")
                self.expect_error("usage", "receive channel=c timeout=0")  # There is still no peer.
                self.expect(f"open channel=d role=connect address={address} {rest}")
                self.expect("accept channel=c timeout=0")
                self.expect_timeout("receive channel=c")
                self.expect("send channel=d payload=61")
                self.expect("receive channel=c timeout=0", payload="61")
                self.expect("close channel=d")
                self.expect("receive channel=c timeout=0", end="true")
                self.expect("reset")

    def test_what_had_come_of_a_frame_is_kept(self) -> None:
        for framing in FRAMINGS:
            stream = frame(framing, b"hello") + frame(framing, b"next")
            for cut in range(len(frame(framing, b"hello"))):
                with self.subTest(framing=framing, cut=cut), self.peer(framing) as peer:
                    peer.sendall(stream[:cut])
                    self.expect_error("timeout", "receive channel=c timeout=0")
                    wait_until_received(peer)
                    peer.sendall(stream[cut:])
                    self.expect("receive channel=c timeout=10000", payload=b"hello".hex())
                    self.expect("receive channel=c timeout=0", payload=b"next".hex())

    @contextlib.contextmanager
    def readers(self) -> Iterator[list[tuple[str, str]]]:
        """One-way channels: how the reader opens, and how the writer does."""
        os.mkfifo(f"{self.path}-fifo")
        both = os.open(f"{self.path}-fifo", os.O_RDWR)
        read_end, write_end = os.pipe()
        ours, theirs = socket.socketpair()
        self.endpoint = self.start(pass_fds=(read_end, write_end, ours.fileno(), theirs.fileno()))
        yield [
            (f"fifo role=read address={self.path}-fifo", f"fifo role=write address={self.path}-fifo"),
            (f"pipe role=read address={read_end}", f"pipe role=write address={write_end}"),
            (f"socketpair role=read address={ours.fileno()}", f"socketpair role=write address={theirs.fileno()}"),
            (f"unix-datagram role=listen address={self.path}", f"unix-datagram role=connect address={self.path}"),
        ]
        for descriptor in (both, read_end, write_end):
            os.close(descriptor)
        ours.close()
        theirs.close()

    def test_receive_goes_on_after_a_timeout(self) -> None:
        with self.readers() as readers:
            for reader, writer in readers:
                with self.subTest(reader):
                    framing = "none" if "datagram" in reader else "line"
                    self.expect(f"open channel=r transport={reader} framing={framing}")
                    self.expect(f"open channel=w transport={writer} framing={framing}")
                    self.expect_timeout("receive channel=r")
                    self.expect("send channel=w payload=61")
                    self.expect("receive channel=r timeout=0", payload="61")
                    self.expect_timeout("receive channel=r")
                    self.expect("reset")

    def test_a_cell_is_waited_for_and_a_slot_is_not(self) -> None:
        self.expect(self.cell("write", "w"))
        self.expect(self.cell("read", "r"))
        self.expect_timeout("receive channel=r")
        self.expect("send channel=w payload=61")
        self.expect("receive channel=r timeout=0", payload="61")
        self.expect("close channel=w")
        self.expect("receive channel=r timeout=0", end="true")
        self.expect("reset")
        Path(self.path).write_bytes(b"a".ljust(1024, b"\0"))
        self.expect(self.slot("read"))
        for milliseconds in (0, 86400000):
            self.expect(f"receive channel=c timeout={milliseconds}", payload="61")

    def test_a_timeout_is_a_number_of_milliseconds(self) -> None:
        self.expect(self.listener("unix", "line"))
        for timeout in ("", "-1", "+1", "86400001", "05", "00", "1.5", "1s", "%201", "9" * 30):
            with self.subTest(timeout):
                self.expect_error("usage", f"accept channel=c timeout={timeout}")
                self.expect_error("usage", f"receive channel=c timeout={timeout}")
        self.expect_error("usage", "accept channel=none timeout=1")
        self.expect_error("usage", "send channel=c payload=61 timeout=1")
        self.expect_error("usage", "receive channel=c timeout=1")  # No peer yet.
        self.expect_error("unsupported", "receive channel=c codec=none timeout=1")
