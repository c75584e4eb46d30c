"""Parley's endpoint in Python: obeys the adapter protocol on standard input and output.

    printf 'hello\\n' | python3 endpoint.py

PROTOCOL.md is normative. What is worth copying into an application is in ``framings.py``,
``transports.py``, ``datagrams.py`` and ``descriptors.py``.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from collections.abc import Callable

import codec_table
import ending
import transports
from addresses import LOOPBACK, checked_path, loopback_address
from channel import Channel, key_bytes
from deadlines import Deadline, hurry
from faults import Fault, fault_of_system_error, too_large
from framings import FRAMINGS
from lines import (
    LONGEST_LINE,
    bytes_of_hexadecimal,
    error_reply,
    number,
    parse_command,
    percent_encoded,
    shortened,
    unsupported,
    usage,
)

LARGEST_REPLY_PAYLOAD = (LONGEST_LINE - len("ok payload=")) // 2
DEFAULT_LIMIT = 64 << 20
LARGEST_LIMIT = 2147483647
LARGEST_COUNT = 10_000_000
LONGEST_TIMEOUT = 86_400_000
LOWER_CASE_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"
OPEN_OPTIONS = ("authkey", "queue", "size", "offset", "length", "lock", "slots")
# The keys of open that have a number, and its bounds.
OPEN_NUMBERS = {
    "limit": (1, LARGEST_LIMIT),
    "size": (1, LARGEST_LIMIT),
    "offset": (0, LARGEST_LIMIT),
    "length": (1, LARGEST_LIMIT),
}

# Verbs


class Session:
    """Everything that one endpoint has open."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}

    def close_all(self) -> Exception | None:
        """Closes every channel, even if one fails, and returns the failure."""
        failure = None
        for name in list(self.channels):
            try:
                self.close_channel(name)
            except Exception as error:  # noqa: BLE001 - the others are to be closed all the same
                failure = error
        return failure

    def close_channel(self, name: str) -> None:
        """Closes a channel and forgets it, unless that is interrupted: then it will be closed again."""
        try:
            self.channels[name].close()
        except Exception:
            del self.channels[name]
            raise
        del self.channels[name]

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
            f" codecs={','.join(codec_table.NAMES)} features=echo,ping,layout,authkey,call,timeout"
        )

    def open(self, values: dict[str, str]) -> str:
        name, transport, role = values["channel"], values["transport"], values["role"]
        address, framing = values["address"], values["framing"]
        # When several refusals apply, the order of these steps says which one is given: the same in
        # every language.
        check_forms_of_open(values)
        if name in self.channels:
            raise usage(f'The channel "{name}" is already open: close it first.')
        check_words_of_open(transport, framing, role)
        options = checked_options(values)
        channel = Channel(transport, role, framing, int(values.get("limit", DEFAULT_LIMIT)), options)
        # What makes a file, and waits for nobody, is on the list before anything can end us.
        makes_file = (role == "listen" and transport != "manager-queue") or transport == "shared-memory"
        with ending.signals_held() if makes_file else contextlib.nullcontext():
            channel.open(role, address)
            self.channels[name] = channel
        listener = channel.listener
        if listener and transport == "tcp" and loopback_address(address)[1] == 0:
            return f" address={LOOPBACK}:{listener.port}"
        return ""

    def accept(self, values: dict[str, str]) -> str:
        milliseconds = time_to_wait(values)
        channel = self.channel(values)
        if channel.listener is None:
            raise usage("Nobody is accepted here: accept is for role=listen, and not for datagrams.")
        if channel.connection is not None:
            raise usage("This channel has its peer already: open another for the next one.")
        deadline = None if milliseconds is None else Deadline(milliseconds / 1000)
        channel.use_socket(channel.listener.accept(deadline), is_accepting=True)
        return ""

    def send(self, values: dict[str, str]) -> str:
        check_keys_of_send(values)
        channel = self.channel(values)
        if "codec" in values:
            codec_table.check(values["codec"], values.get("format"))
        send = channel.sender()
        if "codec" in values:
            self.send_value(channel, values)
        elif "file" in values:
            send(content_of_file(values["file"], channel.limit))
        else:
            send(bytes_of_hexadecimal(values["payload"], "payload"))
        return ""

    def send_value(self, channel: Channel, values: dict[str, str]) -> None:
        codec, layout = values["codec"], values.get("format")
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
        codec, layout = values.get("codec"), values.get("format")
        if (codec is None and layout is not None) or (codec is not None and "file" in values):
            raise usage("A value comes with codec, and neither in a file nor with format alone.")
        milliseconds = time_to_wait(values)
        if "file" in values:
            checked_path(values["file"])  # Before there is a message that would have to be kept.
        channel = self.channel(values)
        if codec is not None:
            codec_table.check(codec, layout)
        channel.receiver()
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

    def reply_with_value(self, channel: Channel, message: object, codec: str, layout: str | None) -> str:
        import values as tokens

        longest = LONGEST_LINE - len("ok value=")
        value = message
        try:
            if not (channel.carries_objects and codec == "pickle"):
                value = codec_table.decode(codec, message, layout, longest)
            return " value=" + tokens.tokens_of(value, longest)
        except tokens.TooLong:
            channel.kept.append(message)
            raise

    def reply_with_bytes(self, channel: Channel, message: bytes | bytearray, name: str | None) -> str:
        if name is not None:
            channel.kept.append(message)
            with open(checked_path(name), "wb", buffering=0) as file:
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
        if values.get("how", "write") != "write":
            raise usage(f'how="{shortened(values["how"])}" is unknown: give how=write or leave it out.')
        channel = self.channel(values)
        if "how" not in values:
            self.close_channel(values["channel"])
            return ""
        if not channel.can_half_close:
            raise unsupported(f"A {channel.transport} has no half close: close the channel instead.")
        channel.peer().end_writing()
        return ""

    def reset(self, values: dict[str, str]) -> str:
        failure = self.close_all()
        if failure is not None:
            raise failure
        return ""

    def echo(self, values: dict[str, str]) -> str:
        count = number(values, "count", 1, LARGEST_COUNT)
        channel = self.channel(values)
        receive, send = channel.receiver(), channel.sender()
        for _ in range(count):
            message = receive()
            if message is None:
                raise stream_ended()
            send(message)
        return ""

    def ping(self, values: dict[str, str]) -> str:
        count = number(values, "count", 1, LARGEST_COUNT)
        size = number(values, "size", 0, LARGEST_LIMIT)
        channel = self.channel(values)
        receive, send = channel.receiver(), channel.sender()
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
        import layouts  # takes longer than the endpoint's whole start

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
    "accept": verb(Session.accept, "channel", "timeout"),
    "send": verb(Session.send, "channel", "payload file codec value format"),
    "receive": verb(Session.receive, "channel", "file codec format timeout"),
    "close": verb(Session.close, "channel", "how"),
    "reset": verb(Session.reset),
    "echo": verb(Session.echo, "channel count"),
    "ping": verb(Session.ping, "channel count size"),
    "layout": verb(Session.layout, "record"),
    "call": verb(Session.call, "channel method", "value"),
}


