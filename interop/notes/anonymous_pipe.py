#!/usr/bin/env python3
"""An anonymous pipe (os.pipe): two descriptors and no name, so only a child process can have the other end.

    anonymous_pipe.py                      both sides: the script writes, a child that it starts reads
    anonymous_pipe.py write FD             writes A, B, C into a descriptor that it has inherited
    anonymous_pipe.py read FD              reads lines from a descriptor that it has inherited
    anonymous_pipe.py start write PEER...  makes a pipe, starts the command PEER with its reading end, writes
    anonymous_pipe.py start read PEER...   makes a pipe, starts the command PEER with its writing end, reads

PEER may be a program in any language; {fd} among its words becomes the number of its descriptor. Python 2.7 and newer.
"""

from __future__ import print_function, unicode_literals

import fcntl
import io
import os
import signal
import subprocess
import sys


def say(text):
    sys.stdout.write(text + "\n")  # in one piece, because both sides write here
    sys.stdout.flush()  # through a pipe, a line that is not flushed waits until the end


def write(descriptor):
    with io.open(int(descriptor), "w", encoding="utf-8", newline="\n") as pipe:
        for letter in "ABC":
            pipe.write(letter + "\n")
            pipe.flush()
            say("wrote " + letter)


def read(descriptor):
    with io.open(int(descriptor), encoding="utf-8", newline="\n") as pipe:
        for line in pipe:
            say("read " + line.rstrip("\n"))
    say("the writer has closed")


def start_with(inherited, kept, words):
    """Starts a program that inherits one descriptor, and not the other."""
    words = [word.replace("{fd}", str(inherited)) for word in words]
    if sys.version_info >= (3, 2):
        return subprocess.Popen(words, pass_fds=[inherited])
    # Python 2 lets a child inherit everything. With a copy of the writing end in the reader's own hands
    # the pipe would never end, so our end is marked: it closes when the child becomes another program.
    fcntl.fcntl(kept, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return subprocess.Popen(words)


def start(side, words):
    reading, writing = os.pipe()
    inherited, kept = (reading, writing) if side is write else (writing, reading)
    child = start_with(inherited, kept, words)
    try:
        os.close(inherited)  # the child has it now; a second copy here would hide the child's closing
        say("the child's descriptor is %d" % inherited)
        side(kept)
        return child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def both():
    return start(write, [sys.executable, __file__, "read", "{fd}"])


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    sides = {"write": write, "read": read}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if len(words) == 2 and words[0] in sides:
        return sides[words[0]](words[1])
    if len(words) > 2 and words[0] == "start" and words[1] in sides:
        sys.stdout = sys.stderr  # standard input and output are the child's
        return start(sides[words[1]], words[2:])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
