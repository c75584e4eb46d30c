"""Endpoints that break one rule of PROTOCOL.md each: more modes of ``fake.py``.

    printf 'hello\\n' | python3 rules.py eats_cr

Each mode is what somebody would write who has not read the rule that its docstring names.
"""

from __future__ import annotations

import mmap
import os
import signal
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "interop" / "python"))

import addresses
import channel
import descriptors
import endpoint
import fake
import framings
import lines
import slots
import transports
from deadlines import Deadline
from fake import Values, before, replace
from faults import Fault

# Reading commands and writing replies


def plus_is_blank() -> None:
    """L15: undoes an encoding of web forms, in which a plus sign is a blank."""
    decode = lines.percent_decoded
    parse = lines.parse_command

    def parse_form(line: bytes) -> tuple[str, Values]:
        lines.percent_decoded = lambda value: decode(value.replace("+", " "))
        return parse(line.replace(b"+", b"%20"))

    endpoint.parse_command = parse_form


def upper_hex() -> None:
    """L11: writes a message's bytes in upper case."""
    reply_with_bytes = endpoint.Session.reply_with_bytes

    def reply(self: endpoint.Session, opened: channel.Channel, message: bytes, name: str | None) -> str:
        key, equals, digits = reply_with_bytes(self, opened, message, name).partition("payload=")
        return key + equals + digits.upper()

    endpoint.Session.reply_with_bytes = reply


def blanks() -> None:
    """L9: writes a message as it is."""
    endpoint.error_reply = lambda kind, message: f"error kind={kind} message={message}\n".encode()


# Opening


def deletes_file() -> None:
    """O13: removes whatever is in the way of its socket file."""
    transports.remove_stale_socket = os.unlink


def deletes_and_refuses() -> None:
    """O13: removes what is in the way before it finds out that it is no socket."""
    look = transports.remove_stale_socket

    def remove_and_look(path: bytes) -> None:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            os.unlink(path)
            raise Fault("exists", "There was a file.")
        look(path)

    transports.remove_stale_socket = remove_and_look


def connects_to_look() -> None:
    """O14: asks whether anybody listens by connecting, as everybody would."""

    def remove(path: bytes) -> None:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise Fault("exists", "There is a file that is no socket.")
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(path) == 0:
                raise Fault("exists", "Somebody listens.")
        os.unlink(path)

    transports.remove_stale_socket = remove


def takes_empty_address() -> None:
    """O9: gives the system whatever address came."""
    check = addresses.checked_path
    addresses.checked_path = lambda address: check(address) if address else b""


def both_directions() -> None:
    """O20: opens a FIFO for reading and writing, so that opening it never waits."""

    def open_fifo(address: str, role: str) -> transports.DescriptorStream:
        if not os.path.exists(address):
            raise Fault("missing", "There is no FIFO.")
        return transports.DescriptorStream(os.open(address, os.O_RDWR))

    descriptors.open_fifo = open_fifo


def accepts_again() -> None:
    """A3: obeys every accept."""

    def accept(session: endpoint.Session, values: Values) -> str:
        opened = session.channel(values)
        opened.use_socket(opened.listener.accept(), is_accepting=True)
        return ""

    replace("accept", accept)


# Sending


class Unflushed:
    """What is written to a FIFO through a buffer that nobody flushes."""

    def __init__(self, closes: bool) -> None:
        stream = transports.DescriptorStream
        close, self.buffered = stream.close, bytearray()
        stream.write = lambda _, data: self.take(data)
        stream.close = lambda opened: close(opened) if closes else None

    def take(self, data: bytes) -> int:
        self.buffered += data
        return len(data)


def unflushed() -> None:
    """S4: leaves what it sends in a buffer, and the descriptor to the garbage collector."""
    Unflushed(closes=False)


def loses_buffer() -> None:
    """S1: leaves what it sends in a buffer, and closes the descriptor under it."""
    Unflushed(closes=True)


