#!/usr/bin/env python3
"""multiprocessing.Value and Array: numbers in memory that processes share, and a lock for each.

    value_array.py         a Value and an Array, changed by a child process
    value_array.py share   the same, changed by any program: says where they are, and shows them at each line of
                           input; the line "change" changes them first, "done" ends

The memory is a file without a name that the process keeps open, so another program of the same user can map
/proc/PID/fd/N; it must be told the offset. The lock is a POSIX semaphore, which has a name if the context is spawn
(with fork it has none, and only children have it). Python 3.6 and newer on Linux; in 2.7 the memory belongs to no file.
"""

import multiprocessing
import os
import signal
import sys


def say(text: str) -> None:
    print(text, flush=True)


def change(value, array) -> None:
    # Without the lock, "read, add, write" of two processes can overlap, and one addition is lost.
    with value.get_lock():
        value.value += 1
    with array.get_lock():
        for index in range(len(array)):
            array[index] *= 2


def show(value, array) -> None:
    with value.get_lock(), array.get_lock():
        say(f"value {value.value}, array {list(array)}")


def make():
    # "i" and "d" are what struct calls so: 4 bytes as the machine has them, and 8 bytes.
    context = multiprocessing.get_context("spawn")
    return context, context.Value("i", 7), context.Array("d", [0.5, 1.5, 2.5])


def place(shared) -> str:
    """Where a Value or Array is. These attributes are private, and are the same from Python 3.6 to 3.13."""
    (arena, start, _), size = shared._obj._wrapper._state
    return f"/proc/{os.getpid()}/fd/{arena.fd} offset {start} length {size} lock {shared.get_lock()._semlock.name}"


def both() -> int:
    context, value, array = make()
    show(value, array)
    child = context.Process(target=change, args=(value, array))
    child.start()
    child.join()
    show(value, array)
    return child.exitcode


def share() -> None:
    _, value, array = make()
    say(f"value in {place(value)}")
    say(f"array in {place(array)}")
    show(value, array)
    for line in sys.stdin:
        if line.strip() == "done":
            break
        if line.strip() == "change":
            change(value, array)
        show(value, array)


def stop(number, frame) -> None:
    sys.exit(f"stopped by signal {number}")


def main(words):
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if words == ["share"]:
        return share()
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
