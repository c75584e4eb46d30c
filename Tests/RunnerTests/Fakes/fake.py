"""Endpoints that do one thing wrong: Parley's endpoint in Python with one piece replaced.

    printf 'hello\\n' | python3 fake.py lies

The tests hold the harness against them. Each mode is the body of one function below, and an adapter
of its own in the folder of the same name.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "interop" / "python"))

import endpoint
import framings
import slots
import transports
from faults import Fault

Values = dict[str, str]
WORKING_VERBS = ("open", "accept", "send", "receive", "close", "reset")


# Pieces that the modes are made of


def replace(verb: str, obey: Callable[[endpoint.Session, Values], str]) -> None:
    endpoint.VERBS[verb] = (obey, *endpoint.VERBS[verb][1:])


def before(verb: str, act: Callable[[], object]) -> None:
    obey = endpoint.VERBS[verb][0]

    def act_and_obey(session: endpoint.Session, values: Values) -> str:
        act()
        return obey(session, values)

    replace(verb, act_and_obey)


def alter_messages(change: Callable[[bytes], bytes]) -> None:
    """Changes every message before it is sent, and after it is received."""
    for carrier in (transports.MessageStream, transports.PacketSocket, slots.FileSlot):
        alter_carrier(carrier, change)


def alter_carrier(carrier: type, change: Callable[[bytes], bytes]) -> None:
    send, receive = carrier.send, carrier.receive

    def send_changed(self: object, message: bytes) -> None:
        send(self, change(bytes(message)))

    def receive_changed(self: object, deadline: object = None) -> bytes | None:
        message = receive(self, deadline)
        return None if message is None else change(bytes(message))

    carrier.send, carrier.receive = send_changed, receive_changed


def wait_for_ever() -> None:
    while True:
        signal.pause()


def fork_child(in_own_session: bool = False) -> None:
    if os.fork() == 0:
        if in_own_session:
            os.setsid()
        wait_for_ever()


def print_first(text: bytes) -> None:
    transports.write_all(endpoint.write_reply, text)


# What is wrong on the wire or in the understanding of it


def wrong() -> None:
    alter_messages(lambda message: bytes(byte ^ 1 for byte in message))


def last_byte() -> None:
    alter_messages(lambda message: message[:-1] + bytes(byte ^ 1 for byte in message[-1:]))


def prefix() -> None:
    class WrongLength(framings.Multiprocessing):
        def header(self, length: int) -> bytes:
            return super().header(length ^ 1)

        def measure(self, buffer: bytearray, start: int, end: int, limit: int) -> tuple[int, int] | None:
            measures = super().measure(buffer, start, end, limit)
            return measures and (measures[0], measures[1] ^ 1)

    framings.FRAMINGS["multiprocessing"] = WrongLength()


def lies() -> None:
    replace("receive", lambda session, values: " payload=6f74686572")


def stumbles() -> None:
    """The first message that it receives in a run is a lie, and no other."""
    mark = Path(os.environ["TMPDIR"], "stumbled")
    obey = endpoint.VERBS["receive"][0]

    def lie_once(session: endpoint.Session, values: Values) -> str:
        reply = obey(session, values)
        if mark.exists():
            return reply
        mark.touch()
        return " payload=6f74686572"

    replace("receive", lie_once)


def ends() -> None:
    replace("receive", lambda session, values: " end=true")


def padless() -> None:
    def send(self: slots.FileSlot, text: bytes) -> None:
        self._map[: len(text) + 1] = bytes(text) + b"\0"

    slots.FileSlot.send = send


def hangs_up() -> None:
    def receive(session: endpoint.Session, values: Values) -> str:
        session.channel(values).close()
        # Its peer's complaint comes before its own.
        time.sleep(0.5)
        raise Fault("internal", "I had enough of it.")

    replace("receive", receive)


# What is wrong in the words


def claims() -> None:
    obey = endpoint.VERBS["open"][0]

    def open_unless_fifo(session: endpoint.Session, values: Values) -> str:
        if values["transport"] == "fifo":
            raise endpoint.unsupported("There is no fifo, in spite of what hello says.")
        return obey(session, values)

    replace("open", open_unless_fifo)


def pretends() -> None:
    obey = endpoint.VERBS["open"][0]
    replace(
        "open",
        lambda session, values: "" if values["role"] == "listen" else obey(session, values),
    )


def banner() -> None:
    print_first(b"Welcome to fake 1.0\n")


def bom() -> None:
    endpoint.write_reply = lambda data: os.write(1, b"\xef\xbb\xbf" + data) and len(data)


def crlf() -> None:
    endpoint.write_reply = lambda data: os.write(1, data[:-1] + b"\r\n") and len(data)


def debug() -> None:
    before("open", lambda: print_first(b"DEBUG: opening\n"))


def endless() -> None:
    before("open", lambda: (print_first(b"x" * (1 << 20)), wait_for_ever()))


def markup() -> None:
    script = b"<script>alert(1)</script><img src=x onerror=alert(2)>\n"

    def receive(session: endpoint.Session, values: Values) -> str:
        raise Fault("internal", f"</script>{script.decode().strip()}")

    before("open", lambda: transports.write_all(lambda data: os.write(2, data), script))
    replace("receive", receive)


def noisy() -> None:
    def make_noise() -> None:
        for _ in range(100):
            transports.write_all(lambda data: os.write(2, data), (b"#" * 99 + b"\n") * 10000)

    before("open", make_noise)


# What is wrong in the time that it takes


def silent() -> None:
    for verb in WORKING_VERBS:
        before(verb, wait_for_ever)


def slow() -> None:
    for verb in WORKING_VERBS:
        before(verb, lambda: time.sleep(0.02))


def too_slow() -> None:
    for verb in ("send", "receive"):
        before(verb, lambda: time.sleep(60))


# What is wrong with the process


def killed() -> None:
    for verb in ("send", "receive"):
        before(verb, lambda: os.kill(os.getpid(), signal.SIGKILL))


def exits() -> None:
    for verb in ("send", "receive"):
        before(verb, lambda: os._exit(3))


def once() -> None:
    """Starts as it should for the first question, and never again."""
    mark = Path(os.environ["TMPDIR"], "started-once")
    if mark.exists():
        sys.exit(3)
    mark.touch()


def orphans() -> None:
    for verb in ("send", "receive"):
        before(verb, lambda: (fork_child(), os._exit(3)))


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    at_end(wait_for_ever)


def status() -> None:
    at_end(lambda: os._exit(4))


def stays() -> None:
    def stay() -> None:
        # The endpoint holds signals back while it closes.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        wait_for_ever()

    before("open", lambda: at_end(stay))


close_all = endpoint.Session.close_all


def at_end(act: Callable[[], object]) -> None:
    # The end of input closes everything, as a reset does, and only the end is to be disturbed.
    replace("reset", lambda session, values: close_all(session) or "")
    endpoint.Session.close_all = lambda session: (close_all(session), act())


# What is wrong with what it leaves


def leaks() -> None:
    before("open", lambda: os.open("/dev/null", os.O_RDONLY))


def litters() -> None:
    transports.Listener.close = lambda self: self._socket.close()


def child() -> None:
    before("open", fork_child)


def child_in_session() -> None:
    before("open", lambda: fork_child(in_own_session=True))


def companion() -> None:
    fork_child()


def daemon() -> None:
    """Its children have no parent that could answer for them."""

    def fork_twice() -> None:
        between = os.fork()
        if between == 0:
            fork_child(in_own_session=True)
            os._exit(0)
        os.waitpid(between, 0)

    before("open", fork_twice)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    sys.exit(endpoint.main())
