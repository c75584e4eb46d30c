#!/usr/bin/env python3
"""multiprocessing.Queue: a writer and a reader that one program starts, and A, B, C between them.

    queue_inherited.py                  both sides as processes of one program
    queue_inherited.py write            makes a queue, says how to join it, and puts A, B, C
    queue_inherited.py read             makes a queue, says how to join it, and gets three objects
    queue_inherited.py write simple, read simple   the same with a SimpleQueue

A queue has no name: a process gets it from its parent. It is a pipe, into which pickles are written, each after its
length, and semaphores: one to hold while writing, one while reading, and one that counts free slots (a SimpleQueue has
none). Where the context is spawn or forkserver the semaphores have names, and /proc/PID/fd has the pipe's ends, so that
any program of the same user can join. (Programs that can choose should share a queue as queue_served.py does.) The
script is not called queue.py, because that would hide Python's own module of that name from every script beside it.
Both sides: Python 2.7 and newer. Joining: Python 3.6 and newer, on Linux.
"""

from __future__ import print_function, unicode_literals

import json
import multiprocessing
import os
import signal
import sys


def say(text):
    sys.stdout.write(text + "\n")  # in one piece, because both sides write here
    sys.stdout.flush()  # through a pipe, a line that is not flushed waits until the end


def put_letters(queue):
    for letter in "ABC":
        say("put " + letter)
        queue.put(letter)


def get_letters(queue):
    while True:
        letter = queue.get()
        if letter is None:  # a queue has no end: what says "that was all" is an object that they agree on
            break
        say("got " + letter)


def both():
    queue = multiprocessing.Queue()
    reader = multiprocessing.Process(target=get_letters, args=(queue,))
    writer = multiprocessing.Process(target=put_letters, args=(queue,))
    reader.start()
    writer.start()
    writer.join()
    queue.put(None)
    reader.join()
    return writer.exitcode or reader.exitcode


def make_queue(simple):
    """Makes a queue and tells what a foreign program needs to join it."""
    context = multiprocessing.get_context("spawn")
    queue = context.SimpleQueue() if simple else context.Queue()
    process = "/proc/%d/fd/" % os.getpid()
    # These attributes are private, and are the same from Python 3.6 to 3.13.
    say("to read: %s%d lock %s" % (process, queue._reader.fileno(), queue._rlock._semlock.name))
    say("to write: %s%d lock %s" % (process, queue._writer.fileno(), queue._wlock._semlock.name))
    if not simple:
        say("free slots: " + queue._sem._semlock.name)
    return queue


def write(simple):
    queue = make_queue(simple)
    put_letters(queue)
    say("a line on standard input ends this")
    sys.stdin.readline()  # the queue, its pipe and its semaphores live as long as this process


def read(simple):
    queue = make_queue(simple)
    for _ in range(3):
        say("got " + json.dumps(queue.get()))


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
    if words[0] in sides and words[1:] in ([], ["simple"]):
        return sides[words[0]](words[1:] == ["simple"])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
