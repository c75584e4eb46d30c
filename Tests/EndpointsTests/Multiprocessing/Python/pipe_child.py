"""Uses an end of a Pipe that it inherits: pipe_child.py NUMBER duplex|sending|receiving, as the parent sees it."""

import sys

try:
    from multiprocessing.connection import Connection
except ImportError:  # Python 2.7
    from _multiprocessing import Connection

import samples


def main():
    """Sends the sample, or says whether it came."""
    direction = sys.argv[2]
    connection = Connection(int(sys.argv[1]), readable=direction != "receiving", writable=direction != "sending")
    if direction != "receiving":
        samples.say(samples.same(samples.SAMPLE, connection.recv()))
        samples.say(len(connection.recv_bytes()))
    if direction != "sending":
        connection.send(samples.SAMPLE)
        connection.send_bytes(b"x" * 1000000)
    if direction != "receiving":
        try:
            connection.recv()
        except EOFError:
            samples.say("end")


main()
