"""The comparisons of `make bench` run, in a size that says nothing; whether they meet their targets is no test."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from bench.__main__ import COMPARISONS, run
from bench.measuring import Line, Table, Target, in_turns, paired
from bench.page import as_text, occasion, write_page
from bench.process import Failed, work
from bench.scope import Scope
from bench.work import main

ROOT = Path(__file__).parents[1]
FROM_A_REGISTRY = {"compile"}
DEAR = {"desk", "pace", "proofread"}  # seconds in any size: a browser, a server with a limit, whole texts


class Forked:
    """A piece of work in a copy of this process, with what bench.process asks of a process."""

    def __init__(self, words: Sequence[str]) -> None:
        self._output = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed when it has been read
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            code = 1
            try:
                sys.stdout = sys.stderr = self._output
                main(*words)
                self._output.flush()
                code = 0
            finally:
                if code:
                    traceback.print_exc(file=self._output)
                    self._output.flush()
                os._exit(code)

    def poll(self) -> int | None:
        done, status = os.waitpid(self.pid, os.WNOHANG)
        if done:
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def communicate(self) -> tuple[str, str]:
        with self._output:
            self._output.seek(0)
            told = self._output.read()
        return told, told


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.complete] * (name in DEAR))
        for name in sorted(COMPARISONS.keys() - FROM_A_REGISTRY)
    ],
)
def test_a_comparison_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.process.start", Forked)
    table = run(name, Scope(tmp_path, "tiny"))
    assert table.skipped.startswith("there is no") or [line for line in table.lines if line.result is not None]


@pytest.mark.complete
@pytest.mark.parametrize("name", sorted(FROM_A_REGISTRY))
def test_a_comparison_with_what_npm_installs_runs(name: str, tmp_path: Path) -> None:
    table = run(name, Scope(tmp_path, "tiny"))
    assert table.skipped or table.lines


def test_the_command_describes_the_machine_and_prints_what_it_measures(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "--tiny", "--only", "fill", "--folder", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for fact in ("CPU", "memory", "SQLite", "fdatasync of 4 KiB", "load before", "load afterwards", "jinja2"):
        assert fact in done.stdout


def test_the_sides_take_turns_and_each_round_has_its_ratio() -> None:
    order = []
    ours, theirs = in_turns(3, lambda: order.append("ours") or 2.0, lambda: order.append("theirs") or 4.0)
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert paired(ours, theirs).ratio == 0.5
    assert paired([1, 8, 3], [1, 2, 3]).ratio == 1, "the median of the ratios, so that one bad round counts for nothing"


@pytest.mark.parametrize(
    ("target", "result", "verdict"),
    [
        (Target(1.6), 1.6, "pass"),
        (Target(1.6), 1.61, "FAIL"),
        (Target(0.9, at_least=True), 0.9, "pass"),
        (Target(0.9, at_least=True), 0.89, "FAIL"),
    ],
)
def test_a_missed_target_is_said(target: Target, result: float, verdict: str) -> None:
    assert Line("CPU", "1 ms", "2 ms", result, target).verdict == verdict
    assert Line("CPU", "1 ms", "2 ms", result).verdict == ""


def test_the_page_names_what_was_skipped_and_why(tmp_path: Path) -> None:
    table = Table(
        "SMTP", "Into a sink.", ("dispatch", "smtp-source"), [Line("pace", "9", "10", 0.9, Target(0.6, at_least=True))]
    )
    skipped = Table("Compile", "", skipped="there is no node here")
    page = tmp_path / "benchmarks.md"
    begun = occasion("usual", datetime(2026, 3, 2, 8, tzinfo=UTC))
    write_page(page, [table, skipped], [("CPU", "2 × a good one")], begun)
    text = page.read_text()
    assert "| pace | 9 | 10 | 0.90 | ≥ 0.6 | pass |" in text
    assert "## Compile\n\nSkipped: there is no node here." in text
    assert "2026-03-02 at 08:00 UTC at commit `" in text
    assert "| CPU | 2 × a good one |" in text
    assert as_text(skipped) == "Compile: skipped, there is no node here"


def test_work_that_fails_is_told_with_its_own_words() -> None:
    with pytest.raises(Failed, match=r"send .* ended with 1:(.|\n)*there is no dispatch\.yaml"):
        work("send", "/")
