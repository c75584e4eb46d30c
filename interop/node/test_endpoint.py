"""The promises of the Node.js endpoint that neither the ladder nor the matrix can see.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/node
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "c"))

from harness import DEADLINE, Endpoint, EndpointCase, frame

LARGE = 8 << 20


class NodeTests(EndpointCase, unittest.TestCase):
    command = ("node", "--single-threaded", str(Path(__file__).resolve().parent / "endpoint.js"))

    @classmethod
    def setUpClass(cls) -> None:
        if shutil.which("node") is None:
            raise unittest.SkipTest("there is no node: apt-get install -y --no-install-recommends nodejs")

    def closing(self, connection: socket.socket) -> socket.socket:
        self.addCleanup(connection.close)
        return connection

    def test_an_inherited_pipe_keeps_its_flags_and_waits_for_a_slow_reader(self) -> None:
        content = os.urandom(LARGE)
        Path(self.path).write_bytes(content)
        ours, theirs = os.pipe()
        self.endpoint = self.start(pass_fds=(theirs,))
        self.expect(f"open channel=c transport=pipe role=write address={theirs} framing=u32le")
        self.endpoint.tell(f"send channel=c file={self.path}")
        self.endpoint.wait_until_blocked()
        self.assertTrue(os.get_blocking(theirs))
        os.close(theirs)
        with open(ours, "rb") as reader:
            self.assertEqual(reader.read(4 + LARGE), frame("u32le", content))
            self.assertEqual(self.endpoint.reply(), {})

    def test_a_pipe_goes_one_way_and_may_have_lost_its_reader(self) -> None:
        ours, theirs = os.pipe()
        self.endpoint = self.start(pass_fds=(theirs,))
        os.close(ours)
        os.close(theirs)
        for transport in ("pipe", "socketpair"):
            self.expect_error("usage", f"open channel=c transport={transport} role=read address={theirs} framing=line")
        self.expect(f"open channel=c transport=pipe role=write address={theirs} framing=line")
        self.expect_error("closed", "send channel=c payload=61")
        self.expect("close channel=c")
        self.assertNotIn(str(theirs), self.endpoint.descriptors())

    def test_files_are_not_mixed_up(self) -> None:
        self.expect(self.listener("unix", "line"))
        os.unlink(self.path)
        Path(self.path).write_text("somebody else's")
        self.expect("close channel=c")
        self.assertEqual(Path(self.path).read_text(), "somebody else's")
        self.assertEqual(os.listdir(self.folder), ["s"])
        self.expect_error("missing", self.listener("unix", "line").replace(self.path, f"{self.path}-no/s"))

    def test_who_has_a_socket_file_never_notices_that_somebody_asks(self) -> None:
        bound = self.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
        bound.bind(self.path)
        self.expect_error("exists", self.listener("unix", "line"))
        bound.listen()
        self.expect_error("exists", self.listener("unix", "line"))
        self.assertRaises(BlockingIOError, bound.accept)
        os.rename(self.path, f"{self.path}-new")
        self.expect_error("exists", self.listener("unix", "line").replace(self.path, f"{self.path}-new"))

    def test_a_full_listener_is_waited_for(self) -> None:
        full = self.closing(socket.socket(socket.AF_UNIX))
        full.bind(self.path)
        full.listen(0)
        self.closing(socket.socket(socket.AF_UNIX)).connect(self.path)
        self.endpoint.tell(f"open channel=d transport=unix role=connect address={self.path} framing=line")
        self.endpoint.wait_until_blocked()
        self.closing(full.accept()[0])
        self.assertEqual(self.endpoint.reply(), {})

    def blocked(self, name: str) -> Iterator[tuple[str, Endpoint]]:
        os.mkfifo(f"{self.path}-{name}")
        Path(f"{self.path}-large").write_bytes(bytes(LARGE))
        fifo = f"open channel=d transport=fifo role=write address={self.path}-{name} framing=line"
        verbs = ("receive channel=c", "echo channel=c count=1", "ping channel=c count=1 size=1", fifo)
        for verb in ("accept channel=c", *verbs, f"send channel=c file={self.path}-large", "hello\n" * 1000):
            endpoint = Endpoint([*self.command])
            self.addCleanup(endpoint.kill)
            self.assertEqual(endpoint.ask(self.listener("unix", "u32le")), {})
            peer = self.closing(socket.socket(socket.AF_UNIX))
            if verb != "accept channel=c":
                peer.connect(self.path)
                self.assertEqual(endpoint.ask("accept channel=c"), {})
            endpoint.tell(verb)
            endpoint.wait_until_blocked()
            yield verb[:40], endpoint
            self.assertFalse(os.path.exists(self.path))

    def test_the_end_of_the_commands_and_sigterm_end_what_waits(self) -> None:
        for verb, endpoint in self.blocked("eof"):
            with self.subTest(verb):
                self.assertEqual(endpoint.end(), (0, ""))
        for verb, endpoint in self.blocked("term"):
            with self.subTest(verb):
                endpoint.process.terminate()
                self.assertEqual(endpoint.process.wait(DEADLINE), 128 + signal.SIGTERM)


if __name__ == "__main__":
    unittest.main()
