"""Serves as the standard documentation shows it: manager_server.py base|sync PATH KEY [MAXSIZE].

A "base" server shares a queue under get_queue, a "sync" server the types of a SyncManager too.
"""

import sys
from multiprocessing.managers import BaseManager, SyncManager

import samples

try:
    from queue import Queue
except ImportError:  # Python 2.7
    from Queue import Queue


def main():
    """Serves until it is killed."""
    kind, path, key = sys.argv[1:4]
    queue = Queue(int(sys.argv[4]) if len(sys.argv) > 4 else 0)
    manager = type("Manager", (SyncManager if kind == "sync" else BaseManager,), {})
    manager.register("get_queue", callable=lambda: queue)
    manager.register("get_bombs", callable=lambda: Bombs())
    server = manager(address=path, authkey=samples.key(key)).get_server()
    samples.say("ready")
    server.serve_forever()


class Bombs(object):
    """Answers with what would run a command where it is unpickled."""

    def get(self, command):
        return samples.Bomb(command)


main()
