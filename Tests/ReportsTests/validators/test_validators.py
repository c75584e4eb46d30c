"""What parley writes, as programs of others read it: lxml, junitparser and jsonschema.

    python3 -m unittest discover -s Tests/ReportsTests/validators

They come from Debian: scripts/setup --test. PARLEY names the program if it is not .build/debug/parley.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
from lxml import etree

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
GOLDEN = ROOT / "Tests" / "ReportsTests" / "Golden" / "run.jsonl"
SCHEMA = json.loads((ROOT / "Sources" / "Reports" / "Schema" / "report-1.schema.json").read_text())
PARLEY = os.environ.get("PARLEY", str(ROOT / ".build" / "debug" / "parley"))


def report(journal: Path, option: str) -> bytes:
    words = [PARLEY, "report", str(journal), option, "-"]
    ended = subprocess.run(words, capture_output=True, timeout=120, check=False)
    # 3, because one case of the golden journal failed by the harness.
    if ended.returncode not in (0, 1, 3, 130):
        raise RuntimeError(f"{' '.join(words)} gave {ended.returncode}: {ended.stderr.decode()}")
    return ended.stdout


def journals(folder: Path) -> Iterator[tuple[str, Path]]:
    """The run with every outcome, whole, cut off at several places, and with every odd character."""
    yield "whole", GOLDEN
    lines = GOLDEN.read_bytes().split(b"\n")[:-1]
    for count in (1, 5, len(lines) // 2, len(lines) - 1):
        path = folder / f"cut-{count}.jsonl"
        path.write_bytes(b"\n".join([*lines[:count], lines[count][: len(lines[count]) // 2]]))
        yield f"cut off in line {count + 1}", path
    odd = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0xFFFD, 0xFFFE, 0xFFFF, 0x1F980]))
    path = folder / "odd.jsonl"
    text = GOLDEN.read_text().replace("it wrote others", json.dumps(f"]]>&<{odd}")[1:-1])
    path.write_text(text)
    yield "odd characters", path


class ReportTest(unittest.TestCase):
    folder: tempfile.TemporaryDirectory[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def each(self) -> Iterator[tuple[str, Path]]:
        for name, journal in journals(Path(self.folder.name)):
            with self.subTest(name):
                yield name, journal


class JUnitTests(ReportTest):
    schema = etree.XMLSchema(etree.parse(str(HERE / "junit.xsd")))

    def test_is_valid(self) -> None:
        for _, journal in self.each():
            self.schema.assertValid(etree.fromstring(report(journal, "--junit")))

    def test_the_schema_refuses_what_is_wrong(self) -> None:
        good = etree.fromstring(report(GOLDEN, "--junit"))
        for path, change in (
            ("testsuite", lambda element: element.attrib.pop("tests")),
            ("testsuite", lambda element: element.set("colour", "red")),
            (".//testcase", lambda element: element.set("time", "fast")),
            (".//failure", lambda element: element.append(etree.Element("b"))),
            (".//flakyFailure", lambda element: element.remove(element[0])),
            (".//skipped", lambda element: element.getparent().append(etree.Element("skipped"))),
        ):
            bad = copy.deepcopy(good)
            change(bad.find(path))
            self.assertFalse(self.schema.validate(bad), path)

    def test_counts_are_those_of_the_cases(self) -> None:
        for _, journal in self.each():
            root = etree.fromstring(report(journal, "--junit"))
            for element in [root, *root.findall("testsuite")]:
                cases = element.findall(".//testcase")
                self.assertEqual(int(element.get("tests")), len(cases))
                for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
                    count = sum(case.find(tag) is not None for case in cases)
                    if element.get(attribute) is not None:
                        self.assertEqual(int(element.get(attribute)), count, attribute)

    def test_another_parser_reads_it(self) -> None:
        suites = junitparser.JUnitXml.fromstring(report(GOLDEN, "--junit"))
        self.assertEqual((suites.tests, suites.failures, suites.errors), (17, 8, 0))
        cases = {f"{case.classname}/{case.name}": case for suite in suites for case in suite}
        failed = cases["messages.unix+multiprocessing/python-swift/greeting"]
        self.assertIsInstance(failed.result[0], junitparser.Failure)
        self.assertIn("python (writer): expected", failed.result[0].message)
        self.assertIn("differs   at offset 3", failed.result[0].text)
        self.assertIn("again     parley run", failed.result[0].text)
        self.assertIn("python (writer):\nTraceback: boom", failed.system_err)
        for name, reason in (
            ("messages.unix+varint/swift-python/greeting", "python does not declare the framing varint"),
            ("messages.unix+line/swift-csharp/greeting", "csharp was put aside"),
            ("messages.fifo+line/swift-python/greeting", "known failure: known: FIFOs <of Python>"),
        ):
            self.assertIsInstance(cases[name].result[0], junitparser.Skipped)
            self.assertEqual(cases[name].result[0].message, reason)
        unexpected = cases["messages.fifo+line/python-swift/greeting"]
        self.assertEqual(unexpected.result[0].message, "it passes; delete the entry")
        self.assertIn("delete    interop/known.yml:8, ", unexpected.result[0].text)
        known = cases["messages.fifo+line/swift-python/greeting"].result[0].text
        self.assertIn("known: interop/known.yml:3, ", known)
        self.assertIn("https://example.org/7?a=1&b=2", known)
        stale = cases["parley.baseline/interop/known.yml:14 messages/**/ruby-*/*"]
        self.assertIsInstance(stale.result[0], junitparser.Failure)
        self.assertIn("delete the entry", stale.result[0].message)

    def test_a_flaky_case_is_there_as_maven_surefire_has_it(self) -> None:
        root = etree.fromstring(report(GOLDEN, "--junit"))
        tries = root.findall(".//testcase/flakyFailure")
        self.assertEqual([one.get("type") for one in tries], ["blame reader"])
        self.assertIn("the <end> of the stream", tries[0].get("message"))
        self.assertIn("blame     reader: python (reader)", tries[0].findtext("stackTrace"))
        self.assertEqual(tries[0].getparent().get("name"), "swift-python/greeting")
        self.assertIsNone(tries[0].getparent().find("failure"))

    def test_a_cut_off_run_is_an_error(self) -> None:
        for name, journal in self.each():
            suites = junitparser.JUnitXml.fromstring(report(journal, "--junit"))
            self.assertEqual(suites.errors, 1 if name.startswith("cut off") else 0)


class JSONTests(ReportTest):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.schema = jsonschema.Draft202012Validator(SCHEMA)
        cls.strict = jsonschema.Draft202012Validator(closed(SCHEMA))

    def test_the_schema_is_one(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_is_valid_and_everything_in_it_is_described(self) -> None:
        for _, journal in self.each():
            document = json.loads(report(journal, "--json"))
            self.schema.validate(document)
            self.strict.validate(document)

    def test_the_schema_refuses_what_is_wrong(self) -> None:
        good = json.loads(report(GOLDEN, "--json"))
        for change in (
            lambda document: document.pop("balance"),
            lambda document: document.update(version=2),
            lambda document: document.update(verdict="fine"),
            lambda document: document["counts"].update(passed=-1),
            lambda document: document["cases"][0].update(outcome="good"),
            lambda document: document["cases"][3]["failure"].update(blame="nobody"),
            lambda document: document["cases"][3]["failure"]["difference"].update(seen="0g"),
            lambda document: document["cases"][1]["flaky"].pop("retries"),
            lambda document: document["stale"][0].update(line=0),
        ):
            bad = copy.deepcopy(good)
            change(bad)
            self.assertFalse(self.schema.is_valid(bad))

    def test_counts_sum_up(self) -> None:
        for name, journal in self.each():
            document = json.loads(report(journal, "--json"))
            counts = document["counts"]
            planned = counts.pop("planned")
            self.assertEqual(sum(counts.values()), planned)
            self.assertEqual(document["isComplete"], not name.startswith("cut off"))
            if document["isComplete"]:
                self.assertEqual(len(document["cases"]), planned)


def closed(schema: Any) -> Any:
    """The schema with every property forbidden that it does not describe."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        result.setdefault("additionalProperties", False)
    return result


if __name__ == "__main__":
    unittest.main()
