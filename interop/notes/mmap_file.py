#!/usr/bin/env python3
"""A file mapped into two processes, as the notes have it, with its defects: do not copy this one.

    mmap_file.py               the defects, with Python on both sides
    mmap_file.py server PATH   for each line of input, a number N, writes "msg N" into the map
    mmap_file.py client PATH   for each line of input prints what is in the map

Both end at the line "done". The file has 1024 bytes, and the last text wins. What goes wrong: a shorter text leaves the
tail of a longer one behind it; nobody knows whether a text has been read, so texts are missed and read twice; and a
text may be read while it is written. mmap_defects.py provokes each of these, mmap_file_corrected.py has none. Python
2.7 and newer.
"""

from __future__ import print_function

import mmap
import os
import shutil
import signal
import subprocess
import sys
import tempfile

SIZE = 1024


def say(text):
    print(text)
    sys.stdout.flush()


def server(path):
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.write(b"\0" * SIZE)  # a file cannot be mapped beyond its end, and an empty one not at all
    with open(path, "r+b") as file:
        mapped = mmap.mmap(file.fileno(), SIZE)
    say("serving " + path)
    for line in iter(sys.stdin.readline, ""):
        if line == "done\n":
            break
        text = "msg " + line.strip()
        # Meant to fill up with NULs; but the result is thrown away, and they would be on the left.
        text.rjust(SIZE, "\0")
        mapped.seek(0)
        mapped.write(text.encode())
        say("wrote " + text)
    mapped.close()


def client(path):
    say("waiting to read " + path)
    for line in iter(sys.stdin.readline, ""):
        if line == "done\n":
            break
        with open(path, "rb") as file:
            mapped = mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ)
        say("read " + mapped.read(SIZE).strip(b"\0").decode())
        mapped.close()


def both():
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "map")
    started = {}

    def tell(side, line):
        process = started[side]
        process.stdin.write(line + "\n")
        process.stdin.flush()
        say("%s: %s" % (side, process.stdout.readline().strip()))

    try:
        for side in ("server", "client"):
            started[side] = subprocess.Popen(
                [sys.executable, __file__, side, path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                universal_newlines=True,
            )
            say(started[side].stdout.readline().strip())
        tell("server", "123")
        tell("client", "")
        tell("server", "5")
        tell("client", "")  # msg 523: the tail of msg 123 is still there
        tell("client", "")  # the same once more: nothing says that it is old
        tell("server", "678")
        tell("server", "679")
        tell("client", "")  # msg 678 was never seen
    finally:
        for process in started.values():
            process.communicate("done\n")
        shutil.rmtree(folder)


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    sides = {"server": server, "client": client}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if len(words) == 2 and words[0] in sides:
        return sides[words[0]](words[1])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
