"""The other side of a cell in a mapped file: cell.py read PATH COUNT, cell.py write PATH COUNT."""

import mmap
import sys
import time

from common import say

WRITTEN, TAKEN, LENGTH, CLOSED = range(4)


def message(number: int) -> bytes:
    """A message that tells which it is and whether it is torn."""
    return (number.to_bytes(8, "little") * 505)[: number * 37 % 4033]


def main() -> None:
    role, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(path, "r+b") as file:
        cell = mmap.mmap(file.fileno(), 4096)
    words = memoryview(cell)[:32].cast("Q")
    good = 0
    if role == "write":
        words[CLOSED] = words[WRITTEN] = words[TAKEN] = 0
        say("ready")
    for number in range(count):
        if role == "write":
            while words[TAKEN] < words[WRITTEN]:
                time.sleep(0)
            data = message(number)
            cell[64 : 64 + len(data)] = data
            words[LENGTH] = len(data)
            words[WRITTEN] += 1
        else:
            while words[WRITTEN] <= words[TAKEN]:
                time.sleep(0)
            good += cell[64 : 64 + words[LENGTH]] == message(number)
            words[TAKEN] += 1
    if role == "write":
        words[CLOSED] = 1
    else:
        say(good, words[WRITTEN], words[TAKEN])


main()
