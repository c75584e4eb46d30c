#!/usr/bin/env python3
"""Provokes what goes wrong when two processes share a mapped file without agreeing on anything.

    mmap_defects.py              all of them, one after the other
    mmap_defects.py stale-tail   a short text over a long one leaves the end of the long one behind it
    mmap_defects.py torn-read    a read while the other side writes gives a part of each text
    mmap_defects.py missed       two texts are written between two reads, and one is never seen
    mmap_defects.py seen-twice   two reads between two writes, and nothing says that it is the same text
    mmap_defects.py zeroing      struct.pack_into stores zeros first, and the other side sees them
    mmap_defects.py truncation   the file is cut short under the map, and the next look at it ends the process

Each ends as soon as it has seen its defect, and prints one line "observed: ..."; after 20 seconds in vain it fails.
mmap_file_corrected.py has none of them. Python 2.7 and newer.
"""

from __future__ import print_function

import itertools
import mmap
import multiprocessing
import os
import resource
import shutil
import signal
import struct
import sys
import tempfile
import time

SIZE = 1024
PATIENCE = 20


def say(text):
    print(text)
    sys.stdout.flush()


def open_map(path):
    with open(path, "r+b") as file:
        return mmap.mmap(file.fileno(), SIZE)


def text_of(data):
    return data.partition(b"\0")[0].decode()


# The writers: each is a process of its own, and works until it is ended or its parent has gone.


def parent_lives(parent):
    return os.getppid() == parent


def write_one(path, text):
    mapped = open_map(path)
    mapped[: len(text)] = text.encode()
    mapped.close()


def write_two_texts(path, parent):
    """As fast as it can, and each time all 1024 bytes: it is one assignment, and still not one step."""
    mapped = open_map(path)
    texts = (b"A" * SIZE, b"B" * SIZE)
    while parent_lives(parent):
        for text in texts * 500:
            mapped[0:SIZE] = text


def write_numbers(path, parent, pause):
    mapped = open_map(path)
    for number in itertools.count():
        if not parent_lives(parent):
            break
        text = ("msg %d" % number).encode()
        mapped[0:SIZE] = text.ljust(SIZE, b"\0")
        time.sleep(pause)


def pack_two_numbers(path, parent):
    mapped = open_map(path)
    while parent_lives(parent):
        for _ in range(500):
            struct.pack_into("<Q", mapped, 0, 0x1111111111111111)
            struct.pack_into("<Q", mapped, 0, 0xEEEEEEEEEEEEEEEE)


def touch_after_truncation(path, connection):
    signal.alarm(PATIENCE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # its death is expected: no core file
    mapped = open_map(path)
    connection.send("mapped")
    connection.recv()
    mapped[0:1]  # no exception can be caught here: the page has no file behind it any more


# The defects: each gives a line that says what was seen, or None.


def run(function, *arguments):
    process = multiprocessing.Process(target=quiet, args=(function,) + arguments)
    process.daemon = True
    process.start()
    return process


def quiet(function, *arguments):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # not the parent's: it is ended when the defect was seen
    function(*arguments)


def in_time():
    """Counts, as long as there is time."""
    end = time.time() + PATIENCE
    return itertools.takewhile(lambda _: time.time() < end, itertools.count(1))


def while_writing(writer, look):
    """Looks again and again while a writer is at work, until there is something to tell."""
    try:
        for count in in_time():
            seen = look()
            if seen:
                return "%s (read %d)" % (seen, count)
        return None
    finally:
        writer.terminate()
        writer.join()


def stale_tail(path):
    for text in ("msg 123", "msg 5"):
        writer = run(write_one, path, text)
        writer.join()
    seen = text_of(open_map(path)[0:SIZE])
    return "%s, where msg 5 was written over msg 123" % seen if seen != "msg 5" else None


def torn_read(path):
    mapped = open_map(path)

    def look():
        seen = mapped[0:SIZE]
        first, second = seen.count(b"A"), seen.count(b"B")
        return "%d bytes of one text and %d of the other" % (first, second) if first and second else None

    return while_writing(run(write_two_texts, path, os.getpid()), look)


def numbers_seen(path, pause):
    """Gives the number before, and the one now."""
    mapped = open_map(path)
    last = [None]

    def pair():
        time.sleep(pause)
        text = text_of(mapped[0:SIZE])
        before, last[0] = last[0], int(text[4:]) if text.startswith("msg ") else None
        return before, last[0]

    return pair


def missed(path):
    pair = numbers_seen(path, 0.005)

    def look():
        before, now = pair()
        if None not in (before, now) and now > before + 1:
            return "msg %d, then msg %d: %d missed" % (before, now, now - before - 1)
        return None

    return while_writing(run(write_numbers, path, os.getpid(), 0.001), look)


def seen_twice(path):
    pair = numbers_seen(path, 0.001)

    def look():
        before, now = pair()
        if now is not None and now == before:
            return "msg %d, then msg %d once more" % (before, now)
        return None

    return while_writing(run(write_numbers, path, os.getpid(), 0.02), look)


def zeroing(path):
    write_one(path, "\x11" * 8)
    mapped = open_map(path)

    def look():
        # A burst: looking at the clock after each read would make the reads rare.
        for _ in range(1000):
            if mapped[0:8] == b"\0" * 8:
                return "0, where only 0x1111111111111111 and 0xEEEEEEEEEEEEEEEE are ever written"
        return None

    return while_writing(run(pack_two_numbers, path, os.getpid()), look)


def truncation(path):
    ours, theirs = multiprocessing.Pipe()
    child = run(touch_after_truncation, path, theirs)
    if not ours.poll(PATIENCE):
        return None
    ours.recv()
    with open(path, "wb"):
        pass  # opening a file for writing is enough to cut it short
    ours.send("truncated")
    child.join(PATIENCE)
    died = -(child.exitcode or 0)
    return "the child died of signal %d (SIGBUS)" % died if died == signal.SIGBUS else None


DEFECTS = [
    ("stale-tail", stale_tail),
    ("torn-read", torn_read),
    ("missed", missed),
    ("seen-twice", seen_twice),
    ("zeroing", zeroing),
    ("truncation", truncation),
]


def observe(name, provoke):
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "map")
    try:
        with open(path, "wb") as file:
            file.write(b"\0" * SIZE)
        seen = provoke(path)
    finally:
        shutil.rmtree(folder)
    say("observed: %s: %s" % (name, seen) if seen else "not observed in %d s: %s" % (PATIENCE, name))
    return 0 if seen else 1


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    if not words:
        return max([observe(name, provoke) for name, provoke in DEFECTS])
    for name, provoke in DEFECTS:
        if words == [name]:
            return observe(name, provoke)
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
