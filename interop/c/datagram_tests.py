"""The transport unix-datagram, which C has and C# has not."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from harness import DEADLINE, TRANSPORTS, Endpoint, EndpointCase, peak_address_space


class DatagramTests(EndpointCase):
    transports = (*TRANSPORTS[:3], "unix-datagram", *TRANSPORTS[3:])
    path_listeners = (*EndpointCase.path_listeners, ("unix-datagram", "none"))

    def datagram(self, role: str, channel: str = "c", limit: str = "") -> str:
        return f"open channel={channel} transport=unix-datagram role={role} address={self.path} framing=none{limit}"

    @contextlib.contextmanager
    def receiver(self, limit: str = "") -> Iterator[socket.socket]:
        """A raw receiver, to which channel `c` is connected."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
            receiver.settimeout(DEADLINE)
            receiver.bind(self.path)
            self.expect(self.datagram("connect", limit=limit))
            yield receiver
        os.unlink(self.path)

    @contextlib.contextmanager
    def sender(self, limit: str = "") -> Iterator[socket.socket]:
        """A raw sender that is connected to channel `c`."""
        self.expect(self.datagram("listen", limit=limit))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.settimeout(DEADLINE)
            sender.connect(self.path)
            yield sender
        self.expect("close channel=c")

    def longest_queue(self) -> int:
        """How many datagrams wait for a receiver before the next sender waits too."""
        return int(Path("/proc/sys/net/unix/max_dgram_qlen").read_text()) + 1

    def test_a_message_is_one_datagram(self) -> None:
        with self.receiver() as receiver:
            for payload in (b"\n\0", b"", b"a", b"x" * 100_000, b""):
                self.expect(f"send channel=c payload={payload.hex()}")
                self.assertEqual(receiver.recv(200_000), payload)
            Path(f"{self.path}-file").write_bytes(b"y" * 200_000)
            self.expect(f"send channel=c file={self.path}-file")
            self.assertEqual(receiver.recv(300_000), b"y" * 200_000)

    def test_a_datagram_is_one_message(self) -> None:
        with self.sender() as sender:
            payloads = (b"", b"\n\0", b"", b"a", b"x" * 131_066)
            for payload in payloads:
                sender.send(payload)
            for payload in payloads:
                self.expect("receive channel=c", payload=payload.hex())
            self.endpoint.tell("receive channel=c")  # It waits.
            sender.send(b"late")
            self.assertEqual(self.endpoint.reply(), {"payload": b"late".hex()})
            sender.send(b"y" * 131_067)
            for _ in range(2):
                self.expect_error("usage", "receive channel=c")
            self.expect(f"receive channel=c file={self.path}-file", length="131067")
            self.assertEqual(Path(f"{self.path}-file").read_bytes(), b"y" * 131_067)
            sender.send(b"")
            self.expect(f"receive channel=c file={self.path}-file", length="0")
            self.assertEqual(Path(f"{self.path}-file").read_bytes(), b"")

    def test_datagrams_come_from_everybody_and_never_end(self) -> None:
        self.expect(self.datagram("listen"))
        for number in range(3):
            other = Endpoint([*self.command])
            self.assertEqual(other.ask(self.datagram("connect")), {})
            self.assertEqual(other.ask(f"send channel=c payload=0{number}"), {})
            self.assertEqual(other.end(), (0, ""))
        for number in range(3):
            self.expect("receive channel=c", payload=f"0{number}")
        self.endpoint.tell("receive channel=c")  # Not an end, though no sender is left.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"a", self.path)
        self.assertEqual(self.endpoint.reply(), {"payload": "61"})

    def test_datagrams_go_one_way(self) -> None:
        self.expect(self.datagram("listen", "l"))
        self.expect(self.datagram("connect", "c"))
        for line in (
            "accept channel=l",
            "accept channel=c",
            "send channel=l payload=61",
            "receive channel=c",
            "echo channel=l count=1",
            "echo channel=c count=1",
            "ping channel=l count=1 size=1",
            "ping channel=c count=1 size=1",
            "close channel=l how=read",
            "close channel=c how=",
        ):
            with self.subTest(line):
                self.expect_error("usage", line)
        for channel in ("l", "c"):
            self.expect_error("unsupported", f"close channel={channel} how=write")
        self.expect("send channel=c payload=61")
        self.expect("receive channel=l", payload="61")
        for old, new in (("none", "line"), ("none", "u32le"), ("listen", "read"), ("listen", "write")):
            self.expect_error("unsupported", self.datagram("listen", "x").replace(old, new))

    def test_a_full_queue_is_waited_for(self) -> None:
        count = self.longest_queue() + 20
        with self.receiver() as receiver:
            self.endpoint.tell(*(f"send channel=c payload={number:08x}" for number in range(count)))
            for _ in range(self.longest_queue()):
                self.assertEqual(self.endpoint.reply(), {})
            # Full: a sender that does not wait is told so, and the endpoint waits.
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as impatient:
                impatient.setblocking(False)
                impatient.connect(self.path)
                self.assertRaises(BlockingIOError, impatient.send, b"")
            for number in range(count):
                self.assertEqual(receiver.recv(9), struct.pack(">I", number))
            for _ in range(20):
                self.assertEqual(self.endpoint.reply(), {})

    def test_a_receiver_that_is_gone_is_refused_every_time(self) -> None:
        with self.receiver():
            pass
        for _ in range(3):
            self.expect_error("refused", "send channel=c payload=61")
        self.expect("close channel=c")
        with self.receiver():
            self.endpoint.tell(*["send channel=c payload=61"] * (self.longest_queue() + 1))
            for _ in range(self.longest_queue()):
                self.assertEqual(self.endpoint.reply(), {})
        # It waited for room in the queue of a receiver that went.
        self.assertEqual(self.endpoint.reply(), {"error": "refused"})

    def test_a_datagram_above_the_limit_is_too_large_and_the_next_one_is_not(self) -> None:
        with self.sender(limit=" limit=3") as sender:
            for payload in (b"abcd", b"abc", b"x" * 30_000, b"", b"abcd", b"d"):
                sender.send(payload)
            self.expect_error("too-large", "receive channel=c")
            self.expect("receive channel=c", payload=b"abc".hex())
            self.expect_error("too-large", "receive channel=c")
            self.expect("receive channel=c", payload="")
            self.expect_error("too-large", f"receive channel=c file={self.path}-file")
            self.assertFalse(os.path.exists(f"{self.path}-file"))
            self.expect(f"receive channel=c file={self.path}-file", length="1")
        with self.receiver(limit=" limit=3") as receiver:
            self.expect_error("too-large", "send channel=c payload=61626364")
            self.expect("send channel=c payload=616263")
            self.assertEqual(receiver.recv(9), b"abc")

    def test_a_datagram_above_what_the_system_takes_is_too_large(self) -> None:
        Path(f"{self.path}-file").write_bytes(b"x" * (8 << 20))
        with self.receiver() as receiver:
            self.expect_error("too-large", f"send channel=c file={self.path}-file")
            self.expect("send channel=c payload=61")
            self.assertEqual(receiver.recv(9), b"a")

    def test_a_high_limit_reserves_nothing(self) -> None:
        if self.is_sanitized:
            self.skipTest("a sanitizer reserves memory of its own")
        before = peak_address_space(self.endpoint.pid)
        with self.sender(limit=" limit=2147483647") as sender:
            sender.send(b"a")
            self.expect("receive channel=c", payload="61")
        self.assertLess(peak_address_space(self.endpoint.pid) - before, 16_384, "KiB")

    def test_datagrams_need_a_receiver_of_datagrams(self) -> None:
        self.expect_error("missing", self.datagram("connect"))
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            with self.subTest(kind), socket.socket(socket.AF_UNIX, kind) as holder:
                holder.bind(self.path)
                holder.listen()
                holder.setblocking(False)
                self.expect_error("refused", self.datagram("connect"))
                self.assertRaises(BlockingIOError, holder.accept)
            os.unlink(self.path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stale:
            stale.bind(self.path)
        self.expect_error("refused", self.datagram("connect"))
        self.expect(self.datagram("listen"))
        self.expect_error("refused", f"open channel=u transport=unix role=connect address={self.path} framing=line")
        longest = f"{self.folder}/".ljust(self.longest_address, "x")
        self.expect(self.datagram("listen", "n").replace(self.path, longest))
        for role in ("listen", "connect"):
            self.expect_error("usage", self.datagram(role, "m").replace(self.path, f"{longest}x"))

    def test_a_datagram_socket_goes_with_its_channel(self) -> None:
        self.endpoint.ask("hello")  # Not before it runs: a sanitizer reads files while it starts.
        before = self.endpoint.descriptors()
        for way in ("close channel=c", "reset"):
            self.expect(self.datagram("listen"))
            self.expect(self.datagram("connect", "k"))
            for number in self.endpoint.descriptors() - before:
                self.assertTrue(self.endpoint.flags(number) & os.O_CLOEXEC)
            self.expect("send channel=k payload=61")
            self.expect(way)
            self.assertFalse(os.path.exists(self.path), way)
            self.expect("reset")
            self.assertEqual(self.endpoint.descriptors(), before)
        endpoint = Endpoint([*self.command])
        self.assertEqual(endpoint.ask(self.datagram("listen")), {})
        self.assertEqual(endpoint.end(), (0, ""))
        self.assertFalse(os.path.exists(self.path), "the end of input")
        self.expect(self.datagram("listen"))
        os.rename(self.path, f"{self.path}-old")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.bind(self.path)
            self.expect("close channel=c")
            self.assertTrue(os.path.exists(self.path), "another receiver's")

    def test_a_word_with_a_nul_is_no_word(self) -> None:
        for old, new in (("=unix-datagram", "=unix-datagram%00"), ("=none", "=none%00x"), ("=listen", "=listen%00")):
            self.expect_error("unsupported", self.datagram("listen").replace(old, new))
        self.expect_error("unsupported", "layout record=mixed%00")
        for line in (self.datagram("listen", "c%00"), self.datagram("listen", limit=" limit=1%00")):
            self.expect_error("usage", line)
        self.assertEqual(os.listdir(self.folder), [])
