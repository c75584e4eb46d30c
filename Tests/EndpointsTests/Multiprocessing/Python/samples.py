# -*- coding: utf-8 -*-
"""What the scripts beside these tests share. They run on Python 2.7 too, hence no annotations."""

import binascii
import os
import sys

SAMPLE = {
    u"none": None,
    u"true": True,
    u"int": -12,
    u"big": 2**70,
    u"float": 1.5,
    u"text": u"h\xe9",
    u"bytes": b"\x00\xff",
    u"array": bytearray(b"ab"),
    u"list": [1, [2]],
    u"tuple": (1, u"x"),
    u"set": {1, 2},
    u"frozen": frozenset([3]),
}


class Bomb(object):
    """An object whose unpickling would run a command."""

    def __init__(self, command):
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def key(argument):
    """The key of an argument in hexadecimal; None for "-"."""
    return None if argument == "-" else binascii.unhexlify(argument)


def same(left, right):
    """Whether two objects are equal, their kinds too."""
    if isinstance(left, dict):
        return left == right and all(same(left[name], right[name]) for name in left)
    return left == right and type(left) is type(right)


def say(text):
    """Writes a line, at once."""
    sys.stdout.write("%s\n" % text)
    sys.stdout.flush()
