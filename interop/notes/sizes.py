#!/usr/bin/env python3
"""Sizes and byte order: of numbers in memory and in struct, of pickles, and of the frames around messages.

    sizes.py   prints them for this machine and this Python

Between programs of one machine numbers have the same order of bytes and, in C, Swift and C#, mostly the same sizes;
what differs is who adds padding. Python 2.7 and newer.
"""

from __future__ import print_function, unicode_literals

import pickle
import platform
import struct
import sys


def say(text):
    print(text)
    sys.stdout.flush()


def hexadecimal(data):
    return "".join("%02x" % byte for byte in bytearray(data))


def calcsize(form):
    return struct.calcsize(str(form))  # Python 2 wants its own kind of text here


def pack(form, *values):
    return hexadecimal(struct.pack(str(form), *values))


def numbers():
    say("this machine is %s-endian, a pointer has %d bytes" % (sys.byteorder, calcsize("P")))
    say(
        "1 as a 4-byte integer: little-endian %s, big-endian %s, native %s"
        % (pack("<i", 1), pack(">i", 1), pack("=i", 1))
    )
    say("format  in C       native  standard")
    # A long has 4 bytes as standard, and 8 in C on 64-bit Linux: write q if you mean 8.
    names = {
        "c": "char",
        "?": "bool",
        "h": "short",
        "i": "int",
        "l": "long",
        "q": "long long",
        "f": "float",
        "d": "double",
    }
    for form in "c?hilqfd":
        say("%-7s %-10s %6d  %8d" % (form, names[form], calcsize(form), calcsize("<" + form)))


def records():
    # A C compiler pads the end of a record too, so that the next in an array is aligned; struct does so only for 0i.
    for form in ("bi", "ib", "ib0i", "bih", "cdc"):
        say(
            "record %-4s with padding (@) %2d bytes, without (<) %2d"
            % (form, calcsize("@" + form), calcsize("<" + form))
        )
    say("bi holding 1 and 2: @ %s, < %s" % (pack("@bi", 1, 2), pack("<bi", 1, 2)))


def pickles():
    for value, name in ((1, "1"), ("hello", "'hello'"), ([1, 2, 3], "[1, 2, 3]"), (b"x" * 1000, "1000 bytes")):
        sizes = [len(pickle.dumps(value, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
        say("pickle of %-10s %s" % (name, ", ".join("protocol %d: %d" % pair for pair in enumerate(sizes))))
    # Protocol 2 is what every Python since 2.3 reads, so it is what other languages had best write.
    say("pickle of 1 in protocol 2: " + hexadecimal(pickle.dumps(1, 2)))


def frames():
    hello = b"hello"
    for name, frame in (
        ("multiprocessing", struct.pack(str(">i"), len(hello)) + hello),
        ("multiprocessing, header of 2147483648 bytes", struct.pack(str(">iQ"), -1, 1 << 31)),
        ("u32le", struct.pack(str("<I"), len(hello)) + hello),
        ("line", hello + b"\n"),
        ("netstring", b"5:hello,"),
        ("content-length", b"Content-Length: 5\r\n\r\nhello"),
    ):
        say("frame %s: %s" % (name, hexadecimal(frame)))


def main(words):
    if words == ["--help"]:
        return print(__doc__.strip())
    if words:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    say("%s %s" % (platform.python_implementation(), platform.python_version()))
    numbers()
    records()
    pickles()
    return frames()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
