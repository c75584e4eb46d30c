"""How messages are marked off in a byte stream, without any input or output.

A framing writes a header before a payload and a trailer after it. A decoder takes messages out of
a stream that the system may cut into pieces anywhere: one receive may bring half a header, or ten
messages and a bit.

    decoder = FRAMINGS["netstring"].decoder(limit=1024)
    while (message := decoder.next_message()) is None:
        count = connection.recv_into(decoder.space())
        if count == 0:
            decoder.finish()  # raises if the stream ended inside a frame
            break
        decoder.received(count)

Every length is checked against the limit before memory is allocated for it: a length is four bytes
that anybody can send, and a stream that is out of step soon announces gigabytes.
"""

from __future__ import annotations

import struct

from faults import Fault, too_large

# Large enough that one receive serves many small messages, small enough to be had for every
# connection.
BUFFER_SIZE = 65536
# What is taken at most for a message of which nothing has come yet. Larger ones are moved as they grow.
LARGEST_ADVANCE = 8 << 20

_INT32 = struct.Struct(">i")
_INT32_UINT64 = struct.Struct(">iQ")
_UINT64 = struct.Struct(">Q")
_UINT32_LITTLE = struct.Struct("<I")


class Framing:
    """The rules of one framing. It has no state: one instance serves every stream."""

    trailer = b""

    def check(self, payload: bytes | bytearray) -> None:
        """Raises ``malformed`` for a payload that the framing cannot carry."""

    def header(self, length: int) -> bytes:
        """The bytes before a payload of this length."""
        raise NotImplementedError

    def measure(self, buffer: bytearray, start: int, end: int, limit: int) -> tuple[int, int] | None:
        """Reads the header at ``start`` of what has arrived.

        Returns the sizes of the header and of the payload, or None while the header is incomplete.
        Raises ``too-large`` or ``malformed`` at the first byte that proves it, so that the outcome
        does not depend on how the stream is cut.
        """
        raise NotImplementedError

    def decoder(self, limit: int) -> PrefixDecoder | LineDecoder:
        """A decoder at the start of a stream; the limit is the largest payload in bytes."""
        return PrefixDecoder(self, limit)


class Multiprocessing(Framing):
    """The frames of ``multiprocessing.connection``, of ``send_bytes`` and ``recv_bytes``."""

    def header(self, length: int) -> bytes:
        if length <= 0x7FFFFFFF:
            return _INT32.pack(length)
        return _INT32_UINT64.pack(-1, length)

    def measure(self, buffer: bytearray, start: int, end: int, limit: int) -> tuple[int, int] | None:
        if end - start < 4:
            return None
        header_size = 4
        (length,) = _INT32.unpack_from(buffer, start)
        if length < 0:
            # CPython takes every length below -1 for an empty message, and is out of step from
            # then on.
            if length != -1:
                raise Fault(
                    "malformed",
                    f"The length {length} is negative, so these are not multiprocessing frames: "
                    "check the framing and the byte order of the sender.",
                )
            if end - start < 12:
                return None
            header_size = 12
            (length,) = _UINT64.unpack_from(buffer, start + 4)
        if length > limit:
            raise too_large(length, limit)
        return header_size, length


class LittleEndian(Framing):
    """A uint32 little-endian length: what browsers speak with their native messaging hosts."""

    def header(self, length: int) -> bytes:
        return _UINT32_LITTLE.pack(length)

    def measure(self, buffer: bytearray, start: int, end: int, limit: int) -> tuple[int, int] | None:
        if end - start < 4:
            return None
        (length,) = _UINT32_LITTLE.unpack_from(buffer, start)
        if length > limit:
            raise too_large(length, limit)
        return 4, length


class Netstring(Framing):
    """Decimal length, colon, payload, comma."""

    trailer = b","

    def header(self, length: int) -> bytes:
        return b"%d:" % length

    def measure(self, buffer: bytearray, start: int, end: int, limit: int) -> tuple[int, int] | None:
        length = 0
        for position in range(start, end):
            byte = buffer[position]
            if byte == 0x3A and position > start:
                return position + 1 - start, length
            if not 0x30 <= byte <= 0x39 or (position > start and buffer[start] == 0x30):
                raise Fault(
                    "malformed",
                    f"Byte {byte:#04x} stands in the length of a netstring, which is digits "
                    "without a leading zero and a colon: check the framing of the sender.",
                )
            length = length * 10 + byte - 0x30
            # Checked at every digit, so that an endless run of digits is never collected.
            if length > limit:
                raise too_large(length, limit)
        return None


