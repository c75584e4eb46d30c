#!/usr/bin/env python3
"""Shared memory by name: what takes the place of Windows' mmap tagname where there is no Windows.

    shared_memory.py                      all of it, with Python on both sides
    shared_memory.py create               makes a memory of 1024 bytes with a text in it
    shared_memory.py attach NAME          reads the text of a memory that somebody made, and writes another
    shared_memory.py create-list          makes a ShareableList
    shared_memory.py attach-list NAME     reads a ShareableList that somebody made, and changes an item
    shared_memory.py careless NAME        attaches without a thought for the resource tracker, and ends

The creators show their memory again at each line of input, until "done"; attach and attach-list first wait for a line
if a third word, wait, is given. The memory is the file /dev/shm/NAME, which any program can map. Nothing says when it
changes.

The resource tracker: a helper of every Python program with a SharedMemory, which removes what the program leaves
behind. It cannot know who else uses the memory, so a program that only attaches takes the name away when it ends. The
cure is in attach().
Python 3.8 and newer.
"""

import os
import signal
import subprocess
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import ShareableList, SharedMemory


def say(text: str) -> None:
    print(text, flush=True)


def attach(name: str) -> SharedMemory:
    """Attaches to somebody else's memory without becoming the one who removes it."""
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    memory = SharedMemory(name)
    # Only in a program of its own: a child of multiprocessing has its parent's tracker, and would forget for both.
    resource_tracker.unregister(memory._name, "shared_memory")
    return memory


def remove(memory: SharedMemory) -> None:
    try:
        memory.unlink()
    except FileNotFoundError:
        # Somebody's tracker was faster. Ours still has it on its list, and would complain at the end.
        resource_tracker.unregister(memory._name, "shared_memory")


def write_text(memory: SharedMemory, text: str) -> None:
    data = text.encode() + b"\0"
    memory.buf[: len(data)] = data


def read_text(memory: SharedMemory) -> str:
    return bytes(memory.buf).partition(b"\0")[0].decode()


def show_until_done(show) -> None:
    for line in sys.stdin:
        if line.strip() == "done":
            break
        show()


def create() -> None:
    memory = SharedMemory(create=True, size=1024)
    try:
        write_text(memory, "hello from Python")
        say(f"memory {memory.name}")
        show_until_done(lambda: say(f"text: {read_text(memory)}"))
    finally:
        memory.close()
        remove(memory)


def use(name: str) -> None:
    memory = attach(name)
    say(f"text: {read_text(memory)}")
    write_text(memory, "seen by Python")
    memory.close()


def create_list() -> None:
    items = ShareableList([1, 2.5, "three", None, True, b"six"])
    try:
        say(f"list {items.shm.name}")
        show_until_done(lambda: say(f"items: {list(items)}"))
    finally:
        items.shm.close()
        remove(items.shm)


def use_list(name: str) -> None:
    # A ShareableList attaches by itself, so here only unregistering helps; it has no argument track.
    items = ShareableList(name=name)
    resource_tracker.unregister(items.shm._name, "shared_memory")
    say(f"items: {list(items)}")
    items[0] = 99
    items.shm.close()


def careless(name: str) -> None:
    SharedMemory(name).close()  # close() only unmaps; the tracker still has the name


def run_other(*words: str) -> str:
    """Runs this script as a stranger, until it and its resource tracker have ended."""
    command = [sys.executable, __file__, *words]
    # The tracker keeps standard error open, so the end of that stream is its end.
    ended = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False
    )
    if ended.returncode != 0:
        sys.exit(ended.stderr)
    return ended.stdout.strip()


def is_there(memory: SharedMemory) -> str:
    return "is there" if os.path.exists(f"/dev/shm/{memory.name}") else "is gone"


def both() -> None:
    memory = SharedMemory(create=True, size=1024)
    items = ShareableList([1, 2.5, "three", None, True, b"six"])
    try:
        write_text(memory, "hello from Python")
        say(f"another program reads {memory.name}: {run_other('attach', memory.name)}")
        say(f"and it has written: {read_text(memory)}")
        say(f"another program reads {items.shm.name}: {run_other('attach-list', items.shm.name)}")
        say(f"and it has changed it: {list(items)}")
        say(f"after programs that care for the tracker, /dev/shm/{memory.name} {is_there(memory)}")
        run_other("careless", memory.name)
        say(f"after a program that does not, /dev/shm/{memory.name} {is_there(memory)}")
        say(f"our own mapping is not touched by that: {read_text(memory)}")
    finally:
        for made in (memory, items.shm):
            made.close()
            remove(made)


def stop(number, frame) -> None:
    sys.exit(f"stopped by signal {number}")


def main(words):
    creators = {"create": create, "create-list": create_list}
    users = {"attach": use, "attach-list": use_list, "careless": careless}
    if words[:1] == ["--help"]:
        return print(__doc__.strip())
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    if not words:
        return both()
    if words[0] in creators and len(words) == 1:
        return creators[words[0]]()
    if words[0] in users and len(words) > 1 and words[2:] in ([], ["wait"]):
        if words[2:]:
            say("waiting until you say that it is there")
            sys.stdin.readline()
        return users[words[0]](words[1])
    print(__doc__.strip(), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
