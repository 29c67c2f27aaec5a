"""`check` with a proof-reader: what is found, what --fix leaves alone, and what is said where nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.command import Command
from dispatch.checks.evidence import Mistake, Proofs
from dispatch.content.issue import Issue
from dispatch.inspection.proofreading import engine_for, proofreader
from dispatch.newsroom import Newsroom
from newsletter import configure

SLIP = "  - paragraph: They avoid dependance on it.\n"
TOLD = (
    "issues/bridge.yaml:6:27: warning: “dependance” stands in no dictionary [misspelling]\n"
    "    Write “dependence”. (`dispatch check --accept dependance` where it is right)\n"
)

Reads = Callable[..., Proofs]


@pytest.fixture
def slip(folder: Path) -> Path:
    """The issue, with a slip in it."""
    issue = folder / "issues/bridge.yaml"
    issue.write_text(issue.read_text() + SLIP)
    return issue


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Proof-reads without an engine, and remembers which issues it read."""
    read: list[str] = []

    def proofread(newsroom: Newsroom, issue: Issue) -> Proofs:
        read.append(issue.slug)
        mistake = Mistake(11, 10, "", ("dependence",), "SPELLER", misspelt=True)
        return Proofs({("blocks", 1, "paragraph"): (mistake,)}, ("Half of it is read: `pip install the-rest`",))

    monkeypatch.setattr(Newsroom, "proofread", proofread)
    return read


@pytest.mark.skipif(not engine_for("en"), reason="no engine for English is installed")
def test_a_slip_is_found_by_the_engine_that_is_installed(
    dispatch: Command, slip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_PROOFREADING", "auto")
    found = dispatch("check", "bridge")
    assert (found.code, found.stdout, found.stderr) == (0, TOLD, "1 issue checked: 0 errors, 1 warning.\n")
    assert dispatch("check", "bridge", "--no-proofread").stdout == ""
    monkeypatch.setattr(proofreader.Proofreader, "_found", None)  # what was read is kept
    assert dispatch("check", "bridge").stdout == TOLD


def test_a_suggestion_is_never_written_unasked(dispatch: Command, slip: Path, reader: list[str]) -> None:
    before = slip.read_text()
    fixed = dispatch("check", "bridge", "--fix")
    assert (fixed.stdout, slip.read_text()) == (TOLD, before)
    assert "Nothing here can be mended for certain." in fixed.stderr
    [finding] = dispatch("check", "bridge", "--json").json["findings"]
    [suggestion] = finding["suggestions"]
    assert (finding["fix"], suggestion["title"]) == (None, "Write dependence")
    assert suggestion["edits"] == [{"path": ["blocks", 1, "paragraph"], "start": 11, "end": 21, "text": "dependence"}]


def test_what_is_not_read_is_said_once_and_fails_nothing(dispatch: Command, slip: Path, reader: list[str]) -> None:
    (slip.parent / "road.yaml").write_text(slip.read_text().replace("title: Who", "title: And who"))
    checked = dispatch("check", "--strict", "--no-proofread")
    assert (checked.code, reader) == (0, [])
    checked = dispatch("check")
    assert (reader, checked.stderr.count("Half of it is read")) == (["bridge", "road"], 1)
    assert "Half of it" not in dispatch("check", "--json").stdout


def test_without_an_engine_the_extra_is_named(dispatch: Command, slip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPATCH_PROOFREADING", "auto")
    monkeypatch.setattr(proofreader, "engine_for", lambda _: None)
    checked = dispatch("check", "bridge", "--strict")
    assert (checked.code, checked.stdout) == (0, "")
    assert checked.stderr.startswith(
        "Spelling and grammar are not checked: `pip install 'dispatch-newsletter[proofread]'`\n"
    )
    monkeypatch.setenv("DISPATCH_PROOFREADING", "off")
    assert dispatch("check", "bridge").stderr == "1 issue checked: 0 errors, 0 warnings.\n"


def test_a_mailing_is_proof_read_where_a_misspelling_is_an_error(
    dispatch: Command, slip: Path, folder: Path, reader: list[str]
) -> None:
    assert dispatch("send", "bridge", "--yes", "--dry-run").code == 0
    assert reader == []
    configure(folder, "checks: {severity: {misspelling: error}}\n")
    refused = dispatch("send", "bridge", "--yes", "--dry-run")
    assert (refused.code, reader) == (1, ["bridge"])
    assert "“dependance” stands in no dictionary" in refused.stderr
