#!/usr/bin/env python3
"""Searching a large text through a map: the file is not read into memory, the system brings the pages one looks at.

    mmap_lines.py               makes a text of 10 MB and searches it, mapped and read line by line
    mmap_lines.py make PATH     makes a small text, then searches it for each line of input
    mmap_lines.py search PATH   searches a text that somebody else made for each line of input

Both end at the line "done". A map has find() like a bytes object. The offsets that are printed mean the same to every
program that maps the file: it can read a line there, and change it under our eyes. Python 2.7 and newer.
"""

from __future__ import print_function

import mmap
import os
import shutil
import signal
import sys
import tempfile
import time


def say(text):
    print(text)
    sys.stdout.flush()


def make_text(path, count):
    with open(path, "wb") as file:
        for number in range(count):
            file.write(("line %07d of a text that is long enough\n" % number).encode())
        file.write(b"the last line, which has a needle in it\n")


def matching_lines(text, word):
    """Gives the offset and the content of each line that has the word; text is a map, or bytes."""
    position = text.find(word)
    while position >= 0:
        start = text.rfind(b"\n", 0, position) + 1  # 0 if this is the first line
        end = text.find(b"\n", position)
        if end < 0:
            end = len(text)  # the last line need not end with a line feed
        yield start, text[start:end]
        position = text.find(word, end)


def search(path, word):
    with open(path, "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # 0: all of it, as long as it is now
    try:
        return list(matching_lines(mapped, word))
    finally:
        mapped.close()


def search_each(path):
    for line in iter(sys.stdin.readline, ""):
        if line == "done\n":
            break
        found = search(path, line.rstrip("\n").encode())
        for offset, content in found:
            say("at offset %d, %d bytes: %s" % (offset, len(content), content.decode()))
        say("%d found" % len(found))


def make(path):
    make_text(path, 2000)
    say("made " + path)
    search_each(path)


def search_others(path):
    say("waiting to search " + path)
    search_each(path)


def both():
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "text")
    try:
        make_text(path, 250000)
        say("the text has %d bytes" % os.path.getsize(path))
        begin = time.time()
        found = search(path, b"needle")
        mapped = time.time() - begin
        with open(path, "rb") as file:
            begin = time.time()
            same = [line.rstrip(b"\n") for line in file if b"needle" in line]
        by_line = time.time() - begin
        for offset, content in found:
            say("at offset %d, %d bytes: %s" % (offset, len(content), content.decode()))
        say("mapped %.1f ms, line by line %.1f ms" % (mapped * 1000, by_line * 1000))
        return 0 if same == [content for _, content in found] else 1
    finally:
        shutil.rmtree(folder)


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    sides = {"make": make, "search": search_others}
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
