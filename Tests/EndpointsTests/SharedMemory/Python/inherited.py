"""A parent that hands its memory and its queue to an endpoint by inheritance: inherited.py PROGRAM.

It prints the endpoint's replies.
"""

import multiprocessing
import os
import subprocess
import sys
from typing import Any, Tuple

from common import say, tokens


def place(shared: Any) -> Tuple[int, int, str]:
    """A descriptor to hand over, the offset and the lock's name."""
    (arena, start, _), _ = shared._obj._wrapper._state
    return os.dup(arena.fd), start, shared.get_lock()._semlock.name


def main() -> None:
    context = multiprocessing.get_context("spawn")
    number = context.Value("i", 7)
    array = context.Array("i", [1, 2, 3])
    queue = context.Queue()
    reading, start, lock = place(number)
    writing, _, _ = place(number)
    third, array_start, _ = place(array)
    put, get = os.dup(queue._writer.fileno()), os.dup(queue._reader.fileno())
    handed = [reading, writing, third, put, get]
    endpoint = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=handed)
    for descriptor in handed:
        os.close(descriptor)

    def ask(command: str) -> str:
        endpoint.stdin.write((command + "\n").encode())
        endpoint.stdin.flush()
        return endpoint.stdout.readline().decode().strip()

    memory = "open transport=shared-memory framing=none channel="
    say(ask(f"{memory}r role=read address={reading} offset={start} length=4 lock={lock}"))
    say(ask(f"{memory}w role=write address={writing} offset={start} length=4 lock={lock}"))
    say(ask("receive channel=r"))
    say(ask("send channel=w payload=ef030000"))
    say(number.value)
    say(ask(f"{memory}a role=write address={third} offset={array_start} length=12"))
    say(ask("send channel=a payload=0a0000000b000000"))
    say(" ".join(map(str, array)))

    end = f"open transport=spawn-queue framing=multiprocessing slots={queue._sem._semlock.name} channel="
    say(ask(f"{end}p role=write address={put} lock={queue._wlock._semlock.name}"))
    say(ask("send channel=p payload=80024b012e"))
    say(tokens(queue.get()))
    say(ask(f"{end}g role=read address={get} lock={queue._rlock._semlock.name}"))
    queue.put(None)
    say(ask("receive channel=g"))

    say(ask("reset"))
    folder = f"/proc/{endpoint.pid}"
    say(" ".join(sorted(os.listdir(folder + "/fd"))))
    with open(folder + "/maps") as maps:
        say(sum("pym-" in line or "sem." in line for line in maps))
    endpoint.stdin.close()
    say(endpoint.wait())


if __name__ == "__main__":
    main()
