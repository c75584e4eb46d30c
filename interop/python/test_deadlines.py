"""Tests of the timeouts of accept and receive.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import os
import pickle
import socket
import struct
import unittest

import deadlines
import transports
from faults import Fault
from test_multiprocessing import SpawnQueueCase

RECEIVE = "receive channel=c timeout=20"


class TimeoutTests(SpawnQueueCase):
    def test_hello_declares_it_and_its_form_is_checked(self):
        child = self.child()
        self.assertIn(",timeout", child.ask("hello"))
        for verb in ("accept", "receive"):
            for text in ("", "-1", "+1", "01", "00", "86400001", "1.0", "x", "%D9%A1", "1_0", "99999999999"):
                self.assert_kind(child.ask(f"{verb} channel=c timeout={text}"), "usage")
        command = f"open channel=c transport=unix role=listen address={self.path('s')} framing=line"
        self.assertEqual(child.ask(command), "ok")
        self.assert_kind(child.ask("receive channel=c timeout=1"), "usage")

    def test_accept(self):
        for transport, framing in (
            ("unix", "line"),
            ("unix-seqpacket", "none"),
            ("dotnet-pipe", "line"),
            ("tcp", "line"),
        ):
            child, path = self.child(), self.path(transport)
            address = "127.0.0.1:0" if transport == "tcp" else path
            reply = child.ask(f"open channel=c transport={transport} role=listen address={address} framing={framing}")
            for milliseconds in (0, 20):
                self.assert_kind(child.ask(f"accept channel=c timeout={milliseconds}"), "timeout")
            if transport == "tcp":
                peer = socket.create_connection(("127.0.0.1", int(reply.rpartition(":")[2])))
            else:
                peer = socket.socket(socket.AF_UNIX, transports.unix_socket_type(transport))
                peer.connect(path)
            with peer:
                self.assertEqual(child.ask("accept channel=c timeout=10000"), "ok")
                self.assert_kind(child.ask(RECEIVE), "timeout")
                # Not only for so long as the accept was allowed to wait: the connection blocks.
                child.tell("receive channel=c")
                peer.send(b"a\n")
                self.assertTrue(child.hear().startswith("ok payload=61"))

    def test_a_handshake_keeps_its_own_time(self):
        child, path = self.child(), self.path("s")
        command = f"open channel=c transport=unix role=listen address={path} framing=multiprocessing authkey=61"
        self.assertEqual(child.ask(command), "ok")
        self.assert_kind(child.ask("accept channel=c timeout=20"), "timeout")
        other = self.child()
        other.tell(command.replace("role=listen", "role=connect"))
        self.assertEqual(child.ask("accept channel=c timeout=10000"), "ok")
        self.assertEqual(other.hear(), "ok")

    def test_a_part_of_a_frame_is_kept(self):
        long = b"x" * 100_000
        for framing, wire in {
            "multiprocessing": struct.pack(">i", len(long)) + long,
            "u32le": struct.pack("<I", len(long)) + long,
            "line": long + b"\n",
            "netstring": b"100000:" + long + b",",
            "varint": b"\xa0\x8d\x06" + long,
            "content-length": b"Content-Length: 100000\r\n\r\n" + long,
        }.items():
            with self.subTest(framing):
                child, peer = self.accepted(framing, 1 << 20)
                sent = 0
                for part in (2, 70_000, len(wire) - 1):
                    peer.sendall(wire[sent:part])
                    sent = part
                    self.assert_kind(child.ask(RECEIVE), "timeout")
                    self.assert_kind(child.ask("receive channel=c timeout=0"), "timeout")
                peer.sendall(wire[sent:] + wire[:1])
                self.assertEqual(child.ask("receive channel=c timeout=10000"), "ok payload=" + long.hex())
                peer.close()
                self.assert_kind(child.ask("receive channel=c timeout=10000"), "truncated")
                os.unlink(self.path("accepted"))

    def test_what_is_there_already_comes_without_waiting(self):
        child, peer = self.accepted("line", 1 << 20)
        peer.sendall(b"a\nb\n" + b"c" * 90_000 + b"\n")
        for payload in ("61", "62", "63" * 90_000):
            self.assertEqual(child.ask("receive channel=c timeout=0"), "ok payload=" + payload)
        peer.close()
        for _ in range(2):
            self.assertEqual(child.ask("receive channel=c timeout=0"), "ok end=true")

    def test_one_way_transports(self):
        os.mkfifo(self.path("fifo"))
        read_end, write_end = os.pipe()
        left, right = socket.socketpair()
        child = self.child(pass_fds=(read_end, left.fileno()))
        child.tell(f"open channel=f transport=fifo role=read address={self.path('fifo')} framing=line")
        writer = os.open(self.path("fifo"), os.O_WRONLY)
        self.assertEqual(child.hear(), "ok")
        for command in (
            f"open channel=p transport=pipe role=read address={read_end} framing=line",
            f"open channel=s transport=socketpair role=read address={left.fileno()} framing=line",
            f"open channel=d transport=unix-datagram role=listen address={self.path('d')} framing=none",
        ):
            self.assertEqual(child.ask(command), "ok")
        os.close(read_end)
        left.close()
        datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        datagrams.connect(self.path("d"))
        for name, send in (
            ("f", lambda data: os.write(writer, data)),
            ("p", lambda data: os.write(write_end, data)),
            ("s", right.sendall),
            ("d", datagrams.send),
        ):
            self.assert_kind(child.ask(f"receive channel={name} timeout=20"), "timeout")
            send(b"hi\n")
            self.assertTrue(child.ask(f"receive channel={name} timeout=10000").startswith("ok payload=6869"))
        os.close(writer)
        os.close(write_end)
        right.close()
        datagrams.close()
        for name in "fps":
            self.assertEqual(child.ask(f"receive channel={name} timeout=0"), "ok end=true")
        self.assert_kind(child.ask("receive channel=d timeout=0"), "timeout")

    def test_packets(self):
        child = self.child()
        command = f"open channel=c transport=unix-seqpacket role=listen address={self.path('s')} framing=none"
        self.assertEqual(child.ask(command), "ok")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as peer:
            peer.connect(self.path("s"))
            self.assertEqual(child.ask("accept channel=c timeout=10000"), "ok")
            self.assert_kind(child.ask(RECEIVE), "timeout")
            peer.send(b"one")
            self.assertEqual(child.ask(RECEIVE), "ok payload=" + b"one".hex())
        self.assertEqual(child.ask(RECEIVE), "ok end=true")

    @unittest.skipUnless("file-cell" in transports.ROLES, "a cell needs a processor that keeps the order of stores")
    def test_mapped_memory(self):
        writer, reader = self.child(), self.child()
        for transport, options in (("file-cell", ""), ("file-slot", ""), ("shared-memory", "size=2")):
            name = f"/parley-deadline-{os.getpid()}" if options else self.path(transport)
            command = f"open channel=c transport={transport} framing=none address={name} role="
            self.assertEqual(writer.ask(f"{command}write {options}".strip()), "ok")
            self.assertEqual(reader.ask(command + "read"), "ok")
            if transport == "file-cell":
                self.assert_kind(reader.ask(RECEIVE), "timeout")
                self.assert_kind(reader.ask("receive channel=c timeout=0"), "timeout")
            self.assertEqual(writer.ask("send channel=c payload=6869"), "ok")
            self.assertEqual(reader.ask("receive channel=c timeout=0"), "ok payload=6869")
            for child in (writer, reader):
                self.assertEqual(child.ask("close channel=c"), "ok")

    def test_a_shared_queue_is_empty(self):
        child = self.child()
        command = f"open channel=c transport=manager-queue role=listen address={self.path('s')}"
        self.assertEqual(child.ask(f"{command} framing=multiprocessing authkey=61"), "ok")
        self.assertEqual(child.ask(RECEIVE), "ok empty=true")
        self.assert_kind(child.ask("accept channel=c timeout=1"), "usage")

    def test_a_queue_from_outside_keeps_the_lock_with_a_part_and_no_longer(self):
        reader, writer, lock = self.start("simple")[:3]
        does = self.python_does
        child = self.child()
        folder = f"/proc/{self.python.pid}/fd"
        command = f"open channel=c transport=spawn-queue role=read framing=multiprocessing lock={lock}"
        self.assertEqual(child.ask(f"{command} address={folder}/{reader}"), "ok")
        self.assert_kind(child.ask(RECEIVE), "timeout")
        self.assertEqual([does("acquire read"), does("put 7")], ["done", "done"])
        self.assert_kind(child.ask(RECEIVE), "timeout")  # There is something, but it is not our turn.
        self.assertEqual(does("release read"), "done")
        self.assertEqual(child.ask(RECEIVE + " codec=pickle"), "ok value=int:7")
        message = pickle.dumps([1])
        frame = struct.pack(">i", len(message)) + message
        with open(f"{folder}/{writer}", "wb", buffering=0) as pipe:
            for part in (frame[:3], frame[3:9]):
                pipe.write(part)
                self.assert_kind(child.ask(RECEIVE), "timeout")
            pipe.write(frame[9:])
            self.assertEqual(child.ask(RECEIVE + " codec=pickle"), "ok value=list:1,int:1")
            self.assertEqual([does("acquire read"), does("release read")], ["done", "done"])
            # A reader that goes away in a frame does not take the lock with it.
            pipe.write(frame[:3])
            self.assert_kind(child.ask(RECEIVE), "timeout")
            self.assertEqual(child.ask("close channel=c"), "ok")
            self.assertEqual([does("acquire read"), does("release read")], ["done", "done"])


class DeadlineTests(unittest.TestCase):
    def test_who_goes_on_sending_does_not_prolong_it(self):
        read_end, write_end = os.pipe()
        self.addCleanup(os.close, read_end)
        os.write(write_end, b"x")
        os.close(write_end)
        deadline = deadlines.Deadline(0)
        rounds = 0
        with self.assertRaises(Fault) as caught:
            while rounds < 10_000:
                deadline.wait(read_end)  # There is always something to read.
                rounds += 1
        self.assertEqual(caught.exception.kind, "timeout")
        self.assertGreater(rounds, 10)


class AcceptTests(unittest.TestCase):
    def test_a_peer_that_has_gone_while_it_waited_is_passed_over(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(theirs.close)

        answers = [ConnectionAbortedError(103, "gone"), ConnectionAbortedError(103, "gone"), (ours, "")]

        class Listening:
            def accept(self):
                answer = answers.pop(0)
                if isinstance(answer, Exception):
                    raise answer
                return answer

        with transports.Listener(Listening()).accept() as accepted:
            self.assertIs(accepted, ours)

    def test_a_listener_that_takes_nobody_any_more_is_timeout(self):
        class Connecting(socket.socket):
            def connect(self, address):
                raise BlockingIOError(11, "again")

        before, transports.socket.socket = socket.socket, Connecting
        try:
            with self.assertRaises(TimeoutError):
                transports.connect("unix", "/nowhere")
        finally:
            transports.socket.socket = before


if __name__ == "__main__":
    unittest.main()