def writes_once() -> None:
    """S1: takes one write for all of it."""
    transports.SocketStream.__init__ = write_what_fits


def write_what_fits(self: transports.SocketStream, connected: socket.socket) -> None:
    def write(data: bytes) -> int:
        # A blocking socket would wait for the rest.
        if len(data) > 65536:
            connected.send(data, socket.MSG_DONTWAIT)
        else:
            connected.send(data)
        return len(data)

    self._socket, self.write, self.receive_into = connected, write, connected.recv_into


def sends_no_file() -> None:
    """S2: has payload= alone."""
    obey = endpoint.VERBS["send"][0]

    def send(session: endpoint.Session, values: Values) -> str:
        if "file" in values:
            raise Fault("unsupported", "A file cannot be sent yet.")
        return obey(session, values)

    replace("send", send)


def sends_device() -> None:
    """S9: reads whatever is at the path."""
    endpoint.check_regular = lambda status, name: None


def sends_folder() -> None:
    """S9: lets the system say what a folder is."""

    def content(name: str, limit: int) -> bytes:
        with open(name, "rb") as file:
            return file.read()

    def of_anything(name: str, limit: int) -> bytes:
        try:
            return content(name, limit)
        except IsADirectoryError as error:
            raise Fault("internal", str(error)) from error

    endpoint.content_of_file = of_anything


def waits_for_fifo() -> None:
    """S9: opens the file first and then asks what it is, which a FIFO has wait."""

    def content(name: str, limit: int) -> bytes:
        if not os.path.isdir(name):
            with open(name, "rb") as file:
                endpoint.check_regular(os.fstat(file.fileno()), name)
                return file.read()
        raise Fault("usage", "That is a folder.")

    endpoint.content_of_file = content


def as_text() -> None:
    """S3: takes a message for text."""
    fake.alter_messages(lambda message: message.decode("utf-8", "replace").encode())


# Receiving


def eats_cr() -> None:
    """F14: takes CR LF for the end of a line."""
    next_message = framings.LineDecoder.next_message

    def next_line(self: framings.LineDecoder) -> bytearray | None:
        line = next_message(self)
        return line[:-1] if line is not None and line.endswith(b"\r") else line

    framings.LineDecoder.next_message = next_line


def keeps_nothing() -> None:
    """R6: forgets a message that is too long for a reply."""
    reply_with_bytes = endpoint.Session.reply_with_bytes

    def reply(self: endpoint.Session, opened: channel.Channel, message: bytes, name: str | None) -> str:
        try:
            return reply_with_bytes(self, opened, message, name)
        finally:
            opened.kept.clear()

    endpoint.Session.reply_with_bytes = reply


def appends() -> None:
    """R4: opens the file of a message without cutting it."""
    reply_with_bytes = endpoint.Session.reply_with_bytes

    def reply(self: endpoint.Session, opened: channel.Channel, message: bytes, name: str | None) -> str:
        if name is None:
            return reply_with_bytes(self, opened, message, name)
        with open(name, "ab") as file:
            file.write(message)
        return f" length={len(message)}"

    endpoint.Session.reply_with_bytes = reply


def reads_once() -> None:
    """R1: takes one read for all of a message."""

    class OneRead(framings.PrefixDecoder):
        def next_message(self) -> bytearray | None:
            message = super().next_message()
            if message is None and self._body is not None:
                message, self._body = self._body[: self._body_filled], None
            return message

    framings.Framing.decoder = lambda self, limit: OneRead(self, limit)


def reserves() -> None:
    """R10: makes a buffer for a frame before it looks at the limit."""
    measure = framings.Multiprocessing.measure

    def measure_late(self: framings.Multiprocessing, buffer: bytearray, start: int, end: int, limit: int) -> object:
        measures = measure(self, buffer, start, end, 1 << 40)
        if measures is not None and measures[1] > limit:
            with mmap.mmap(-1, measures[1]):  # As much as a buffer would be, and not touched.
                raise Fault("too-large", "The frame is above the limit.")
        return measures

    framings.Multiprocessing.measure = measure_late


