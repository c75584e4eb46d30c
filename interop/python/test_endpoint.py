"""Tests of the Python endpoint, with real processes, sockets, FIFOs and files.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import errno
import faulthandler
import multiprocessing.connection
import os
import resource
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import tracemalloc
import unittest

import addresses
import endpoint
import lines
import transports
from faults import Fault, fault_of_system_error
from framings import BUFFER_SIZE, FRAMINGS

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "endpoint.py")
LIMIT = 1000

# Messages and their bytes on the wire, written by hand from PROTOCOL.md, section 4.
MESSAGES = [b"hello", b"", b"\r\x00", b"z" * 130]
WIRE = {
    "multiprocessing": b"\0\0\0\x05hello\0\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\x02\r\0\0\0\0\x82" + b"z" * 130,
    "u32le": b"\x05\0\0\0hello\0\0\0\0\x02\0\0\0\r\0\x82\0\0\0" + b"z" * 130,
    "line": b"hello\n\n\r\0\n" + b"z" * 130 + b"\n",
    "netstring": b"5:hello,0:,2:\r\0,130:" + b"z" * 130 + b",",
    "varint": b"\x05hello\x00\x82\x80\x00\r\0\x82\x01" + b"z" * 130,
    "content-length": b"Content-Length: 5\r\n\r\nhello"
    b"content-length:0\r\nX: \r\n\r\n"
    b"A:b\r\nCONTENT-LENGTH: \t 2 \r\n\r\n\r\0"
    b"Content-Length: 130\r\n\r\n" + b"z" * 130,
}
FAULTY = [
    ("multiprocessing", b"\xff\xff\xff\xfe", "malformed"),
    ("multiprocessing", b"\x80\0\0\0", "malformed"),
    ("multiprocessing", b"\0\0\x03\xe9", "too-large"),
    ("multiprocessing", b"\x7f\xff\xff\xff", "too-large"),
    ("multiprocessing", b"\xff" * 12, "too-large"),
    ("u32le", b"\xe9\x03\0\0", "too-large"),
    ("u32le", b"\xff\xff\xff\xff", "too-large"),
    ("line", b"x" * 1001, "too-large"),
    ("line", b"ok\n" + b"x" * 1001 + b"\n", "too-large"),
    ("netstring", b"1001:", "too-large"),
    ("netstring", b"9" * 5000, "too-large"),
    ("netstring", b":", "malformed"),
    ("netstring", b"05:hello,", "malformed"),
    ("netstring", b"00:,", "malformed"),
    ("netstring", b"+5:hello,", "malformed"),
    ("netstring", b" 5:hello,", "malformed"),
    ("netstring", b"5 :hello,", "malformed"),
    ("netstring", b"5:hello;", "malformed"),
    ("varint", b"\xe9\x07", "too-large"),
    ("varint", b"\xff" * 9 + b"\x01", "too-large"),
    ("varint", b"\xff" * 9 + b"\x02", "malformed"),
    ("varint", b"\x80" * 10, "malformed"),
    ("content-length", b"Content-Length: 1001\r\n\r\n", "too-large"),
    ("content-length", b"Content-Length: 9999999999999999999\r\n\r\n", "too-large"),
    ("content-length", b"Content-Length: 00000000000000000005\r\n\r\n", "malformed"),
    ("content-length", b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "malformed"),
    ("content-length", b"Content-Length: +5\r\n\r\n", "malformed"),
    ("content-length", b"Content-Length: 1_0\r\n\r\n", "malformed"),
    ("content-length", b"Content-Length:\r\n\r\n", "malformed"),
    ("content-length", b"Content-Length: 5\n\nhello", "malformed"),
    ("content-length", b"Content-Length: 5\r\r\n\r\n", "malformed"),
    ("content-length", b"GET / HTTP/1.1\r\n\r\n", "malformed"),
    ("content-length", b"X: y\r\n\r\n", "malformed"),
    ("content-length", b"\r\n", "malformed"),
    ("content-length", b"X: " + b"y" * 4093, "malformed"),
]


def decode(name: str, pieces: list[bytes], limit: int = LIMIT) -> tuple[list[bytes], str]:
    """All messages of a stream that arrives in these pieces, and how it ended."""
    decoder = FRAMINGS[name].decoder(limit)
    messages = []

    def take() -> None:
        while True:
            message = decoder.next_message()
            if message is None:
                return
            messages.append(bytes(message))

    try:
        take()
        for piece in pieces:
            rest = memoryview(piece)
            while rest:
                space = decoder.space()
                count = min(len(space), len(rest))
                space[:count] = rest[:count]
                decoder.received(count)
                rest = rest[count:]
                take()
        decoder.finish()
    except Fault as fault:
        return messages, fault.kind
    return messages, "end"


def encode(name: str, payload: bytes) -> bytes:
    framing = FRAMINGS[name]
    return framing.header(len(payload)) + payload + framing.trailer


def pieces_of(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


class FramingTests(unittest.TestCase):
    def test_any_segmentation_gives_the_same_messages(self):
        for name, wire in WIRE.items():
            expected = (MESSAGES, "end")
            for size in range(1, len(wire) + 1):
                self.assertEqual(decode(name, pieces_of(wire, size)), expected, (name, size))
            for first in range(len(wire)):
                for second in range(first, min(first + 40, len(wire))):
                    pieces = [wire[:first], wire[first:second], wire[second:]]
                    self.assertEqual(decode(name, pieces), expected, (name, first, second))

    def test_the_end_is_clean_between_frames_and_truncated_inside(self):
        for name, wire in WIRE.items():
            clean = 0
            for end in range(len(wire) + 1):
                messages, outcome = decode(name, [wire[:end]])
                self.assertEqual(decode(name, pieces_of(wire[:end], 1)), (messages, outcome))
                self.assertEqual(messages, MESSAGES[: len(messages)], (name, end))
                self.assertIn(outcome, ("end", "truncated"), (name, end))
                clean += outcome == "end"
            self.assertEqual(clean, len(MESSAGES) + 1, name)

    def test_faulty_bytes_give_the_same_kind_however_they_are_cut(self):
        for name, wire, kind in FAULTY:
            for size in (1, 2, 3, 5, len(wire)):
                outcome = decode(name, pieces_of(wire, size))[1]
                self.assertEqual(outcome, kind, (name, wire[:40], size))

    def test_the_limit_itself_is_allowed_and_one_more_is_not(self):
        for name in FRAMINGS:
            self.assertEqual(decode(name, [encode(name, b"x" * 1000)])[1], "end", name)
            self.assertEqual(decode(name, [encode(name, b"x" * 1001)])[1], "too-large", name)

    def test_nothing_is_allocated_for_a_length_above_the_limit(self):
        for name, wire, kind in FAULTY:
            tracemalloc.start()
            self.assertEqual(decode(name, [wire])[1], kind)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            self.assertLess(peak, 4 * BUFFER_SIZE, (name, wire[:40]))

    def test_frames_around_the_buffer_size_come_whole(self):
        sizes = [BUFFER_SIZE + difference for difference in range(-30, 4, 3)] + [0, 200_000, 1]
        messages = [bytes([65 + index]) * size for index, size in enumerate(sizes)]
        for name in FRAMINGS:
            wire = b"".join(encode(name, message) for message in messages)
            for size in (1021, 65536, len(wire)):
                decoded = decode(name, pieces_of(wire, size), 1 << 20)
                self.assertEqual(decoded, (messages, "end"), (name, size))

    def test_a_sender_writes_the_shortest_form(self):
        expected = {
            "multiprocessing": [
                b"\0\0\0\0",
                b"\x7f\xff\xff\xff",
                b"\xff\xff\xff\xff\0\0\0\0\x80\0\0\0",
            ],
            "u32le": [b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80"],
            "netstring": [b"0:", b"2147483647:", b"2147483648:"],
            "varint": [b"\0", b"\xff\xff\xff\xff\x07", b"\x80\x80\x80\x80\x08"],
        }
        for name, headers in expected.items():
            lengths = (0, 0x7FFFFFFF, 0x80000000)
            self.assertEqual([FRAMINGS[name].header(length) for length in lengths], headers, name)

    def test_write_all_repeats_partial_writes(self):
        taken = bytearray()

        def write(data):
            piece = bytes(data[:7])
            taken.extend(piece)
            return len(piece)

        transports.write_all(write, b"x" * 20)
        self.assertEqual(taken, b"x" * 20)

    def test_every_errno_of_the_table_has_its_kind(self):
        table = {
            "too-large": "EMSGSIZE",
            "closed": "EPIPE",
            "reset": "ECONNRESET",
            "refused": "ECONNREFUSED EPROTOTYPE",
            "missing": "ENOENT ENOTDIR EBADF",
            "exists": "EADDRINUSE EEXIST",
            "denied": "EACCES EPERM EROFS",
            "timeout": "ETIMEDOUT",
            "unsupported": "EAFNOSUPPORT EPROTONOSUPPORT EOPNOTSUPP",
            "usage": "ENAMETOOLONG EISDIR",
            "internal": "EMFILE ENOSPC EIO",
        }
        for kind, names in table.items():
            for name in names.split():
                error = OSError(getattr(errno, name), "no", b"/tmp/\xff")
                self.assertEqual(fault_of_system_error(error, "open").kind, kind, name)


class Child:
    """An endpoint process."""

    def __init__(self, **options) -> None:
        command = [sys.executable, "-E", "-S", PROGRAM]
        options.setdefault("cwd", "/")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, **options)
        self.replies = os.fdopen(os.dup(self.process.stdout.fileno()), "rb")

    def tell(self, command: str) -> None:
        self.tell_bytes(command.encode() + b"\n")

    def tell_bytes(self, data: bytes) -> None:
        transports.write_all(self.process.stdin.write, data)

    def hear(self) -> str:
        return self.replies.readline().decode("ascii").rstrip("\n")

    def ask(self, command: str) -> str:
        self.tell(command)
        return self.hear()

    def descriptors(self) -> list[tuple[str, str]]:
        folder = f"/proc/{self.process.pid}/fd"
        return sorted((name, os.readlink(os.path.join(folder, name))) for name in os.listdir(folder))

    def peak(self, name: str) -> int:
        """The most memory that the process has had so far, in bytes: VmPeak reserved, VmHWM used."""
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith(name + ":"))
        return int(line.split()[1]) * 1024

    def end(self) -> int:
        self.process.stdin.close()
        return self.process.wait()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.replies.close()


class EndpointTests(unittest.TestCase):
    def setUp(self) -> None:
        faulthandler.dump_traceback_later(60, exit=True)
        self.addCleanup(faulthandler.cancel_dump_traceback_later)
        self.folder = tempfile.mkdtemp(prefix="parley-")
        # A manager that ends at this moment removes its own file.
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def child(self, **options) -> Child:
        child = Child(**options)
        self.addCleanup(child.stop)
        return child

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def assert_kind(self, reply: str, kind: str) -> None:
        self.assertTrue(reply.startswith(f"error kind={kind} message="), f"{kind}: {reply}")
        lines.parse_command(reply.encode())  # A reply has the form of a command.
        self.assertLessEqual(len(reply), lines.LONGEST_LINE)

    def unix_pair(self, framing: str = "line", limit: int = LIMIT) -> tuple[Child, Child]:
        """Two endpoints that are connected; the channels are called c."""
        left, right = self.child(), self.child()
        for child, role in ((left, "listen"), (right, "connect")):
            command = f"open channel=c transport=unix role={role} address={self.path('pair')}"
            self.assertEqual(child.ask(f"{command} framing={framing} limit={limit}"), "ok")
        self.assertEqual(left.ask("accept channel=c"), "ok")
        return left, right

    def accepted(self, framing: str = "line", limit: int = LIMIT) -> tuple[Child, socket.socket]:
        """An endpoint's channel c and the socket at its other end."""
        child = self.child()
        address = self.path("accepted")
        command = f"open channel=c transport=unix role=listen address={address}"
        self.assertEqual(child.ask(f"{command} framing={framing} limit={limit}"), "ok")
        peer = socket.socket(socket.AF_UNIX)
        self.addCleanup(peer.close)
        peer.connect(address)
        self.assertEqual(child.ask("accept channel=c"), "ok")
        return child, peer


