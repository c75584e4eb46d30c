"""What the C# endpoint makes of a system that says no, of hostile neighbours, and of odd words."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import subprocess
import unittest
from pathlib import Path

from runtimes import FOLDER, Dotnet, Mono, shared

MIB = 1 << 20

needs_strace = unittest.skipUnless(
    shutil.which("strace"), "strace is missing: apt-get install -y --no-install-recommends strace"
)


class FaultTests(shared.EndpointCase):
    """Mixed into one test case for each runtime."""

    # System calls that fail

    def faulty(self, **arguments: object) -> None:
        """Makes `self.endpoint` one whose system calls can be told to fail."""
        library = f"{self.folder}/fault.so"
        source = str(FOLDER / "fault.c")
        subprocess.run(["cc", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        environment = {**os.environ, "LD_PRELOAD": library, "FAULT": f"{self.folder}/fault"}
        self.endpoint = self.start(env=environment, **arguments)
        self.endpoint.ask("hello")

    def ask_with(self, call: str, number: int, command: str) -> dict[str, str]:
        # Not before it waits for the command: that is a system call, too.
        while Path(f"/proc/{self.endpoint.pid}/syscall").read_text().split()[1:2] != ["0x0"]:
            os.sched_yield()
        fault = Path(f"{self.folder}/fault.new")
        fault.write_text(f"{call} {number}")
        fault.rename(f"{self.folder}/fault")
        reply = self.endpoint.ask(command)
        self.assertFalse(os.path.exists(f"{self.folder}/fault"), f"{command} makes no {call}")
        return reply

    def test_a_connection_that_does_not_come_about_in_time_is_timeout(self) -> None:
        self.faulty()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen()
            for transport, address in (("tcp", "127.0.0.1:9"), ("dotnet-pipe", self.path)):
                command = f"open channel=c transport={transport} role=connect address={address} framing=line"
                for number in (errno.ETIMEDOUT, errno.EAGAIN):
                    self.assertEqual(self.ask_with("connect", number, command), {"error": "timeout"}, transport)

    def traced(self, call: str, *words: str) -> shared.Endpoint:
        strace = ["strace", "-f", "-qq", "-o", f"{self.path}-trace", "-e", f"trace={call}", "-e"]
        endpoint = shared.Endpoint([*strace, *words])
        self.addCleanup(endpoint.kill)
        return endpoint

    def test_a_file_system_without_inodes_is_internal(self) -> None:
        folder = f"{self.folder}/full"
        os.mkdir(folder)
        mount = f"mount -t tmpfs -o nr_inodes=1 none {folder}"
        if subprocess.run(["unshare", "-m", "sh", "-c", mount], check=False, capture_output=True).returncode:
            self.skipTest("needs root, to mount a file system")
        self.endpoint = shared.Endpoint(["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh", *self.command])
        self.addCleanup(self.endpoint.kill)
        for transport, framing in self.path_listeners:
            self.expect_error("internal", self.listener(transport, framing).replace(self.path, f"{folder}/s"))
        self.expect("reset")

    def test_a_peer_that_is_gone_before_it_is_accepted_is_passed_over(self) -> None:
        self.faulty()
        for transport, framing in (("unix", "line"), ("tcp", "line"), ("unix-seqpacket", "none")):
            address = "127.0.0.1:0" if transport == "tcp" else self.path
            opened = self.endpoint.ask(
                f"open channel=c transport={transport} role=listen address={address} framing={framing}"
            )
            family = socket.AF_INET if transport == "tcp" else socket.AF_UNIX
            kind = socket.SOCK_SEQPACKET if framing == "none" else socket.SOCK_STREAM
            with self.subTest(transport), socket.socket(family, kind) as peer:
                port = opened.get("address", ":0").rpartition(":")[2]
                peer.connect(("127.0.0.1", int(port)) if transport == "tcp" else self.path)
                self.assertEqual(self.ask_with("accept", errno.ECONNABORTED, "accept channel=c"), {})
            self.expect("close channel=c")

    def test_what_a_signal_interrupts_is_repeated(self) -> None:
        fifo = f"{self.path}-fifo"
        os.mkfifo(fifo)
        writer = os.open(fifo, os.O_RDWR)
        reading, writing = os.pipe()
        ours, theirs = socket.socketpair()
        self.faulty(pass_fds=(reading, writing, theirs.fileno()))
        interrupted = errno.EINTR
        self.expect(f"open channel=f transport=fifo role=read address={fifo} framing=line")
        self.expect(f"open channel=r transport=pipe role=read address={reading} framing=line")
        self.expect(f"open channel=w transport=pipe role=write address={writing} framing=line")
        self.expect(f"open channel=s transport=socketpair role=read address={theirs.fileno()} framing=line")
        os.write(writer, b"a\n")
        self.assertEqual(self.ask_with("read", interrupted, "receive channel=f"), {"payload": "61"})
        self.assertEqual(self.ask_with("write", interrupted, "send channel=w payload=62"), {})
        self.assertEqual(self.ask_with("read", interrupted, "receive channel=r"), {"payload": "62"})
        ours.send(b"c\n")
        self.assertEqual(self.ask_with("read", interrupted, "receive channel=s"), {"payload": "63"})
        for number in (writer, reading, writing):
            os.close(number)
        ours.close()
        theirs.close()
        self.expect(self.listener("unix", "line"))
        with socket.socket(socket.AF_UNIX) as peer:
            peer.connect(self.path)
            self.assertEqual(self.ask_with("accept", interrupted, "accept channel=c"), {})
            peer.send(b"d\n")
            self.assertEqual(self.ask_with("recv", interrupted, "receive channel=c"), {"payload": "64"})
            self.assertEqual(self.ask_with("send", interrupted, "send channel=c payload=65"), {})
            self.assertEqual(peer.recv(9), b"e\n")
        self.expect("reset")

    @needs_strace
    def test_the_opening_of_a_fifo_that_a_signal_interrupts_is_repeated(self) -> None:
        fifo = f"{self.path}-fifo"
        os.mkfifo(fifo)
        endpoint = self.traced("openat,open", "inject=openat,open:error=EINTR:when=1", "-P", fifo, *self.command)
        endpoint.tell(f"open channel=c transport=fifo role=read address={fifo} framing=line")
        writer = os.open(fifo, os.O_RDWR)
        self.assertEqual(endpoint.reply(), {})
        os.close(writer)
        self.assertEqual(endpoint.ask("receive channel=c"), {"end": "true"})
        endpoint.process.stdin.close()
        self.assertEqual(endpoint.process.wait(shared.DEADLINE), 0)
        self.assertIn("INJECTED", Path(f"{self.path}-trace").read_text())

    # Standard output

    def test_what_the_runtime_has_to_say_goes_to_standard_error(self) -> None:
        # SIGQUIT: Mono lists its threads, as it does before it aborts.
        if self.endpoint.ask("hello")["runtime"].startswith("Mono"):
            endpoint = shared.Endpoint([*self.command])
            self.addCleanup(endpoint.kill)
            self.assertEqual(endpoint.ask(self.listener("unix", "line")), {})
            endpoint.process.send_signal(signal.SIGQUIT)
            self.assertEqual(endpoint.ask("close channel=c"), {})
            self.assertEqual(endpoint.ask("reset"), {})
            # Before it may end: it takes its time over that.
            said = b""
            while b"thread dump" not in said and (part := os.read(endpoint.process.stderr.fileno(), 65536)):
                said += part
            self.assertIn(b"thread dump", said)
            endpoint.process.stdin.close()
            self.assertEqual(endpoint.process.stdout.read(), b"")
        output, errors = (os.readlink(f"/proc/{self.endpoint.pid}/fd/{number}") for number in (1, 2))
        self.assertEqual(output, errors)

    def test_no_reply_is_longer_than_a_line(self) -> None:
        for address in ("%ff" * 80_000, "%c3%a4" * 40_000, "%f0%9f%8e%88" * 20_000, "/" + "x" * 200_000):
            for command in (
                f"open channel=c transport=unix role=listen address={address} framing=line",
                f"open channel=c transport=fifo role=read address={address} framing=line",
                f"open channel=c transport={address} role=read address=x framing=line",
                f"send channel={address} payload=61",
                f"{'x' * 200_000} channel=c",
            ):
                self.endpoint.tell(command)
                self.assertLessEqual(len(self.endpoint.raw_reply()), shared.LINE_LIMIT)

    # Files

    def test_a_listener_removes_only_what_it_has_made(self) -> None:
        for transport, framing in self.path_listeners:
            for end in ("close channel=c", "reset", None, signal.SIGTERM):
                with self.subTest(transport, end=end), socket.socket(socket.AF_UNIX) as other:
                    endpoint = shared.Endpoint([*self.command])
                    self.assertEqual(endpoint.ask(self.listener(transport, framing)), {})
                    os.unlink(self.path)
                    other.bind(self.path)
                    other.listen()
                    inode = os.stat(self.path).st_ino
                    if end is None:
                        endpoint.process.stdin.close()
                        endpoint.process.wait(shared.DEADLINE)
                    elif end == signal.SIGTERM:
                        endpoint.process.send_signal(end)
                        endpoint.process.wait(shared.DEADLINE)
                    else:
                        self.assertEqual(endpoint.ask(end), {})
                    self.assertEqual(os.stat(self.path).st_ino, inode)
                    with socket.socket(socket.AF_UNIX) as peer:
                        peer.connect(self.path)
                    endpoint.kill()
                    os.unlink(self.path)
                    self.assertEqual(os.listdir(self.folder), [])

    def test_a_socket_file_is_there_under_its_name_alone(self) -> None:
        for transport, framing in self.path_listeners:
            self.expect(self.listener(transport, framing))
            self.assertEqual(os.listdir(self.folder), ["s"], transport)
            with socket.socket(socket.AF_UNIX) as holder:
                self.assertRaises(OSError, holder.bind, self.path)
            self.expect("reset")

    def test_another_users_stale_socket_is_denied(self) -> None:
        if os.getuid() != 0:
            self.skipTest("needs root, to be two users")
        os.chmod(self.folder, 0o1777)
        for transport, framing in self.path_listeners:
            with socket.socket(socket.AF_UNIX) as stale:
                stale.bind(self.path)
            os.chmod(self.path, 0o777)
            endpoint = shared.Endpoint(["setpriv", f"--reuid={shared.NOBODY}", "--clear-groups", *self.command])
            self.addCleanup(endpoint.kill)
            self.assertEqual(endpoint.ask(self.listener(transport, framing)), {"error": "denied"}, transport)
            self.assertEqual(os.listdir(self.folder), ["s"])
            os.unlink(self.path)

    def test_a_file_that_cannot_be_sent_is_refused_at_once_and_unread(self) -> None:
        os.mkfifo(f"{self.path}-fifo")
        with open(f"{self.path}-sparse", "wb") as sparse:
            sparse.truncate(10 << 30)
        with self.peer("line"):
            for kind, path in (
                ("usage", f"{self.path}-fifo"),
                ("usage", self.folder),
                ("usage", "/dev/zero"),
                ("usage", "/dev/tty"),
                ("too-large", f"{self.path}-sparse"),
            ):
                before = self.resident()
                self.expect_error(kind, f"send channel=c file={path}")
                self.assertLess(self.resident() - before, 8 * MIB, path)

    # Words

    def test_numbers_are_decimal_without_sign_and_leading_zeros(self) -> None:
        opening = "open channel=c role={} transport={} framing=line address={}"
        for limit in ("00000000005", "05", "+5", "-5", "%205", "5.", "0x5", "", "2147483648"):
            self.expect_error("usage", opening.format("listen", "tcp", "127.0.0.1:0") + f" limit={limit}")
        for port in ("+0", "00", "080", "-0", "65536", "", "1%20"):
            self.expect_error("usage", opening.format("listen", "tcp", f"127.0.0.1:{port}"))
        for number in ("+9", "09", "2147483648", "99999999999", "-1", "2"):
            self.expect_error("usage", opening.format("read", "pipe", number))
        self.expect_error("missing", opening.format("read", "pipe", "2147483647"))
        self.expect_error("unsupported", opening.format("listen", "pipe", "2147483648"))
        for name in ("anonymous", "Anonymous", "ANONYMOUS", "aNoNyMoUs"):
            for role in ("listen", "connect"):
                self.expect_error("usage", opening.format(role, "dotnet-pipe", name))

    def test_an_abstract_name_may_have_107_bytes(self) -> None:
        for length in (1, 105, 106, 107):
            name = f"{os.getpid()}".ljust(length, "x")[:length]
            opening = f"open channel={{}} transport=unix-abstract role={{}} address=@{name} framing=line"
            with self.subTest(length):
                self.expect(opening.format("l", "listen"))
                self.expect_error("exists", opening.format("d", "listen"))
                self.expect(opening.format("c", "connect"))
                self.expect("accept channel=l")
                self.expect("send channel=c payload=61")
                self.expect("receive channel=l", payload="61")
                self.expect("close channel=c how=write")
                self.expect("receive channel=l", end="true")
                self.expect("send channel=l payload=62")
                self.expect("receive channel=c", payload="62")
                self.expect("reset")
                self.expect_error("refused", opening.format("c", "connect"))
        self.expect_error(
            "usage", f"open channel=c transport=unix-abstract role=listen address=@{'x' * 108} framing=line"
        )

    # Memory

    def resident(self, which: str = "VmRSS") -> int:
        lines = Path(f"/proc/{self.endpoint.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(which)) * 1024

    def test_a_message_costs_at_most_sixteen_times_its_length(self) -> None:
        for framing in shared.FRAMINGS:
            for size in (1000, MIB, 8 * MIB):
                with self.subTest(framing, size=size):
                    self.endpoint = self.start()
                    self.endpoint.ask("hello")
                    with self.peer(framing) as peer:
                        before = self.resident()
                        self.endpoint.tell(f"receive channel=c file={self.path}")
                        peer.sendall(shared.frame(framing, b"x" * size))
                        self.assertEqual(self.endpoint.reply(), {"length": str(size)})
                        self.assertLess(self.resident("VmHWM") - before, 16 * size + 32 * MIB)

    def test_a_flood_of_messages_costs_no_more_than_one(self) -> None:
        self.endpoint.ask("hello")
        with self.peer("line") as peer:
            before = self.resident()
            for _ in range(20):
                peer.sendall(b"x" * 50_000 + b"\n" * 1000)
                self.endpoint.tell(*["receive channel=c"] * 1000)
                self.assertEqual(self.endpoint.reply(), {"payload": "78" * 50_000})
                for _ in range(999):
                    self.assertEqual(self.endpoint.reply(), {"payload": ""})
            self.assertLess(self.resident("VmHWM") - before, 16 * 50_000 + 32 * MIB)


class MonoFaults(FaultTests, Mono):
    @needs_strace
    def test_a_unix_socket_that_is_not_connected_in_time_is_timeout(self) -> None:
        # With strace, because on Mono the endpoint asks libc itself, past what is preloaded.
        for name in ("ETIMEDOUT", "EAGAIN"):
            endpoint = self.traced("connect", f"inject=connect:error={name}", *self.command)
            for transport, address in (("unix", self.path), ("unix-abstract", f"@{self.path}")):
                command = f"open channel=c transport={transport} role=connect address={address} framing=line"
                with socket.socket(socket.AF_UNIX) as listener:
                    listener.bind(address.replace("@", "\0"))
                    listener.listen()
                    self.assertEqual(endpoint.ask(command), {"error": "timeout"}, transport)
            os.unlink(self.path)


class DotnetFaults(FaultTests, Dotnet):
    pass
