"""What the proof-reader finds of the slips that writers make, and what it takes for one in clean news full of names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import perf_counter

from bench.measuring import Line, Table, Target
from bench.newsletter import SAMPLE, copy_sample
from bench.scope import Scope
from bench.sinks import Missing
from dispatch.checks.check import Finding, run
from dispatch.checks.evidence import Proofs
from dispatch.checks.proofreading import PROOFS
from dispatch.content.issue import Issue, read_issue
from dispatch.inspection.proofreading import engine_for
from dispatch.inspection.proofreading.process import EngineProcess
from dispatch.inspection.proofreading.proofreader import INSTALL, Proofreader
from dispatch.testing.checks import FILE, evidence_about

TEXTS = Path(__file__).parent / "texts"
CARET = "‸"
"""Stands before and behind the words in which a slip is."""

FALSE_ALARMS = Target(6)
OF_THIRTY = Target(24, at_least=True)
OF_TEN = Target(8, at_least=True)
COLD, WARM = Target(4), Target(0.2)  # seconds


@dataclass(frozen=True)
class Report:
    """What was said of an issue that was made of one of the texts, a paragraph for each line of it."""

    paragraphs: tuple[str, ...]
    issue: Issue
    proofs: Proofs
    findings: tuple[Finding, ...]

    @cached_property
    def words(self) -> int:
        """How many there are."""
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)

    def missed(self) -> Iterator[str]:
        """The paragraphs in whose slip nothing was found."""
        told = {finding.location for finding in self.findings}
        for number, paragraph in enumerate(self.paragraphs):
            before, slip, _ = paragraph.split(CARET)
            path = ("blocks", number, "paragraph")
            start, end = len(before), len(before) + len(slip)
            if not any(
                mistake.offset < end
                and start < mistake.offset + mistake.length
                and self.issue.locate(path, mistake.offset) in told
                for mistake in self.proofs.mistakes.get(path, ())
            ):
                yield paragraph.replace(CARET, "")


def report(name: str, language: str, folder: Path, process: EngineProcess) -> Report:
    """What the checks say of a text of bench/texts that a process reads; raises Missing where it cannot."""
    if not engine_for(language):
        raise Missing(f"there is no proof-reader here: {INSTALL}")
    paragraphs = tuple(filter(None, (TEXTS / f"{name}.txt").read_text("utf-8").splitlines()))
    blocks = [{"paragraph": paragraph.replace(CARET, "")} for paragraph in paragraphs]
    text = json.dumps({"title": "1", "language": language, "blocks": blocks}, ensure_ascii=False)
    issue = read_issue(text, FILE)
    proofs = Proofreader(folder / "proofreading.json", process).read(issue)
    return Report(paragraphs, issue, proofs, tuple(run(PROOFS, evidence_about(text, proofs=proofs))))


def compare(scope: Scope) -> Table:
    """What is found and what is not, and what it costs."""
    with closing(EngineProcess()) as process:
        return _table(scope, process)


def _table(scope: Scope, process: EngineProcess) -> Table:
    news = report("english-news", "en", scope.folder, process)
    memory = _memory(process)
    slips = {"30 slips in English": ("english-slips", "en", OF_THIRTY), "10 in French": ("french-slips", "fr", OF_TEN)}
    lines = [
        Line(
            f"false alarms in {news.words:,} words of news",
            str(len(news.findings)),
            "",
            len(news.findings),
            FALSE_ALARMS,
        )
    ]
    for what, (name, language, target) in [*slips.items()][: scope.pick(tiny=1, quick=2, usual=2)]:
        about = report(name, language, scope.folder, process)
        found = len(about.paragraphs) - len([*about.missed()])
        lines.append(Line(f"found of {what}", str(found), "", found, target))
    cold, warm = _checks(copy_sample(scope.folder / "proofread"), scope.pick(tiny=1, quick=3, usual=5))
    lines += [
        Line("`check` that reads all of the sample issue, s", f"{cold:.2f}", "", cold, COLD),
        Line("`check` of what was read before, s", f"{warm:.2f}"),
        Line("memory of the engine, MB", f"{memory:.0f}"),
    ]
    about = (
        "What the proof-reader finds of typical slips, one in each sentence, and how often it takes a word for one in "
        "clean news of our own in which every third sentence has a name. The texts are those in bench/texts."
    )
    return Table("Proof-reading", about, lines=lines)


def _checks(folder: Path, rounds: int) -> tuple[float, float]:
    """The time of `dispatch check` where nothing was read before, and where everything was; the best, in seconds."""
    kept = folder / ".dispatch" / "proofreading.json"
    cold, warm = [], []
    for _ in range(rounds):
        kept.unlink(missing_ok=True)
        cold.append(_check(folder))
        warm.append(_check(folder))
    return min(cold), min(warm)


def _check(folder: Path) -> float:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = perf_counter()
    command = [sys.executable, "-m", "dispatch", "check", SAMPLE]
    subprocess.run(
        command, cwd=folder, env=environ | {"DISPATCH_PROOFREADING": "auto"}, check=True, capture_output=True
    )
    return perf_counter() - began


def _memory(process: EngineProcess) -> float:
    """What the process holds, in MB."""
    resident = int(Path(f"/proc/{process.pid}/statm").read_text("ascii").split()[1])
    return resident * os.sysconf("SC_PAGE_SIZE") / 1e6
