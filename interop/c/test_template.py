"""The promises of the template of a C adapter: what it refuses, and in which order.

Run with: python3 -m unittest discover -s interop/c
"""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "c" / "endpoint.c"
FLAGS = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"]
HELLO = "ok protocol=1 language=c runtime=C11 transports= framings= codecs= features="
OPENING = "open channel=c transport=unix role=listen address=/x framing=line"


class TemplateTests(unittest.TestCase):
    program = ""

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="c-")
        cls.addClassCleanup(folder.cleanup)
        cls.program = f"{folder.name}/endpoint"
        source = TEMPLATE.read_text().replace("{name}", "fresh")
        command = ["cc", *FLAGS, "-x", "c", "-o", cls.program, "-"]
        subprocess.run(command, input=source, text=True, check=True)

    def expect(self, outcome: str, *lines: str) -> None:
        """Every line's reply begins so, and the last of them is still answered."""
        commands = b"".join(line.encode("latin-1") + b"\n" for line in lines)
        finished = subprocess.run([self.program], input=commands + b"hello\nreset", stdout=subprocess.PIPE, check=True)
        *replies, last, rest = finished.stdout.decode("ascii").split("\n")
        self.assertEqual((last, rest), (HELLO, ""))
        self.assertEqual(len(replies), len(lines))
        for line, reply in zip(lines, replies):
            with self.subTest(line[:100]):
                self.assertTrue(reply.startswith(outcome), reply)

    def test_hello_and_reset_are_answered(self) -> None:
        self.expect(HELLO, "hello")
        self.expect("ok", "reset")

    def test_a_line_that_breaks_the_grammar_is_usage(self) -> None:
        whole = ("hello", "reset", "echo channel=c count=1", "call channel=c method=x", OPENING)
        lines = [line + end for line in whole for end in ("\r", " ", "\0", " x")]
        lines += [" " + line for line in whole]
        lines += [OPENING.replace(" role", blank + "role") for blank in ("  ", "\t", "\r ", " =", "")]
        lines += [f"echo channel={value}" for value in ("%zz", "%4", "%", "\xe9", "a=b", '"', "c channel=c")]
        lines += ["", "HELLO", "x" * 262_145, f"echo{' a=' * 20}"]
        self.expect("error kind=usage ", *lines)

    def test_an_optional_verb_is_unsupported_whatever_its_keys(self) -> None:
        self.expect("error kind=unsupported ", "echo", "ping channel=C", "layout record=a+b", "call colour=%2B")

    def test_what_no_verb_has_is_usage(self) -> None:
        self.expect("error kind=usage ", "dance", "hello x=1", "reset x=", "accept channel=c", "close channel=c")

    def test_the_keys_of_open_come_before_its_words(self) -> None:
        self.expect("error kind=unsupported ", OPENING, f"{OPENING} limit=%31", OPENING.replace("/x", ""))
        lines = [OPENING.replace("=c ", f"={name} ") for name in ("C", "", "c%00", "a" * 17, "a-b")]
        limits = ("0", "05", "0000000001", "+5", "2147483648", "", "-1", "1%00", "1x", "9" * 30)
        lines += [f"{OPENING} limit={limit}" for limit in limits]
        lines += [OPENING.replace(" framing=line", ""), f"{OPENING} colour=blue"]
        self.expect("error kind=usage ", *lines)


if __name__ == "__main__":
    unittest.main()