class Varint(Framing):
    """Unsigned LEB128 length, seven bits a byte, lowest first: protobuf's delimited messages."""

    def header(self, length: int) -> bytes:
        header = bytearray()
        while length >= 0x80:
            header.append(length & 0x7F | 0x80)
            length >>= 7
        header.append(length)
        return bytes(header)

    def measure(self, buffer: bytearray, start: int, end: int, limit: int) -> tuple[int, int] | None:
        length = 0
        for index in range(min(end - start, 10)):
            byte = buffer[start + index]
            # Nine bytes hold 63 bits, so the tenth may only bring one more and must be the last.
            if index == 9 and byte > 1:
                raise Fault(
                    "malformed",
                    "The varint of a length goes on after ten bytes or 64 bits: check the framing of the sender.",
                )
            length |= (byte & 0x7F) << 7 * index
            if byte < 0x80:
                if length > limit:
                    raise too_large(length, limit)
                return index + 1, length
        return None


class ContentLength(Framing):
    """A header block with ``Content-Length``, as language and debug servers have it."""

    # A header has no length of its own, so it needs a limit too: its empty line included.
    longest_header = 4096

    def header(self, length: int) -> bytes:
        return b"Content-Length: %d\r\n\r\n" % length

    def measure(self, buffer: bytearray, start: int, end: int, limit: int) -> tuple[int, int] | None:
        bound = min(end, start + self.longest_header)
        position = start
        length = None
        while True:
            line_end = buffer.find(b"\r\n", position, bound)
            line = buffer[position : bound if line_end < 0 else line_end]
            if line_end < 0 and line.endswith(b"\r"):
                line.pop()  # Perhaps the first half of the line's end.
            if b"\r" in line or b"\n" in line:
                raise self._malformed("has a line that does not end with CR LF")
            if line_end < 0:
                if end - start >= self.longest_header:
                    raise self._malformed(f"does not end within {self.longest_header} bytes")
                return None
            position = line_end + 2
            if not line:
                break
            name, colon, value = line.partition(b":")
            if not colon:
                raise self._malformed("has a line without a colon")
            if name.lower() == b"content-length":
                digits = value.strip(b" \t")
                # isdigit() also keeps out the signs and underscores that int() would take.
                if length is not None or len(digits) > 19 or not digits.isdigit():
                    raise self._malformed("has a second Content-Length or one that is no number")
                length = int(digits)
        if length is None:
            raise self._malformed("has no Content-Length")
        if length > limit:
            raise too_large(length, limit)
        return position - start, length

    @staticmethod
    def _malformed(what: str) -> Fault:
        return Fault("malformed", f"The header {what}: check the framing of the sender.")


class Line(Framing):
    """The payload and a line feed, as in JSON Lines. A carriage return is payload."""

    trailer = b"\n"

    def check(self, payload: bytes | bytearray) -> None:
        offset = payload.find(b"\n")
        if offset >= 0:
            raise Fault(
                "malformed",
                f"The message has a line feed at offset {offset}, which would cut it in two: "
                "encode it, or choose a framing with a length.",
            )

    def header(self, length: int) -> bytes:
        return b""

    def decoder(self, limit: int) -> LineDecoder:
        return LineDecoder(limit)


