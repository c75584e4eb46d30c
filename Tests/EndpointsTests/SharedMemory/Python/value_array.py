"""Value and Array: value_array.py METHOD; prints where they are."""

import multiprocessing
import os
import sys
from typing import Any

from common import converse, say


def place(shared: Any) -> str:
    """The descriptor, the offset and the lock's name."""
    (arena, start, _), _ = shared._obj._wrapper._state
    return f"{arena.fd} {start} {shared.get_lock()._semlock.name or '-'}"


def main() -> None:
    context = multiprocessing.get_context(sys.argv[1])
    number = context.Value("i", 7)
    real = context.Value("d", 2.5)
    array = context.Array("i", [1, 2, 3])
    say(os.getpid(), place(number), place(real), place(array))

    def count(argument: str) -> None:
        for _ in range(int(argument)):
            with number.get_lock():
                number.value += 1

    converse(
        {
            "number": lambda _: number.value,
            "real": lambda _: real.value,
            "array": lambda _: " ".join(map(str, array)),
            "count": count,
        }
    )


if __name__ == "__main__":
    main()
