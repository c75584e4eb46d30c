"""A SharedMemory: memory.py create NAME SIZE, memory.py attach NAME, memory.py untracked NAME."""

import sys
from multiprocessing.shared_memory import SharedMemory

from common import converse, say


def main() -> None:
    role, name = sys.argv[1:3]
    if role == "create":
        memory = SharedMemory(name, create=True, size=int(sys.argv[3]))
    elif role == "untracked":
        memory = SharedMemory(name, track=False)
    else:
        memory = SharedMemory(name)
    say(memory.size)

    def store(argument: str) -> None:
        offset, content = argument.split()
        data = bytes.fromhex(content)
        memory.buf[int(offset) : int(offset) + len(data)] = data

    converse(
        {
            "load": lambda _: bytes(memory.buf).hex(),
            "store": store,
            "unlink": lambda _: memory.unlink(),
        }
    )
    memory.close()


main()
