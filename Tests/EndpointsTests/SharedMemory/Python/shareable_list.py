"""A ShareableList: shareable_list.py create NAME LITERAL, shareable_list.py attach NAME."""

import sys
from multiprocessing.shared_memory import ShareableList

from common import converse, literal, say, tokens


def main() -> None:
    role, name = sys.argv[1:3]
    content = literal(sys.argv[3]) if role == "create" else None
    items = ShareableList(content, name=name)
    say(bytes(items.shm.buf).hex())

    def assign(argument: str) -> None:
        index, _, value = argument.partition(" ")
        items[int(index)] = literal(value)

    converse(
        {
            "list": lambda _: tokens(list(items)),
            "assign": assign,
            "unlink": lambda _: items.shm.unlink(),
        }
    )
    items.shm.close()


main()