class LineTests(EndpointTests):
    def test_hello_declares_what_the_endpoint_has(self):
        child = self.child()
        reply = child.ask("hello")
        verb, values = lines.parse_command(reply.encode())
        self.assertEqual(verb, "ok")
        self.assertEqual(values["protocol"], "1")
        self.assertEqual(values["language"], "python")
        self.assertIn(".".join(map(str, sys.version_info[:3])), values["runtime"])
        self.assertEqual(set(values["framings"].split(",")), {*WIRE, "none"})
        self.assertEqual(values["codecs"], "json,pickle,struct,shareable-list,shareable-list-3.8")
        self.assertEqual(values["features"], "echo,ping,layout,authkey,call,timeout")
        self.assertEqual(child.end(), 0)
        self.assertEqual(child.replies.read(), b"")

    def test_commands_that_come_together_are_answered_in_order(self):
        child = self.child()
        child.tell_bytes(b"hello\nreset\ndance\nreset\n")
        self.assertEqual([child.hear()[:8] for _ in range(4)], ["ok proto", "ok", "error ki", "ok"])

    def test_bad_lines_are_usage_and_the_endpoint_lives_on(self):
        child = self.child()
        listen = "open channel=c transport=unix role=listen framing=line address=/x"
        lines = [
            b"",
            b"dance",
            b"Hello",
            b" hello",
            b"hello ",
            b"hello  a=b",
            b"\xef\xbb\xbfhello",
            b"hello\r",
            b"hello\t",
            b"h\xc3\xa9llo",
            b"\0",
            b"hello a",
            b"hello a=b",
            b"hello =",
            b"reset channel=c",
            b"accept channel=c channel=c",
            b"accept channel=c=d",
            b"accept channel=%4",
            b"accept channel=%",
            b"accept channel=%zz",
            b"accept channel=%+1",
            b"accept",
            b"accept channel=c",
            b"send channel=c payload=61",
            b"receive channel=c",
            b"close channel=c",
            b"ping channel=c count=1",
            b"open channel=c transport=unix role=listen framing=line",
            *(f"{listen} limit={limit}".encode() for limit in ("0", "-1", "x", "", "2147483648", "%D9%A1", "1" * 9999)),
            *(
                listen.replace("=c", "=" + name).encode()
                for name in ("", "C", "c.d", "c-d", "x" * 17, "%C3%A9", "c%0A")
            ),
            *(listen.replace("=/x", "=" + path).encode() for path in ("", "%00", "/a%00b", "/tmp/" + "x" * 200)),
        ]
        for line in lines:
            child.tell_bytes(line + b"\n")
            self.assert_kind(child.hear(), "usage")
        self.assertEqual(child.ask("reset"), "ok")

    def test_an_over_long_line_is_refused_and_skipped(self):
        child = self.child()
        for length in (262145, 300_000, 3_000_000):
            child.tell_bytes(b"x" * length + b"\n")
            self.assert_kind(child.hear(), "usage")
            self.assertEqual(child.ask("reset"), "ok")
        longest = b"send channel=c payload=".ljust(262144, b"0") + b"\n"
        child.tell_bytes(longest)
        self.assertIn("not%20open", child.hear())

    def test_a_last_line_without_line_feed_is_not_obeyed(self):
        for line in (b"hello", b"x" * 262145, b"x" * 3_000_000):
            child = self.child()
            child.tell_bytes(line)
            self.assertEqual(child.end(), 0)
            self.assertEqual(child.replies.read(), b"")

    def test_layouts_are_those_of_the_vectors(self):
        child = self.child()
        # interop/vectors/layouts.yml, by hand: the standard library has no YAML.
        for record, layout in {
            "mixed": "size=32 alignment=8 offsets=a:0,b:4,c:8,d:16,e:24",
            "mixed-packed": "size=16 alignment=1 offsets=a:0,b:1,c:5,d:6,e:14",
            "arrays": "size=20 alignment=4 offsets=tag:0,values:4,name:12",
            "bools": "size=12 alignment=4 offsets=first:0,count:4,second:8,third:9",
            "point": "size=8 alignment=4 offsets=x:0,y:4",
            "nested": "size=56 alignment=8 offsets=id:0,position:4,detail:16,last:48",
        }.items():
            self.assertEqual(child.ask(f"layout record={record}"), f"ok {layout}")
        self.assert_kind(child.ask("layout record=none"), "unsupported")
        self.assert_kind(child.ask("layout"), "usage")

    def test_a_closed_output_ends_the_endpoint_quietly(self):
        child = self.child(stderr=subprocess.PIPE)
        self.addCleanup(child.process.stderr.close)
        child.process.stdout.close()
        child.replies.close()
        child.tell("hello")
        self.assertEqual(child.process.wait(), 0)
        self.assertEqual(child.process.stderr.read(), b"")

    def test_what_is_not_declared_is_unsupported(self):
        child = self.child()
        for transport, role, framing in [
            ("carrier-pigeon", "listen", "none"),
            ("", "listen", "line"),
            ("unix", "read", "line"),
            ("unix", "dance", "line"),
            ("fifo", "listen", "line"),
            ("unix", "listen", "json"),
            ("unix", "listen", "none"),
            ("pipe", "read", "none"),
            ("unix-seqpacket", "listen", "line"),
            ("file-slot", "write", "line"),
        ]:
            command = f"open channel=c transport={transport} role={role} framing={framing}"
            self.assert_kind(child.ask(f"{command} address={self.path('x')}"), "unsupported")
        self.assertEqual(os.listdir(self.folder), [])

    def test_bad_payloads_are_usage(self):
        left, right = self.unix_pair()
        for payload in ("6", "6g", "6A", "61%2062", "61%20", "%C3%A9", "0x61"):
            self.assert_kind(left.ask(f"send channel=c payload={payload}"), "usage")
        self.assert_kind(left.ask("send channel=c"), "usage")
        self.assert_kind(left.ask("send channel=c payload=61 file=/x"), "usage")
        self.assertEqual(left.ask("send payload=%36%31 channel=c"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok payload=61")

    def test_percent_encoded_paths_keep_every_byte(self):
        child = self.child()
        folder = self.folder.encode()
        for name, encoded in [
            (b"a b=%", "a%20b%3d%25"),
            ("grüße".encode(), "gr%C3%BC%c3%9fe"),
            (b"\xff\n", "%FF%0A"),
        ]:
            command = f"open channel=c transport=unix role=listen address={self.path(encoded)}"
            self.assertEqual(child.ask(command + " framing=line"), "ok")
            self.assertEqual(os.listdir(folder), [name])
            child.ask("close channel=c")
        address = self.path("%FF%0A")
        missing = f"open channel=c transport=unix role=connect address={address} framing=line"
        self.assert_kind(child.ask(missing), "missing")


class MessageTests(EndpointTests):
    def test_every_framing_carries_small_and_large_messages_both_ways(self):
        for framing in FRAMINGS:
            left, right = self.unix_pair(framing, 1 << 25)
            for payload in ("", "00", "0d", "ff" * 65536):
                for sender, receiver in ((left, right), (right, left)):
                    sender.tell(f"send channel=c payload={payload}")
                    self.assertEqual(receiver.ask("receive channel=c"), f"ok payload={payload}")
                    self.assertEqual(sender.hear(), "ok")
            large = self.path("large")
            with open(large, "wb") as file:
                file.write(bytes(range(11, 250)) * 70_300)
            copy = self.path("copy")
            left.tell(f"send channel=c file={large}")
            size = os.path.getsize(large)
            self.assertGreater(size, 1 << 24)
            self.assertEqual(right.ask(f"receive channel=c file={copy}"), f"ok length={size}")
            self.assertEqual(left.hear(), "ok")
            with open(large, "rb") as sent, open(copy, "rb") as received:
                self.assertEqual(sent.read(), received.read())
            for child in (left, right):
                self.assertLess(child.peak("VmHWM"), 200_000_000, framing)
                self.assertEqual(child.end(), 0)

    def test_python_itself_is_a_peer_of_the_multiprocessing_framing(self):
        child, peer = self.accepted("multiprocessing", 1 << 20)
        connection = multiprocessing.connection.Connection(peer.detach())
        self.addCleanup(connection.close)
        for message in (b"", b"hello", b"x" * 100_000):
            connection.send_bytes(message)
            self.assertEqual(child.ask("receive channel=c"), "ok payload=" + message.hex())
        child.tell("send channel=c payload=" + "79" * 100_000)
        self.assertEqual(connection.recv_bytes(), b"y" * 100_000)
        self.assertEqual(child.hear(), "ok")

    def test_a_message_in_a_file_obeys_the_rules_of_files(self):
        left, right = self.unix_pair()
        self.assert_kind(left.ask(f"send channel=c file={self.path('none')}"), "missing")
        self.assert_kind(left.ask(f"send channel=c file={self.folder}"), "usage")
        self.assert_kind(left.ask("send channel=c file="), "usage")
        os.mkfifo(self.path("fifo"))
        self.assert_kind(left.ask(f"send channel=c file={self.path('fifo')}"), "usage")
        large = self.path("large")
        with open(large, "wb") as file:
            file.truncate(1 << 40)
        self.assert_kind(left.ask(f"send channel=c file={large}"), "too-large")
        self.assertEqual(left.ask("send channel=c payload=6869"), "ok")
        self.assert_kind(right.ask(f"receive channel=c file={self.folder}"), "usage")
        copy = self.path("copy")
        with open(copy, "wb") as file:
            file.write(b"longer than the message")
        self.assertEqual(right.ask(f"receive channel=c file={copy}"), "ok length=2")
        with open(copy, "rb") as file:
            self.assertEqual(file.read(), b"hi")

    def test_a_message_too_long_for_a_reply_can_be_had_as_a_file(self):
        left, right = self.unix_pair(limit=1 << 20)
        with open(self.path("large"), "wb") as file:
            file.write(b"x" * 131_067)
        left.tell(f"send channel=c file={self.path('large')}")
        self.assert_kind(right.ask("receive channel=c"), "usage")
        reply = right.ask(f"receive channel=c file={self.path('copy')}")
        self.assertEqual(reply, "ok length=131067")
        self.assertEqual(left.hear(), "ok")
        left.tell("send channel=c payload=" + "78" * 131_050)
        self.assertEqual(right.ask("receive channel=c"), "ok payload=" + "78" * 131_050)

    def test_what_cannot_be_sent_is_refused_and_nothing_is_sent(self):
        left, right = self.unix_pair(limit=3)
        self.assert_kind(left.ask("send channel=c payload=610a62"), "malformed")
        self.assert_kind(left.ask("send channel=c payload=61626364"), "too-large")
        self.assertEqual(left.ask("send channel=c payload=6f6b"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok payload=6f6b")

    def test_the_end_is_told_every_time_and_truncation_is_an_error(self):
        child, peer = self.accepted()
        peer.sendall(b"one\ntwo\n")
        peer.shutdown(socket.SHUT_WR)
        for payload in (b"one", b"two"):
            self.assertEqual(child.ask("receive channel=c"), "ok payload=" + payload.hex())
        for _ in range(3):
            self.assertEqual(child.ask("receive channel=c"), "ok end=true")
        self.assertEqual(child.ask("send channel=c payload=61"), "ok")
        self.assertEqual(peer.recv(10), b"a\n")
        child.ask("close channel=c")
        for framing, wire, kind in [
            ("line", b"one", "truncated"),
            ("multiprocessing", b"\0\0\0\x05hell", "truncated"),
            ("u32le", b"\xff\xff\xff\xff", "too-large"),
            ("netstring", b"x", "malformed"),
        ]:
            child, peer = self.accepted(framing)
            peer.sendall(wire)
            peer.close()
            self.assert_kind(child.ask("receive channel=c"), kind)
            self.assertEqual(child.ask("close channel=c"), "ok")

    def test_a_half_closed_channel_still_receives(self):
        left, right = self.unix_pair()
        self.assertEqual(left.ask("close channel=c how=write"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok end=true")
        self.assertEqual(right.ask("send channel=c payload=61"), "ok")
        self.assertEqual(left.ask("receive channel=c"), "ok payload=61")
        self.assert_kind(left.ask("send channel=c payload=61"), "closed")
        self.assert_kind(left.ask("close channel=c how=read"), "usage")

    def test_a_peer_that_is_gone_is_closed_and_one_with_unread_data_is_reset(self):
        child, peer = self.accepted()
        peer.close()
        self.assert_kind(child.ask("send channel=c payload=61"), "closed")
        self.assertEqual(child.ask("receive channel=c"), "ok end=true")
        child.ask("reset")
        child, peer = self.accepted()
        self.assertEqual(child.ask("send channel=c payload=61"), "ok")
        peer.close()
        self.assert_kind(child.ask("receive channel=c"), "reset")

    def test_echo_and_ping(self):
        left, right = self.unix_pair("varint")
        right.tell("echo channel=c count=100")
        reply = left.ask("ping channel=c count=100 size=64")
        self.assertRegex(reply, r"^ok nanoseconds=[1-9][0-9]*$")
        self.assertEqual(right.hear(), "ok")
        for values in ("count=0 size=1", "count=10000001 size=1", "count=1 size=-1"):
            self.assert_kind(left.ask("ping channel=c " + values), "usage")
        self.assert_kind(left.ask("ping channel=c count=1 size=1001"), "too-large")
        right.tell("echo channel=c count=2")
        left.ask("send channel=c payload=61")
        self.assertEqual(left.ask("receive channel=c"), "ok payload=61")
        left.ask("close channel=c how=write")
        self.assert_kind(right.hear(), "closed")


class SocketTests(EndpointTests):
    def test_verbs_before_accept_and_on_the_wrong_side_are_usage(self):
        child = self.child()
        listen = f"open channel=c transport=unix role=listen framing=line address={self.path('s')}"
        self.assertEqual(child.ask(listen), "ok")
        self.assert_kind(child.ask(listen), "usage")
        for command in (
            "send channel=c payload=61",
            "receive channel=c",
            "close channel=c how=write",
        ):
            self.assert_kind(child.ask(command), "usage")
        other = listen.replace("=c ", "=d ").replace("listen", "connect")
        self.assertEqual(child.ask(other), "ok")
        self.assert_kind(child.ask("accept channel=d"), "usage")
        self.assertEqual(child.ask("accept channel=c"), "ok")
        self.assert_kind(child.ask("accept channel=c"), "usage")
        self.assertEqual(child.ask("send channel=c payload=61"), "ok")
        self.assertEqual(child.ask("receive channel=d"), "ok payload=61")

    def test_the_socket_file_goes_with_the_listener(self):
        for transport, framing in (("unix", "line"), ("unix-seqpacket", "none")):
            child = self.child()
            address = self.path("s")
            command = f"open channel=c transport={transport} role=listen framing={framing}"
            for ending in ("close channel=c", "reset"):
                self.assertEqual(child.ask(f"{command} address={address}"), "ok")
                self.assertTrue(stat.S_ISSOCK(os.stat(address).st_mode))
                self.assertEqual(child.ask(ending), "ok")
                self.assertFalse(os.path.lexists(address), ending)
            self.assertEqual(child.ask(f"{command} address={address}"), "ok")
            self.assertEqual(child.end(), 0)
            self.assertFalse(os.path.lexists(address))

    def test_a_file_that_took_the_place_of_the_socket_is_left_alone(self):
        child = self.child()
        address = self.path("s")
        command = f"open channel=c transport=unix role=listen framing=line address={address}"
        self.assertEqual(child.ask(command), "ok")
        os.rename(address, self.path("moved"))
        with open(address, "w") as file:
            file.write("mine")
        self.assertEqual(child.ask("reset"), "ok")
        with open(address) as file:
            self.assertEqual(file.read(), "mine")

    def test_a_stale_socket_is_replaced_and_anything_else_is_exists(self):
        child = self.child()
        address = self.path("s")
        for transport, framing, kind, other in [
            ("unix", "line", socket.SOCK_STREAM, socket.SOCK_SEQPACKET),
            ("unix-seqpacket", "none", socket.SOCK_SEQPACKET, socket.SOCK_STREAM),
        ]:
            command = f"open channel=c transport={transport} role=listen framing={framing}"
            command += f" address={address}"
            with socket.socket(socket.AF_UNIX, kind) as crashed:
                crashed.bind(address)
            self.assertEqual(child.ask(command), "ok")
            child.ask("reset")
            for live in (kind, other):
                with socket.socket(socket.AF_UNIX, live) as listener:
                    listener.bind(address)
                    listener.listen(0)
                    self.assert_kind(child.ask(command), "exists")
                    listener.setblocking(False)
                    with self.assertRaises(BlockingIOError):  # It has noticed nothing.
                        listener.accept()
                os.unlink(address)
            with open(address, "w"):
                pass
            self.assert_kind(child.ask(command), "exists")
            os.unlink(address)
            os.symlink("nowhere", address)
            self.assert_kind(child.ask(command), "exists")
            os.unlink(address)

    def test_connecting_to_nobody_is_missing_or_refused(self):
        child = self.child()
        command = "open channel=c transport=unix role=connect framing=line address="
        self.assert_kind(child.ask(command + self.path("none")), "missing")
        self.assert_kind(child.ask(command + self.path("none/s")), "missing")
        with open(self.path("file"), "w"):
            pass
        self.assert_kind(child.ask(command + self.path("file")), "refused")
        self.assert_kind(child.ask(command + self.path("file/s")), "missing")
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path("stale"))
        self.assert_kind(child.ask(command + self.path("stale")), "refused")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as other:
            other.bind(self.path("other"))
            other.listen()
            self.assert_kind(child.ask(command + self.path("other")), "refused")

    def test_a_path_of_107_bytes_works_and_a_longer_one_is_usage(self):
        child = self.child()
        longest = self.path("").ljust(addresses.LONGEST_PATH, "x")
        command = "open channel=c transport=unix role=listen framing=line address="
        self.assertEqual(child.ask(command + longest), "ok")
        self.assertEqual(os.listdir(self.folder), [os.path.basename(longest)])
        child.ask("reset")
        for role in ("listen", "connect"):
            self.assert_kind(child.ask(command.replace("listen", role) + longest + "x"), "usage")

    def test_a_dotnet_pipe_is_a_socket_at_the_path_that_dotnet_chooses(self):
        command = "open channel=c transport=dotnet-pipe framing=u32le role="
        for folder in (self.folder, self.path("")):
            left, right = (self.child(env={"TMPDIR": folder}) for _ in range(2))
            self.assert_kind(right.ask(f"{command}connect address=the%20pipe"), "missing")
            self.assertEqual(left.ask(f"{command}listen address=the%20pipe"), "ok")
            self.assertEqual(os.listdir(self.folder), ["CoreFxPipe_the pipe"])
            self.assert_kind(right.ask(f"{command}listen address=the%20pipe"), "exists")
            path = self.path("CoreFxPipe_the%20pipe")
            self.assertEqual(right.ask(f"{command}connect address={path}"), "ok")
            self.assertEqual(left.ask("accept channel=c"), "ok")
            self.assertEqual(right.ask("send channel=c payload=61"), "ok")
            self.assertEqual(left.ask("receive channel=c"), "ok payload=61")
            self.assert_kind(left.ask("close channel=c how=write"), "unsupported")
            self.assertEqual(left.ask("close channel=c"), "ok")
            self.assertEqual(os.listdir(self.folder), [])
        for name in ("", "a/b", "anonymous", "Anonymous", "ANONYMOUS", "x" * 107):
            self.assert_kind(left.ask(f"{command}listen address={name}"), "usage")
        self.assert_kind(left.ask(f"{command}read address=x"), "unsupported")

    @unittest.skipIf(os.geteuid() == 0, "nothing is denied to root")
    def test_a_folder_without_permission_is_denied(self):
        os.chmod(self.folder, 0o500)
        child = self.child()
        command = "open channel=c transport=unix role=listen framing=line address="
        self.assert_kind(child.ask(command + self.path("s")), "denied")

    def test_a_read_only_folder_of_the_system_is_denied(self):
        child = self.child()
        command = "open channel=c transport=file-slot role=write framing=none address="
        self.assertRegex(child.ask(command + "/proc/sys/none"), "kind=(denied|missing)")
        self.assert_kind(child.ask(command + "/sys/none"), "denied")

    @unittest.skipUnless(transports.LINUX, "Linux only")
    def test_abstract_names_are_exact(self):
        child = self.child()
        name = f"parley-test-{os.getpid()}"
        command = "open channel=c transport=unix-abstract framing=line"
        self.assertEqual(child.ask(f"{command} role=listen address=@{name}"), "ok")
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(b"\0" + name.encode())
            self.assertEqual(child.ask("accept channel=c"), "ok")
        other = command.replace("=c ", "=d ")
        self.assert_kind(child.ask(f"{other} role=listen address=@{name}"), "exists")
        self.assert_kind(child.ask(f"{other} role=connect address=@{name}%00"), "refused")
        for address in ("", "@", name, "@" + "x" * 108):
            self.assert_kind(child.ask(f"{other} role=connect address={address}"), "usage")
        child.ask("reset")
        self.assert_kind(child.ask(f"{other} role=connect address=@{name}"), "refused")

    def test_tcp_tells_the_port_that_the_system_chose(self):
        child, peer = self.child(), self.child()
        command = "open channel=c transport=tcp framing=multiprocessing role="
        reply = child.ask(command + "listen address=127.0.0.1:0")
        self.assertRegex(reply, r"^ok address=127\.0\.0\.1:[1-9][0-9]*$")
        address = reply.split("=")[1]
        self.assert_kind(peer.ask(f"{command}listen address={address}"), "exists")
        self.assertEqual(peer.ask(f"{command}connect address={address}"), "ok")
        self.assertEqual(child.ask("accept channel=c"), "ok")
        self.assertEqual(peer.ask("send channel=c payload=61"), "ok")
        self.assertEqual(child.ask("receive channel=c"), "ok payload=61")
        peer.ask("reset")
        self.assertEqual(child.ask("receive channel=c"), "ok end=true")
        child.ask("reset")
        self.assert_kind(peer.ask(f"{command}connect address={address}"), "refused")
        # The port is free again although the old connection is in TIME_WAIT.
        self.assertEqual(peer.ask(f"{command}listen address={address}"), "ok")
        for wrong in ("0.0.0.0:1", "localhost:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536"):
            self.assert_kind(child.ask(f"{command}listen address={wrong}"), "usage")
        for port in ("+0", "-0", "00", "08080", "%20", "%D9%A1", "1_0"):
            self.assert_kind(child.ask(f"{command}listen address=127.0.0.1:{port}"), "usage")
        self.assert_kind(child.ask(f"{command}connect address=127.0.0.1:0"), "usage")

    def test_packets_keep_their_bounds(self):
        left, right = self.child(), self.child()
        command = f"open channel=c transport=unix-seqpacket framing=none address={self.path('s')}"
        self.assertEqual(left.ask(command + " role=listen"), "ok")
        self.assertEqual(right.ask(command + " role=connect limit=100000"), "ok")
        self.assertEqual(left.ask("accept channel=c"), "ok")
        for payload in ("61", "62" * 100_000, "630a00"):
            self.assertEqual(left.ask(f"send channel=c payload={payload}"), "ok")
        for payload in ("61", "62" * 100_000, "630a00"):
            self.assertEqual(right.ask("receive channel=c"), f"ok payload={payload}")
        self.assert_kind(left.ask("send channel=c payload="), "malformed")
        with open(self.path("large"), "wb") as file:
            file.truncate(4 << 20)
        self.assert_kind(left.ask(f"send channel=c file={self.path('large')}"), "too-large")
        self.assert_kind(right.ask("send channel=c payload=" + "61" * 100_001), "too-large")
        self.assertEqual(left.ask("send channel=c payload=" + "61" * 100_001), "ok")
        self.assert_kind(right.ask("receive channel=c"), "too-large")
        self.assertEqual(right.ask("close channel=c how=write"), "ok")
        self.assertEqual(left.ask("receive channel=c"), "ok end=true")
        self.assertEqual(left.ask("receive channel=c"), "ok end=true")

    def test_no_descriptors_left_is_internal_and_passes(self):
        def few_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))

        child = self.child(preexec_fn=few_descriptors)
        child.ask("hello")  # Or it may still be starting.
        before = child.descriptors()
        command = "open channel={} transport=tcp role=listen framing=line address=127.0.0.1:0"
        replies = [child.ask(command.format(f"c{index}")) for index in range(8)]
        self.assert_kind(replies[-1], "internal")
        self.assertIn("EMFILE", replies[-1])
        self.assertEqual(child.ask("reset"), "ok")
        self.assertEqual(child.descriptors(), before)
        self.assertTrue(child.ask(command.format("c")).startswith("ok"))


class OneWayTests(EndpointTests):
    def test_a_fifo_goes_one_way_and_its_end_stays_the_end(self):
        reader, writer = self.child(), self.child()
        address = self.path("fifo")
        os.mkfifo(address)
        command = f"open channel=c transport=fifo framing=netstring address={address} role="
        reader.tell(command + "read")
        self.assertEqual(writer.ask(command + "write"), "ok")
        self.assertEqual(reader.hear(), "ok")
        self.assertEqual(writer.ask("send channel=c payload=61"), "ok")
        self.assertEqual(reader.ask("receive channel=c"), "ok payload=61")
        self.assert_kind(writer.ask("close channel=c how=write"), "unsupported")
        self.assert_kind(writer.ask("receive channel=c"), "usage")
        self.assert_kind(reader.ask("send channel=c payload=61"), "usage")
        self.assert_kind(reader.ask("echo channel=c count=1"), "usage")
        self.assertEqual(writer.ask("close channel=c"), "ok")
        self.assertEqual(reader.ask("receive channel=c"), "ok end=true")
        self.assertEqual(writer.ask(command + "write"), "ok")
        self.assertEqual(writer.ask("send channel=c payload=62"), "ok")
        self.assertEqual(reader.ask("receive channel=c"), "ok end=true")
        self.assertEqual(reader.ask("close channel=c"), "ok")
        self.assert_kind(writer.ask("send channel=c payload=62"), "closed")
        self.assertTrue(os.path.exists(address))

    def test_what_is_no_fifo_is_usage_and_nothing_is_missing(self):
        child = self.child()
        with open(self.path("file"), "w") as file:
            file.write("kept")
        command = "open channel=c transport=fifo framing=line role=write address="
        self.assert_kind(child.ask(command + self.path("file")), "usage")
        self.assert_kind(child.ask(command + self.folder), "usage")
        self.assert_kind(child.ask(command + self.path("none")), "missing")
        self.assert_kind(child.ask(command + self.path("x" * 300)), "usage")
        self.assertEqual(os.path.getsize(self.path("file")), 4)

    def test_an_inherited_pipe_belongs_to_the_channel(self):
        read_end, write_end = os.pipe()
        child = self.child(pass_fds=(read_end,))
        os.close(read_end)
        self.addCleanup(os.close, write_end)
        name = str(read_end)
        command = f"open channel=c transport=pipe role=read framing=line address={name}"
        self.assertEqual(child.ask(command), "ok")
        os.write(write_end, b"one\nt")
        self.assertEqual(child.ask("receive channel=c"), "ok payload=" + b"one".hex())
        self.assert_kind(child.ask("close channel=c how=write"), "unsupported")
        self.assertEqual(child.ask("close channel=c"), "ok")
        self.assertNotIn(name, dict(child.descriptors()))
        self.assert_kind(child.ask(command), "missing")
        with self.assertRaises(BrokenPipeError):
            os.write(write_end, b"wo\n")

    def test_numbers_that_are_no_descriptor(self):
        child = self.child()
        command = "open channel=c role=write framing=line transport="
        for transport in ("pipe", "socketpair"):
            for number in ("0", "1", "2", "01", "x", "-1", "", "3.0", "%D9%A3", "+3", "003", "3_0", "%203"):
                self.assert_kind(child.ask(f"{command}{transport} address={number}"), "usage")
            for number in ("2147483648", "4294967299", "99999999999", "9" * 5000):
                self.assert_kind(child.ask(f"{command}{transport} address={number}"), "usage")
            for number in ("3", "999", "2147483647"):
                self.assert_kind(child.ask(f"{command}{transport} address={number}"), "missing")

    def test_a_descriptor_of_another_kind_is_usage_and_stays_open(self):
        read_end, write_end = os.pipe()
        packets, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        numbers = (read_end, write_end, packets.fileno())
        child = self.child(pass_fds=numbers)
        for transport, role, number in (
            ("pipe", "write", read_end),
            ("pipe", "read", write_end),
            ("pipe", "read", packets.fileno()),
            ("socketpair", "read", read_end),
            ("socketpair", "read", packets.fileno()),
        ):
            command = f"open channel=c transport={transport} role={role} framing=line"
            self.assert_kind(child.ask(f"{command} address={number}"), "usage")
        self.assertLessEqual({str(number) for number in numbers}, set(dict(child.descriptors())))
        for descriptor in (read_end, write_end):
            os.close(descriptor)
        packets.close()
        other.close()

    def test_a_non_blocking_pipe_is_made_blocking(self):
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        os.set_blocking(write_end, False)
        child = self.child(pass_fds=(write_end,))
        os.close(write_end)
        command = f"open channel=c transport=pipe role=write framing=line address={write_end}"
        self.assertEqual(child.ask(command), "ok")
        child.tell("send channel=c payload=" + "61" * 131_000)
        received = 0
        while received < 131_001:
            received += len(os.read(read_end, 1 << 20))
        self.assertEqual(child.hear(), "ok")

    def test_both_sides_of_a_socket_pair_send_and_receive(self):
        left, right = socket.socketpair()
        self.addCleanup(right.close)
        child = self.child(pass_fds=(left.fileno(),))
        command = f"open channel=c transport=socketpair role=read framing=line address={left.fileno()}"
        left.close()
        self.assertEqual(child.ask(command), "ok")
        right.sendall(b"one\n")
        self.assertEqual(child.ask("receive channel=c"), "ok payload=" + b"one".hex())
        self.assertEqual(child.ask("send channel=c payload=61"), "ok")
        self.assertEqual(right.recv(10), b"a\n")
        self.assertEqual(child.ask("close channel=c how=write"), "ok")
        self.assertEqual(right.recv(10), b"")
        self.assertEqual(child.ask("reset"), "ok")
        with self.assertRaises(BrokenPipeError):
            right.send(b"x")


class SlotTests(EndpointTests):
    def slot(self, role: str, name: str = "s") -> str:
        return f"transport=file-slot role={role} framing=none address={self.path(name)}"

    def content(self) -> bytes:
        with open(self.path("s"), "rb") as file:
            return file.read()

    def test_the_last_text_is_read_every_time(self):
        writer, reader = self.child(), self.child()
        self.assert_kind(reader.ask("open channel=c " + self.slot("read")), "missing")
        self.assertEqual(writer.ask("open channel=c " + self.slot("write")), "ok")
        self.assertEqual(self.content(), bytes(1024))
        self.assertEqual(reader.ask("open channel=c " + self.slot("read")), "ok")
        self.assertEqual(reader.ask("receive channel=c"), "ok payload=")
        for text in (b"a longer text", b"short", b"x" * 1024, b"y" * 1023, b""):
            self.assertEqual(writer.ask("send channel=c payload=" + text.hex()), "ok")
            self.assertEqual(self.content(), text.ljust(1024, b"\0"))
            for _ in range(2):
                self.assertEqual(reader.ask("receive channel=c"), "ok payload=" + text.hex())

    def test_what_does_not_fit_leaves_the_file_as_it_was(self):
        writer = self.child()
        self.assertEqual(writer.ask("open channel=c limit=2000 " + self.slot("write")), "ok")
        self.assertEqual(writer.ask("send channel=c payload=6f6b"), "ok")
        before = self.content()
        self.assert_kind(writer.ask("send channel=c payload=" + "61" * 1025), "too-large")
        self.assert_kind(writer.ask("send channel=c payload=610061"), "malformed")
        self.assert_kind(writer.ask("receive channel=c"), "usage")
        self.assert_kind(writer.ask("close channel=c how=write"), "unsupported")
        self.assertEqual(self.content(), before)

    def test_a_short_file_is_extended_by_the_writer_and_malformed_for_the_reader(self):
        child = self.child()
        with open(self.path("s"), "wb") as file:
            file.write(b"old text")
        self.assert_kind(child.ask("open channel=c " + self.slot("read")), "malformed")
        self.assertEqual(child.ask("open channel=c " + self.slot("write")), "ok")
        self.assertEqual(self.content(), b"old text".ljust(1024, b"\0"))
        self.assertEqual(child.ask("open channel=d " + self.slot("read")), "ok")
        self.assertEqual(child.ask("receive channel=d"), "ok payload=" + b"old text".hex())
        os.truncate(self.path("s"), 0)  # Without a check the next access would be a SIGBUS.
        self.assert_kind(child.ask("receive channel=d"), "truncated")
        self.assert_kind(child.ask("send channel=c payload=61"), "truncated")

    def test_bytes_behind_the_slot_are_left_alone(self):
        child = self.child()
        with open(self.path("s"), "wb") as file:
            file.write(b"x" * 3000)
        self.assertEqual(child.ask("open channel=c " + self.slot("write")), "ok")
        self.assertEqual(child.ask("send channel=c payload=61"), "ok")
        self.assertEqual(self.content(), b"a".ljust(1024, b"\0") + b"x" * 1976)

    def test_what_is_no_regular_file_is_usage(self):
        child = self.child()
        os.mkfifo(self.path("fifo"))
        for role in ("read", "write"):
            self.assert_kind(child.ask("open channel=c " + self.slot(role, "fifo")), "usage")
            self.assert_kind(child.ask("open channel=c " + self.slot(role, ".")), "usage")
            self.assert_kind(child.ask("open channel=c " + self.slot(role, "none/s")), "missing")


class ResetTests(EndpointTests):
    def test_reset_leaves_no_descriptor_and_no_file(self):
        left, right = self.child(), self.child()
        left.ask("hello")
        right.ask("hello")
        before = left.descriptors(), right.descriptors()
        os.mkfifo(self.path("fifo"))
        for round_number in range(2):
            for index, (transport, framing, address) in enumerate(
                [
                    ("unix", "line", self.path("unix")),
                    ("unix-seqpacket", "none", self.path("seqpacket")),
                    ("unix-abstract", "varint", f"@parley-reset-{os.getpid()}-{round_number}"),
                    ("tcp", "u32le", "127.0.0.1:0"),
                ]
            ):
                command = f"open channel=c{index} transport={transport} framing={framing} role="
                reply = left.ask(f"{command}listen address={address}")
                if transport == "tcp":
                    address = reply.split("=")[1]
                self.assertEqual(right.ask(f"{command}connect address={address}"), "ok")
                if transport != "unix-abstract":  # One peer is never accepted.
                    self.assertEqual(left.ask(f"accept channel=c{index}"), "ok")
            fifo = f"open channel=f transport=fifo framing=line address={self.path('fifo')} role="
            left.tell(fifo + "read")
            self.assertEqual(right.ask(fifo + "write"), "ok")
            self.assertEqual(left.hear(), "ok")
            slot = f"open channel=s transport=file-slot framing=none address={self.path('s')} role="
            for child, role in ((left, "write"), (right, "read")):
                self.assertEqual(child.ask(slot + role), "ok")
            self.assert_kind(left.ask(slot.replace("=s ", "=t ") + "x"), "unsupported")
            self.assertGreater(len(left.descriptors()), len(before[0]) + 7)
            for child in (left, right):
                self.assertEqual(child.ask("reset"), "ok")
            self.assertEqual((left.descriptors(), right.descriptors()), before)
            for child in (left, right):
                with open(f"/proc/{child.process.pid}/maps") as maps:
                    self.assertNotIn(self.folder, maps.read())
            self.assertEqual(sorted(os.listdir(self.folder)), ["fifo", "s"])
        self.assertEqual(left.end(), 0)

    def test_a_failed_open_leaves_no_descriptor(self):
        child = self.child()
        child.ask("hello")  # Or it may still be starting.
        before = child.descriptors()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("live"))
            listener.listen()
            for command in (
                f"transport=unix framing=line role=listen address={self.path('live')}",
                f"transport=unix framing=line role=connect address={self.path('none')}",
                f"transport=unix framing=line role=listen address={self.path('none/s')}",
                "transport=tcp framing=line role=connect address=127.0.0.1:1",
                f"transport=file-slot framing=none role=read address={self.path('none')}",
            ):
                self.assertTrue(child.ask("open channel=c " + command).startswith("error"), command)
                self.assertEqual(child.descriptors(), before)

    def test_an_error_of_the_program_is_internal_and_the_session_lives_on(self):
        session = endpoint.Session()
        session.channels["c"] = None
        reply = session.answer(b"close channel=c")
        self.assertTrue(reply.startswith(b"error kind=usage"))
        session.channels["c"] = 1
        reply = session.answer(b"receive channel=c")
        self.assert_kind(reply.decode()[:-1], "internal")
        self.assertTrue(session.answer(b"hello").startswith(b"ok "))


if __name__ == "__main__":
    unittest.main()
