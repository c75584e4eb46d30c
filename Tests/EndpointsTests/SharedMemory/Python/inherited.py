"""A parent that hands its memory and its queue to an endpoint by inheritance: inherited.py PROGRAM; prints the endpoint's replies."""

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
    third, array_start, array_lock = place(array)
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
    say(ask("%sr role=read address=%d offset=%d length=4 lock=%s" % (memory, reading, start, lock)))
    say(ask("%sw role=write address=%d offset=%d length=4 lock=%s" % (memory, writing, start, lock)))
    say(ask("receive channel=r"))
    say(ask("send channel=w payload=ef030000"))
    say(number.value)
    say(ask("%sa role=write address=%d offset=%d length=12" % (memory, third, array_start)))
    say(ask("send channel=a payload=0a0000000b000000"))
    say(" ".join(map(str, array)))

    end = "open transport=spawn-queue framing=multiprocessing slots=%s channel=" % queue._sem._semlock.name
    say(ask("%sp role=write address=%d lock=%s" % (end, put, queue._wlock._semlock.name)))
    say(ask("send channel=p payload=80024b012e"))
    say(tokens(queue.get()))
    say(ask("%sg role=read address=%d lock=%s" % (end, get, queue._rlock._semlock.name)))
    queue.put(None)
    say(ask("receive channel=g"))

    say(ask("reset"))
    folder = "/proc/%d" % endpoint.pid
    say(" ".join(sorted(os.listdir(folder + "/fd"))))
    with open(folder + "/maps") as maps:
        say(sum("pym-" in line or "sem." in line for line in maps))
    endpoint.stdin.close()
    say(endpoint.wait())


if __name__ == "__main__":
    main()
