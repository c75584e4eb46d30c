"""Error kinds: the same fault gives the same kind in every language."""

from __future__ import annotations

import os
import resource
import socket
from pathlib import Path

from harness import NOBODY, EndpointCase


class KindTests(EndpointCase):
    def test_a_peer_that_is_gone_is_closed_or_reset(self) -> None:
        with self.peer("line") as peer:
            peer.close()
            self.expect_error("closed", "send channel=c payload=61")
            self.expect("receive channel=c", end="true")
        with self.peer("line") as peer:
            self.expect("send channel=c payload=61")
            peer.sendall(b"answer\n")
            peer.close()
            self.expect("receive channel=c", payload=b"answer".hex())
            self.expect_error("reset", "receive channel=c")
        read_end, write_end = os.pipe()
        self.endpoint = self.start(pass_fds=(write_end,))
        self.expect(f"open channel=p transport=pipe role=write address={write_end} framing=line")
        os.close(write_end)
        os.close(read_end)
        self.expect_error("closed", "send channel=p payload=61")

    def test_nobody_listens_is_refused(self) -> None:
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(self.path)
        self.expect_error(
            "refused",
            f"open channel=c transport=unix role=connect address={self.path} framing=line",
        )
        self.expect_error(
            "refused",
            "open channel=c transport=unix-abstract role=connect address=@nobody-is-here framing=line",
        )
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
        self.expect_error(
            "refused",
            f"open channel=c transport=tcp role=connect address=127.0.0.1:{port} framing=line",
        )
        self.expect(f"open channel=l transport=unix role=listen address={self.path} framing=line")
        self.expect_error(
            "refused",
            f"open channel=c transport=unix-seqpacket role=connect address={self.path} framing=none",
        )

    def test_what_does_not_exist_is_missing(self) -> None:
        Path(self.path).touch()
        for path in (f"{self.folder}/none", f"{self.path}/none"):
            self.expect_error("missing", f"open channel=c transport=unix role=connect address={path} framing=line")
            self.expect_error("missing", f"open channel=c transport=fifo role=read address={path} framing=line")
            self.expect_error(
                "missing",
                f"open channel=c transport=file-slot role=read address={path} framing=none",
            )
        self.expect_error(
            "missing",
            f"open channel=c transport=unix role=listen address={self.path}/none framing=line",
        )
        for path in (self.path, self.folder):
            self.expect_error("usage", f"open channel=c transport=fifo role=write address={path} framing=line")
        self.expect_error("usage", f"open channel=c transport=fifo role=write address=/{'x' * 300} framing=line")

    def test_an_address_in_use_exists_and_its_listener_notices_nothing(self) -> None:
        for transport, framing in (("unix", "line"), ("unix-seqpacket", "none")):
            with self.subTest(transport):
                rest = f"transport={transport} role=listen address={self.path} framing={framing}"
                self.expect(f"open channel=a {rest}")
                for other, bounds in (("unix", "line"), ("unix-seqpacket", "none")):
                    self.expect_error(
                        "exists",
                        f"open channel=b transport={other} role=listen address={self.path} framing={bounds}",
                    )
                other = self.start()
                self.assertEqual(other.ask(f"open channel=a {rest}".replace("listen", "connect")), {})
                self.assertEqual(other.ask("send channel=a payload=61"), {})
                self.expect("accept channel=a")
                self.expect("receive channel=a", payload="61")
                self.expect("reset")
        Path(self.path).touch()
        self.expect_error("exists", f"open channel=a transport=unix role=listen address={self.path} framing=line")
        address = self.endpoint.ask("open channel=t transport=tcp role=listen address=127.0.0.1:0 framing=line")[
            "address"
        ]
        self.expect_error("exists", f"open channel=a transport=tcp role=listen address={address} framing=line")

    def test_what_is_no_socket_is_left_as_it_is(self) -> None:
        Path(self.path).write_text("mine")
        os.mkfifo(f"{self.path}-fifo")
        os.mkdir(f"{self.path}-folder")
        os.symlink(f"{self.folder}/none", f"{self.path}-link")
        paths = [f"{self.folder}/{name}" for name in os.listdir(self.folder)]
        before = [os.lstat(path) for path in paths]
        for transport, framing in self.path_listeners:
            for path in paths:
                with self.subTest(transport=transport, path=path):
                    self.expect_error("exists", self.listener(transport, framing).replace(self.path, path))
        self.assertEqual([os.lstat(path) for path in paths], before)
        self.assertEqual(Path(self.path).read_text(), "mine")

    def test_who_holds_a_socket_file_notices_nothing_of_who_wants_it(self) -> None:
        for kind, state in (
            (socket.SOCK_STREAM, "bound"),
            (socket.SOCK_STREAM, "listening"),
            (socket.SOCK_SEQPACKET, "bound"),
            (socket.SOCK_SEQPACKET, "listening"),
            (socket.SOCK_DGRAM, "bound"),
            (socket.SOCK_DGRAM, "connected"),
        ):
            with socket.socket(socket.AF_UNIX, kind) as holder, socket.socket(socket.AF_UNIX, kind) as other:
                holder.bind(self.path)
                holder.setblocking(False)
                if state == "listening":
                    holder.listen()
                if state == "connected":
                    other.bind(f"{self.path}-other")
                    holder.connect(f"{self.path}-other")
                    os.unlink(f"{self.path}-other")
                for transport, framing in self.path_listeners:
                    with self.subTest(kind=kind, state=state, transport=transport):
                        self.expect_error("exists", self.listener(transport, framing))
                if state == "listening":
                    self.assertRaises(BlockingIOError, holder.accept)
                if kind == socket.SOCK_DGRAM:
                    self.assertRaises(BlockingIOError, holder.recv, 1)
                self.assertEqual(os.listdir(self.folder), [os.path.basename(self.path)])
            os.unlink(self.path)

    def test_a_socket_file_that_cannot_be_asked_about_is_in_use(self) -> None:
        if os.getuid() == 0:
            self.endpoint = self.start(user=NOBODY, group=NOBODY, extra_groups=[])
            os.chmod(self.folder, 0o777)
        with socket.socket(socket.AF_UNIX) as holder:
            holder.bind(self.path)
        os.chmod(self.path, 0)
        for transport, framing in self.path_listeners:
            with self.subTest(transport):
                self.expect_error("exists", self.listener(transport, framing))
        self.assertTrue(os.path.exists(self.path))

    def test_no_permission_is_denied(self) -> None:
        if os.getuid() == 0:
            self.endpoint = self.start(user=NOBODY, group=NOBODY, extra_groups=[])
        else:
            os.chmod(self.folder, 0)
            self.addCleanup(os.chmod, self.folder, 0o700)
        for rest in ("unix role=listen", "unix role=connect"):
            self.expect_error("denied", f"open channel=c transport={rest} address={self.path} framing=line")
        self.expect_error("denied", f"open channel=c transport=fifo role=read address={self.path} framing=line")
        self.expect_error("denied", self.slot("write"))

    def test_no_descriptors_left_is_internal(self) -> None:
        def limit_files() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))

        self.endpoint = self.start(preexec_fn=limit_files)
        command = f"open channel=a transport=unix role=listen address={self.path} framing=line"
        self.expect(command)
        self.expect_error(
            "internal",
            command.replace("channel=a", "channel=b").replace(self.path, f"{self.path}2"),
        )
        self.expect("close channel=a")
        self.expect(command)
