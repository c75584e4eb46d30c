"""Framings: every message on the wire, whole, cut, broken and too large."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

from harness import FRAMINGS, EndpointCase, frame, peak_address_space, received, wait_until_received


class FramingTests(EndpointCase):
    def test_a_message_has_exactly_these_bytes_on_the_wire(self) -> None:
        for framing in FRAMINGS:
            with self.peer(framing) as peer:
                for size in (0, 1, 127, 128, 511, 512, 513, 16383, 16384, 65536):
                    with self.subTest(framing=framing, size=size):
                        payload = bytes(index % 251 for index in range(size)).replace(b"\n", b"\r")
                        self.endpoint.tell(f"send channel=c payload={payload.hex()}")
                        expected = frame(framing, payload)
                        self.assertEqual(received(peer, len(expected)), expected)
                        self.assertEqual(self.endpoint.reply(), {})
                self.expect("close channel=c how=write")
                self.assertEqual(peer.recv(1), b"")

    def test_every_split_of_a_stream_gives_the_same_messages(self) -> None:
        payloads = [b"", b"a", b"hello\r", bytes([0xFF]) * 130, b""]
        expected = [{"payload": payload.hex()} for payload in payloads]
        for framing in FRAMINGS:
            stream = b"".join(frame(framing, payload) for payload in payloads)
            with self.peer(framing) as peer:
                for split in range(len(stream) + 1):
                    self.endpoint.tell(*["receive channel=c"] * len(payloads))
                    peer.sendall(stream[:split])
                    wait_until_received(peer)
                    peer.sendall(stream[split:])
                    replies = [self.endpoint.reply() for _ in payloads]
                    self.assertEqual(replies, expected, f"{framing}, split at {split}")
                self.endpoint.tell(*["receive channel=c"] * len(payloads))
                for byte in stream:
                    peer.sendall(bytes([byte]))
                    wait_until_received(peer)
                self.assertEqual([self.endpoint.reply() for _ in payloads], expected, f"{framing}, byte by byte")

    def test_an_end_inside_a_frame_is_truncated_and_between_frames_an_end(self) -> None:
        payloads = [b"ab", b"", b"cde" * 3]
        for framing in FRAMINGS:
            stream, bounds = b"", {0: 0}
            for payload in payloads:
                stream += frame(framing, payload)
                bounds[len(stream)] = len(bounds)
            for length in range(len(stream) + 1):
                with self.subTest(framing=framing, length=length), self.peer(framing) as peer:
                    peer.sendall(stream[:length])
                    peer.shutdown(socket.SHUT_WR)
                    whole = max(count for bound, count in bounds.items() if bound <= length)
                    for payload in payloads[:whole]:
                        self.expect("receive channel=c", payload=payload.hex())
                    if length in bounds:
                        self.expect("receive channel=c", end="true")
                        self.expect("receive channel=c", end="true")
                    else:
                        self.expect_error("truncated", "receive channel=c")

    def test_bad_bytes_are_refused_with_the_right_kind_at_once(self) -> None:
        crlf = b"\r\n"
        for framing, stream, kind in (
            ("multiprocessing", b"\xff\xff\xff\xfe", "malformed"),
            ("multiprocessing", b"\x80\0\0\0", "malformed"),
            ("multiprocessing", b"\0\0\0\x65", "too-large"),
            ("multiprocessing", b"\x7f\xff\xff\xff", "too-large"),
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 101), "too-large"),
            ("multiprocessing", b"\xff\xff\xff\xff" + b"\xff" * 8, "too-large"),
            ("u32le", b"\x65\0\0\0", "too-large"),
            ("u32le", b"\xff\xff\xff\xff", "too-large"),
            ("line", b"x" * 101, "too-large"),
            ("line", b"x" * 101 + b"\n", "too-large"),
            ("netstring", b"101:", "too-large"),
            ("netstring", b"99999999999999999999999999:", "too-large"),
            ("netstring", b":", "malformed"),
            ("netstring", b"x", "malformed"),
            ("netstring", b"-1:", "malformed"),
            ("netstring", b"+1:", "malformed"),
            ("netstring", b" 1:", "malformed"),
            ("netstring", b"00", "malformed"),
            ("netstring", b"01:", "malformed"),
            ("netstring", b"1x", "malformed"),
            ("netstring", b"1:a;", "malformed"),
            ("netstring", b"0:\n", "malformed"),
            ("varint", b"\x65", "too-large"),
            ("varint", b"\xff" * 9 + b"\x01", "too-large"),
            ("varint", b"\xff" * 9 + b"\x02", "malformed"),
            ("varint", b"\x80" * 10, "malformed"),
            ("content-length", b"Content-Length: 101" + crlf * 2, "too-large"),
            ("content-length", b"Content-Length: 9999999999999999999" + crlf * 2, "too-large"),
            ("content-length", b"Content-Length: 00000000000000000001" + crlf, "malformed"),
            ("content-length", b"Content-Length: -1" + crlf, "malformed"),
            ("content-length", b"Content-Length: 1 2" + crlf, "malformed"),
            ("content-length", b"Content-Length: " + crlf, "malformed"),
            ("content-length", b"Content-Length: 0x1" + crlf, "malformed"),
            (
                "content-length",
                b"Content-Length: 1" + crlf + b"content-length: 1" + crlf,
                "malformed",
            ),
            ("content-length", b"Content-Type: x" + crlf * 2, "malformed"),
            ("content-length", crlf, "malformed"),
            ("content-length", b"no colon" + crlf, "malformed"),
            ("content-length", b"Content-Length: 1\n", "malformed"),
            ("content-length", b"\n", "malformed"),
            ("content-length", b"a: b\rc", "malformed"),
            ("content-length", b"a: " + b"b" * 4093, "malformed"),
            ("content-length", b"a: b\r\n" * 700, "malformed"),
        ):
            for size in (1, len(stream)) if len(stream) <= 200 else (len(stream),):
                subtest = self.subTest(framing=framing, stream=stream[:40], size=size)
                with subtest, self.peer(framing, limit=100) as peer:
                    self.endpoint.tell("receive channel=c")
                    for start in range(0, len(stream), size):
                        peer.sendall(stream[start : start + size])
                        # What comes after the deciding byte may stay unread.
                        if start + size < len(stream) - 24:
                            wait_until_received(peer)
                    self.assertEqual(self.endpoint.reply(), {"error": kind})

    def test_unusual_but_well_formed_frames_are_accepted(self) -> None:
        longest = b"a: " + b"b" * (4096 - 3 - 2 - len(b"Content-Length: 2\r\n\r\n")) + b"\r\nContent-Length: 2\r\n\r\n"
        self.assertEqual(len(longest), 4096)
        for framing, stream in (
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 2) + b"ab"),
            ("varint", b"\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00ab"),
            ("content-length", b"X-Y: 1:2\r\ncontent-LENGTH:2\r\nContent-Type: a\r\n\r\nab"),
            ("content-length", b"Content-Length: \t 0000000000000000002 \r\n\r\nab"),
            ("content-length", longest + b"ab"),
        ):
            with self.subTest(framing=framing, stream=stream[:40]), self.peer(framing, limit=2) as peer:
                peer.sendall(stream)
                self.expect("receive channel=c", payload=b"ab".hex())

    def test_a_message_as_long_as_the_limit_passes_and_a_longer_one_is_too_large(self) -> None:
        for framing in FRAMINGS:
            with self.subTest(framing), self.peer(framing, limit=3) as peer:
                self.expect_error("too-large", "send channel=c payload=61616161")
                self.expect_error("too-large", "ping channel=c count=1 size=4")
                self.expect("send channel=c payload=616161")
                self.assertEqual(peer.recv(100), frame(framing, b"aaa"))
                peer.sendall(frame(framing, b"bbb") + frame(framing, b"cccc"))
                self.expect("receive channel=c", payload=b"bbb".hex())
                self.expect_error("too-large", "receive channel=c")
                Path(self.path).write_bytes(b"aaaa")
                self.expect_error("too-large", f"send channel=c file={self.path}")

    def test_a_line_feed_cannot_be_sent_as_a_line(self) -> None:
        with self.peer("line") as peer:
            self.expect_error("malformed", "send channel=c payload=610a")
            self.expect("send channel=c payload=610d")
            self.assertEqual(peer.recv(100), b"a\r\n")

    def test_the_last_pieces_of_a_long_line_cost_no_more_than_the_first(self) -> None:
        if self.is_sanitized:
            self.skipTest("timing under a sanitizer says nothing")
        with self.peer("line") as peer:
            self.endpoint.tell(f"receive channel=c file={self.path}")
            for size in [8 << 20] + [1] * 4000:
                peer.sendall(b"x" * size)
                wait_until_received(peer)
            peer.sendall(b"\n")
            self.assertEqual(self.endpoint.reply(), {"length": str((8 << 20) + 4000)})
        ticks = Path(f"/proc/{self.endpoint.pid}/stat").read_text().rpartition(")")[2].split()[11]
        self.assertLess(int(ticks) / os.sysconf("SC_CLK_TCK"), 0.3, "seconds in user mode")

    def test_an_announced_length_above_the_limit_takes_no_memory(self) -> None:
        if self.is_sanitized:
            self.skipTest("a sanitizer reserves memory of its own")
        for framing, stream in (
            ("multiprocessing", b"\x7f\xff\xff\xff"),
            ("multiprocessing", b"\xff\xff\xff\xff" + struct.pack(">Q", 1 << 40)),
            ("u32le", b"\xff\xff\xff\xff"),
            ("netstring", b"2147483647:"),
            ("varint", b"\xff\xff\xff\xff\x07"),
            ("content-length", b"Content-Length: 2147483647\r\n\r\n"),
        ):
            with self.subTest(framing), self.peer(framing) as peer:
                peer.sendall(frame(framing, b"a"))
                self.expect("receive channel=c", payload="61")
                before = peak_address_space(self.endpoint.pid)
                peer.sendall(stream)
                self.expect_error("too-large", "receive channel=c")
                self.assertLess(peak_address_space(self.endpoint.pid) - before, 16_384, "KiB")
