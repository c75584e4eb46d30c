#!/usr/bin/env python3
"""A file mapped into two processes, corrected: no text is lost, repeated or torn.

    mmap_file_corrected.py                    server and client, each a process of its own
    mmap_file_corrected.py server PATH        writes msg 123, msg 5, msg 5 and msg 6, and closes
    mmap_file_corrected.py client PATH        prints texts until the server has closed
    mmap_file_corrected.py client PATH wait   the same, but first waits for a line on its standard input
    mmap_file_corrected.py provoke            does to it what mmap_defects.py does, all of it
    mmap_file_corrected.py stale-tail, torn-read, missed, seen-twice, zeroing or truncation   one of them

The file has 4096 bytes, for one writer and one reader:

    offset 0    8 bytes   number of texts written      stored by the writer, when the text is complete
    offset 8    8 bytes   number of texts taken        stored by the reader, when it has a copy of the text
    offset 16   8 bytes   length of the text
    offset 24   8 bytes   1 when the writer has closed
    offset 64             the text, at most 4032 bytes

The writer may touch the text only while both numbers are the same, the reader only while they differ: so they are never
both at it. The numbers are little-endian and stored in one step. That order is kept on x86; Python has no means to
enforce it on processors that reorder stores (Arm). Nobody is woken: whoever waits looks again and again. Python 3.6 and
newer.
"""

import mmap
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SIZE, TEXT, LARGEST = 4096, 64, 4032
WRITTEN, TAKEN, LENGTH, CLOSED = range(4)
PATIENCE = 30


def say(text: str) -> None:
    print(text, flush=True)


class Cell:
    """The mapped file. The words are a view of 8-byte items: Python loads and stores all 8 bytes at once."""

    def __init__(self, path: str, mode: str) -> None:
        self.file = open(path, mode)  # noqa: SIM115 - open as long as the cell is
        try:
            if mode == "x+b":
                self.file.truncate(SIZE)
            self.check()
            self.map = mmap.mmap(self.file.fileno(), SIZE)
        except BaseException:
            self.file.close()
            raise
        # Not struct.pack_into, which first stores zeros, nor a slice that somebody might store byte by byte.
        self.words = memoryview(self.map)[:32].cast("Q")

    def check(self) -> None:
        """Looks at the size: touching a page that the file no longer has would end the process (SIGBUS)."""
        if os.fstat(self.file.fileno()).st_size < SIZE:
            raise EOFError("the file has been cut short")

    def wait(self, is_ready) -> None:
        end = time.monotonic() + PATIENCE
        looks = 0
        while True:
            self.check()
            if is_ready():
                return
            looks += 1
            if looks > 100:
                time.sleep(0.0001)  # at first the other side may be about to store; later leave it the processor
            if time.monotonic() > end:
                raise TimeoutError("the other side did nothing for %d seconds; it may be dead" % PATIENCE)

    def close(self) -> None:
        self.words.release()
        self.map.close()
        self.file.close()


class Writer(Cell):
    def __init__(self, path: str) -> None:
        if os.path.exists(path):
            super().__init__(path, "r+b")
            for word in (WRITTEN, TAKEN, LENGTH, CLOSED):
                self.words[word] = 0
        else:
            super().__init__(path, "x+b")

    def send(self, text: bytes) -> None:
        if len(text) > LARGEST:
            raise ValueError(f"{len(text)} bytes are more than {LARGEST}")
        self.wait(lambda: self.words[WRITTEN] == self.words[TAKEN])
        self.map[TEXT : TEXT + len(text)] = text
        self.words[LENGTH] = len(text)  # a length instead of NULs: a tail does not matter, and a text may hold NULs
        self.words[WRITTEN] += 1  # last: this is what makes the text visible

    def close(self) -> None:
        self.words[CLOSED] = 1
        super().close()


class Reader(Cell):
    def __init__(self, path: str) -> None:
        super().__init__(path, "r+b")

    def receive(self):
        """Gives the next text, or None when the writer has closed and everything is taken."""
        words = self.words
        self.wait(lambda: words[WRITTEN] > words[TAKEN] or words[CLOSED] == 1)
        # Looked at again: the last text may have come between the look at "written" and that at "closed".
        if words[WRITTEN] == words[TAKEN]:
            return None
        length = words[LENGTH]
        if length > LARGEST:
            raise ValueError(f"a length of {length} cannot be")
        text = self.map[TEXT : TEXT + length]
        words[TAKEN] += 1  # last: from here on the writer may overwrite the text
        return text


