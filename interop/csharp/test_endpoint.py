"""The promises of the C# endpoint: those of the C endpoint, kept on Mono and on .NET.

Run with: python3 -m unittest discover -s interop/csharp
"""

from __future__ import annotations

import os
import re
import resource
import socket
import unittest
from pathlib import Path
from urllib.parse import unquote

from runtimes import DOTNET, FOLDER, Dotnet, Mono, shared


class CSharpTests(shared.EndpointTests):
    """Where the promises differ from C's."""

    language = "csharp"
    features = "echo,ping,layout,timeout,authkey,call"
    codecs = "json,pickle,struct,shareable-list,shareable-list-3.8"
    peak_memory = 200_000

    def expect_error(self, kind: str, command: str | bytes) -> None:
        # C has neither codecs nor the verb `call`. Here the one that is not declared is another, and the verb has keys.
        if isinstance(command, str) and kind == "unsupported":
            command = command.replace("codec=json", "codec=none")
            kind = "usage" if command.startswith("call") else kind
        super().expect_error(kind, command)

    def test_hello_declares_everything(self) -> None:
        values = self.endpoint.ask("hello")
        self.assertRegex(values.pop("runtime"), f"^{self.runtime}$")
        transports = (*self.transports, "shared-memory", "spawn-queue", "manager-queue")
        self.assertEqual(values.pop("transports").split(","), list(transports))
        self.assertEqual((values["codecs"], values["features"]), (self.codecs, self.features))

    def test_a_slot_cut_by_somebody_else_does_not_kill(self) -> None:
        self.expect(self.slot("write"))
        self.expect(self.slot("read", "r"))
        os.truncate(self.path, 0)
        self.expect_error("malformed", "receive channel=r")
        self.expect_error("malformed", "send channel=c payload=61")

    def test_no_descriptors_left_is_internal(self) -> None:
        command = f"open channel=a transport=unix role=listen address={self.path} framing=line"
        self.expect(command)  # The runtime has everything open that it needs.
        self.expect("reset")
        limit = max(map(int, self.endpoint.descriptors())) + 4
        hard = resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, (limit, hard))
        replies = [
            self.endpoint.ask(
                f"open channel=c{index} transport=unix role=listen address={self.path}{index} framing=line"
            )
            for index in range(limit)
        ]
        self.assertEqual(replies[-1], {"error": "internal"})
        self.expect("reset")
        self.expect(command)

    def test_an_endpoint_whose_runner_is_gone_cleans_up(self) -> None:
        endpoint = shared.Endpoint([*self.command])
        self.assertEqual(
            endpoint.ask(f"open channel=c transport=unix role=listen address={self.path} framing=line"),
            {},
        )
        endpoint.process.stdout.close()
        endpoint.tell("hello")
        endpoint.process.stdin.close()  # .NET says nothing of the reply that nobody reads.
        self.assertEqual(endpoint.process.wait(shared.DEADLINE), 0)
        self.assertFalse(os.path.exists(self.path))
        endpoint.kill()

    def test_the_last_pieces_of_a_long_line_cost_no_more_than_the_first(self) -> None:
        with self.peer("line") as peer:
            self.endpoint.tell(f"receive channel=c file={self.path}")
            before = self.user_seconds()
            for size in [8 << 20] + [1] * 4000:
                peer.sendall(b"x" * size)
                shared.wait_until_received(peer)
            peer.sendall(b"\n")
            self.assertEqual(self.endpoint.reply(), {"length": str((8 << 20) + 4000)})
        # Searching the line from its start with every piece would take more than ten.
        self.assertLess(self.user_seconds() - before, 2)

    def user_seconds(self) -> float:
        ticks = Path(f"/proc/{self.endpoint.pid}/stat").read_text().rpartition(")")[2].split()[11]
        return int(ticks) / os.sysconf("SC_CLK_TCK")

    def test_a_dotnet_pipe_whose_peer_is_gone_is_closed_or_reset(self) -> None:
        command = f"open channel=c transport=dotnet-pipe role=listen address={self.path} framing=line"
        for unread in (False, True):
            self.expect(command)
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(self.path)
            self.expect("accept channel=c")
            if unread:
                self.expect("send channel=c payload=61")
                peer.close()
                self.expect_error("reset", "receive channel=c")
            else:
                peer.close()
                for _ in range(2):
                    self.expect_error("closed", "send channel=c payload=61")
                self.expect("receive channel=c", end="true")
            self.expect("close channel=c")
            self.assertFalse(os.path.exists(self.path))

    def test_a_dotnet_pipe_removes_nobody_elses_file(self) -> None:
        command = f"open channel=c transport=dotnet-pipe role=listen address={self.path} framing=line"
        Path(self.path).write_text("mine")
        self.expect_error("exists", command)
        self.assertEqual(Path(self.path).read_text(), "mine")
        os.unlink(self.path)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen()
            self.expect_error("exists", command)
            self.assertTrue(os.path.exists(self.path))

    def test_a_fifo_whose_reader_is_gone_is_closed(self) -> None:
        os.mkfifo(self.path)
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self.expect(f"open channel=c transport=fifo role=write address={self.path} framing=line")
        self.expect("send channel=c payload=61")
        os.close(reader)
        for _ in range(2):
            self.expect_error("closed", "send channel=c payload=61")
        self.expect("close channel=c")

    def test_many_messages_of_one_write_come_through_a_fifo_one_by_one(self) -> None:
        # A FileStream's own buffer must not keep messages back.
        os.mkfifo(self.path)
        writer = os.open(self.path, os.O_RDWR)
        self.expect(f"open channel=c transport=fifo role=read address={self.path} framing=u32le")
        for size in (1, 3, 5, 4090, 65530):
            payload = b"z" * size
            os.write(writer, shared.frame("u32le", b"a") + shared.frame("u32le", b"bc"))
            self.expect("receive channel=c", payload=b"a".hex())
            self.expect("receive channel=c", payload=b"bc".hex())
            os.write(writer, shared.frame("u32le", payload))
            self.expect("receive channel=c", payload=payload.hex())
        os.close(writer)

    # Refusals

    def test_what_this_language_does_not_have_is_unsupported(self) -> None:
        for role in ("listen", "connect", "read", "write"):
            self.expect_error(
                "unsupported",
                f"open channel=c transport=unix-datagram role={role} address={self.path} framing=none",
            )

    def test_of_several_refusals_of_one_kind_the_first_in_order_is_told(self) -> None:
        # Each line could be refused for several reasons, and a word of the message tells which one it was.
        slot = f"transport=file-slot address={self.path}-slot framing=none"
        self.expect(f"open channel=l transport=unix role=listen address={self.path} framing=line")
        self.expect(f"open channel=w role=write {slot}")
        self.expect(f"open channel=r role=read {slot}")
        for kind, word, line in (
            # The line, before its verb.
            ("usage", "%XX", "dance x=%zz"),
            ("usage", "KEY=VALUE", "dance x"),
            ("usage", "twice", "dance x=1 x=1"),
            ("usage", "more than", "dance " + "x" * shared.LINE_LIMIT),
            # An unknown key, a missing one, a value's form, all before the channel.
            ("usage", "color", "open channel=L color=red"),
            ("usage", "needs the key", "open channel=L limit=0"),
            ("usage", "channel's name", "open channel=L transport=x role=x address= framing=x limit=0"),
            ("usage", "limit", "open channel=l transport=x role=x address= framing=x limit=0"),
            ("usage", "open already", "open channel=l transport=x role=x address= framing=x"),
            ("usage", "count", "echo channel=none count=0"),
            ("usage", "size", "ping channel=none count=1 size=x"),
            ("usage", "color", "send channel=none codec=x value=x color=red"),
            ("usage", "give one", "send channel=none"),
            ("usage", "give one", "send channel=none codec=x value=x payload=00"),
            ("usage", "value", "send channel=none codec=x"),
            ("usage", "codec", "send channel=none payload=00 value=x"),
            ("usage", "codec", "send channel=none payload=00 format=x"),
            ("usage", "codec", "receive channel=none format=x"),
            ("usage", "give one", "receive channel=none codec=x file=x"),
            # The transport, then the framing, then the role, all before the address.
            ("unsupported", "transport", "open channel=c transport=x role=x address= framing=x"),
            ("unsupported", "framing", "open channel=c transport=unix role=x address= framing=x"),
            ("unsupported", "framing", "open channel=c transport=unix role=x address= framing=none"),
            ("unsupported", "role", "open channel=c transport=unix role=x address= framing=line"),
            # The direction or the peer, before the message.
            ("usage", "for reading", "send channel=r payload=zz"),
            ("usage", "for reading", f"send channel=r file={self.path}"),
            ("usage", "no peer", "send channel=l payload=zz"),
            ("usage", "no peer", f"send channel=l file={self.path}"),
            ("usage", "for writing", f"receive channel=w file={self.folder}"),
        ):
            with self.subTest(line[:200]):
                self.endpoint.tell(line)
                reply = self.endpoint.raw_reply()
                self.assertTrue(reply.startswith(f"error kind={kind} "), reply)
                self.assertIn(word, unquote(reply))

    def test_a_packet_too_long_for_a_reply_is_kept_for_a_file(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(self.path)
            listener.listen()
            self.expect(f"open channel=c transport=unix-seqpacket role=connect address={self.path} framing=none")
            peer = listener.accept()[0]
        with peer:
            for packet in (b"x" * 131_067, b"next"):
                peer.send(packet)
            for _ in range(2):
                self.expect_error("usage", "receive channel=c")
            self.expect(f"receive channel=c file={self.path}-file", length="131067")
            self.expect("receive channel=c", payload=b"next".hex())
        self.assertEqual(Path(f"{self.path}-file").read_bytes(), b"x" * 131_067)

    def test_a_message_is_received_into_a_regular_file_or_kept(self) -> None:
        os.mkfifo(self.path)  # Whoever opened it would wait for its reader.
        with self.peer("line") as peer:
            peer.sendall(b"hello\n")
            for path in (self.path, self.folder, "/dev/null"):
                self.expect_error("usage", f"receive channel=c file={path}")
            self.expect(f"receive channel=c file={self.path}-file", length="5")

    def test_files_that_are_sent_or_refused_are_not_left_open(self) -> None:
        os.mkfifo(f"{self.path}-fifo")
        for name, size in (("text", 3), ("large", 4)):
            Path(f"{self.path}-{name}").write_bytes(b"x" * size)
        os.symlink(f"{self.path}-text", f"{self.path}-link")
        with self.peer("line", limit=3) as peer:
            before = self.endpoint.descriptors()
            for kind, name in (
                ("usage", "fifo"),
                ("too-large", "large"),
                ("missing", "none"),
                ("missing", "text/none"),
            ):
                self.expect_error(kind, f"send channel=c file={self.path}-{name}")
            for name in ("text", "link"):
                self.expect(f"send channel=c file={self.path}-{name}")
                self.assertEqual(peer.recv(9), b"xxx\n")
            self.assertEqual(self.endpoint.descriptors(), before)

    def test_asking_who_holds_a_socket_file_leaves_nothing_open(self) -> None:
        self.endpoint.ask("hello")
        before = self.endpoint.descriptors()
        for transport, framing in self.path_listeners:
            command = f"open channel=c transport={transport} role=listen address={self.path} framing={framing}"
            with socket.socket(socket.AF_UNIX) as holder:
                holder.bind(self.path)
                self.expect_error("exists", command)
                self.assertEqual(self.endpoint.descriptors(), before, transport)
            self.expect(command)
            self.expect("reset")
            self.assertEqual(self.endpoint.descriptors(), before, transport)


class MonoTests(CSharpTests, Mono):
    runtime = r"Mono%20\d+(\.\d+)+"


class DotnetTests(CSharpTests, Dotnet):
    runtime = r"\.NET%20(Core%203.*%28end%20of%20life%29|\d+\..*)"


class SourceTests(unittest.TestCase):
    def test_each_manifest_lists_every_source_so_that_a_change_builds_anew(self) -> None:
        sources = {source.name for source in FOLDER.glob("*.cs")}
        for manifest in (FOLDER / "adapter.yml", DOTNET / "adapter.yml"):
            words = re.findall(r"^ +- (?:\.\./csharp/)?(\S+\.cs)$", manifest.read_text(), re.MULTILINE)
            self.assertEqual(sorted(words), sorted(sources), manifest)

    def test_no_source_is_longer_than_can_be_read_at_once(self) -> None:
        for source in FOLDER.glob("*.cs"):
            self.assertLess(len(source.read_text().splitlines()), 400, source.name)


if __name__ == "__main__":
    unittest.main()
