#!/usr/bin/env python3
"""A named pipe (FIFO): a path that any program can open, and one stream of bytes from writer to reader.

    fifo.py                          both sides, each a process of its own
    fifo.py write PATH               writes the letters A, B, C, one a line
    fifo.py read PATH                reads lines until the writers have gone
    fifo.py make PATH                makes the FIFO, reads, and removes it
    fifo.py answer REQUESTS REPLIES  a conversation takes two FIFOs, because one goes one way only

Python 2.7 and newer. Not on Windows, whose named pipes are something else.
"""

from __future__ import print_function, unicode_literals

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile


def say(text):
    sys.stdout.write(text + "\n")  # in one piece, because both sides write here
    sys.stdout.flush()  # through a pipe, a line that is not flushed waits until the end


def open_to_write(path):
    # Opening waits until somebody opens the other end. Without O_CREAT: open(path, "w") would quietly
    # make an ordinary file where the FIFO is missing, and nobody would ever read it.
    return io.open(os.open(path, os.O_WRONLY), "w", encoding="utf-8", newline="\n")


def open_to_read(path):
    return io.open(os.open(path, os.O_RDONLY), encoding="utf-8", newline="\n")


def write(path):
    with open_to_write(path) as fifo:
        for letter in "ABC":
            fifo.write(letter + "\n")
            fifo.flush()
            say("wrote " + letter)
    # Closing is how the reader learns that this was all.


def read(path):
    with open_to_read(path) as fifo:
        for line in fifo:
            say("read " + line.rstrip("\n"))
    say("the writer has closed")


def make(path):
    os.mkfifo(path, 0o600)  # a FIFO has no password: its mode says who may open it
    try:
        say("made " + path)
        read(path)
    finally:
        os.unlink(path)  # the path stays when the processes have gone; what was in the pipe does not


def answer(requests, replies):
    # Both sides must open the two in the same order, or each waits for the other for ever.
    with open_to_read(requests) as incoming, open_to_write(replies) as outgoing:
        for line in incoming:
            outgoing.write(line.upper())
            outgoing.flush()  # the other side waits for this line before it sends the next
            say("answered " + line.rstrip("\n"))


def both():
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "letters")
    os.mkfifo(path, 0o600)
    reader = subprocess.Popen([sys.executable, __file__, "read", path])
    try:
        write(path)
        return reader.wait()
    finally:
        if reader.poll() is None:
            reader.kill()
            reader.wait()
        shutil.rmtree(folder)


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)  # as an exception, so that every "finally" above runs


def main(words):
    sides = {"write": (write, 1), "read": (read, 1), "make": (make, 1), "answer": (answer, 2)}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)  # nobody waits for ever for a peer that does not come
    if not words:
        return both()
    side, count = sides.get(words[0], (None, 0))
    if side is None or len(words) != 1 + count:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    return side(*words[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
