#!/usr/bin/env python3
"""multiprocessing.Pipe: two ends of a socketpair or a pipe, over which Python objects travel as pickles.

    pipe.py                           both kinds, Python on both sides
    pipe.py start SIDE KIND PEER...   makes a Pipe, starts the command PEER with the other end
    pipe.py inherited SIDE KIND FD    uses an end that the script itself has inherited

SIDE is talk (both ends send and receive), write or read (one way); KIND is objects or bytes.
PEER may be a program in any language; {fd} among its words becomes the number of its descriptor. What it meets there is
a length (4 bytes, big-endian) before each message; a message is a pickle (objects) or just the bytes (bytes). Python
2.7 and newer.
"""

from __future__ import print_function, unicode_literals

import fcntl
import json
import multiprocessing
import signal
import subprocess
import sys

if sys.version_info[0] == 2:
    from _multiprocessing import Connection
else:
    from multiprocessing.connection import Connection


def say(text):
    sys.stdout.write(text + "\n")  # in one piece, because both sides write here
    sys.stdout.flush()  # through a pipe, a line that is not flushed waits until the end


def send(connection, kind, letter, number):
    if kind == "bytes":
        connection.send_bytes(letter.encode())
        say("sent " + letter)
    else:
        connection.send({letter: number})
        say("sent %s" % json.dumps({letter: number}))


def receive(connection, kind):
    text = connection.recv_bytes().decode() if kind == "bytes" else json.dumps(connection.recv(), sort_keys=True)
    say("received " + text)


def write(connection, kind):
    for number, letter in enumerate("ABC", start=1):
        send(connection, kind, letter, number)
    connection.close()


def read(connection, kind):
    try:
        while True:
            receive(connection, kind)
    except EOFError:
        say("the other end is closed")
    connection.close()


def talk(connection, kind):
    for number, letter in enumerate("ABC", start=1):
        send(connection, kind, letter, number)
        receive(connection, kind)
    connection.close()


def answer(connection, other):
    """The child of both(): answers each object with a list that has it."""
    other.close()  # a forked child has the parent's end too; while it is open here, recv() never sees the end
    try:
        while True:
            connection.send([connection.recv(), "thank you"])
    except EOFError:
        pass


def both():
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.Process(target=answer, args=(theirs, ours))
    child.start()
    theirs.close()
    talk(ours, "objects")
    child.join()

    reading, writing = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=write, args=(writing, "bytes"))
    child.start()
    writing.close()
    read(reading, "bytes")
    child.join()
    return child.exitcode


def start_with(inherited, kept, words):
    number = inherited.fileno()
    words = [word.replace("{fd}", str(number)) for word in words]
    if sys.version_info >= (3, 2):
        return subprocess.Popen(words, pass_fds=[number])
    # Python 2 lets a child inherit everything: mark our end, or the child never sees it close.
    fcntl.fcntl(kept.fileno(), fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return subprocess.Popen(words)


def start(side, kind, words):
    first, second = multiprocessing.Pipe(duplex=side is talk)
    ours, theirs = (second, first) if side is write else (first, second)
    child = start_with(theirs, ours, words)
    try:
        say("the child's descriptor is %d" % theirs.fileno())
        theirs.close()
        side(ours, kind)
        return child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    sides = {"talk": talk, "write": write, "read": read}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if len(words) >= 4 and words[1] in sides and words[2] in ("objects", "bytes"):
        side, kind, rest = sides[words[1]], words[2], words[3:]
        if words[0] == "start":
            sys.stdout = sys.stderr  # standard input and output are the child's
            return start(side, kind, rest)
        if words[0] == "inherited" and len(rest) == 1:
            # All that a Connection needs is the descriptor, and which ways it goes.
            connection = Connection(int(rest[0]), readable=side is not write, writable=side is not read)
            return side(connection, kind)
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
