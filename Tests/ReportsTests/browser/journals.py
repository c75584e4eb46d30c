"""Journals for the tests of the page, and the pages that parley makes of them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = ROOT / "Tests" / "ReportsTests" / "Golden" / "run.jsonl"
PARLEY = os.environ.get("PARLEY", str(ROOT / ".build" / "debug" / "parley"))


def page_of(journal: Path, page: Path, *options: str) -> Path:
    """Makes the page of a journal; a run that failed is no reason to fail."""
    words = [PARLEY, "report", str(journal), "--html", str(page), *options]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    # 3, because one case of the golden journal failed by the harness.
    if ended.returncode not in (0, 1, 3, 130):
        raise RuntimeError(f"{' '.join(words)} gave {ended.returncode}: {ended.stderr}")
    return page


def run_of_markup(folder: Path) -> Path:
    """The page of a real run with an adapter that writes markup."""
    fake = ROOT / "Tests" / "RunnerTests" / "Fakes" / "markup"
    page = folder / "markup.html"
    words = [PARLEY, "run", "--adapters", "python,markup", "--adapter", str(fake)]
    words += ["messages/unix+line/*/greeting", "--html", str(page)]
    environment = {**os.environ, "PARLEY_INTEROP": str(ROOT / "interop")}
    ended = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, env=environment)
    if ended.returncode != 1:
        raise RuntimeError(f"{' '.join(words)} gave {ended.returncode}: {ended.stderr}")
    return page


def write_many_adapters(path: Path) -> Path:
    """A journal of six adapters, more pairs than fit a screen by channel."""
    golden = [json.loads(line) for line in GOLDEN.read_text().split("\n") if line]
    names = [f"a{number}" for number in range(6)]
    start = golden[0]
    start["run"]["planned"] = len(names) ** 2
    events = [start]
    events += [{"event": "adapter", "adapter": {"name": name, "title": name, "runtime": name}} for name in names]
    for writer in names:
        for reader in names:
            name = f"messages/unix+line/{writer}-{reader}/greeting"
            record = {"name": name, "outcome": "passed", "seconds": 0.01, "isSmall": True}
            events.append({"event": "case-ended", "record": record})
    events.append(golden[-1])
    path.write_text("".join(json.dumps(event) + "\n" for event in events))
    return path


def write_large(path: Path, count: int) -> Path:
    """A journal of many cases: one of ten fails at length, the others pass with a transcript."""
    with path.open("w") as file:
        for event in large_events(count):
            file.write(json.dumps(event) + "\n")
    return path


def large_events(count: int) -> Iterator[dict[str, object]]:
    golden = [json.loads(line) for line in GOLDEN.read_text().split("\n") if line]
    start = golden[0]
    start["run"]["planned"] = count
    yield start
    failed = next(
        event["record"] for event in golden if event["event"] == "case-ended" and event["record"]["outcome"] == "failed"
    )
    for number in range(count):
        pair = f"writer{number % 5}-reader{number // 5 % 5}"
        name = f"messages/unix+framing{number // 25 % 14}/{pair}/size-{number // 350}"
        record = {"name": name, "outcome": "passed", "seconds": number / 1e5, "isSmall": True}
        record["transcript"] = failed["transcript"]
        if number % 10 == 3:
            record = {**failed, "name": name}
        yield {"event": "case-ended", "record": record}
    yield golden[-1]
