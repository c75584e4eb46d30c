"""Messages through files."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from harness import FRAMINGS, EndpointCase, frame, peak_address_space


class FileTests(EndpointCase):
    def test_a_message_too_long_for_a_reply_line_is_kept_for_a_file(self) -> None:
        fitting, longer = b"x" * 131_066, b"y" * 131_067
        with self.peer("u32le") as peer:
            self.endpoint.tell("receive channel=c")
            peer.sendall(frame("u32le", fitting))
            self.assertEqual(self.endpoint.reply(), {"payload": fitting.hex()})
            self.endpoint.tell("receive channel=c")
            peer.sendall(frame("u32le", longer) + frame("u32le", b"z"))
            self.assertEqual(self.endpoint.reply(), {"error": "usage"})
            self.expect_error("usage", "receive channel=c")
            self.expect(f"receive channel=c file={self.path}", length="131067")
            self.expect("receive channel=c", payload=b"z".hex())
        self.assertEqual(Path(self.path).read_bytes(), longer)

    def test_a_received_file_is_replaced_as_a_whole(self) -> None:
        with self.peer("line") as peer:
            for earlier, message in ((b"a longer content", b"short"), (b"x", b"longer"), (b"x", b"")):
                Path(self.path).write_bytes(earlier)
                peer.sendall(message + b"\n")
                self.expect(f"receive channel=c file={self.path}", length=str(len(message)))
                self.assertEqual(Path(self.path).read_bytes(), message)

    def test_only_a_regular_file_can_be_sent_and_nothing_else_is_read(self) -> None:
        empty, filled = f"{self.folder}/empty", f"{self.folder}/filled"
        for fifo in (empty, filled):
            os.mkfifo(fifo)
        os.symlink(empty, f"{self.folder}/link")
        with socket.socket(socket.AF_UNIX) as listener, self.peer("line") as peer:
            listener.bind(f"{self.folder}/socket")
            descriptor = os.open(filled, os.O_RDWR)
            os.write(descriptor, b"unread")
            others = [f"{self.folder}/link", f"{self.folder}/socket", self.folder, "/dev/zero", "/dev/null"]
            for path in [empty, filled, *others]:
                with self.subTest(path):
                    self.expect_error("usage", f"send channel=c file={path}")
            self.assertEqual(os.read(descriptor, 9), b"unread")
            os.close(descriptor)
            self.expect_error("missing", f"send channel=c file={self.folder}/none")
            self.expect("send channel=c payload=61")
            self.assertEqual(peer.recv(9), b"a\n")

    def test_a_file_above_the_limit_is_not_read(self) -> None:
        Path(self.path).touch()
        os.truncate(self.path, 10 << 30)  # A hole: it takes no room on the disk.
        with self.peer("u32le") as peer:
            before = peak_address_space(self.endpoint.pid)
            self.expect_error("too-large", f"send channel=c file={self.path}")
            self.assertLess(peak_address_space(self.endpoint.pid) - before, 16_384, "KiB")
            self.expect("send channel=c payload=61")
            self.assertEqual(peer.recv(9), frame("u32le", b"a"))

    def test_sixteen_mebibytes_travel_through_files_in_little_memory(self) -> None:
        payload = os.urandom(1 << 20).replace(b"\n", b"") * 16
        payload += b"x" * ((16 << 20) - len(payload))
        source, target = f"{self.folder}/source", f"{self.folder}/target"
        Path(source).write_bytes(payload)
        for framing in ("line",) if self.is_sanitized else FRAMINGS:
            reader, writer = self.start(), self.start()
            address = f"channel=c transport=unix address={self.path} framing={framing}"
            self.assertEqual(reader.ask(f"open role=listen {address}"), {})
            self.assertEqual(writer.ask(f"open role=connect {address}"), {})
            reader.tell("accept channel=c", f"receive channel=c file={target}")
            self.assertEqual(writer.ask(f"send channel=c file={source}"), {})
            self.assertEqual([reader.reply(), reader.reply()], [{}, {"length": str(len(payload))}])
            self.assertTrue(Path(target).read_bytes() == payload, framing)
            if not self.is_sanitized:
                for endpoint in (reader, writer):
                    status = Path(f"/proc/{endpoint.pid}/status").read_text()
                    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
                    self.assertLess(peak, self.peak_memory, f"{framing}: KiB at the peak")
            self.assertEqual(reader.ask("reset"), {})

    def test_an_undeliverable_message_can_be_received_again(self) -> None:
        with self.peer("u32le") as peer:
            payload = b"y" * 140_000
            self.endpoint.tell("receive channel=c")
            peer.sendall(frame("u32le", payload) + frame("u32le", b"next"))
            self.assertEqual(self.endpoint.reply(), {"error": "usage"})
            self.expect_error("missing", f"receive channel=c file={self.folder}/none/x")
            self.expect(f"receive channel=c file={self.path}", length="140000")
            self.assertEqual(Path(self.path).read_bytes(), payload)
            self.expect("receive channel=c", payload=b"next".hex())
            self.expect_error("missing", f"send channel=c file={self.folder}/none")
            os.mkfifo(f"{self.folder}/fifo")
            self.expect_error("usage", f"send channel=c file={self.folder}/fifo")
            peer.shutdown(socket.SHUT_WR)
            os.unlink(self.path)
            self.expect(f"receive channel=c file={self.path}", end="true")
            self.assertFalse(os.path.exists(self.path), "an end makes no file")
