"""Parley's endpoint in Python: obeys the adapter protocol on standard input and output.

    printf 'hello\\n' | python3 endpoint.py

PROTOCOL.md is normative. What is worth copying into an application is in ``framings.py`` and
``transports.py``.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
import time
from collections.abc import Callable

import codec_table
import transports
from faults import Fault, fault_of_system_error, too_large
from framings import FRAMINGS

# Of a command or reply in bytes, its line feed not counted.
LONGEST_LINE = 262144
LARGEST_REPLY_PAYLOAD = (LONGEST_LINE - len("ok payload=")) // 2
DEFAULT_LIMIT = 64 << 20
LARGEST_LIMIT = 2147483647
LARGEST_COUNT = 10_000_000
LONGEST_TIMEOUT = 86_400_000
OPEN_OPTIONS = ("authkey", "queue", "size", "offset", "length", "lock", "slots")

LOWER_CASE_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"
PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/:,@+~"
LINE_BYTES = PLAIN + b" =%"


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    import manager_queue
    import shared
    import spawn_queue

    Connection = Union[
        transports.MessageStream,
        transports.PacketSocket,
        transports.FileSlot,
        shared.FileCell,
        shared.SharedMemory,
        spawn_queue.SpawnQueue,
        manager_queue.SharedQueue,
    ]


# Lines


def parse_command(line: bytes) -> tuple[str, dict[str, str]]:
    """Takes a command line without its line feed apart into its verb and the values of its keys."""
    foreign = line.translate(None, LINE_BYTES)
    if foreign:
        raise usage(foreign_byte_message(line, foreign[0]))
    verb, *words = line.decode("ascii").split(" ")
    values: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or "=" in value:
            raise usage(
                f'"{shortened(word)}" is not of the form key=value: separate with one space.'
            )
        if key in values:
            raise usage(f'The key "{shortened(key)}" stands twice: give it once.')
        values[key] = percent_decoded(value) if "%" in value else value
    return verb, values


def foreign_byte_message(line: bytes, byte: int) -> str:
    if line.startswith(b"\xef\xbb\xbf"):
        return "The line starts with a byte order mark: write ASCII, which needs none."
    if byte == 0x0D:
        return "The line has a carriage return: end lines with a line feed alone."
    return f"The line has the byte {byte:#04x}, which may only stand percent-encoded."


def percent_decoded(value: str) -> str:
    """Undoes percent-encoding. Bytes that are no UTF-8 become surrogates: a path keeps them."""
    start, *rest = value.split("%")
    decoded = bytearray(start, "ascii")
    try:
        for part in rest:
            decoded += bytes.fromhex(part[:2].ljust(2, "x"))
            decoded += part[2:].encode("ascii")
    except ValueError:
        raise usage(
            "A percent sign is followed by two hexadecimal digits: write %25 for itself."
        ) from None
    return decoded.decode("utf-8", "surrogateescape")


def percent_encoded(text: str) -> str:
    return "".join(
        chr(byte) if byte in PLAIN else f"%{byte:02X}"
        for byte in text.encode("utf-8", "backslashreplace")
    )


def shortened(text: str) -> str:
    """Text to quote in a message, which has to fit into a reply."""
    return text if len(text) <= 100 else text[:100] + "…"


def usage(message: str) -> Fault:
    return Fault("usage", message)


def unsupported(message: str) -> Fault:
    return Fault("unsupported", message)


def number(values: dict[str, str], key: str, smallest: int, largest: int) -> int:
    text = values[key]
    if text.isascii() and text.isdigit() and len(text) <= 10 and smallest <= int(text) <= largest:
        return int(text)
    raise usage(f"The value of {key} is a whole number from {smallest} to {largest}.")


def bytes_of_hexadecimal(text: str, what: str) -> bytes:
    try:
        content = bytes.fromhex(text)
    except ValueError:
        content = None
    # fromhex() also takes upper case and blanks.
    if content is None or content.hex() != text:
        raise usage(f"The {what} is not lower-case hexadecimal with two digits a byte.")
    return content


def key_bytes(options: dict[str, str]) -> bytes:
    key = bytes_of_hexadecimal(options["authkey"], "key")
    if not key:
        raise usage("A key has at least one byte: give authkey=HEX, or leave it out.")
    return key


# Verbs


class Channel:
    """An open channel: a listener, a connection, or a listener and the one that it accepted."""

    def __init__(
        self, transport: str, role: str, framing: str, limit: int, options: dict[str, str]
    ) -> None:
        self.transport = transport
        self.options = options
        self.framing = framing
        self.limit = limit
        self.is_one_way = transport in transports.ONE_WAY
        self.can_half_close = transport not in transports.NO_HALF_CLOSE
        self.can_send = not self.is_one_way or role == "write"
        self.can_receive = not self.is_one_way or role == "read"
        self.listener: transports.Listener | None = None
        self.connection: Connection | None = None
        # A queue of a manager carries objects, which may be bytes; everything else carries bytes.
        self.carries_objects = transport == "manager-queue"
        # A message that was received but could not be handed over; the next receive gets it.
        self.kept: list[object] = []

    def open(self, role: str, address: str) -> None:
        transport, options = self.transport, self.options
        if transport == "manager-queue":
            self.open_manager_queue(role, address)
        elif role == "listen":
            self.listener = transports.listen(transport, address)
        elif role == "connect":
            self.use_socket(transports.connect(transport, address), is_accepting=False)
        elif transport == "fifo":
            self.use_stream(transports.open_fifo(address, role))
        elif transport == "pipe":
            self.use_stream(transports.adopt_pipe(address, role))
        elif transport == "socketpair":
            self.use_stream(transports.adopt_socket(address))
        elif transport == "file-slot":
            self.connection = transports.open_slot(address, role, self.limit)
        elif transport == "spawn-queue":
            import spawn_queue  # like those below, costs time at the start

            self.connection = spawn_queue.open_queue(
                address, role, self.limit, options["lock"], options.get("slots")
            )
        else:
            self.open_shared(role, address)

    def open_manager_queue(self, role: str, address: str) -> None:
        import manager_queue

        key, name = key_bytes(self.options), self.options.get("queue", "get_queue")
        self.connection = manager_queue.open_queue(address, role, key, name, self.limit)

    def open_shared(self, role: str, address: str) -> None:
        import shared

        if self.transport == "file-cell":
            self.connection = shared.open_cell(address, role, self.limit)
            return
        options = self.options
        self.connection = shared.open_memory(
            address,
            role,
            self.limit,
            size=number(options, "size", 1, LARGEST_LIMIT) if "size" in options else None,
            offset=number(options, "offset", 0, LARGEST_LIMIT) if "offset" in options else 0,
            length=number(options, "length", 0, LARGEST_LIMIT) if "length" in options else None,
            lock=options.get("lock"),
        )

    def use_socket(self, connected: socket.socket, is_accepting: bool) -> None:
        if self.transport in transports.KEEPS_BOUNDS:
            self.connection = transports.PacketSocket(connected, self.limit)
            return
        self.use_stream(transports.SocketStream(connected))
        if "authkey" not in self.options:
            return
        import handshake

        stream, self.connection = self.connection, None
        try:
            key = key_bytes(self.options)
            handshake.authenticate(connected, stream, key, is_accepting)
        except BaseException:
            connected.close()
            raise
        self.connection = stream

    def use_stream(self, stream: transports.SocketStream | transports.DescriptorStream) -> None:
        self.connection = transports.MessageStream(stream, FRAMINGS[self.framing], self.limit)

    def peer(self) -> Connection:
        if self.connection is None:
            raise usage("This channel has no peer yet: accept one first.")
        return self.connection

    def sender(self) -> Callable[[bytes | bytearray], None]:
        peer = self.peer()
        if not self.can_send:
            raise usage("This channel was opened for reading: send on a channel with role=write.")
        return peer.send

    def receiver(self) -> Callable[[], bytes | bytearray | None]:
        peer = self.peer()
        if not self.can_receive:
            raise usage("This channel was opened for writing: receive on one with role=read.")
        return peer.receive

    def take(self, milliseconds: int | None) -> object:
        """The next message or object, None at the end, or ``NOTHING`` when the time is over."""
        if self.kept:
            return self.kept.pop()
        if self.carries_objects:
            return self.peer().get(milliseconds)
        return self.receiver()()

    def close(self) -> None:
        try:
            if self.connection is not None:
                self.connection.close()
        finally:
            if self.listener is not None:
                self.listener.close()


class Session:
    """Everything that one endpoint has open."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}

    def close_all(self) -> OSError | None:
        """Closes every channel, even if one fails, and returns the failure."""
        channels, self.channels = self.channels, {}
        failure = None
        for channel in channels.values():
            try:
                channel.close()
            except OSError as error:
                failure = error
        return failure

    def answer(self, line: bytes) -> bytes:
        """Obeys one command line and makes the reply, whatever goes wrong in between."""
        action = "The command"
        values: dict[str, str] = {}
        try:
            verb, values = parse_command(line)
            action = f'The verb "{shortened(verb)}"'
            if verb not in VERBS:
                raise usage(f"{action} is unknown: use one of {', '.join(VERBS)}.")
            obey, required, allowed = VERBS[verb]
            if not required <= values.keys() <= allowed:
                raise wrong_keys(verb, frozenset(values), required, allowed)
            return b"ok%b\n" % obey(self, values).encode("ascii")
        except Fault as fault:
            return error_reply(fault.kind, fault.message)
        except OSError as error:
            refusal = fault_of_system_error(error, action + described(values))
            return error_reply(refusal.kind, refusal.message)
        except Exception as error:  # noqa: BLE001 - the endpoint outlives its own mistakes
            what = f"{type(error).__name__}: {error}"
            return error_reply("internal", f"{action} met {what}. Report it with the command.")

    def channel(self, values: dict[str, str]) -> Channel:
        channel = self.channels.get(values["channel"])
        if channel is None:
            name = shortened(values["channel"])
            raise usage(f'The channel "{name}" is not open: open it first.')
        return channel

    def hello(self, values: dict[str, str]) -> str:
        name = sys.implementation.name
        title = {"cpython": "CPython", "pypy": "PyPy"}.get(name, name)
        runtime = percent_encoded(f"{title} {'.'.join(map(str, sys.version_info[:3]))}")
        return (
            f" protocol=1 language=python runtime={runtime}"
            f" transports={','.join(transports.ROLES)} framings={','.join(FRAMINGS)},none"
            f" codecs={','.join(codec_table.NAMES)} features=echo,ping,layout,authkey,call"
        )

    def open(self, values: dict[str, str]) -> str:
        name, transport, role = values["channel"], values["transport"], values["role"]
        address, framing = values["address"], values["framing"]
        if not 1 <= len(name) <= 16 or name.strip(LOWER_CASE_AND_DIGITS):
            raise usage("A channel's name is 1 to 16 of a-z and 0-9: choose another.")
        if transport not in transports.ROLES:
            known = ", ".join(transports.ROLES)
            raise unsupported(
                f'There is no transport "{shortened(transport)}": use one of {known}.'
            )
        if role not in transports.ROLES[transport]:
            known = " or ".join(transports.ROLES[transport])
            raise unsupported(f'{transport} has no role "{shortened(role)}": use {known}.')
        if framing not in FRAMINGS and framing != "none":
            known = ", ".join(FRAMINGS)
            raise unsupported(f'There is no framing "{shortened(framing)}": use {known} or none.')
        if (framing == "none") != (transport in transports.KEEPS_BOUNDS):
            kept = "keeps message bounds: use none" if framing != "none" else "needs a framing"
            raise unsupported(f'The framing "{framing}" is not for {transport}, which {kept}.')
        if framing != "multiprocessing" and transport in transports.MULTIPROCESSING_ONLY:
            raise unsupported(f"Messages of a {transport} are framed: use framing=multiprocessing.")
        options = checked_options(values)
        limit = number(values, "limit", 1, LARGEST_LIMIT) if "limit" in values else DEFAULT_LIMIT
        if name in self.channels:
            raise usage(f'The channel "{name}" is already open: close it first.')
        channel = Channel(transport, role, framing, limit, options)
        channel.open(role, address)
        self.channels[name] = channel
        listener = channel.listener
        if listener and transport == "tcp" and transports.loopback_address(address)[1] == 0:
            return f" address={transports.LOOPBACK}:{listener.port}"
        return ""

    def accept(self, values: dict[str, str]) -> str:
        channel = self.channel(values)
        if channel.listener is None:
            raise usage("This channel does not listen: accept is for role=listen.")
        if channel.connection is not None:
            raise usage("This channel has its peer already: open another for the next one.")
        channel.use_socket(channel.listener.accept(), is_accepting=True)
        return ""

    def send(self, values: dict[str, str]) -> str:
        channel = self.channel(values)
        send = channel.sender()
        if [key in values for key in ("payload", "file", "codec")].count(True) != 1:
            raise usage("The message is in payload or in file, or a value with its codec.")
        if "codec" in values:
            self.send_value(channel, values)
        elif "value" in values or "format" in values:
            raise usage("A value needs its codec: add codec=, or send a payload.")
        elif "file" in values:
            send(content_of_file(values["file"], channel.limit))
        else:
            send(bytes_of_hexadecimal(values["payload"], "payload"))
        return ""

    def send_value(self, channel: Channel, values: dict[str, str]) -> None:
        codec, layout = values["codec"], values.get("format")
        codec_table.check(codec, layout)
        if "value" not in values:
            raise usage("A codec needs a value to encode: add value=.")
        import values as tokens

        value = tokens.value_of(values["value"])
        message = codec_table.encode(codec, value, layout, channel.limit)
        if channel.carries_objects and codec == "pickle":
            if len(message) > channel.limit:
                raise too_large(len(message), channel.limit)
            channel.peer().put(value)  # Which pickles it, with the method's name around it.
        else:
            channel.sender()(message)

    def receive(self, values: dict[str, str]) -> str:
        channel = self.channel(values)
        channel.receiver()
        codec, layout = values.get("codec"), values.get("format")
        if codec is not None:
            codec_table.check(codec, layout)
        if (codec is None and layout is not None) or (codec is not None and "file" in values):
            raise usage("A value comes with codec, and neither in a file nor with format alone.")
        milliseconds = None
        if "timeout" in values:
            if not channel.carries_objects:
                raise usage(f"A {channel.transport} has no timeout: only a manager-queue has.")
            milliseconds = number(values, "timeout", 0, LONGEST_TIMEOUT)
        message = channel.take(milliseconds)
        if message is transports.NOTHING:
            return " empty=true"
        if message is None and not channel.carries_objects:
            return " end=true"
        if channel.carries_objects and codec != "pickle":
            message = channel.peer().checked(message)
        if codec is not None:
            return self.reply_with_value(channel, message, codec, layout)
        return self.reply_with_bytes(channel, message, values.get("file"))

    def reply_with_value(
        self, channel: Channel, message: object, codec: str, layout: str | None
    ) -> str:
        import values as tokens

        value = message
        if not (channel.carries_objects and codec == "pickle"):
            value = codec_table.decode(codec, message, layout)
        try:
            return " value=" + tokens.tokens_of(value, LONGEST_LINE - len("ok value="))
        except Fault:
            channel.kept.append(message)
            raise

    def reply_with_bytes(
        self, channel: Channel, message: bytes | bytearray, name: str | None
    ) -> str:
        if name is not None:
            channel.kept.append(message)
            with open(transports.checked_path(name), "wb", buffering=0) as file:
                transports.write_all(file.write, message)
            channel.kept.clear()
            return f" length={len(message)}"
        if len(message) > LARGEST_REPLY_PAYLOAD:
            channel.kept.append(message)
            raise usage(
                f"The message has {len(message)} bytes and a reply holds {LARGEST_REPLY_PAYLOAD}: "
                "receive it again, with file=PATH."
            )
        return " payload=" + message.hex()

    def call(self, values: dict[str, str]) -> str:
        channel = self.channel(values)
        shared_object = channel.peer()
        if not channel.carries_objects or not shared_object.calls:
            raise usage("Only a manager-queue with role=connect can be called: open one.")
        import values as tokens

        arguments = tokens.value_of(values.get("value", "tuple:0"))
        if not isinstance(arguments, tuple):
            raise usage("The arguments of a call are a tuple: give value=tuple:N and N values.")
        codec_table.encode("pickle", arguments, None, channel.limit)  # Or it is malformed.
        result = shared_object.call(values["method"], arguments)
        return " value=" + tokens.tokens_of(result, LONGEST_LINE - len("ok value="))

    def close(self, values: dict[str, str]) -> str:
        channel = self.channel(values)
        if "how" not in values:
            del self.channels[values["channel"]]
            channel.close()
            return ""
        if values["how"] != "write":
            raise usage(
                f'how="{shortened(values["how"])}" is unknown: give how=write or leave it out.'
            )
        if not channel.can_half_close:
            raise unsupported(
                f"A {channel.transport} has no half close: close the channel instead."
            )
        channel.peer().end_writing()
        return ""

    def reset(self, values: dict[str, str]) -> str:
        failure = self.close_all()
        if failure is not None:
            raise failure
        return ""

    def echo(self, values: dict[str, str]) -> str:
        channel = self.channel(values)
        receive, send = channel.receiver(), channel.sender()
        for _ in range(number(values, "count", 1, LARGEST_COUNT)):
            message = receive()
            if message is None:
                raise stream_ended()
            send(message)
        return ""

    def ping(self, values: dict[str, str]) -> str:
        channel = self.channel(values)
        receive, send = channel.receiver(), channel.sender()
        count = number(values, "count", 1, LARGEST_COUNT)
        size = number(values, "size", 0, LARGEST_LIMIT)
        if size > channel.limit:  # Checked here too, before the payload is made.
            raise too_large(size, channel.limit)
        payload = b"." * size
        start = time.monotonic_ns()
        for _ in range(count):
            send(payload)
            if receive() is None:
                raise stream_ended()
        return f" nanoseconds={time.monotonic_ns() - start}"

    def layout(self, values: dict[str, str]) -> str:
        import layouts  # noqa: PLC0415 - takes longer than the endpoint's whole start

        record = layouts.RECORDS.get(values["record"])
        if record is None:
            name, known = shortened(values["record"]), ", ".join(layouts.RECORDS)
            raise unsupported(f'There is no record "{name}": use one of {known}.')
        size, alignment, offsets = layouts.layout_of(record)
        places = ",".join(f"{field}:{offset}" for field, offset in offsets.items())
        return f" size={size} alignment={alignment} offsets={places}"