def server(path: str) -> None:
    writer = Writer(path)
    say(f"serving {path}")
    for number in (123, 5, 5, 6):
        writer.send(f"msg {number}".encode())
        say(f"wrote msg {number}")
    writer.close()


def client(path: str) -> None:
    reader = Reader(path)
    text = reader.receive()
    while text is not None:
        say(f"read {text.decode()}")
        text = reader.receive()
    say("the server has closed")
    reader.close()


def both() -> int:
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "map")
    process = subprocess.Popen(
        [sys.executable, __file__, "server", path], stdout=subprocess.PIPE, universal_newlines=True
    )
    try:
        say(process.stdout.readline().strip())
        client(path)
        return process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()
        shutil.rmtree(folder)


# The same provocations as in mmap_defects.py.


def numbered(count: int):
    return [b"msg %d" % number for number in range(count)]


# For each, the texts, and after how many of them each side pauses (0: never).
PROVOCATIONS = {
    "stale-tail": ([b"msg 1", b"msg " + b"9" * 600, b"", b"msg 5"] * 500, 0, 0),
    "torn-read": ([b"A" * 1024, b"B" * LARGEST, b"C" * 1024, b"D" * 4] * 500, 0, 0),
    "missed": (numbered(2000), 0, 20),
    "seen-twice": (numbered(2000), 20, 0),
    "zeroing": ([b"\x11" * 8, b"\xee" * 8] * 1000, 0, 0),
}


def quiet(function, *arguments) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    function(*arguments)


def send_all(path: str, name: str) -> None:
    texts, pause, _ = PROVOCATIONS[name]
    writer = Writer(path)
    for number, text in enumerate(texts):
        if pause and number % pause == 0:
            time.sleep(0.001)
        writer.send(text)
    writer.close()


def send_through(path: str, name: str):
    """Gives what was wrong, or None, and how often it was tried."""
    texts, _, pause = PROVOCATIONS[name]
    reader = Reader(path)
    writer = multiprocessing.Process(target=quiet, args=(send_all, path, name), daemon=True)
    writer.start()
    wrong, count = None, 0
    try:
        for number, text in enumerate(texts):
            if pause and number % pause == 0:
                time.sleep(0.001)
            received = reader.receive()
            if received != text:
                wrong = f"text {number} is {received and received[:20]!r}, not {text[:20]!r}"
                break
            if reader.words[WRITTEN] < count:
                wrong = f"the number of texts went back from {count} to {reader.words[WRITTEN]}"
                break
            count = reader.words[WRITTEN]
        if wrong is None and reader.receive() is not None:
            wrong = "more texts came than were written"
    finally:
        writer.terminate()
        writer.join()
        reader.close()
    return wrong, f"{len(texts)} texts"


def receive_after_truncation(path: str, connection) -> None:
    reader = Reader(path)
    connection.send("mapped")
    connection.recv()
    try:
        reader.receive()
    except EOFError as error:
        connection.send(str(error))


def truncate(path: str, rounds: int = 20):
    """The same, with a file that is cut short. One cut between the look and the touch would still be too late."""
    for _ in range(rounds):
        make_file(path)
        ours, theirs = multiprocessing.Pipe()
        child = multiprocessing.Process(target=quiet, args=(receive_after_truncation, path, theirs), daemon=True)
        child.start()
        theirs.close()
        ours.recv()
        with open(path, "wb"):
            pass
        ours.send("truncated")
        child.join()
        if child.exitcode != 0 or not ours.poll():
            return f"the child ended with {child.exitcode}", f"{rounds} truncations"
    return None, f"{rounds} truncations"


def make_file(path: str) -> None:
    with open(path, "wb") as file:
        file.truncate(SIZE)


def provoke(name: str) -> int:
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "map")
    try:
        make_file(path)
        wrong, tried = truncate(path) if name == "truncation" else send_through(path, name)
    finally:
        shutil.rmtree(folder)
    say(f"observed: {name}: {wrong}" if wrong else f"not observed in {tried}: {name}")
    return 1 if wrong else 0


def stop(number, frame) -> None:
    sys.exit(f"stopped by signal {number}")


def main(words):
    sides = {"server": server, "client": client}
    provocations = [*PROVOCATIONS, "truncation"]
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(120)
    if not words:
        return both()
    if words == ["provoke"]:
        return max([provoke(name) for name in provocations])
    if words[0] in provocations and len(words) == 1:
        return provoke(words[0])
    if (words[0] in sides and len(words) == 2) or (words[0] == "client" and words[2:] == ["wait"]):
        if words[2:]:
            say("waiting until you say that the file is there")
            sys.stdin.readline()
        return sides[words[0]](words[1])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
