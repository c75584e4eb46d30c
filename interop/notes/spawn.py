#!/usr/bin/env python3
"""What is pickled when a process starts, and what is not, under fork, spawn and forkserver.

    spawn.py   starts a process each way and reports every object that is pickled for it, and its size;
               then shows what fails under spawn, and why

Nothing is measured from outside: the script puts a function of its own in the place of multiprocessing's pickler, which
reports and then does the usual. Python 3.6 and newer, on systems that have all three ways.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import zlib
from io import BytesIO
from multiprocessing import reduction


def say(text: str) -> None:
    print(text, flush=True)


class Reporting:
    """An object that says so when somebody pickles it."""

    def __init__(self, label: str) -> None:
        self.label = label

    def __reduce__(self):
        say(f"  pickling reaches {self.label}")
        return Reporting, (self.label,)


# Three globals of this module. None of them is an argument of a process; BIG is random, so that a copy of it cannot be
# mistaken for a second one that came about by running the module again.
BIG = os.urandom(100_000)
GLOBAL = Reporting("a global of the module")
counter = 0


def child(argument: Reporting, checksum: int) -> None:
    origin = "the parent's" if zlib.crc32(BIG) == checksum else "others: the module has run again in the child"
    say(f"  in the child: module {__name__}, counter {counter}, the 100,000 bytes are {origin}")


usual_dump = reduction.dump


def reporting_dump(thing, file, protocol=None) -> None:
    buffer = BytesIO()
    usual_dump(thing, buffer, protocol)
    file.write(buffer.getvalue())
    names = sorted(thing) if isinstance(thing, dict) else sorted(vars(thing))
    kind = "the preparation" if isinstance(thing, dict) else "the process object"
    say(f"  pickled {kind}: {len(buffer.getvalue())} bytes: {', '.join(names)}")


def start(method: str) -> None:
    global counter
    say(f"{method}:")
    counter = 99
    context = multiprocessing.get_context(method)
    process = context.Process(target=child, args=(Reporting("an argument"), zlib.crc32(BIG)))
    reduction.dump = reporting_dump
    try:
        process.start()
    finally:
        reduction.dump = usual_dump
    process.join()
    if method == "fork":
        say("  nothing was pickled: the child is a copy of the whole parent")


def fail(what: str, **arguments) -> None:
    process = multiprocessing.get_context("spawn").Process(**arguments)
    try:
        process.start()
    except Exception as error:
        say(f"  {what}: {type(error).__name__}: {error}")
    else:
        process.join()
        sys.exit(f"  {what}: was started, which is news")


UNGUARDED = """
import multiprocessing
process = multiprocessing.get_context("spawn").Process(target=print)
process.start()
process.join()
"""


def start_without_guard() -> None:
    """Runs a script that has no `if __name__ == "__main__"`: its child runs it again, and would start a child."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(UNGUARDED)
        script.flush()
        ended = subprocess.run(
            [sys.executable, script.name], stderr=subprocess.PIPE, universal_newlines=True, check=False
        )
    _, found, message = ended.stderr.partition("RuntimeError:")
    reason = " ".join(message.split())[:94] + " ..." if found else "none, which is news"
    say(f'  a script without if __name__ == "__main__": {found} {reason}')


def show() -> None:
    for method in ("fork", "spawn", "forkserver"):
        start(method)
    say("what fails under spawn fails because it cannot be pickled:")
    fail("a lambda", target=lambda: None)

    def inner() -> None:
        pass

    fail("a function inside a function", target=inner)
    with open(os.devnull) as file:
        fail("an open file", target=print, args=(file,))
    say("or because the module cannot be run again:")
    start_without_guard()
    say("under fork the lambda is no trouble:")
    process = multiprocessing.get_context("fork").Process(target=lambda: say("  the lambda runs"))
    process.start()
    process.join()


def stop(number, frame) -> None:
    sys.exit(f"stopped by signal {number}")


def main(words):
    if words == ["--help"]:
        return print(__doc__.strip())
    if words:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    return show()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