def verb(
    obey: Callable[[Session, dict[str, str]], str], required: str = "", optional: str = ""
) -> tuple[Callable[[Session, dict[str, str]], str], frozenset[str], frozenset[str]]:
    """What obeys a verb, the keys that it needs and the keys that it allows."""
    needed = frozenset(required.split())
    return obey, needed, needed.union(optional.split())


VERBS = {
    "hello": verb(Session.hello),
    "open": verb(
        Session.open,
        "channel transport role address framing",
        "limit " + " ".join(OPEN_OPTIONS),
    ),
    "accept": verb(Session.accept, "channel"),
    "send": verb(Session.send, "channel", "payload file codec value format"),
    "receive": verb(Session.receive, "channel", "file codec format timeout"),
    "close": verb(Session.close, "channel", "how"),
    "reset": verb(Session.reset),
    "echo": verb(Session.echo, "channel count"),
    "ping": verb(Session.ping, "channel count size"),
    "layout": verb(Session.layout, "record"),
    "call": verb(Session.call, "channel method", "value"),
}


def wrong_keys(
    verb: str, given: frozenset[str], required: frozenset[str], allowed: frozenset[str]
) -> Fault:
    unknown = given - allowed
    if unknown:
        keys = ", ".join(sorted(allowed)) or "none"
        return usage(f'"{verb}" has no key "{shortened(min(unknown))}": its keys are {keys}.')
    missing = " and ".join(sorted(required - given))
    return usage(f'"{verb}" needs the key {missing}: add it.')


