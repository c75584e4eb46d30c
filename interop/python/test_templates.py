"""Tests of the templates for new adapters that are no compiled programs: what each refuses, and with which kind.

python3 -m unittest discover -s interop/python
"""

from __future__ import annotations

import shutil
import subprocess
import unittest
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
PROGRAMS = {
    "python": ("python3", "endpoint.py"),
    "node": ("node", "endpoint.js"),
    "bash": ("bash", "endpoint.sh"),
}

OPEN = "open channel=c transport=pigeon role=sing address= framing=smoke"
ANSWERED = ["hello", "reset"]
USAGE = [
    "",
    " ",
    " hello",
    "hello ",
    "hello\r",
    "reset  a=b",
    "hello a=b",
    "hello *",
    "dance",
    "accept channel=c",
    "send channel=c payload=61",
    "echo  channel=c count=1",
    "echo channel=c channel=c count=1",
    "layout record=%zz",
    "layout record=%4",
    "layout record=é",
    "layout record=a=b",
    OPEN + " ",
    OPEN + "\r",
    OPEN + " framing=line",
    OPEN + " colour=red",
    OPEN.replace(" framing=smoke", ""),
    *(OPEN.replace("=c ", f"={name} ") for name in ("", "C", "c.d", "x" * 17, "c%00", "c%0A", "%FF", "%41" * 80_000)),
    *(f"{OPEN} limit={limit}" for limit in ("", "0", "-1", "x", "1%0A", "2147483648", "9" * 99)),
    f"{OPEN} size=0",
    *(f"{OPEN} {number}" for number in ("limit=01", "limit=00000000005", "size=08", "length=0010", "offset=00")),
    "layout record=" + "x" * 262_131,
]
UNSUPPORTED = [
    "echo channel=c count=1",
    "ping",
    "layout record=%41",
    "call channel=c method=get",
    OPEN,
    OPEN.replace("=c ", "=%63 "),
    OPEN.replace("address=", "address=a+b%2B"),
    OPEN + " limit=1",
    OPEN + " limit=%31",
    OPEN + " authkey=61 lock=/x offset=0",
    "layout record=" + "x" * 262_130,
    "layout record=" + "%41" * 80_000,
]


class TemplateTests(unittest.TestCase):
    def test_each_answers_hello_and_refuses_everything_else_with_the_right_kind(self):
        commands = [*ANSWERED, *USAGE, *UNSUPPORTED]
        expected = ["ok"] * len(ANSWERED) + ["error kind=usage"] * len(USAGE)
        expected += ["error kind=unsupported"] * len(UNSUPPORTED)
        lines = "".join(command + "\n" for command in commands).encode()
        for name, (program, script) in PROGRAMS.items():
            if shutil.which(program) is None:
                continue
            ended = subprocess.run(
                [program, script],
                cwd=TEMPLATES / name,
                input=lines + b"hello",  # Cut off by the end, and so not obeyed.
                stdout=subprocess.PIPE,
                check=True,
            )
            replies = ended.stdout.decode("ascii").splitlines()
            self.assertEqual(len(replies), len(commands), name)
            for command, reply, start in zip(commands, replies, expected):
                words = " ".join(reply.split(" ")[: len(start.split(" "))])
                self.assertEqual(words, start, (name, command[:80]))


if __name__ == "__main__":
    unittest.main()
