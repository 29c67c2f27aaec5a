"""A real post that went out with its slips: each is found at its line and column, with what should stand there.

The post is its author's and stands in no commit: it is read where it lies, and the test is skipped where it does not.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dispatch.checks import CHECKS
from dispatch.checks.check import Finding, run
from dispatch.content.issue import read_issue
from dispatch.inspection.proofreading import engine_for
from dispatch.inspection.proofreading.proofreader import Proofreader
from dispatch.location import Location
from dispatch.testing.checks import FILE, evidence_about

SEED = Path("shared", "seed", "geopolitiks-russia-and-north-korea.txt")
ROOT = Path(__file__).parents[3]
POST = next((folder / SEED for folder in ROOT.parents if (folder / SEED).is_file()), ROOT / SEED)

# What stands around the slip, from the slip on; the slip; what should stand there; the check that finds it.
SLIPS = [
    ("dependance on", "dependance", "dependence", "misspelling"),
    ("reduce shortages", "reduce", "reduces", "grammar-mistake"),
    ("cold war debt", "cold war", "Cold War", "grammar-mistake"),
    ("Korean war. But", "Korean war", "Korean War", "grammar-mistake"),
    ("3,8 million", "3,8", "3.8", "foreign-number-style"),
    ("52,9 million", "52,9", "52.9", "foreign-number-style"),
    ("30 000 soldiers", "30 000", "30,000", "foreign-number-style"),
]

pytestmark = [
    pytest.mark.skipif(not POST.is_file(), reason="the post is not here"),
    pytest.mark.skipif(not engine_for("en"), reason="no engine for English is installed"),
]


@cache
def judged() -> tuple[str, tuple[Finding, ...]]:
    """The post as an issue, and what the checks say of it: quoted, folded and literal scalars take turns."""
    lines = [line.strip(" \t\u2022") for line in POST.read_text("utf-8").splitlines()]
    styles = [
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: f">-\n      {text}",
        lambda text: f"|\n      😀 {text}",
    ]
    blocks = [f"  - paragraph: {styles[number % 3](line)}\n" for number, line in enumerate(filter(None, lines))]
    text = f"title: A post\nblocks:\n{''.join(blocks)}"
    with TemporaryDirectory() as folder:
        proofreader = Proofreader(Path(folder) / "proofreading.json")
        try:
            proofs = proofreader.read(read_issue(text, FILE))
        finally:
            proofreader.close()
    return text, tuple(run(CHECKS, evidence_about(text, proofs=proofs)))


def place_of(words: str, text: str) -> Location:
    """Where some words stand that the text has once."""
    assert text.count(words) == 1
    before = text[: text.index(words)]
    return Location(FILE, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


@pytest.mark.parametrize(("around", "slip", "proper", "check"), SLIPS)
def test_each_slip_is_found_where_it_stands(around: str, slip: str, proper: str, check: str) -> None:
    text, findings = judged()
    [finding] = [each for each in findings if each.location == place_of(around, text)]
    assert finding.check == check
    fixes = [finding.fix] if finding.fix else finding.suggestions
    [edit] = next(iter(fixes)).edits
    assert (edit.end - edit.start, edit.text) == (len(slip), proper)


def test_one_slip_is_told_once() -> None:
    _, findings = judged()
    spans = [
        (edit.path, edit.start, edit.end)
        for finding in findings
        for fix in [finding.fix, *finding.suggestions[:1]]
        if fix
        for edit in fix.edits
    ]
    for number, (path, start, end) in enumerate(spans):
        assert not [other for other in spans[:number] if other[0] == path and other[1] < end and start < other[2]]


def test_what_is_said_besides_can_be_borne() -> None:
    _, findings = judged()
    said = [each for each in findings if each.check in {"misspelling", "grammar-mistake"}]
    assert len(said) <= len(SLIPS) + 3, said