def checked_options(values: dict[str, str]) -> dict[str, str]:
    """The options of a transport, of which none may be another transport's."""
    transport = values["transport"]
    options = {key: value for key, value in values.items() if key in OPEN_OPTIONS}
    foreign = options.keys() - transports.OPTIONS.get(transport, frozenset())
    if foreign:
        raise usage(f"A {transport} has no option {min(foreign)}: leave it out.")
    needed = transports.NEEDED_OPTIONS.get(transport)
    if needed is not None and needed not in options:
        raise usage(f"A {transport} needs {needed}=: add it.")
    if "authkey" in options:
        key_bytes(options)
        if values["framing"] != "multiprocessing":
            raise usage("A key is for the framing multiprocessing: use it, or leave authkey out.")
    return options


def described(values: dict[str, str]) -> str:
    """What a command was about, for the message of its failure."""
    words = [f'{key} "{shortened(values[key])}"' for key in ("channel", "address") if key in values]
    return " of " + " at ".join(words) if words else ""


def stream_ended() -> Fault:
    return Fault(
        "closed", "The stream ended in the loop: the peer went away before the last message."
    )


def content_of_file(name: str, limit: int) -> bytes:
    """Reads a message from a regular file, unless it is above the limit."""
    path = transports.checked_path(name)
    # Looked at before it is opened: opening a FIFO would wait for its other end.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise usage(f'"{shortened(name)}" is no regular file: give the path of one.')
    with open(path, "rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise too_large(size, limit)
        return file.readall()


def error_reply(kind: str, message: str) -> bytes:
    # Even a message that quotes a path of the greatest length fits into a reply.
    return f"error kind={kind} message={percent_encoded(message[:10000])}\n".encode("ascii")


# The loop


def write_reply(data: bytes | bytearray | memoryview) -> int:
    return os.write(1, data)


def skip_rest_of_line(readline: Callable[[int], bytes]) -> bool:
    """Reads up to the next line feed without keeping what is read; False if there is none."""
    while line := readline(65536):
        if line.endswith(b"\n"):
            return True
    return False


def main() -> int:
    session = Session()
    try:
        # sys.stdin.buffer has a small buffer, and a command may be long.
        with open(0, "rb", buffering=65536, closefd=False) as commands:
            while line := commands.readline(LONGEST_LINE + 1):
                if line.endswith(b"\n"):
                    reply = session.answer(line[:-1])
                elif skip_rest_of_line(commands.readline):
                    message = f"The line is above {LONGEST_LINE} bytes: use file=PATH."
                    reply = error_reply("usage", message)
                else:
                    break  # The end inside a line: half a command may mean something else.
                transports.write_all(write_reply, reply)
    except OSError:
        pass  # Nobody reads the replies any more, which is another way of ending the session.
    except KeyboardInterrupt:
        return 130
    finally:
        session.close_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
