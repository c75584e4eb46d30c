"""Tests of what is refused, with which kind, and which refusal comes first when several apply.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import os
import socket
import unittest
from unittest import mock

import endpoint
import transports
from faults import Fault
from test_endpoint import Child, EndpointTests

HERE = "transport=unix role=listen framing=line"


class LineTests(EndpointTests):
    def test_a_stray_blank_or_carriage_return_is_usage_and_nothing_is_obeyed(self):
        child = self.child()
        command = f"open channel=c {HERE} address={self.path('s')}"
        for line in (
            command + "\r",
            command + " ",
            " " + command,
            command.replace(" ", "  ", 1),
            command.replace(" framing", "  framing"),
            command.replace("line", "line\r"),
            command.replace(" framing", "\tframing"),
        ):
            self.assert_kind(child.ask(line), "usage")
            self.assertEqual(os.listdir(self.folder), [], line)
        self.assertEqual(child.ask(command), "ok")

    def test_a_plus_sign_is_a_plus_sign(self):
        child = self.child()
        for written in ("a+b", "a%2Bb", "a%2bb"):
            self.assertEqual(child.ask(f"open channel=c {HERE} address={self.path(written)}"), "ok")
            self.assertEqual(os.listdir(self.folder), ["a+b"])
            self.assertEqual(child.ask("close channel=c"), "ok")

    def test_a_number_is_decimal_without_a_sign_or_leading_zeros(self):
        child = self.child()
        command = f"open channel=c {HERE} address={self.path('s')} limit="
        for text in ("00000000005", "05", "00", "+5", "-5", "%205", "5.0", "5e0", "1_0", "%D9%A5", "%C2%B2", "0x5"):
            self.assert_kind(child.ask(command + text), "usage")
        self.assertEqual(child.ask(command + "5"), "ok")
        for words in ("echo channel=c count=01", "ping channel=c count=1 size=00", "ping channel=c count=%2B1 size=0"):
            self.assert_kind(child.ask(words), "usage")
        memory = "open channel=m transport=shared-memory role=read framing=none address=/parley-none offset="
        self.assert_kind(child.ask(memory + "00"), "usage")
        self.assert_kind(child.ask(memory + "0"), "missing")

    def test_no_reply_is_longer_than_a_line(self):
        left, _ = self.unix_pair()
        long = "%C3%A9" * 40_000
        for command in (
            f"open channel=d {HERE} address={long}",
            f"open channel=d transport=fifo role=read framing=line address=/{long}",
            f"open channel=d transport=file-slot role=read framing=none address=/{long}",
            f"open channel=d transport={long} role=listen framing=line address=x",
            f"send channel=c file=/{long}",
            f"send channel=c codec={long} value=null",
            f"send channel=c codec=json value={long}",
            f"layout record={long}",
            f"close channel={long}",
            "%" + long,
        ):
            reply = left.ask(command)
            self.assertTrue(reply.startswith("error kind="), reply[:100])
            self.assertLessEqual(len(reply), 262_144, command[:60])

    def test_hexadecimal_is_lower_case(self):
        left, right = self.unix_pair("varint")
        for words in (
            "payload=AB",
            "payload=aB",
            "payload=%41%42",
            "codec=pickle value=bytes:AB",
            "codec=pickle value=text:4A",
            "codec=pickle value=f64:3FF0000000000000",
        ):
            self.assert_kind(left.ask("send channel=c " + words), "usage")
        key = "transport=unix role=listen framing=multiprocessing authkey=AB"
        self.assert_kind(left.ask(f"open channel=d {key} address={self.path('d')}"), "usage")
        self.assertEqual(left.ask("send channel=c payload=ab"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok payload=ab")


class AddressTests(EndpointTests):
    def test_an_empty_address_is_usage_on_every_transport(self):
        child = self.child()
        child.ask("hello")
        before = child.descriptors()
        options = {
            "manager-queue": "authkey=61 ",
            # A name that is not there: the address comes first.
            "shared-memory": "lock=/parley-none ",
            "spawn-queue": "lock=/parley-none slots=/parley-none ",
        }
        for transport, roles in transports.ROLES.items():
            framing = "none" if transport in transports.KEEPS_BOUNDS else "multiprocessing"
            for role in roles:
                command = f"open channel=c transport={transport} role={role} framing={framing} "
                command += options.get(transport, "")
                self.assert_kind(child.ask(command + "address="), "usage")
                if transport == "unix-abstract":
                    self.assert_kind(child.ask(command + "address=@"), "usage")
        self.assertEqual(child.descriptors(), before)

    def test_a_name_of_a_semaphore_that_is_none_comes_before_what_is_missing(self):
        child = self.child()
        for words in (
            "transport=shared-memory role=read framing=none address=/parley-none lock=none",
            "transport=spawn-queue role=read framing=multiprocessing address=/none/fd lock=none",
            "transport=spawn-queue role=read framing=multiprocessing address=/none/fd lock=/parley-none slots=none",
        ):
            self.assert_kind(child.ask("open channel=c " + words), "usage")


class ChannelTests(EndpointTests):
    def test_a_second_accept_is_usage_and_the_next_peer_stays_in_the_queue(self):
        child, _ = self.accepted()
        with socket.socket(socket.AF_UNIX) as second:
            second.connect(self.path("accepted"))
            self.assert_kind(child.ask("accept channel=c"), "usage")
            second.setblocking(False)
            with self.assertRaises(BlockingIOError):  # Neither taken nor sent away.
                second.recv(1)

    def test_what_does_not_listen_accepts_nobody(self):
        child = self.child()
        os.mkfifo(self.path("fifo"))
        self.opened_fifo(child, "read")
        self.assertEqual(child.ask(f"open channel=l {HERE} address={self.path('l')}"), "ok")
        connect = HERE.replace("listen", "connect")
        self.assertEqual(child.ask(f"open channel=c {connect} address={self.path('l')}"), "ok")
        for channel in ("f", "c", "none"):
            self.assert_kind(child.ask(f"accept channel={channel}"), "usage")
        self.assertEqual(child.ask("accept channel=l"), "ok")

    def opened_fifo(self, child: Child, role: str) -> None:
        """Opens channel f while somebody has both ends open already, so that nobody waits."""
        both = os.open(self.path("fifo"), os.O_RDWR)
        try:
            command = f"open channel=f transport=fifo role={role} framing=line address={self.path('fifo')}"
            self.assertEqual(child.ask(command), "ok")
        finally:
            os.close(both)

    def test_a_fifo_is_opened_for_one_direction_only(self):
        os.mkfifo(self.path("fifo"))
        for role, access in (("read", os.O_RDONLY), ("write", os.O_WRONLY)):
            child = self.child()
            child.ask("hello")
            before = child.descriptors()
            self.opened_fifo(child, role)
            ((number, path),) = set(child.descriptors()) - set(before)
            self.assertEqual(path, self.path("fifo"))
            with open(f"/proc/{child.process.pid}/fdinfo/{number}") as file:
                flags = next(line for line in file if line.startswith("flags:"))
            self.assertEqual(int(flags.split()[1], 8) & os.O_ACCMODE, access)

    def test_a_channel_that_goes_one_way_has_no_half_close(self):
        read_end, write_end = os.pipe()
        child = self.child(pass_fds=(read_end,))
        os.close(read_end)
        self.addCleanup(os.close, write_end)
        os.mkfifo(self.path("fifo"))
        with open(self.path("memory"), "wb") as file:
            file.truncate(8)
        for channel, (words, address) in {
            "slot": ("transport=file-slot role=write framing=none", self.path("slot")),
            "cell": ("transport=file-cell role=write framing=none", self.path("cell")),
            "datagram": ("transport=unix-datagram role=listen framing=none", self.path("datagram")),
            "memory": ("transport=shared-memory role=write framing=none", self.path("memory")),
            "pipe": ("transport=pipe role=read framing=line", str(read_end)),
            "dotnet": ("transport=dotnet-pipe role=listen framing=line", self.path("dotnet")),
            "manager": (
                "transport=manager-queue role=listen framing=multiprocessing authkey=61",
                self.path("manager"),
            ),
        }.items():
            if words.split()[0].partition("=")[2] in transports.ROLES:
                self.assertEqual(child.ask(f"open channel={channel} {words} address={address}"), "ok")
                self.assert_kind(child.ask(f"close channel={channel} how=write"), "unsupported")
                for how in ("read", "", "Write"):
                    self.assert_kind(child.ask(f"close channel={channel} how={how}"), "usage")
        self.opened_fifo(child, "read")
        self.assert_kind(child.ask("close channel=f how=write"), "unsupported")
        self.assert_kind(child.ask("close channel=f how=both"), "usage")
        self.assert_kind(child.ask("close channel=none how=write"), "usage")


class FileTests(EndpointTests):
    def test_the_longest_message_of_a_reply_fits_and_one_more_byte_does_not(self):
        left, right = self.unix_pair(limit=1 << 20)
        for size in (131_066, 131_067):
            content = (b"abc" * size)[:size]
            with open(self.path("content"), "wb") as file:
                file.write(content)
            left.tell(f"send channel=c file={self.path('content')}")
            reply = right.ask("receive channel=c")
            if size == 131_066:
                self.assertEqual(reply, "ok payload=" + content.hex())
                self.assertEqual(len(reply), 262_143)
            else:
                for _ in range(2):
                    self.assert_kind(reply, "usage")
                    reply = right.ask("receive channel=c")
                self.assertEqual(right.ask(f"receive channel=c file={self.path('copy')}"), f"ok length={size}")
                with open(self.path("copy"), "rb") as file:
                    self.assertEqual(file.read(), content)
            self.assertEqual(left.hear(), "ok")

    def test_a_received_file_replaces_all_that_was_there(self):
        left, right = self.unix_pair()
        with open(self.path("copy"), "wb") as file:
            file.write(b"longer than any of the messages")
        for payload in (b"short", b"", b"x"):
            self.assertEqual(left.ask(f"send channel=c payload={payload.hex()}"), "ok")
            reply = right.ask(f"receive channel=c file={self.path('copy')}")
            self.assertEqual(reply, f"ok length={len(payload)}")
            with open(self.path("copy"), "rb") as file:
                self.assertEqual(file.read(), payload)

    def test_a_path_that_is_none_is_refused_before_a_message_is_waited_for(self):
        _, right = self.unix_pair()
        for path in ("", "%00", "/tmp/a%00b"):
            self.assert_kind(right.ask(f"receive channel=c file={path}"), "usage")

    def test_only_a_regular_file_is_sent_and_nothing_else_is_opened(self):
        left, right = self.unix_pair()
        os.mkfifo(self.path("fifo"))
        os.mkdir(self.path("folder"))
        os.symlink("fifo", self.path("link"))
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path("socket"))
        reader = os.open(self.path("fifo"), os.O_RDWR | os.O_NONBLOCK)
        os.write(reader, b"stays here")
        for name in ("fifo", "link", "folder", "socket", "/dev/zero", "/dev/null", "/dev/tty"):
            self.assert_kind(left.ask(f"send channel=c file={self.path(name)}"), "usage")
        self.assertEqual(os.read(reader, 100), b"stays here")
        os.close(reader)
        self.assert_kind(left.ask(f"send channel=c file={self.path('fifo')}"), "usage")  # Nobody writes.
        self.assert_kind(left.ask(f"send channel=c file={self.path('none')}"), "missing")
        self.assert_kind(left.ask(f"send channel=c file={self.path('none/x')}"), "missing")
        self.assertEqual(left.ask("send channel=c payload=61"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok payload=61")

    def test_a_file_that_becomes_a_fifo_before_it_is_opened_is_not_waited_for(self):
        os.mkfifo(self.path("fifo"))
        regular = os.stat(__file__)
        with mock.patch("endpoint.os.stat", return_value=regular), self.assertRaises(Fault) as raised:
            endpoint.content_of_file(self.path("fifo"), 1000)
        self.assertEqual(raised.exception.kind, "usage")

    def test_a_file_that_grows_while_it_is_read_is_not_read_to_its_end(self):
        # It says that it is empty, and goes on for ever.
        status = os.stat(__file__)
        empty = os.stat_result((*status[:6], 0, *status[7:10]))
        with mock.patch("endpoint.os.stat", return_value=empty), mock.patch("endpoint.os.fstat", return_value=empty):
            self.assertEqual(len(endpoint.content_of_file(__file__, 1 << 20)), status.st_size)
            with self.assertRaises(Fault) as raised:
                endpoint.content_of_file("/dev/zero", 1000)
        self.assertEqual(raised.exception.kind, "too-large")

    def test_the_size_of_a_file_is_looked_at_before_its_content(self):
        left, right = self.unix_pair(limit=1000)
        sizes = {"sparse": 10 << 30, "one-more": 1001, "limit": 1000}
        for name, size in sizes.items():
            with open(self.path(name), "wb") as file:
                file.truncate(size)
        before = left.peak("VmPeak")
        self.assert_kind(left.ask(f"send channel=c file={self.path('sparse')}"), "too-large")
        self.assertLess(left.peak("VmPeak"), before + (4 << 20))
        self.assert_kind(left.ask(f"send channel=c file={self.path('one-more')}"), "too-large")
        self.assertEqual(left.ask(f"send channel=c file={self.path('limit')}"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok payload=" + "00" * 1000)


class LimitTests(EndpointTests):
    def test_nothing_is_reserved_for_a_length_above_the_limit(self):
        for framing, announcement in {
            "multiprocessing": b"\x7f\xff\xff\xff",
            "u32le": b"\xff\xff\xff\xff",
            "netstring": b"2147483647:",
            "varint": b"\xff\xff\xff\xff\x07",
            "content-length": b"Content-Length: 2147483647\r\n\r\n",
        }.items():
            child, peer = self.accepted(framing, 67_108_864)
            before = child.peak("VmPeak")
            peer.sendall(announcement)
            self.assert_kind(child.ask("receive channel=c"), "too-large")
            self.assertLess(child.peak("VmPeak"), before + (4 << 20), framing)
            os.unlink(self.path("accepted"))


class OrderTests(EndpointTests):
    """The first refusal that applies is given: the order is that of the protocol."""

    def test_lines_come_before_verbs_and_keys(self):
        child = self.child()
        for command in (
            "dance channel=c channel=c",
            "layout record=none record=none",
            "layout record=%zz",
            "layout  record=none",
            f"open channel=c transport=pigeon role=sing framing=smoke address={self.path('s')} address=x",
            "open channel=c transport=pigeon role=sing framing=smoke address=%4",
        ):
            self.assert_kind(child.ask(command), "usage")

    def test_keys_and_their_forms_come_before_words(self):
        child, _ = self.accepted()
        unknown = f"transport=pigeon role=sing framing=smoke address={self.path('s')}"
        for command in (
            f"open channel=d {unknown} colour=red",
            f"open channel=d transport=pigeon role=sing address={self.path('s')}",
            *(f"open channel={name} {unknown}" for name in ("", "D", "d.d", "x" * 17)),
            *(f"open channel=d {unknown} limit={limit}" for limit in ("0", "x", "", "2147483648")),
            *(f"open channel=d {unknown} {words}" for words in ("size=0", "offset=-1", "length=0", "authkey=AB")),
            f"open channel=c {unknown}",
            "send channel=d codec=smoke value=null",
            "send channel=c codec=smoke",
            "send channel=c codec=smoke value=null payload=61",
            "receive channel=d codec=smoke",
            "receive channel=c codec=smoke timeout=x",
            f"receive channel=c codec=smoke file={self.path('copy')}",
            "echo channel=c count=x",
            "ping channel=c count=1 size=x",
            "close channel=d how=write",
            "layout record=none channel=c",
        ):
            self.assert_kind(child.ask(command), "usage")

    def test_words_come_before_addresses_and_directions(self):
        child = self.child()
        with open(self.path("slot"), "wb") as file:
            file.truncate(1024)
        slot = f"transport=file-slot framing=none address={self.path('slot')}"
        self.assertEqual(child.ask(f"open channel=r role=read {slot}"), "ok")
        self.assertEqual(child.ask(f"open channel=w role=write {slot}"), "ok")
        self.assertEqual(child.ask(f"open channel=l {HERE} address={self.path('s')}"), "ok")
        for command in (
            "open channel=c transport=pigeon role=listen framing=line address=",
            "open channel=c transport=pigeon role=sing framing=smoke address=",
            "open channel=c transport=unix role=listen framing=smoke address=",
            "open channel=c transport=unix role=sing framing=line address=",
            "open channel=c transport=unix role=listen framing=none address=",
            "open channel=c transport=tcp role=listen framing=smoke address=elsewhere:1",
            "send channel=r codec=smoke value=null",
            "send channel=l codec=smoke value=null",
            "receive channel=w codec=smoke",
            "receive channel=l codec=smoke",
        ):
            self.assert_kind(child.ask(command), "unsupported")
        self.assert_kind(child.ask("receive channel=l codec=struct"), "usage")

    def test_directions_come_before_messages(self):
        child = self.child()
        self.assertEqual(child.ask(f"open channel=l {HERE} limit=2 address={self.path('s')}"), "ok")
        for words in ("payload=616161", "payload=6g", f"file={self.path('none')}", "codec=json value=int:12345"):
            self.assert_kind(child.ask("send channel=l " + words), "usage")

    def test_a_message_that_cannot_be_read_comes_before_its_length_and_that_before_the_framing(self):
        left, right = self.unix_pair("line", limit=2)
        self.assert_kind(left.ask("send channel=c payload=61616161zz"), "usage")
        self.assert_kind(left.ask("send channel=c payload=610a62"), "too-large")
        self.assert_kind(left.ask("send channel=c payload=610a"), "malformed")
        self.assert_kind(left.ask("send channel=c codec=json value=int:123,"), "usage")
        self.assert_kind(left.ask("send channel=c codec=json value=int:123"), "too-large")
        self.assertEqual(left.ask("send channel=c payload=6f6b"), "ok")
        self.assertEqual(right.ask("receive channel=c"), "ok payload=6f6b")
        slot = f"open channel=s transport=file-slot role=write framing=none limit=2 address={self.path('slot')}"
        self.assertEqual(left.ask(slot), "ok")
        self.assert_kind(left.ask("send channel=s payload=610062"), "too-large")
        self.assert_kind(left.ask("send channel=s payload=6100"), "malformed")

    def test_an_address_comes_before_what_the_system_says(self):
        child = self.child()
        self.assert_kind(child.ask(f"open channel=c {HERE} address=/none/{'x' * 107}"), "usage")
        fifo = "open channel=c transport=fifo role=read framing=line address="
        self.assert_kind(child.ask(fifo + "/none/%00"), "usage")


if __name__ == "__main__":
    unittest.main()
