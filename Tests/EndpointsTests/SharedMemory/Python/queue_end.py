"""A queue that others join: queue_end.py METHOD Queue|SimpleQueue MAXSIZE; prints its parts."""

import multiprocessing
import os
import sys

from common import converse, literal, say, tokens


def main() -> None:
    context = multiprocessing.get_context(sys.argv[1])
    bounded = sys.argv[2] == "Queue"
    queue = context.Queue(int(sys.argv[3])) if bounded else context.SimpleQueue()
    locks = [queue._rlock, queue._wlock] + ([queue._sem] if bounded else [])
    names = [lock._semlock.name for lock in locks]
    say(os.getpid(), queue._reader.fileno(), queue._writer.fileno(), *names)

    def fill(argument: str) -> None:
        for number in range(int(argument)):
            queue.put(number)

    def drain(argument: str) -> str:
        return " ".join(str(queue.get()) for _ in range(int(argument)))

    def is_free(argument: str) -> bool:
        lock = {"reader": queue._rlock, "writer": queue._wlock}[argument]
        if lock.acquire(True, 10):
            lock.release()
            return True
        return False

    converse(
        {
            "put": lambda argument: queue.put(literal(argument)),
            "get": lambda _: tokens(queue.get()),
            "fill": fill,
            "drain": drain,
            "size": lambda _: queue.qsize(),
            "hold": lambda _: queue._wlock.acquire() and None,
            "give": lambda _: queue._wlock.release(),
            "is_free": is_free,
            "stop_reading": lambda _: queue._reader.close(),
            "hang_up": lambda _: queue._writer.close(),
            "raw": lambda argument: os.write(queue._writer.fileno(), bytes.fromhex(argument)) and None,
        }
    )


if __name__ == "__main__":
    main()
