#!/usr/bin/env python3
"""multiprocessing.connection: a Listener and a Client that prove to each other that they have the same key.

    connection.py                                both sides, each a process of its own
    connection.py listen ADDRESS KEY KIND        answers what the client sends, until it closes
    connection.py connect ADDRESS KEY KIND       sends the letters A, B, C and reads the answers
    connection.py connect ADDRESS KEY KIND wait  the same, but first waits for a line on its standard input

ADDRESS is a path (a Unix socket) or 127.0.0.1:PORT; KEY is text, or - for no key; KIND is objects or bytes. What a
program in another language meets: the handshake, if there is a key; then each message after its length (4 bytes,
big-endian). A received object is code: unpickling it can call anything. So never listen without a key where others can
connect.
Python 2.7 and newer.
"""

from __future__ import print_function, unicode_literals

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener


def say(text):
    print(text)
    sys.stdout.flush()


def place(address):
    """The address as multiprocessing wants it: a path, or a pair for TCP."""
    if address.startswith("/"):
        return str(address)
    host, port = address.split(":")
    return host, int(port)


def secret(key):
    return None if key == "-" else key.encode()


def listen(address, key, kind):
    with contextlib.closing(Listener(place(address), authkey=secret(key))) as listener:
        bound = listener.address
        say("listening on " + ("%s:%d" % bound if isinstance(bound, tuple) else bound))
        while True:
            try:
                connection = listener.accept()  # the handshake happens in here
                break
            except (AuthenticationError, EOFError, EnvironmentError) as error:
                say("refused: %s" % type(error).__name__)
        with contextlib.closing(connection):
            answer(connection, kind)


def answer(connection, kind):
    count = 0
    try:
        while True:
            if kind == "bytes":
                text = connection.recv_bytes().decode()
                say("received " + text)
                connection.send_bytes(("seen " + text).encode())
            else:
                received = connection.recv()
                say("received " + json.dumps(received, sort_keys=True))
                count += 1
                connection.send([received, count])
    except EOFError:
        say("the client has closed")


def connect(address, key, kind, wait=None):
    if wait:
        say("waiting until you say that somebody listens")
        sys.stdin.readline()
    try:
        connection = Client(place(address), authkey=secret(key))
    except AuthenticationError:
        say("refused: AuthenticationError")
        return 1
    with contextlib.closing(connection):
        for number, letter in enumerate("ABC", start=1):
            if kind == "bytes":
                connection.send_bytes(letter.encode())
                say("the answer to %s is %s" % (letter, connection.recv_bytes().decode()))
            else:
                connection.send({letter: number})
                say("the answer to %s is %s" % (letter, json.dumps(connection.recv(), sort_keys=True)))
    return 0


def both():
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "socket")
    server = subprocess.Popen(
        [sys.executable, __file__, "listen", path, "the notes' key", "objects"],
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    try:
        say(server.stdout.readline().strip())
        connect(path, "another key", "objects")
        connect(path, "the notes' key", "objects")
        for line in server.stdout:
            say("the listener: " + line.strip())
        return server.wait()
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait()
        server.stdout.close()
        shutil.rmtree(folder)


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if len(words) == 4 and words[0] == "listen" and words[3] in ("objects", "bytes"):
        return listen(*words[1:])
    if words[0] == "connect" and words[3:4] in (["objects"], ["bytes"]) and words[4:] in ([], ["wait"]):
        return connect(*words[1:])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