def end_is_error() -> None:
    """R7: has an error for the end of the stream."""
    obey = endpoint.VERBS["receive"][0]

    def receive(session: endpoint.Session, values: Values) -> str:
        reply = obey(session, values)
        if reply == " end=true":
            raise Fault("closed", "The stream has ended.")
        return reply

    replace("receive", receive)


def end_is_empty() -> None:
    """R7: has an empty message for the end of the stream."""
    obey = endpoint.VERBS["receive"][0]

    def receive(session: endpoint.Session, values: Values) -> str:
        reply = obey(session, values)
        return " payload=" if reply == " end=true" else reply

    replace("receive", receive)


def floods() -> None:
    """R1: has much to say before it reads."""
    obey = endpoint.VERBS["receive"][0]

    def receive(session: endpoint.Session, values: Values) -> str:
        session.channel(values).peer().send(b"." * (8 << 20))
        return obey(session, values)

    replace("receive", receive)


# Waiting no longer than so many milliseconds


def ignores_timeout() -> None:
    """W1: takes the key, and waits for ever."""
    for verb in ("accept", "receive"):
        obey = endpoint.VERBS[verb][0]
        replace(verb, lambda session, values, obey=obey: obey(session, {**values, "timeout": "86400000"}))


def forgets_partial() -> None:
    """W2: begins anew after a timeout, without what has come of the frame."""
    receive = transports.MessageStream.receive

    def receive_or_forget(self: transports.MessageStream, deadline: Deadline | None = None) -> bytearray | None:
        try:
            return receive(self, deadline)
        except Fault:
            self._decoder = self._framing.decoder(self._limit)
            raise

    transports.MessageStream.receive = receive_or_forget


def after_timeout(act: Callable[[endpoint.Session, Values], object]) -> None:
    obey = endpoint.VERBS["accept"][0]

    def accept(session: endpoint.Session, values: Values) -> str:
        try:
            return obey(session, values)
        except Fault:
            act(session, values)
            raise

    replace("accept", accept)


def closes_listener() -> None:
    """W2: closes a channel for which nobody came in time."""
    after_timeout(lambda session, values: session.close({"channel": values["channel"]}))


def unlinks_listener() -> None:
    """W2: removes the file of a listener to which nobody came in time."""
    after_timeout(lambda session, values: session.channel(values).listener._file.remove())


def slot_has_no_timeout() -> None:
    """W4: refuses a timeout where nothing is waited for."""
    obey = endpoint.VERBS["receive"][0]

    def receive(session: endpoint.Session, values: Values) -> str:
        if "timeout" in values and isinstance(session.channel(values).connection, slots.FileSlot):
            raise Fault("usage", "A slot has no timeout.")
        return obey(session, values)

    replace("receive", receive)


# Closing


def refuses_how() -> None:
    """C5: takes a way of closing that its transport lacks for a bad command."""
    obey = endpoint.VERBS["close"][0]

    def close(session: endpoint.Session, values: Values) -> str:
        if "how" in values and session.channel(values).is_one_way:
            raise Fault("usage", "A FIFO has no how.")
        return obey(session, values)

    replace("close", close)


def stays_open() -> None:
    """C3: takes how=write for done."""
    transports.SocketStream.end_writing = lambda self: None


def forgets_to_close() -> None:
    """C1: forgets the channel and leaves its descriptor to the garbage collector."""
    forgotten: list[channel.Channel] = []

    def close(session: endpoint.Session, values: Values) -> str:
        forgotten.append(session.channels.pop(values["channel"]))
        return ""

    replace("close", close)


def stops() -> None:
    """No rule: something stops it."""
    for verb in ("send", "receive"):
        before(verb, lambda: os.kill(os.getpid(), signal.SIGSTOP))


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    sys.exit(endpoint.main())
