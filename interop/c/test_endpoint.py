"""The promises of the C endpoint, kept against raw peers; each file *_tests.py has those of one subject.

Run with: python3 -m unittest discover -s interop/c
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

# interop/csharp loads this file from its own folder.
# Last: the folder of whoever loads this file has a test_endpoint of its own.
sys.path.append(str(Path(__file__).resolve().parent))

from datagram_tests import DatagramTests
from ending_tests import EndingTests
from file_tests import FileTests
from forced_tests import ForcedTests
from framing_tests import FramingTests
from harness import DEADLINE, FRAMINGS, LINE_LIMIT, NOBODY, Endpoint, EndpointCase, frame, wait_until_received
from key_tests import KeyTests
from kind_tests import KindTests
from leftover_tests import LeftoverTests
from line_tests import LineTests
from loop_tests import LoopTests
from mapped_tests import MappedTests
from memory_tests import MemoryTests
from refusal_tests import RefusalTests
from struct_tests import StructTests
from timeout_tests import TimeoutTests
from transport_tests import TransportTests

# What the tests of interop/csharp take from here.
__all__ = [
    "DEADLINE",
    "FRAMINGS",
    "LINE_LIMIT",
    "NOBODY",
    "Endpoint",
    "EndpointCase",
    "EndpointTests",
    "frame",
    "wait_until_received",
]

SANITIZERS = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


class EndpointTests(
    LineTests, FramingTests, FileTests, TransportTests, MappedTests, KindTests, LeftoverTests, LoopTests
):
    """They speak to a program and know nothing of C: interop/csharp has them too."""


class CTests(
    EndingTests,
    TimeoutTests,
    RefusalTests,
    ForcedTests,
    DatagramTests,
    MemoryTests,
    KeyTests,
    StructTests,
    EndpointTests,
):
    """These too speak to a program only, but not every other program keeps them."""

    transports = (*DatagramTests.transports, "shared-memory")
    features = "echo,ping,layout,timeout,authkey"
    codecs = "struct"


class PlainBuild(CTests, unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.build()
        cls.build_library()


class SanitizedBuild(CTests, unittest.TestCase):
    is_sanitized = True

    @classmethod
    def setUpClass(cls) -> None:
        # Asked with an empty program, so that what the sanitizers find in the endpoint skips nothing.
        with tempfile.TemporaryDirectory(prefix="c-") as folder:
            build = f"cc {' '.join(SANITIZERS)} -x c -o {folder}/empty -"
            script = f'echo "int main(void) {{ return 0; }}" | {build} && {folder}/empty'
            if subprocess.run(["sh", "-c", script], check=False, capture_output=True).returncode != 0:
                raise unittest.SkipTest("the compiler has no address and undefined behaviour sanitizers")
        cls.build(*SANITIZERS)


class ManifestTests(unittest.TestCase):
    def test_the_build_names_every_file(self) -> None:
        folder = Path(__file__).resolve().parent
        manifest = (folder / "adapter.yml").read_text()
        words = {key: line.split("[")[1].rstrip("]").split(", ") for key, line in self.lists(manifest)}
        sources = sorted(path.name for path in folder.glob("*.c"))
        self.assertEqual(sorted(word for word in words["command"] if word.endswith(".c")), sources)
        self.assertEqual(sorted(words["inputs"]), sorted([*sources, *(path.name for path in folder.glob("*.h"))]))

    def lists(self, manifest: str) -> list[tuple[str, str]]:
        lines = [line.strip() for line in manifest.splitlines()]
        return [(line.split(":")[0], line) for line in lines if line.startswith(("command: [", "inputs: ["))]


if __name__ == "__main__":
    unittest.main()