def wrong_keys(verb: str, given: frozenset[str], required: frozenset[str], allowed: frozenset[str]) -> Fault:
    unknown = given - allowed
    if unknown:
        keys = ", ".join(sorted(allowed)) or "none"
        return usage(f'"{verb}" has no key "{shortened(min(unknown))}": its keys are {keys}.')
    missing = " and ".join(sorted(required - given))
    return usage(f'"{verb}" needs the key {missing}: add it.')


def check_forms_of_open(values: dict[str, str]) -> None:
    """Refuses what can be seen to be wrong in any transport."""
    name = values["channel"]
    if not 1 <= len(name) <= 16 or name.strip(LOWER_CASE_AND_DIGITS):
        raise usage("A channel's name is 1 to 16 of a-z and 0-9: choose another.")
    for key, (smallest, largest) in OPEN_NUMBERS.items():
        if key in values:
            number(values, key, smallest, largest)
    if "authkey" in values:
        key_bytes(values)


def check_words_of_open(transport: str, framing: str, role: str) -> None:
    """Refuses the words that this endpoint does not have, and those that do not go together."""
    if transport not in transports.ROLES:
        known = ", ".join(transports.ROLES)
        raise unsupported(f'There is no transport "{shortened(transport)}": use one of {known}.')
    if framing not in FRAMINGS and framing != "none":
        known = ", ".join(FRAMINGS)
        raise unsupported(f'There is no framing "{shortened(framing)}": use {known} or none.')
    if (framing == "none") != (transport in transports.KEEPS_BOUNDS):
        kept = "keeps message bounds: use none" if framing != "none" else "needs a framing"
        raise unsupported(f'The framing "{framing}" is not for {transport}, which {kept}.')
    if framing != "multiprocessing" and transport in transports.MULTIPROCESSING_ONLY:
        raise unsupported(f"Messages of a {transport} are framed: use framing=multiprocessing.")
    if role not in transports.ROLES[transport]:
        known = " or ".join(transports.ROLES[transport])
        raise unsupported(f'{transport} has no role "{shortened(role)}": use {known}.')


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
    if "authkey" in options and values["framing"] != "multiprocessing":
        raise usage("A key is for the framing multiprocessing: use it, or leave authkey out.")
    return options