class PrefixDecoder:
    """Takes messages out of a stream of frames that announce their length.

    Small frames collect in a buffer of fixed size, so that one receive serves many. A frame that
    does not fit there gets memory of its own, and the stream is received straight into it.
    """

    def __init__(self, framing: Framing, limit: int) -> None:
        self._framing = framing
        self.limit = limit
        self._buffer = bytearray(BUFFER_SIZE)
        self._view = memoryview(self._buffer)
        # What has arrived and is not yet taken lies in the buffer from start to end.
        self._start = 0
        self._end = 0
        # A frame is not looked at again before so many bytes are there.
        self._needed = 1
        self._body: bytearray | None = None
        self._body_length = 0
        self._body_view = self._view
        self._body_filled = 0

    def next_message(self) -> bytearray | None:
        """The next whole message, or None while more bytes are needed."""
        if self._body is not None:
            return self._take_body(self._body)
        start = self._start
        available = self._end - start
        if available < self._needed:
            return None
        measures = self._framing.measure(self._buffer, start, self._end, self.limit)
        if measures is None:
            return None
        header_size, length = measures
        trailer = self._framing.trailer
        frame_size = header_size + length + len(trailer)
        if frame_size <= available:
            message_end = start + header_size + length
            if trailer:
                self._check_trailer(self._buffer[message_end : message_end + len(trailer)])
            self._start = start + frame_size
            self._needed = 1
            return self._buffer[start + header_size : message_end]
        if frame_size <= BUFFER_SIZE:
            self._needed = frame_size
            return None
        # The framing has checked the length against the limit, so this is no more than the user
        # allowed; but it is only announced, and may never come.
        self._body = bytearray(min(length, LARGEST_ADVANCE))
        self._body_length = length
        self._body_view = memoryview(self._body)
        self._body_filled = available - header_size
        self._body_view[: self._body_filled] = self._view[start + header_size : self._end]
        self._start = self._end = 0
        return None

    def space(self) -> memoryview:
        """Where the next bytes are to be received; never empty after ``next_message`` gave None.

        Not to be kept: with the next call it may be somewhere else.
        """
        if self._body is not None and self._body_filled < self._body_length:
            if self._body_filled == len(self._body):
                self._grow(self._body)
            return self._body_view[self._body_filled :]
        if self._start == self._end:
            self._start = self._end = 0
        elif self._end == BUFFER_SIZE or self._start + self._needed > BUFFER_SIZE:
            rest = self._end - self._start
            self._view[:rest] = self._view[self._start : self._end]
            self._start, self._end = 0, rest
        return self._view[self._end :]

    def received(self, count: int) -> None:
        """Says that so many bytes have been put into the space."""
        if self._body is not None and self._body_filled < self._body_length:
            self._body_filled += count
        else:
            self._end += count

    def finish(self) -> None:
        """Says that the stream has ended. Raises ``truncated`` if that was inside a frame."""
        if self._body is not None or self._start != self._end:
            raise truncated()

    def _take_body(self, body: bytearray) -> bytearray | None:
        trailer_size = len(self._framing.trailer)
        if self._body_filled < self._body_length or self._end - self._start < trailer_size:
            return None
        if trailer_size:
            self._check_trailer(self._buffer[self._start : self._start + trailer_size])
            self._start += trailer_size
        self._body = None
        self._body_view = self._view
        self._needed = 1
        return body

    def _grow(self, body: bytearray) -> None:
        """Makes room for as much again as has come."""
        self._body_view.release()  # Nobody may look at memory that moves.
        body.extend(bytes(min(len(body), self._body_length - len(body))))
        self._body_view = memoryview(body)

    def _check_trailer(self, found: bytearray) -> None:
        if found != self._framing.trailer:
            raise Fault(
                "malformed",
                f"After the payload comes {bytes(found)!r} instead of {self._framing.trailer!r}: "
                "check the length that the sender writes.",
            )


class LineDecoder:
    """Takes lines out of a stream.

    Each byte is searched once, in the piece with which it arrives. Searching everything collected
    so far again with each piece would take quadratic time.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray(BUFFER_SIZE)
        self._view = memoryview(self._buffer)
        self._start = 0
        self._end = 0
        # The beginning of a line whose line feed has not arrived. Grows with what arrives, never
        # ahead of it.
        self._beginning = bytearray()

    def next_message(self) -> bytearray | None:
        """The next whole line without its line feed, or None while more bytes are needed."""
        start = self._start
        line_feed = self._buffer.find(b"\n", start, self._end)
        line_end = self._end if line_feed < 0 else line_feed
        length = len(self._beginning) + line_end - start
        if length > self.limit:
            raise too_large(length, self.limit)
        if line_feed < 0:
            self._beginning += self._view[start:line_end]
            self._start = self._end = 0
            return None
        self._start = line_feed + 1
        if not self._beginning:
            return self._buffer[start:line_end]
        line = self._beginning
        line += self._view[start:line_end]
        self._beginning = bytearray()
        return line

    def space(self) -> memoryview:
        """Where the next bytes are to be received; never empty after ``next_message`` gave None."""
        if self._start == self._end:
            self._start = self._end = 0
        return self._view[self._end :]

    def received(self, count: int) -> None:
        """Says that so many bytes have been put into the space."""
        self._end += count

    def finish(self) -> None:
        """Says that the stream has ended. Raises ``truncated`` if that was inside a line."""
        if self._beginning or self._start != self._end:
            raise truncated()


def truncated() -> Fault:
    """The fault of a stream that ended inside a frame."""
    return Fault(
        "truncated",
        "The stream ended inside a frame: the sender went away before it had sent all of it.",
    )


FRAMINGS: dict[str, Framing] = {
    "multiprocessing": Multiprocessing(),
    "u32le": LittleEndian(),
    "line": Line(),
    "netstring": Netstring(),
    "varint": Varint(),
    "content-length": ContentLength(),
}
