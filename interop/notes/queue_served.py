#!/usr/bin/env python3
"""A queue that a server shares (BaseManager): programs that are not each other's children meet in it.

    queue_served.py              a server, a program that puts A, B, C, and one that gets them
    queue_served.py serve PATH   serves a queue and a dictionary until a line comes on its standard input
    queue_served.py put PATH     puts A, B, C
    queue_served.py get PATH     gets three objects

PATH is that of a Unix socket; the key is "abracadabra". put and get first wait for a line on their standard input if
a third word, wait, is given. The objects live in the server's process; what travels are calls, such as put('A'), as
pickles.
Python 2.7 and newer.
"""

from __future__ import print_function, unicode_literals

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from multiprocessing.managers import BaseManager, DictProxy

try:
    from queue import Empty, Queue
except ImportError:
    from Queue import Empty, Queue

KEY = b"abracadabra"


class Server(BaseManager):
    """What the server offers. The names are what clients ask for, in whatever language."""


class Client(BaseManager):
    """The same names without the objects, which are not here."""


QUEUE = Queue()
DICTIONARY = {}

# The functions return the same objects at every call: that is what makes them shared.
Server.register(str("get_queue"), callable=lambda: QUEUE)
Server.register(str("get_dict"), callable=lambda: DICTIONARY, proxytype=DictProxy)
Client.register(str("get_queue"))
Client.register(str("get_dict"), proxytype=DictProxy)


def say(text):
    print(text)
    sys.stdout.flush()


def serve(path):
    server = Server(address=str(path), authkey=KEY).get_server()  # binds and listens
    # serve_forever() would do here; in a thread of its own it leaves us free to stop when we are told.
    thread = threading.Thread(target=server.serve_forever)
    thread.daemon = True
    thread.start()
    say("serving at " + path)
    sys.stdin.readline()
    say("%d left in the queue" % QUEUE.qsize())
    # The listener removes its socket file when the process ends.


def client(path, wait):
    if wait:
        say("waiting until you say that somebody serves")
        sys.stdin.readline()
    manager = Client(address=str(path), authkey=KEY)
    manager.connect()
    return manager


def put(path, wait=None):
    queue = client(path, wait).get_queue()
    for letter in "ABC":
        queue.put(letter)
        say("put " + letter)


def get(path, wait=None):
    queue = client(path, wait).get_queue()
    for _ in range(3):
        say("got " + json.dumps(queue.get(True, 10)))  # the server waits, not we: the call returns when it has one
    try:
        queue.get_nowait()
    except Empty:
        say("the queue is empty")


def both():
    folder = tempfile.mkdtemp(prefix="notes-")
    path = os.path.join(folder, "queue")
    server = subprocess.Popen(
        [sys.executable, __file__, "serve", path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    try:
        say(server.stdout.readline().strip())
        put(path)
        get(path)
        shared = client(path, None).get_dict()
        shared["letters"] = ["A", "B", "C"]  # a call of __setitem__ in the server
        say("the dictionary has " + json.dumps(shared.copy()))
        server.stdin.write("stop\n")
        server.stdin.flush()
        say("the server: " + server.stdout.readline().strip())
        return server.wait()
    finally:
        if server.poll() is None:
            server.terminate()
            server.wait()
        server.stdin.close()
        server.stdout.close()
        shutil.rmtree(folder)


def stop(number, frame):
    sys.exit("stopped by signal %d" % number)


def main(words):
    sides = {"serve": serve, "put": put, "get": get}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if words[0] in sides and (len(words) == 2 or (words[0] != "serve" and words[2:] == ["wait"])):
        return sides[words[0]](*words[1:])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
