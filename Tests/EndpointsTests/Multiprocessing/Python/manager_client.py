"""A client of a manager that it did not start: manager_client.py PATH KEY. Obeys lines on its standard input."""

import sys
import threading
from multiprocessing.managers import BaseManager, RemoteError

import samples

try:
    from queue import Empty, Full
except ImportError:  # Python 2.7
    from Queue import Empty, Full


class Manager(BaseManager):
    """The manager as its clients see it."""


Manager.register("get_queue")
Manager.register("get_small_queue")
Manager.register("get_nothing")


def caught(kind, function, *arguments, **keywords):
    """Whether a call raises an exception of a kind."""
    try:
        function(*arguments, **keywords)
    except kind:
        return True
    return False


def try_everything(manager):
    """Whether every method does what it does with a queue of Python's own."""
    queue, small = manager.get_queue(), manager.get_small_queue()
    queue.put(samples.SAMPLE)
    yield "qsize", queue.qsize() == 1 and not queue.empty() and not queue.full()
    yield "get", samples.same(samples.SAMPLE, queue.get())
    yield "task_done", queue.task_done() is None and caught(ValueError, queue.task_done)
    yield "join", queue.join() is None
    yield "get_nowait", caught(Empty, queue.get_nowait)
    yield "get, not waiting", caught(Empty, queue.get, False)
    yield "get, waiting for a while", caught(Empty, queue.get, timeout=0.01)
    yield "get, with a negative timeout", caught(ValueError, queue.get, True, -1)
    yield "get, with too many arguments", caught(TypeError, queue.get, True, 1, 2)
    small.put_nowait(1)
    yield "full", small.full()
    yield "put_nowait", caught(Full, small.put_nowait, 2)
    yield "put, waiting for a while", caught(Full, small.put, 2, timeout=0.01)
    yield "order", [queue.put(n) for n in range(3)] and [queue.get() for _ in range(3)] == [0, 1, 2]
    yield "put, of an object", caught(TypeError, queue.put, samples.Bomb("exit 1"))
    yield "after that", queue.qsize() == 0
    yield "a queue that is not there", caught(RemoteError, manager.get_nothing)
    yield "a method that is not there", caught(RemoteError, queue._callmethod, "nothing")
    # A put waits for room that the get of another thread makes.
    getter = threading.Thread(target=lambda: manager.get_small_queue().get())
    getter.start()
    yield "put, waiting", small.put(2) is None
    getter.join()
    yield "the rest", small.get() == 2
    yield "text", "queue" in str(queue)


def main():
    """Obeys each line, and answers each with one."""
    manager = Manager(address=sys.argv[1], authkey=samples.key(sys.argv[2]))
    try:
        manager.connect()
    except Exception as error:
        samples.say(type(error).__name__)
        return
    queue = manager.get_queue()
    samples.say("connected")
    for line in iter(sys.stdin.readline, ""):
        word = line.strip()
        if word == "everything":
            wrong = [name for name, is_right in try_everything(manager) if not is_right]
            samples.say(", ".join(wrong) or "right")
        elif word == "get":
            try:
                samples.say(queue.get())
            except Exception as error:
                samples.say(type(error).__name__)
        elif word == "sample":
            queue.put(samples.SAMPLE)
            samples.say("put")
        elif word == "compare":
            samples.say(samples.same(samples.SAMPLE, queue.get(timeout=30)))


main()