def check_keys_of_send(values: dict[str, str]) -> None:
    """Refuses keys of which one needs, or excludes, another."""
    if [key in values for key in ("payload", "file", "codec")].count(True) != 1:
        raise usage("The message is in payload or in file, or a value with its codec.")
    if "codec" not in values and ("value" in values or "format" in values):
        raise usage("A value needs its codec: add codec=, or send a payload.")
    if "codec" in values and "value" not in values:
        raise usage("A codec needs a value to encode: add value=.")


def described(values: dict[str, str]) -> str:
    """What a command was about, for the message of its failure."""
    words = [f'{key} "{shortened(values[key])}"' for key in ("channel", "address") if key in values]
    return " of " + " at ".join(words) if words else ""


def time_to_wait(values: dict[str, str]) -> int | None:
    """The milliseconds of a timeout, None without one."""
    return number(values, "timeout", 0, LONGEST_TIMEOUT) if "timeout" in values else None


def stream_ended() -> Fault:
    return Fault("closed", "The stream ended in the loop: the peer went away before the last message.")


def content_of_file(name: str, limit: int) -> bytes:
    """Reads a message from a regular file, unless it is above the limit."""
    path = checked_path(name)
    # Before it is opened, which a device may notice; and after, since the path may lead elsewhere
    # by then. Without O_NONBLOCK opening a FIFO would wait for somebody to write.
    check_regular(os.stat(path), name)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        check_regular(status, name)
        if status.st_size > limit:
            raise too_large(status.st_size, limit)
        # One byte more tells of a file that has grown meanwhile, perhaps without bounds.
        content = file.read(status.st_size + 1)
        while len(content) != status.st_size and len(content) <= limit:
            piece = file.read(min(limit + 1 - len(content), 65536))
            if not piece:
                return content
            content += piece
        if len(content) > limit:
            raise too_large(len(content), limit)
        return content


def check_regular(status: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise usage(f'"{shortened(name)}" is no regular file: give the path of one.')


# The loop


def write_reply(data: bytes | bytearray | memoryview) -> int:
    return os.write(1, data)


def skip_rest_of_line(readline: Callable[[int], bytes]) -> bool:
    """Reads up to the next line feed without keeping what is read; False if there is none."""
    while line := readline(65536):
        if line.endswith(b"\n"):
            return True
    return False


def obey_commands(session: Session, watch: ending.Watch) -> None:
    """Obeys commands up to the end of standard input."""
    # sys.stdin.buffer has a small buffer, and a command may be long.
    with open(0, "rb", buffering=65536, closefd=False) as commands:
        while line := commands.readline(LONGEST_LINE + 1):
            watch.steps += 1
            if line.endswith(b"\n"):
                reply = session.answer(line[:-1])
            elif skip_rest_of_line(commands.readline):
                message = f"The line is above {LONGEST_LINE} bytes: use file=PATH."
                reply = error_reply("usage", message)
            else:
                break  # The end inside a line: half a command may mean something else.
            transports.write_all(write_reply, reply)
            watch.steps += 1


def main() -> int:
    session, watch = Session(), ending.Watch(sys._getframe())
    status, is_new, is_cut_short = 0, True, False
    # However it ends, and if the end is interrupted too, everything is closed.
    while not watch.is_over:
        try:
            if is_cut_short:
                hurry()
            if is_new:
                is_new = False
                watch.start()
                obey_commands(session, watch)
            watch.finish()
        except OSError:
            pass  # Nobody reads the replies any more, which is another way of ending the session.
        except ending.Ending:
            is_cut_short = True  # And no call here: it could be interrupted.
        except KeyboardInterrupt:
            status = 130
    session.close_all()
    if is_cut_short:
        ending.end_at_once(watch.was_terminated)
    return status


if __name__ == "__main__":
    sys.exit(main())
