"""Tests of the transport unix-datagram, and of what happens at a path that somebody else has taken.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import os
import shutil
import socket
import stat
import unittest

import transports
from test_endpoint import Child, EndpointTests

STREAM, DATAGRAM, PACKET = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET


def state(path: str) -> tuple[int, ...]:
    """What `lstat` says, without the time of the last access: a mere connect changes that."""
    found = os.lstat(path)
    return found[: stat.ST_ATIME] + found[stat.ST_MTIME :]


class PathTests(EndpointTests):
    """What the Unix transports do about the file that is at their path already."""

    KINDS = (("unix", "line"), ("unix-seqpacket", "none"), ("unix-datagram", "none"), ("dotnet-pipe", "u32le"))

    def commands(self) -> list[str]:
        return [
            f"open channel=c transport={transport} role=listen framing={framing} address={self.path('s')}"
            for transport, framing in self.KINDS
            if transport in transports.ROLES
        ]

    def holder(self, kind: int) -> socket.socket:
        holder = socket.socket(socket.AF_UNIX, kind)
        self.addCleanup(holder.close)
        holder.bind(self.path("s"))
        if kind != DATAGRAM:
            holder.listen(0)
        holder.setblocking(False)
        return holder

    def test_a_stale_file_of_any_kind_of_socket_is_replaced(self):
        child = self.child()
        for command in self.commands():
            for kind in (STREAM, DATAGRAM, PACKET):
                self.holder(kind).close()
                self.assertEqual(child.ask(command), "ok", command)
                self.assertTrue(stat.S_ISSOCK(os.stat(self.path("s")).st_mode))
                self.assertEqual(child.ask("close channel=c"), "ok")
                self.assertEqual(os.listdir(self.folder), [])

    def test_a_living_holder_stays_and_notices_nothing(self):
        child = self.child()
        for command in self.commands():
            for kind in (STREAM, DATAGRAM, PACKET):
                holder = self.holder(kind)
                before = state(self.path("s"))
                for _ in range(3):  # More than its backlog: a probe that connected would wait here.
                    self.assert_kind(child.ask(command), "exists")
                self.assertEqual(state(self.path("s")), before)
                with self.assertRaises(BlockingIOError):
                    holder.recv(1) if kind == DATAGRAM else holder.accept()
                holder.close()
                os.unlink(self.path("s"))

    def test_a_datagram_holder_that_is_connected_elsewhere_is_in_use_too(self):
        child = self.child()
        holder = self.holder(DATAGRAM)
        with socket.socket(socket.AF_UNIX, DATAGRAM) as other:
            other.bind(self.path("other"))
            holder.connect(self.path("other"))  # Now it takes nothing from anybody else: EPERM.
        for command in self.commands():
            self.assert_kind(child.ask(command), "exists")

    def test_a_socket_that_is_bound_and_does_not_listen_is_in_use_too(self):
        child = self.child()
        for kind in (STREAM, PACKET):
            with socket.socket(socket.AF_UNIX, kind) as holder:
                holder.bind(self.path("s"))
                for command in self.commands():
                    self.assert_kind(child.ask(command), "exists")
            os.unlink(self.path("s"))

    def test_what_is_no_socket_is_left_as_it_is(self):
        child = self.child()
        path = self.path("s")

        def write_file() -> None:
            with open(path, "w") as file:
                file.write("mine")

        for make in (
            write_file,
            lambda: os.mkdir(path),
            lambda: os.mkfifo(path),
            lambda: os.symlink("nowhere", path),
        ):
            make()
            before = state(path)
            for command in self.commands():
                self.assert_kind(child.ask(command), "exists")
            self.assertEqual(state(path), before)
            if stat.S_ISREG(before[stat.ST_MODE]):
                with open(path) as file:
                    self.assertEqual(file.read(), "mine")
            os.rmdir(path) if stat.S_ISDIR(before[stat.ST_MODE]) else os.unlink(path)


@unittest.skipUnless("unix-datagram" in transports.ROLES, "Linux only")
class DatagramTests(EndpointTests):
    def command(self, role: str, name: str = "s", channel: str = "c") -> str:
        return f"open channel={channel} transport=unix-datagram role={role} framing=none address={self.path(name)}"

    def pair(self, limit: int = 1 << 20) -> tuple[Child, Child]:
        """A receiver and a sender."""
        receiver, sender = self.child(), self.child()
        self.assertEqual(receiver.ask(f"{self.command('listen')} limit={limit}"), "ok")
        self.assertEqual(sender.ask(self.command("connect")), "ok")
        return receiver, sender

    def test_hello_declares_it(self):
        self.assertRegex(self.child().ask("hello"), " transports=[^ ]*unix-datagram")

    def test_each_send_is_one_message_and_so_is_an_empty_one(self):
        receiver, sender = self.pair()
        payloads = ("61", "", "0a000d", "", "62" * 100_000, "63")
        for payload in payloads:
            self.assertEqual(sender.ask(f"send channel=c payload={payload}"), "ok")
        for payload in payloads:
            self.assertEqual(receiver.ask("receive channel=c"), f"ok payload={payload}")

    def test_on_the_wire_a_message_is_one_datagram_and_nothing_else(self):
        with socket.socket(socket.AF_UNIX, DATAGRAM) as peer:
            peer.bind(self.path("s"))
            sender = self.child()
            self.assertEqual(sender.ask(self.command("connect")), "ok")
            for payload in (b"", b"a\nb", b"x" * 70_000):
                with open(self.path("content"), "wb") as file:
                    file.write(payload)
                self.assertEqual(sender.ask(f"send channel=c file={self.path('content')}"), "ok")
                self.assertEqual(peer.recv(1 << 20), payload)
            peer.setblocking(False)
            with self.assertRaises(BlockingIOError):
                peer.recv(1)

    def test_a_codec_travels_in_a_datagram(self):
        receiver, sender = self.pair()
        self.assertEqual(sender.ask("send channel=c codec=json value=list:2,int:1,null"), "ok")
        self.assertEqual(receiver.ask("receive channel=c codec=json"), "ok value=list:2,int:1,null")

    def test_a_send_waits_while_the_queue_is_full_and_nothing_is_lost(self):
        receiver, sender = self.pair()
        with open("/proc/sys/net/unix/max_dgram_qlen") as file:
            count = 3 * (int(file.read()) + 1)
        sender.tell_bytes(b"".join(b"send channel=c payload=%08x\n" % index for index in range(count)))
        for index in range(count):
            self.assertEqual(receiver.ask("receive channel=c"), f"ok payload={index:08x}")
        self.assertEqual([sender.hear() for _ in range(count)], ["ok"] * count)

    def test_a_send_that_waits_is_refused_when_the_receiver_goes(self):
        with socket.socket(socket.AF_UNIX, DATAGRAM) as peer:
            peer.bind(self.path("s"))
            sender = self.child()
            self.assertEqual(sender.ask(self.command("connect")), "ok")
            with socket.socket(socket.AF_UNIX, DATAGRAM) as other:
                other.setblocking(False)
                with self.assertRaises(BlockingIOError):
                    while True:
                        other.sendto(b"fills the queue", self.path("s"))
            sender.tell("send channel=c payload=61")
        self.assert_kind(sender.hear(), "refused")

    def test_a_receiver_that_is_gone_is_refused_every_time(self):
        receiver, sender = self.pair()
        self.assertEqual(receiver.ask("close channel=c"), "ok")
        for _ in range(3):
            self.assert_kind(sender.ask("send channel=c payload=61"), "refused")
        self.assertEqual(receiver.ask(self.command("listen")), "ok")
        self.assert_kind(sender.ask("send channel=c payload=61"), "refused")
        self.assertEqual(sender.ask("close channel=c"), "ok")
        self.assertEqual(sender.ask(self.command("connect")), "ok")
        self.assertEqual(sender.ask("send channel=c payload=61"), "ok")
        self.assertEqual(receiver.ask("receive channel=c"), "ok payload=61")

    def test_a_sender_that_is_gone_is_not_the_end(self):
        receiver, first = self.pair()
        second = self.child()
        self.assertEqual(second.ask(self.command("connect")), "ok")
        self.assertEqual(first.ask("send channel=c payload=61"), "ok")
        self.assertEqual(first.end(), 0)
        self.assertEqual(receiver.ask("receive channel=c"), "ok payload=61")
        receiver.tell("receive channel=c")
        self.assertEqual(second.ask("send channel=c payload=62"), "ok")
        self.assertEqual(receiver.hear(), "ok payload=62")

    def test_a_datagram_above_the_limit_is_too_large_and_the_next_is_received(self):
        receiver, sender = self.pair(limit=3)
        for payload in ("61616161", "626262", "63" * 100_000, "", "64"):
            self.assertEqual(sender.ask(f"send channel=c payload={payload}"), "ok")
        for expected in (None, "626262", None, "", "64"):
            reply = receiver.ask("receive channel=c")
            if expected is None:
                self.assert_kind(reply, "too-large")
            else:
                self.assertEqual(reply, f"ok payload={expected}")

    def test_what_is_too_large_to_send_is_not_sent(self):
        receiver = self.child()
        sender = self.child()
        self.assertEqual(receiver.ask(self.command("listen")), "ok")
        self.assertEqual(sender.ask(self.command("connect") + " limit=8388608"), "ok")
        for size in (4 << 20, (8 << 20) + 1):  # More than the system takes, and more than the limit.
            with open(self.path("large"), "wb") as file:
                file.truncate(size)
            self.assert_kind(sender.ask(f"send channel=c file={self.path('large')}"), "too-large")
        self.assertEqual(sender.ask("send channel=c payload=61"), "ok")
        self.assertEqual(receiver.ask("receive channel=c"), "ok payload=61")

    def test_a_message_too_long_for_a_reply_can_be_had_as_a_file(self):
        receiver, sender = self.pair()
        with open(self.path("large"), "wb") as file:
            file.write(b"x" * 131_067)
        self.assertEqual(sender.ask(f"send channel=c file={self.path('large')}"), "ok")
        self.assertEqual(sender.ask("send channel=c payload=61"), "ok")
        self.assert_kind(receiver.ask("receive channel=c"), "usage")
        reply = receiver.ask(f"receive channel=c file={self.path('copy')}")
        self.assertEqual(reply, "ok length=131067")
        self.assertEqual(receiver.ask("receive channel=c"), "ok payload=61")

    def test_no_memory_is_reserved_for_the_limit(self):
        receiver, sender = self.pair(limit=2147483647)
        before = receiver.peak("VmPeak")
        self.assertEqual(sender.ask("send channel=c payload=61"), "ok")
        self.assertEqual(receiver.ask("receive channel=c"), "ok payload=61")
        self.assertLess(receiver.peak("VmPeak"), before + (4 << 20))

    def test_each_side_does_one_thing_only(self):
        receiver, sender = self.pair()
        for command in (
            "accept channel=c",
            "echo channel=c count=1",
            "ping channel=c count=1 size=1",
            "close channel=c how=softly",
        ):
            for child in (receiver, sender):
                self.assert_kind(child.ask(command), "usage")
        for child in (receiver, sender):
            self.assert_kind(child.ask("close channel=c how=write"), "unsupported")
        self.assert_kind(receiver.ask("send channel=c payload=61"), "usage")
        self.assert_kind(sender.ask("receive channel=c"), "usage")
        self.assertEqual(sender.ask("send channel=c payload=61"), "ok")
        self.assertEqual(receiver.ask("receive channel=c"), "ok payload=61")

    def test_other_framings_and_roles_are_unsupported(self):
        child = self.child()
        for framing in ("line", "multiprocessing", "json"):
            command = self.command("listen").replace("none", framing)
            self.assert_kind(child.ask(command), "unsupported")
        for role in ("read", "write"):
            self.assert_kind(child.ask(self.command(role)), "unsupported")
        self.assert_kind(child.ask(self.command("listen") + " authkey=61"), "usage")
        self.assertEqual(os.listdir(self.folder), [])

    def test_connecting_to_nobody_is_missing_or_refused(self):
        child = self.child()
        self.assert_kind(child.ask(self.command("connect")), "missing")
        self.assert_kind(child.ask(self.command("connect", "none/s")), "missing")
        with open(self.path("file"), "w"):
            pass
        self.assert_kind(child.ask(self.command("connect", "file")), "refused")
        for kind in (STREAM, DATAGRAM, PACKET):
            with socket.socket(socket.AF_UNIX, kind) as holder:
                holder.bind(self.path("s"))
                if kind != DATAGRAM:
                    holder.listen()
                    self.assert_kind(child.ask(self.command("connect")), "refused")
            self.assert_kind(child.ask(self.command("connect")), "refused")  # It is stale now.
            os.unlink(self.path("s"))

    def test_a_path_that_is_too_long_is_usage(self):
        child = self.child()
        for role in ("listen", "connect"):
            self.assert_kind(child.ask(self.command(role, "x" * 107)), "usage")

    def test_the_socket_file_goes_with_the_receiver(self):
        for ending in ("close channel=c", "reset", None):
            receiver, sender = self.pair()
            self.assertTrue(stat.S_ISSOCK(os.stat(self.path("s")).st_mode))
            self.assertEqual(sender.end(), 0)
            self.assertTrue(os.path.lexists(self.path("s")))  # It is not the sender's.
            if ending is None:
                self.assertEqual(receiver.end(), 0)
            else:
                self.assertEqual(receiver.ask(ending), "ok")
            self.assertFalse(os.path.lexists(self.path("s")), ending)

    def test_a_file_that_took_its_place_is_left_alone(self):
        receiver, _ = self.pair()
        os.rename(self.path("s"), self.path("moved"))
        shutil.copy(__file__, self.path("s"))
        self.assertEqual(receiver.ask("reset"), "ok")
        self.assertEqual(sorted(os.listdir(self.folder)), ["moved", "s"])

    def test_reset_leaves_no_descriptor(self):
        receiver, sender = self.child(), self.child()
        for child in (receiver, sender):
            child.ask("hello")
        before = receiver.descriptors(), sender.descriptors()
        self.assertEqual(receiver.ask(self.command("listen")), "ok")
        self.assertEqual(sender.ask(self.command("connect")), "ok")
        self.assert_kind(receiver.ask(self.command("listen", channel="d")), "exists")
        self.assert_kind(sender.ask(self.command("connect", "none", channel="d")), "missing")
        for child in (receiver, sender):
            self.assertEqual(child.ask("reset"), "ok")
        self.assertEqual((receiver.descriptors(), sender.descriptors()), before)


if __name__ == "__main__":
    unittest.main()
