"""The promises of the Bash endpoint that neither the ladder nor the matrix can see.

Run with: python3 -W error::ResourceWarning -m unittest discover -s interop/bash
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import sys
import time
import unittest
from collections.abc import Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "c"))

from harness import DEADLINE, Endpoint, EndpointCase, frame

FOLDER = Path(__file__).resolve().parent
LARGE = 8 << 20


class BashCase(EndpointCase, unittest.TestCase):
    command = ("bash", str(FOLDER / "endpoint.sh"))

    @classmethod
    def setUpClass(cls) -> None:
        for program in ("bash", "socat", "basenc", "stdbuf"):
            if shutil.which(program) is None:
                raise unittest.SkipTest(f"there is no {program}: apt-get install -y bash coreutils socat")

    def start(self, **arguments: object) -> Endpoint:
        """One whose files and processes can be told from all others."""
        environment = {**os.environ, "TMPDIR": self.folder, **arguments.pop("env", {})}
        return super().start(env=environment, start_new_session=True, **arguments)

    def processes(self, session: int) -> list[str]:
        """The processes of an endpoint that are left, which is none after some time."""
        deadline = time.monotonic() + DEADLINE
        while True:
            found = []
            for path in Path("/proc").glob("[0-9]*/stat"):
                try:
                    status = path.read_text(errors="replace")
                except OSError:
                    continue
                if int(status.rpartition(")")[2].split()[3]) == session:
                    found.append(status)
            if not found or time.monotonic() > deadline:
                return found
            os.sched_yield()


class EndingTests(BashCase):
    """How it ends while it waits."""

    def blocked(self) -> Iterator[tuple[str, Endpoint]]:
        Path(f"{self.path}-large").write_bytes(b"x" * LARGE)
        os.mkfifo(f"{self.path}-fifo")
        for transport, address in (
            ("unix", self.path),
            ("unix-abstract", f"@bash-{os.getpid()}"),
            ("tcp", "127.0.0.1:0"),
        ):
            opening = f"open channel=c transport={transport} role=listen address={address} framing=line"
            yield f"accept {transport}", self.started(opening, "accept channel=c")
        opening = f"open channel=c transport=fifo role=%s address={self.path}-fifo framing=line"
        yield "open a FIFO to write", self.started(opening % "write")
        yield "open a FIFO to read", self.started(opening % "read")
        for command in (
            "receive channel=c",
            "receive channel=c timeout=86400000",
            "echo channel=c count=1",
            "ping channel=c count=1 size=1",
            f"send channel=c file={self.path}-large",
        ):
            yield command, self.connected(command)
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        opening = f"open channel=c transport=pipe role=write address={writer} framing=line"
        yield "send into a pipe", self.started(opening, f"send channel=c file={self.path}-large", pass_fds=(writer,))
        os.close(writer)
        full = socket.socket(socket.AF_UNIX)
        self.addCleanup(full.close)
        full.bind(f"{self.path}-full")
        full.listen(0)
        opening = f"transport=unix role=connect address={self.path}-full framing=line"
        yield "connect", self.started(f"open channel=c {opening}", f"open channel=d {opening}")

    def started(self, *commands: str, **arguments: object) -> Endpoint:
        """An endpoint that has a socket file, and waits in the last of the commands."""
        self.unanswered = len(commands)
        endpoint = Endpoint(
            [*self.command], env={**os.environ, "TMPDIR": self.folder}, start_new_session=True, **arguments
        )
        self.addCleanup(endpoint.kill)
        listening = f"open channel=l transport=unix role=listen address={self.path}-l framing=line"
        self.assertEqual(endpoint.ask(listening), {})
        for command in commands[:-1]:
            self.assertNotIn("error", endpoint.ask(command))
        endpoint.tell(commands[-1])
        endpoint.wait_until_blocked()
        return endpoint

    def connected(self, command: str) -> Endpoint:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{self.path}-peer")
            listener.listen()
            opening = f"open channel=c transport=unix role=connect address={self.path}-peer framing=line"
            endpoint = self.started(opening, command)
            self.addCleanup(listener.accept()[0].close)
        os.unlink(f"{self.path}-peer")
        return endpoint

    def expect_nothing_left(self, endpoint: Endpoint) -> None:
        self.assertEqual(self.processes(endpoint.pid), [])
        # The endpoint of setUp has a folder of its own for its files.
        left = {path.name for path in Path(self.folder).iterdir() if path.is_socket() or path.is_dir()}
        self.assertEqual(len(left - {"s-full"}), 1, left)

    def test_the_end_of_the_commands_ends_what_waits(self) -> None:
        for name, endpoint in self.blocked():
            with self.subTest(name):
                endpoint.process.stdin.close()
                self.assertEqual(endpoint.process.stdout.read(), b"", "it did not wait")
                self.assertEqual(endpoint.end(), (0, ""))
                self.expect_nothing_left(endpoint)

    def test_sigterm_ends_what_waits(self) -> None:
        for name, endpoint in self.blocked():
            with self.subTest(name):
                endpoint.process.terminate()
                self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
                self.expect_nothing_left(endpoint)

    def test_sigterm_ends_it_although_nobody_reads_the_replies(self) -> None:
        endpoint = self.started(*["hello"] * 2)
        endpoint.tell(*["hello"] * 1000)
        endpoint.wait_until_blocked()
        endpoint.process.terminate()
        endpoint.process.wait(DEADLINE)
        self.expect_nothing_left(endpoint)

    def test_sigterm_ends_it_although_the_parent_ignores_it(self) -> None:
        run = "import os, signal, sys; signal.signal(15, signal.SIG_IGN); os.execvp(sys.argv[1], sys.argv[1:])"
        endpoint = Endpoint([sys.executable, "-c", run, *self.command])
        self.addCleanup(endpoint.kill)
        self.assertEqual(endpoint.ask(self.listener("unix", "line")), {})
        endpoint.process.terminate()
        self.assertEqual(endpoint.process.wait(DEADLINE), -signal.SIGTERM)
        self.assertFalse(os.path.exists(self.path))

    def test_unread_commands_do_not_hide_the_end(self) -> None:
        endpoint = self.started(self.listener("unix", "line"), "accept channel=c")
        endpoint.tell(*["hello"] * 20000)
        self.assertEqual(endpoint.end(), (0, ""))


class PitfallTests(BashCase):
    """Where a shell does something else than one expects."""

    def test_bytes_are_bytes(self) -> None:
        self.expect(f"open channel=l transport=unix role=listen address={self.folder}/%ff%0a%c3%2a%27,%5c framing=line")
        self.assertIn(b"\xff\n\xc3*',\\", os.listdir(os.fsencode(self.folder)))
        with self.peer("line") as peer:
            peer.sendall(b"\0\xff\0\\n%s $(x)\r\n")
            self.expect("receive channel=c", payload=b"\0\xff\0\\n%s $(x)\r".hex())
            self.expect("send channel=c payload=005c6e2573")
            self.assertEqual(peer.recv(9), b"\0\\n%s\n")
            self.expect_error("missing", f"send channel=c file={self.folder}/%fe%0a")
        self.expect_error("usage", b"hello\0")
        self.expect_error("usage", b"\2")
        self.expect_error("usage", b"close channel=\xff")
        self.expect_error("usage", "close channel=c%00 how=write")
        self.expect("reset")

    def test_lines_that_come_together_with_a_long_one(self) -> None:
        long = bytes(range(11, 256)) * 400 + b"\0"
        with self.peer("line") as peer:
            peer.sendall(long + b"\n\0a\n\n" + long[:3000] + b"\nb\nc")
            self.expect(f"receive channel=c file={self.path}", length=str(len(long)))
            self.assertEqual(Path(self.path).read_bytes(), long)
            for line in (b"\0a", b"", long[:3000], b"b"):
                self.expect("receive channel=c", payload=line.hex())
            self.expect_error("timeout", "receive channel=c timeout=5")
            peer.sendall(b"\n")
            self.expect("receive channel=c", payload="63")
            peer.shutdown(socket.SHUT_WR)
            self.expect("receive channel=c", end="true")

    def test_a_timeout_inside_a_frame_loses_nothing(self) -> None:
        for framing in ("multiprocessing", "u32le", "line", "netstring", "varint", "content-length"):
            payload = b"\0x" * 1000
            content = frame(framing, payload)
            with self.subTest(framing), self.peer(framing) as peer:
                for start in (0, 3, 7, 1999):
                    peer.sendall(content[start : {0: 3, 3: 7, 7: 1999}.get(start)])
                    if start < 1999:
                        self.expect_error("timeout", "receive channel=c timeout=1")
                self.expect("receive channel=c", payload=payload.hex())

    def test_an_inherited_pipe_waits_for_a_slow_reader(self) -> None:
        for blocking in (True, False):
            with self.subTest(blocking=blocking):
                ours, theirs = os.pipe()
                os.set_blocking(theirs, blocking)
                content = os.urandom(LARGE)
                Path(self.path).write_bytes(content)
                self.endpoint = self.start(pass_fds=(theirs,))
                self.expect(f"open channel=c transport=pipe role=write address={theirs} framing=u32le")
                self.endpoint.tell(f"send channel=c file={self.path}")
                self.endpoint.wait_until_blocked()
                self.assertEqual(os.get_blocking(theirs), blocking)
                os.close(theirs)
                with open(ours, "rb") as reader:
                    self.assertEqual(reader.read(4 + LARGE), frame("u32le", content))
                    self.assertEqual(self.endpoint.reply(), {})
                self.expect_error("closed", "send channel=c payload=61")

    def test_the_adapter_may_lie_in_a_folder_with_an_odd_name(self) -> None:
        folder = f"{self.folder}/a b,c:'*"
        shutil.copytree(FOLDER, folder)
        self.command = ("bash", "endpoint.sh")
        self.endpoint = self.start(cwd=folder, env={"TMPDIR": folder, "IFS": "/", "LC_ALL": "C.UTF-8"})
        with self.peer("varint") as peer:
            self.expect(f"send channel=c payload={'61' * 2000}")
            self.assertEqual(peer.recv(9999, socket.MSG_WAITALL & 0), frame("varint", b"a" * 2000))

    def test_no_descriptors_left_is_internal(self) -> None:
        self.endpoint.ask("hello")
        hard = resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE)[1]
        for limit in range(5, 24):
            resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, (limit, hard))
            answer = self.endpoint.ask(self.listener("unix", "line"))
            self.assertIn(answer, ({"error": "internal"}, {}), limit)
            resource.prlimit(self.endpoint.pid, resource.RLIMIT_NOFILE, (hard, hard))
            self.expect("reset")
            self.assertFalse(os.path.exists(self.path))
        self.expect(self.listener("unix", "line"))


if __name__ == "__main__":
    unittest.main()
