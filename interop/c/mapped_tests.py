"""Slots and cells."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

from harness import EndpointCase


class MappedTests(EndpointCase):
    def test_a_slot_is_made_and_replaced_as_a_whole(self) -> None:
        self.expect_error("missing", self.slot("read"))
        self.expect(self.slot("write"))
        self.assertEqual(Path(self.path).read_bytes(), b"\0" * 1024)
        self.expect(self.slot("read", "r"))
        for text in (b"a longer text", b"short", b"", b"x" * 1024, b"\xc3\xa9\n"):
            self.expect(f"send channel=c payload={text.hex()}")
            self.assertEqual(Path(self.path).read_bytes(), text.ljust(1024, b"\0"))
            for _ in range(2):
                self.expect("receive channel=r", payload=text.hex())
        image = Path(self.path).read_bytes()
        self.expect_error("too-large", f"send channel=c payload={'61' * 1025}")
        self.expect_error("malformed", "send channel=c payload=610062")
        self.assertEqual(Path(self.path).read_bytes(), image)
        self.expect_error("usage", "receive channel=c")
        self.expect_error("usage", "send channel=r payload=61")
        self.expect_error("usage", "echo channel=r count=1")
        self.expect_error("unsupported", "close channel=r how=write")
        self.expect("close channel=r")
        self.expect(self.slot("read", "r", " limit=2"))
        self.expect_error("too-large", "receive channel=r")

    def test_a_short_slot_is_extended_and_a_long_one_keeps_its_rest(self) -> None:
        Path(self.path).write_bytes(b"old")
        self.expect_error("malformed", self.slot("read"))
        self.expect(self.slot("write"))
        self.assertEqual(Path(self.path).read_bytes(), b"old".ljust(1024, b"\0"))
        self.expect("close channel=c")
        Path(self.path).write_bytes(b"y" * 3000)
        self.expect(self.slot("read", "r"))
        self.expect("receive channel=r", payload="79" * 1024)
        self.expect(self.slot("write"))
        self.expect("send channel=c payload=7a")
        self.assertEqual(Path(self.path).read_bytes(), b"z".ljust(1024, b"\0") + b"y" * 1976)

    def test_a_slot_cut_by_somebody_else_does_not_kill(self) -> None:
        self.expect(self.slot("write"))
        self.expect(self.slot("read", "r"))
        os.truncate(self.path, 0)
        self.expect_error("malformed", "receive channel=r")
        self.expect("send channel=c payload=61")
        self.expect("receive channel=r", payload="61")

    def test_a_slot_lives_in_a_regular_file(self) -> None:
        os.mkfifo(self.path)
        for path in (self.path, self.folder, "/dev/null"):
            for role in ("read", "write"):
                self.expect_error(
                    "usage",
                    f"open channel=c transport=file-slot role={role} address={path} framing=none",
                )

    def cell_words(self) -> tuple[int, ...]:
        return struct.unpack("<4Q", Path(self.path).read_bytes()[:32])

    def test_a_cell_holds_a_message_until_it_is_taken(self) -> None:
        self.expect_error("missing", self.cell("read"))
        self.expect(self.cell("write"))
        self.assertEqual(Path(self.path).read_bytes(), b"\0" * 4096)
        self.expect(self.cell("read", "r"))
        for number, message in enumerate((b"hi", b"", b"\0" * 4032, b"\n")):
            self.expect(f"send channel=c payload={message.hex()}")
            self.assertEqual(self.cell_words(), (number + 1, number, len(message), 0))
            image = Path(self.path).read_bytes()
            self.assertEqual(image[64 : 64 + len(message)], message)
            self.expect("receive channel=r", payload=message.hex())
            self.assertEqual(self.cell_words(), (number + 1, number + 1, len(message), 0))
        self.expect_error("too-large", f"send channel=c payload={'61' * 4033}")
        self.expect_error("usage", "receive channel=c")
        self.expect_error("usage", "send channel=r payload=61")
        self.expect_error("unsupported", "close channel=c how=write")
        self.expect("send channel=c payload=61")
        self.expect("close channel=c")
        self.assertEqual(self.cell_words(), (5, 4, 1, 1))
        self.expect("receive channel=r", payload="61")
        for _ in range(2):
            self.expect("receive channel=r", end="true")

    def test_a_cell_loses_and_repeats_nothing(self) -> None:
        writer = self.start()
        self.assertEqual(writer.ask(self.cell("write")), {})
        self.expect(self.cell("read"))
        messages = [b"%d" % number * (number % 20 + 1) for number in range(300)]
        # All at once: each send waits until the message before it has been taken.
        writer.tell(*(f"send channel=c payload={message.hex()}" for message in messages), "reset")
        for message in messages:
            self.expect("receive channel=c", payload=message.hex())
        self.expect("receive channel=c", end="true")
        for _ in range(len(messages) + 1):
            self.assertEqual(writer.reply(), {})

    def test_a_receive_waits_for_whoever_writes_the_cell(self) -> None:
        with open(self.path, "w+b") as file:
            file.truncate(4096)
            with mmap.mmap(file.fileno(), 4096) as mapped:
                self.expect(self.cell("read"))
                self.endpoint.tell("receive channel=c")
                mapped[64:66] = b"hi"
                with memoryview(mapped) as view, view[:32] as part, part.cast("Q") as words:
                    words[2] = 2
                    words[0] = 1
                    self.assertEqual(self.endpoint.reply(), {"payload": "6869"})
                    self.assertEqual(words[1], 1)
                    self.endpoint.tell("receive channel=c")
                    words[3] = 1
                    self.assertEqual(self.endpoint.reply(), {"end": "true"})

    def test_a_cell_is_started_anew_and_keeps_what_is_behind_it(self) -> None:
        Path(self.path).write_bytes(b"\xff" * 4095)
        self.expect_error("malformed", self.cell("read"))
        self.expect(self.cell("write"))
        self.assertEqual(self.cell_words(), (0, 0, 0, 0))
        self.expect("close channel=c")
        Path(self.path).write_bytes(b"\xff" * 5000)
        self.expect(self.cell("write"))
        self.assertEqual(self.cell_words(), (0, 0, 0, 0))
        self.assertEqual(Path(self.path).read_bytes()[4096:], b"\xff" * 904)

    def test_a_cell_with_an_impossible_length_is_malformed(self) -> None:
        Path(self.path).write_bytes(b"\0" * 4096)
        self.expect(self.cell("read"))
        for length in (4033, 1 << 40, (1 << 64) - 1):
            with open(self.path, "r+b") as file:
                file.write(struct.pack("<3Q", 1, 0, length))
            self.expect_error("malformed", "receive channel=c")
        self.expect(self.cell("read", "r", " limit=2"))
        with open(self.path, "r+b") as file:
            file.write(struct.pack("<3Q", 1, 0, 3))
        self.expect_error("too-large", "receive channel=r")

    def test_a_cell_that_is_cut_is_truncated_and_does_not_kill(self) -> None:
        reader = self.start()
        self.expect(self.cell("write"))
        self.assertEqual(reader.ask(self.cell("read")), {})
        self.expect("send channel=c payload=61")
        self.endpoint.tell("send channel=c payload=62")  # It waits, because nothing is taken.
        os.truncate(self.path, 0)
        self.assertEqual(self.endpoint.reply(), {"error": "truncated"})
        self.assertEqual(reader.ask("receive channel=c"), {"error": "truncated"})
        self.expect("reset")
        self.assertEqual(reader.ask("reset"), {})
        for endpoint in (self.endpoint, reader):
            self.assertNotIn(self.folder, Path(f"/proc/{endpoint.pid}/maps").read_text())

    def test_a_cell_lives_in_a_regular_file(self) -> None:
        os.mkfifo(self.path)
        for path in (self.path, self.folder, "/dev/null"):
            for role in ("read", "write"):
                self.expect_error(
                    "usage",
                    f"open channel=c transport=file-cell role={role} address={path} framing=none",
                )
