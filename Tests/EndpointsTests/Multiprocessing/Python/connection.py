"""Listens or connects with multiprocessing.connection, and obeys the objects that come.

usage: connection.py listen|connect unix|abstract|tcp ADDRESS KEY

ADDRESS is a path, a name or a port; KEY is in hexadecimal, or "-" for none.
"""

import sys
from multiprocessing.connection import Client, Listener

import samples


def obey(connection):
    """Answers until the end of the stream."""
    while True:
        try:
            word = connection.recv()
        except EOFError:
            return samples.say("end")
        if word == u"sample":
            connection.send(samples.SAMPLE)
        elif word == u"compare":
            connection.send(samples.same(samples.SAMPLE, connection.recv()))
        elif word == u"bytes":
            connection.send_bytes(connection.recv_bytes())
        elif word == u"bomb":
            connection.send(samples.Bomb(connection.recv()))
        else:
            connection.send(word)


def main():
    """Does as the arguments say."""
    role, family, address, key = sys.argv[1:]
    if family == "tcp":
        address = ("127.0.0.1", int(address))
    elif family == "abstract":
        address = "\0" + address
    if role == "connect":
        obey(Client(address, authkey=samples.key(key)))
        return
    listener = Listener(address, authkey=samples.key(key))
    samples.say(listener.address[1] if family == "tcp" else "ready")
    try:
        obey(listener.accept())
    except Exception as error:  # what a wrong key is differs from version to version
        samples.say(type(error).__name__)


main()
