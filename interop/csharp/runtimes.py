"""Which programs the tests of the C# endpoint are for: the same source on Mono and on .NET."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
DOTNET = FOLDER.parent / "dotnet"

# The C endpoint's tests speak to a program and know nothing of C, so they are the tests of this one
# too. Both files have the same name, which an import statement could not tell apart.
_specification = importlib.util.spec_from_file_location("c_endpoint_tests", FOLDER.parent / "c" / "test_endpoint.py")
shared = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(shared)


@unittest.skipUnless(
    shutil.which("mcs") and shutil.which("mono"),
    "Mono is missing: apt-get install -y --no-install-recommends mono-mcs",
)
class Mono(unittest.TestCase):
    """The program as Mono compiles and runs it. Mixed in after the tests."""

    command: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.mkdtemp(prefix="csharp-")
        cls.addClassCleanup(shutil.rmtree, folder)
        os.chmod(folder, 0o755)  # the test of `denied` runs the program as another user
        program = f"{folder}/endpoint.exe"
        sources = [str(source) for source in FOLDER.glob("*.cs")]
        command = [
            "mcs",
            "-unsafe",
            "-warn:4",
            "-warnaserror",
            "-optimize",
            "-r:System.Numerics",
            f"-out:{program}",
            *sources,
        ]
        subprocess.run(command, check=True)
        cls.command = ("mono", program)


@unittest.skipUnless(os.access(DOTNET / ".build" / "dotnet", os.X_OK), ".NET is missing: run interop/dotnet/install")
class Dotnet(unittest.TestCase):
    """The program on the runtime that interop/dotnet has."""

    command: tuple[str, ...] = ()

    @classmethod
    def setUpClass(cls) -> None:
        subprocess.run([str(DOTNET / "build")], check=True, stdout=subprocess.DEVNULL)
        cls.command = (
            str(DOTNET / ".build" / "dotnet"),
            str(DOTNET / ".build" / "endpoint.dll"),
        )
