"""Sockets, FIFOs and inherited descriptors."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from harness import DEADLINE, EndpointCase, frame, received


class TransportTests(EndpointCase):
    def test_sockets_carry_messages_both_ways_and_close_by_halves(self) -> None:
        for transport, address, framing in (
            ("unix", self.path, "varint"),
            ("unix-abstract", f"@c-{os.getpid()}", "varint"),
            ("unix-seqpacket", self.path, "none"),
            ("tcp", "127.0.0.1:0", "varint"),
        ):
            with self.subTest(transport):
                other = self.start()
                rest = f"channel=c transport={transport} framing={framing}"
                address = self.endpoint.ask(f"open role=listen address={address} {rest}").get("address", address)
                self.expect_error("usage", "send channel=c payload=00")
                self.expect_error("usage", "receive channel=c")
                self.expect_error("usage", "close channel=c how=write")
                self.assertEqual(other.ask(f"open role=connect address={address} {rest}"), {})
                self.assertEqual(other.ask("accept channel=c"), {"error": "usage"})
                self.expect("accept channel=c")
                self.expect_error("usage", "accept channel=c")
                self.expect("send channel=c payload=0102")
                self.expect("close channel=c how=write")
                self.expect_error("closed", "send channel=c payload=0102")
                self.assertEqual(other.ask("receive channel=c"), {"payload": "0102"})
                self.assertEqual(other.ask("receive channel=c"), {"end": "true"})
                self.assertEqual(other.ask("send channel=c payload=03"), {})
                self.expect("receive channel=c", payload="03")
                self.assertEqual(other.ask("close channel=c"), {})
                self.expect("receive channel=c", end="true")
                self.expect("close channel=c")

    def test_an_address_must_not_be_empty(self) -> None:
        for transport in self.transports:
            framing = (
                "none"
                if transport in ("unix-seqpacket", "unix-datagram", "file-slot", "file-cell", "shared-memory")
                else "line"
            )
            is_socket = transport == "tcp" or (transport != "socketpair" and transport.startswith(("unix", "dotnet")))
            for role in ("listen", "connect") if is_socket else ("read", "write"):
                with self.subTest(transport=transport, role=role):
                    command = f"open channel=c transport={transport} role={role} address= framing={framing}"
                    self.expect_error("usage", command)
        for role in ("listen", "connect"):
            self.expect_error("usage", f"open channel=c transport=unix-abstract role={role} address=@ framing=line")

    def test_only_who_listens_can_accept_and_only_once(self) -> None:
        self.expect(self.slot("write", "w"))
        self.expect(f"open channel=l transport=unix role=listen address={self.path}l framing=line")
        self.expect(f"open channel=k transport=unix role=connect address={self.path}l framing=line")
        for channel in ("w", "k", "none"):
            self.expect_error("usage", f"accept channel={channel}")
        self.expect("accept channel=l")
        self.expect_error("usage", "accept channel=l")
        self.expect("close channel=k")
        self.expect("receive channel=l", end="true")
        self.expect_error("usage", "accept channel=l")

    def test_only_a_duplex_channel_can_be_half_closed(self) -> None:
        fifo = f"{self.folder}/f"
        os.mkfifo(fifo)
        both = os.open(fifo, os.O_RDWR)
        read_end, write_end = os.pipe()
        self.endpoint = self.start(pass_fds=(read_end, write_end))
        for channel, rest in (
            ("f", f"fifo role=read address={fifo} framing=line"),
            ("g", f"fifo role=write address={fifo} framing=line"),
            ("p", f"pipe role=read address={read_end} framing=line"),
            ("q", f"pipe role=write address={write_end} framing=line"),
            ("s", f"file-slot role=write address={self.path}s framing=none"),
            ("c", f"file-cell role=write address={self.path}c framing=none"),
            ("d", f"dotnet-pipe role=listen address={self.path}d framing=line"),
            ("e", f"dotnet-pipe role=connect address={self.path}d framing=line"),
        ):
            with self.subTest(rest):
                self.expect(f"open channel={channel} transport={rest}")
                self.expect_error("unsupported", f"close channel={channel} how=write")
                for how in ("read", "both", "", "Write", "write%00"):
                    self.expect_error("usage", f"close channel={channel} how={how}")
        self.expect("accept channel=d")
        self.expect_error("unsupported", "close channel=d how=write")
        self.expect("send channel=g payload=61")
        self.expect("receive channel=f", payload="61")
        for descriptor in (both, read_end, write_end):
            os.close(descriptor)

    def test_a_fifo_is_opened_for_reading_only_or_for_writing_only(self) -> None:
        os.mkfifo(self.path)
        both = os.open(self.path, os.O_RDWR)  # Whichever end is opened, the other one is there.
        self.endpoint.ask("hello")
        for role, access in (("read", os.O_RDONLY), ("write", os.O_WRONLY)):
            with self.subTest(role):
                before = self.endpoint.descriptors()
                self.expect(f"open channel=c transport=fifo role={role} address={self.path} framing=line")
                accesses = [
                    self.endpoint.flags(number) & os.O_ACCMODE
                    for number in self.endpoint.descriptors() - before
                    if os.readlink(f"/proc/{self.endpoint.pid}/fd/{number}") == self.path
                ]
                self.assertEqual(accesses, [access])
                self.expect("close channel=c")
        os.close(both)

    def test_a_socket_path_may_be_as_long_as_the_system_holds_and_is_never_cut(self) -> None:
        longest = f"{self.folder}/".ljust(self.longest_address, "x")
        for transport in ("unix", "dotnet-pipe"):
            command = f"open channel=c transport={transport} role=listen framing=line address="
            self.expect(command + longest)
            self.assertEqual(os.listdir(self.folder), [os.path.basename(longest)])
            self.expect("close channel=c")
            for role in ("listen", "connect"):
                self.expect_error("usage", command.replace("listen", role) + longest + "x")
            self.assertEqual(os.listdir(self.folder), [])

    def test_a_dotnet_pipe_is_a_socket_at_the_path_that_dotnet_chooses(self) -> None:
        command = "open channel=c transport=dotnet-pipe framing=u32le role="
        for folder in (self.folder, f"{self.folder}/"):
            self.endpoint = self.start(env={"TMPDIR": folder})
            other = self.start(env={"TMPDIR": folder})
            path = f"{self.folder}/CoreFxPipe_the%20pipe"
            self.expect_error("missing", f"{command}connect address=the%20pipe")
            self.expect(f"{command}listen address=the%20pipe")
            self.assertEqual(os.listdir(self.folder), ["CoreFxPipe_the pipe"])
            self.assertEqual(other.ask(f"{command}listen address=the%20pipe"), {"error": "exists"})
            self.assertEqual(other.ask(f"{command}connect address={path}"), {})
            self.expect("accept channel=c")
            self.assertEqual(other.ask("send channel=c payload=6869"), {})
            self.expect("receive channel=c", payload="6869")
            self.expect_error("unsupported", "close channel=c how=write")
            self.assertEqual(other.ask("close channel=c"), {})
            self.expect("receive channel=c", end="true")
            self.expect("close channel=c")
            self.assertEqual(os.listdir(self.folder), [])
        for name in ("", "a/b", "anonymous", "Anonymous", "x" * 107):
            self.expect_error("usage", f"{command}listen address={name}")
        self.expect_error("unsupported", f"{command}read address=x")

    def test_an_abstract_name_has_its_exact_length(self) -> None:
        name = f"c-{os.getpid()}"
        command = f"open channel=c transport=unix-abstract role=listen address=@{name}%00x framing=line"
        self.expect(command)
        with socket.socket(socket.AF_UNIX) as peer:
            self.assertRaises(ConnectionRefusedError, peer.connect, f"\0{name}")
            peer.connect(f"\0{name}\0x")
        self.expect_error("exists", command.replace("channel=c", "channel=d"))
        self.expect("reset")
        for address in (name, "@", "", "@" + "x" * (self.longest_address + 1)):
            self.expect_error(
                "usage",
                f"open channel=c transport=unix-abstract role=listen address={address} framing=line",
            )
        self.expect(
            f"open channel=c transport=unix-abstract role=listen address=@{'x' * self.longest_address} framing=line"
        )

    def test_only_the_loopback_address_is_accepted(self) -> None:
        for address in (
            "0.0.0.0:0",
            "localhost:80",
            "127.0.0.2:80",
            "127.0.0.1",
            "127.0.0.1:",
            "127.0.0.1:65536",
            "127.0.0.1:-1",
            ":80",
        ):
            self.expect_error("usage", f"open channel=c transport=tcp role=connect address={address} framing=line")
        self.expect_error("usage", "open channel=c transport=tcp role=connect address=127.0.0.1:0 framing=line")

    def test_packets_keep_their_bounds(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(self.path)
            listener.listen()
            self.expect(
                f"open channel=c transport=unix-seqpacket role=connect address={self.path} framing=none limit=100000"
            )
            peer = listener.accept()[0]
        with peer:
            self.expect_error("malformed", "send channel=c payload=")
            self.expect_error("too-large", f"send channel=c payload={'00' * 100_001}")
            self.expect("send channel=c payload=0a00")
            self.expect("send channel=c payload=01")
            self.assertEqual([peer.recv(9), peer.recv(9)], [b"\n\0", b"\x01"])
            peer.send(b"x" * 100_000)
            peer.send(b"y")
            self.expect("receive channel=c", payload=(b"x" * 100_000).hex())
            self.expect("receive channel=c", payload=b"y".hex())
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 200_000)
            peer.send(b"z" * 100_001)
            self.expect_error("too-large", "receive channel=c")

    def test_a_packet_above_what_the_system_takes_is_too_large(self) -> None:
        Path(f"{self.folder}/large").write_bytes(b"x" * (8 << 20))
        other = self.start()
        rest = f"channel=c transport=unix-seqpacket address={self.path} framing=none"
        self.expect(f"open role=listen {rest}")
        self.assertEqual(other.ask(f"open role=connect {rest}"), {})
        self.assertEqual(other.ask(f"send channel=c file={self.folder}/large"), {"error": "too-large"})
        self.assertEqual(other.ask("send channel=c payload=01"), {})
        self.expect("accept channel=c")
        self.expect("receive channel=c", payload="01")

    def test_a_fifo_is_one_way(self) -> None:
        os.mkfifo(self.path)
        other = self.start()
        self.endpoint.tell(f"open channel=c transport=fifo role=read address={self.path} framing=line")
        self.assertEqual(
            other.ask(f"open channel=c transport=fifo role=write address={self.path} framing=line"),
            {},
        )
        self.assertEqual(self.endpoint.reply(), {})
        self.assertEqual(other.ask("send channel=c payload=61"), {})
        self.expect("receive channel=c", payload="61")
        self.expect_error("usage", "send channel=c payload=61")
        self.expect_error("usage", "echo channel=c count=1")
        self.expect_error("unsupported", "close channel=c how=write")
        self.assertEqual(other.ask("receive channel=c"), {"error": "usage"})
        self.assertEqual(other.ask("close channel=c"), {})
        self.expect("receive channel=c", end="true")
        with open(self.path, "wb"):  # a new writer does not bring the stream back to life
            self.expect("receive channel=c", end="true")
        self.assertTrue(os.path.exists(self.path))

    def test_inherited_descriptors_belong_to_the_channel(self) -> None:
        read_end, write_end = os.pipe()
        ours, theirs = socket.socketpair()
        ours.settimeout(DEADLINE)
        packets, unused = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.endpoint = self.start(pass_fds=(write_end, theirs.fileno(), packets.fileno()))
        for transport, role, number in (
            ("pipe", "read", write_end),
            ("pipe", "write", theirs.fileno()),
            ("socketpair", "read", write_end),
            ("pipe", "read", 0),
            ("socketpair", "read", packets.fileno()),
            ("pipe", "read", "x"),
            ("pipe", "read", ""),
            ("pipe", "read", -1),
        ):
            self.expect_error(
                "usage",
                f"open channel=x transport={transport} role={role} address={number} framing=line",
            )
        for number in (999, 2147483647):
            self.expect_error("missing", f"open channel=x transport=pipe role=read address={number} framing=line")
        self.expect(f"open channel=p transport=pipe role=write address={write_end} framing=line")
        self.expect(f"open channel=s transport=socketpair role=read address={theirs.fileno()} framing=line")
        self.expect_error("usage", f"open channel=x transport=pipe role=write address={write_end} framing=line")
        for end in (theirs, packets, unused):
            end.close()
        os.close(write_end)
        self.expect_error("usage", "receive channel=p")
        self.expect("send channel=p payload=61")
        self.expect("send channel=s payload=62")
        self.assertEqual((os.read(read_end, 9), ours.recv(9)), (b"a\n", b"b\n"))
        ours.sendall(b"c\n")
        self.expect("receive channel=s", payload=b"c".hex())
        self.expect("close channel=p")
        self.expect("close channel=s")
        self.assertEqual((os.read(read_end, 9), ours.recv(9)), (b"", b""))
        os.close(read_end)
        ours.close()

    def test_a_non_blocking_descriptor_is_waited_for(self) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(DEADLINE)
        theirs.setblocking(False)
        self.endpoint = self.start(pass_fds=(theirs.fileno(),))
        self.expect(f"open channel=c transport=socketpair role=read address={theirs.fileno()} framing=u32le")
        theirs.close()
        for size in (3, 1 << 20):
            Path(self.path).write_bytes(b"x" * size)
            self.endpoint.tell(f"send channel=c file={self.path}", f"receive channel=c file={self.path}2")
            stream = frame("u32le", b"x" * size)
            self.assertTrue(received(ours, len(stream)) == stream)
            self.assertEqual(self.endpoint.reply(), {})
            ours.sendall(stream)
            self.assertEqual(self.endpoint.reply(), {"length": str(size)})
        ours.close()
