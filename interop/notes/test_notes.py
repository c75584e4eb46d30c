"""Every script of the notes, run alone: it ends by itself, prints what it promises, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = sorted(path.name for path in HERE.glob("*.py") if not path.name.startswith("test_"))
DEADLINE = 90
PARLEY = HERE.parents[1] / ".build/debug/parley"

LETTERS = ("A", "B", "C")

# What each script must print, in this order; lines between are free.
PROMISES: dict[str, list[str]] = {
    "anonymous_pipe.py": ["read A", "read B", "read C", "the writer has closed"],
    "connection.py": [
        "listening on .*",
        "refused: AuthenticationError",
        *(
            rf'the answer to {letter} is \[{{"{letter}": {number}}}, {number}\]'
            for number, letter in enumerate(LETTERS, 1)
        ),
        "the listener: refused: AuthenticationError",
        "the listener: the client has closed",
    ],
    "dotnet_pipe.py": ["the pipe .*", *(f"the answer to {letter.lower()} is {letter}" for letter in LETTERS)],
    "fifo.py": ["read A", "read B", "read C", "the writer has closed"],
    "mmap_defects.py": [
        "observed: stale-tail: msg 523, where msg 5 was written over msg 123",
        "observed: torn-read: [0-9]+ bytes of one text and [0-9]+ of the other .*",
        "observed: missed: msg [0-9]+, then msg [0-9]+: [0-9]+ missed .*",
        "observed: seen-twice: msg ([0-9]+), then msg \\1 once more .*",
        "observed: zeroing: 0, where only .*",
        r"observed: truncation: the child died of signal 7 \(SIGBUS\)",
    ],
    "mmap_file.py": ["client: read msg 123", "client: read msg 523", "client: read msg 523", "client: read msg 679"],
    "mmap_file_corrected.py": ["read msg 123", "read msg 5", "read msg 5", "read msg 6", "the server has closed"],
    "mmap_lines.py": ["the text has 10750040 bytes", "at offset 10750000, 39 bytes: the last line, .*"],
    "pipe.py": [
        *(rf'received \[{{"{letter}": {number}}}, "thank you"\]' for number, letter in enumerate(LETTERS, 1)),
        *(f"received {letter}" for letter in LETTERS),
        "the other end is closed",
    ],
    "queue_inherited.py": [f"got {letter}" for letter in LETTERS],
    "queue_served.py": [
        *(f'got "{letter}"' for letter in LETTERS),
        "the queue is empty",
        r'the dictionary has {"letters": \["A", "B", "C"\]}',
        "the server: 0 left in the queue",
    ],
    "shared_memory.py": [
        "another program reads .*: text: hello from Python",
        "and it has written: seen by Python",
        r"another program reads .*: items: \[1, 2\.5, 'three', None, True, b'six'\]",
        r"and it has changed it: \[99, 2\.5, 'three', None, True, b'six'\]",
        "after programs that care for the tracker, .* is there",
        "after a program that does not, .* is (gone|there)",
        "our own mapping is not touched by that: seen by Python",
    ],
    "sizes.py": [
        f"this machine is {sys.byteorder}-endian, .*",
        r"record bi +with padding \(@\)  8 bytes, without \(<\)  5",
        "pickle of 1 in protocol 2: 80024b012e",
        "frame multiprocessing: 0000000568656c6c6f",
    ],
    "socket_bytes.py": ["received 1 bytes: A", "received 20000 bytes: LONGLONG", "at the end: 4 messages"],
    "spawn.py": [
        "fork:",
        " +nothing was pickled: .*",
        "spawn:",
        " +pickled the preparation: .*",
        " +pickling reaches an argument",
        " +pickled the process object: [0-9]{3} bytes: .*",
        " +in the child: module __mp_main__, counter 0, .* others: .*",
        "forkserver:",
        " +pickling reaches an argument",
        " +a lambda: (AttributeError|PicklingError): .*",
        " +an open file: TypeError: .*",
        " +a script without .*: RuntimeError: .*",
        " +the lambda runs",
    ],
    "value_array.py": [r"value 7, array \[0\.5, 1\.5, 2\.5\]", r"value 8, array \[1\.0, 3\.0, 5\.0\]"],
}


def run(script: str, *words: str, folder: str) -> subprocess.CompletedProcess[str]:
    """Runs a script to its end, with a folder of its own for temporary files."""
    return subprocess.run(
        [sys.executable, "-B", str(HERE / script), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        env={**os.environ, "TMPDIR": folder},
        check=False,
    )


def block(page: str, language: str) -> str:
    """The first block of code in that language."""
    return page.partition(f"\n```{language}\n")[2].partition("\n```\n")[0] + "\n"


def shared_objects() -> set[str]:
    """What these scripts could leave in shared memory, by name."""
    return {name for name in os.listdir("/dev/shm") if name.startswith(("psm_", "sem.mp-", "pym-"))}


def left_since(before: set[str]) -> set[str]:
    """What has come since, and stays: what other programs made meanwhile goes away again."""
    left = shared_objects() - before
    deadline = time.monotonic() + 60
    while left and time.monotonic() < deadline:
        os.sched_yield()
        left &= shared_objects()
    return left


class AloneTests(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="n")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_every_script_has_a_promise_and_a_declaration(self) -> None:
        self.assertEqual(SCRIPTS, sorted(PROMISES))
        for script in SCRIPTS:
            declaration = (HERE / script).with_suffix(".yml").read_text(encoding="utf-8")
            self.assertIn(f"run: [python3, -S, {script}]", declaration)

    def test_each_prints_what_it_promises_and_leaves_nothing(self) -> None:
        for script, promises in PROMISES.items():
            with self.subTest(script):
                before = shared_objects()
                ended = run(script, folder=self.folder)
                self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended.stdout)
                lines = iter(ended.stdout.splitlines())
                for promise in promises:
                    # An iterator, so that each promise is looked for behind the one before.
                    found = any(re.fullmatch(promise, line) for line in lines)
                    self.assertTrue(found, f'no line "{promise}" in its place in:\n{ended.stdout}')
                self.assertEqual(os.listdir(self.folder), [])
                self.assertEqual(left_since(before), set())

    def test_the_corrected_map_withstands_what_the_notes_do_not(self) -> None:
        ended = run("mmap_file_corrected.py", "provoke", folder=self.folder)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended.stdout)
        for name in ("stale-tail", "torn-read", "missed", "seen-twice", "zeroing", "truncation"):
            self.assertRegex(ended.stdout, f"(?m)^not observed in [0-9]+ (texts|truncations): {name}$")

    def test_help_says_what_there_is(self) -> None:
        for script in SCRIPTS:
            with self.subTest(script):
                ended = run(script, "--help", folder=self.folder)
                self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                self.assertIn(f"    {script}  ", ended.stdout)

    def test_nonsense_is_answered_with_the_help(self) -> None:
        for script in SCRIPTS:
            with self.subTest(script):
                ended = run(script, "dance", folder=self.folder)
                self.assertEqual((ended.returncode, ended.stdout), (2, ""))
                self.assertIn(f"    {script}  ", ended.stderr)

    def test_one_that_is_ended_while_it_waits_cleans_up(self) -> None:
        socket = os.path.join(self.folder, "s")
        waiting = {
            "socket_bytes.py": ["listen", socket],
            "dotnet_pipe.py": ["listen", socket],
            "connection.py": ["listen", socket, "key", "bytes"],
            "queue_served.py": ["serve", socket],
            "queue_inherited.py": ["write"],
            "value_array.py": ["share"],
            "shared_memory.py": ["create"],
            "fifo.py": ["make", socket],
        }
        for script, words in waiting.items():
            with self.subTest(script):
                before = shared_objects()
                self.end_when_it_is_ready(script, words)
                self.assertEqual(os.listdir(self.folder), [])
                self.assertEqual(left_since(before), set())

    def end_when_it_is_ready(self, script: str, words: list[str]) -> None:
        with subprocess.Popen(
            [sys.executable, "-B", str(HERE / script), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "TMPDIR": self.folder},
        ) as process:
            try:
                assert process.stdout
                self.assertTrue(process.stdout.readline())
                process.send_signal(signal.SIGTERM)
                # The resource tracker, which removes what is left, has standard error too: its end is the tracker's.
                process.communicate(timeout=DEADLINE)
                self.assertEqual(process.returncode, 1)
            finally:
                process.kill()


class PageTests(unittest.TestCase):
    @unittest.skipUnless(PARLEY.exists(), "needs swift build")
    @unittest.skipUnless(shutil.which("perl"), "needs perl")
    def test_the_example_of_both_pages_holds_its_conversation(self) -> None:
        for page in ("README.md", "README.zh.md"):
            text = (HERE / page).read_text(encoding="utf-8")
            with self.subTest(page), tempfile.TemporaryDirectory() as folder:
                Path(folder, "shout.pl").write_text(block(text, "perl"), encoding="utf-8")
                Path(folder, "shout.yml").write_text(block(text, "yaml"), encoding="utf-8")
                command = [str(PARLEY), "run", "--example", f"{folder}/shout.yml", "--adapters", "swift"]
                ended = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
                self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
                self.assertIn("planned 1 · passed 1 ", ended.stdout)

    def test_both_pages_name_every_script(self) -> None:
        for page in ("README.md", "README.zh.md"):
            linked = re.findall(r"^\| \[([a-z_]+\.py)\]\(\1\) ", (HERE / page).read_text(encoding="utf-8"), re.M)
            self.assertEqual(sorted(linked), SCRIPTS, page)


if __name__ == "__main__":
    unittest.main()
