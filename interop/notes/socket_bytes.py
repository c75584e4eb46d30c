#!/usr/bin/env python3
"""Bytes over a socket: a stream has no messages, so each is preceded by its length (4 bytes, little-endian).

    socket_bytes.py                  both sides, each a process of its own
    socket_bytes.py listen ADDRESS   answers each message in capitals, and the end with the number of messages
    socket_bytes.py connect ADDRESS  sends a, b, an empty message and a long one, and reads the answers
    socket_bytes.py connect ADDRESS wait   the same, but first waits for a line on its standard input

ADDRESS is a path (a Unix socket), @NAME (the same without a file, Linux only) or 127.0.0.1:PORT (TCP; port 0 lets
the system choose). Python 2.7 and newer.
"""

from __future__ import print_function

import contextlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

LARGEST = 1 << 20


def say(text):
    print(text)
    sys.stdout.flush()


def send_message(connection, message):
    # sendall goes on until the system has taken everything; send may take only a part.
    connection.sendall(struct.pack("<I", len(message)) + message)


def receive_exactly(connection, count):
    """Gives fewer bytes only at the end of the stream: one recv may give any part of what was sent."""
    received = b""
    while len(received) < count:
        part = connection.recv(count - len(received))
        if not part:
            break
        received += part
    return received


def receive_message(connection):
    """Gives None at the end of the stream."""
    header = receive_exactly(connection, 4)
    if not header:
        return None
    if len(header) < 4:
        raise EOFError("the stream ended inside a length")
    length = struct.unpack("<I", header)[0]
    # The length comes from somebody else: look at it before that much memory is asked for.
    if length > LARGEST:
        raise ValueError("a message of %d bytes is too large" % length)
    message = receive_exactly(connection, length)
    if len(message) < length:
        raise EOFError("the stream ended inside a message")
    return message


def make_socket(address):
    """Gives the socket, and the address as the system wants it."""
    if ":" in address and not address.startswith(("/", "@")):
        host, port = address.split(":")
        return socket.socket(socket.AF_INET, socket.SOCK_STREAM), (host, int(port))
    if address.startswith("@"):
        address = "\0" + address[1:]  # an abstract name: no file, no mode, gone with its socket
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), address


def listen(address):
    listener, name = make_socket(address)
    with contextlib.closing(listener):
        if isinstance(name, tuple):
            # Otherwise the port cannot be used again for a minute after the last connection.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(name)
        try:
            listener.listen(1)
            if isinstance(name, tuple):
                address = "%s:%d" % listener.getsockname()
            say("listening on " + address)
            connection, _ = listener.accept()
            with contextlib.closing(connection):
                answer(connection)
        finally:
            if address.startswith("/"):
                os.unlink(address)  # a socket file does not go away by itself, and the next bind would fail


def answer(connection):
    count = 0
    while True:
        message = receive_message(connection)
        if message is None:
            break
        count += 1
        send_message(connection, message.upper())
        say("answered a message of %d bytes" % len(message))
    # The other side has ended its half of the stream; ours still works.
    send_message(connection, ("%d messages" % count).encode())


def connect(address, wait=None):
    if wait:
        say("waiting until you say that somebody listens")
        sys.stdin.readline()
    connection, name = make_socket(address)
    with contextlib.closing(connection):
        connection.connect(name)
        for message in (b"a", b"b", b"", b"long" * 5000):
            send_message(connection, message)
            reply = receive_message(connection)
            if reply is None:
                sys.exit("the listener has gone")
            say("received %d bytes: %s" % (len(reply), reply[:8].decode()))
        connection.shutdown(socket.SHUT_WR)  # half-close: no more from here, but we still listen
        say("at the end: " + receive_message(connection).decode())


def both():
    folder = tempfile.mkdtemp(prefix="notes-")
    server = subprocess.Popen(
        [sys.executable, __file__, "listen", os.path.join(folder, "socket")],
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    try:
        ready = server.stdout.readline().strip()  # not a sleep: the server says when it listens
        say(ready)
        connect(ready.replace("listening on ", ""))
        for line in server.stdout:
            say("the server " + line.strip())
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
    sides = {"listen": listen, "connect": connect}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if (words[0] in sides and len(words) == 2) or (words[0] == "connect" and words[2:] == ["wait"]):
        return sides[words[0]](*words[1:])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
