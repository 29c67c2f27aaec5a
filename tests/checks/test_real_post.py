"""The real post that our sample is made after, as it went out: what would have stopped it, each at its place.

It is read where it lies beside the repository, and is no part of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch.checks import CHECKS, house_style, names, numbers
from dispatch.checks.check import Finding, run
from dispatch.content.terms import Terms
from dispatch.testing.checks import evidence_about

SEEDS = sorted(post for folder in Path(__file__).parents for post in folder.glob("shared/seed/*.txt"))

pytestmark = pytest.mark.skipif(not SEEDS, reason="the real post does not lie beside the repository")

_ITEM = re.compile(r"\s*•\s*(.*)")


def as_issue(post: str) -> str:
    """A post in plain text as an issue: its headings, lists and paragraphs as blocks."""
    lines = [line.rstrip() for line in post.splitlines()]
    title = next(line for line in lines if line and not _ITEM.match(line))
    return f"title: {json.dumps(title, ensure_ascii=False)}\nblocks:\n" + "".join(
        _blocks(lines[lines.index(title) + 1 :])
    )


def _blocks(lines: list[str]) -> Iterator[str]:
    items: list[str] = []
    for line in [*filter(None, lines), "."]:
        if item := _ITEM.match(line):
            items.append(f"      - {json.dumps(item[1], ensure_ascii=False)}\n")
            continue
        if items:
            yield "  - list:\n" + "".join(items)
            items = []
        kind = "paragraph" if re.search(r"[.:?)]$", line) else "heading"
        yield f"  - {kind}: {json.dumps(line, ensure_ascii=False)}\n" if line != "." else ""


@pytest.fixture(scope="module")
def issue() -> str:
    return as_issue(SEEDS[0].read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(issue: str) -> list[Finding]:
    house = Terms({"cold war": "Cold War"})
    return run([house_style.house_term, names.inconsistent_name, *numbers_checks()], evidence_about(issue, terms=house))


def numbers_checks() -> list[object]:
    return [check for check in CHECKS if check.__module__ == numbers.__name__]


def place(issue: str, written: str, offset: int = 0) -> tuple[int, int]:
    """The line and column of what stands in an issue once."""
    assert issue.count(written) == 1
    index = issue.index(written) + offset
    return issue.count("\n", 0, index) + 1, index - issue.rfind("\n", 0, index)


@pytest.mark.parametrize(
    ("check", "written", "offset", "proper"),
    [
        ("inconsistent-name", "Poutine", 0, "Putin"),
        ("house-term", "cold war", 0, "Cold War"),
        ("foreign-number-style", "$3,8", 1, "3.8"),
        ("foreign-number-style", "$52,9", 1, "52.9"),
        ("foreign-number-style", "30 000", 0, "30,000"),
    ],
)
def test_what_went_out_is_found(
    issue: str, found: list[Finding], check: str, written: str, offset: int, proper: str
) -> None:
    line, column = place(issue, written, offset)
    (finding,) = [each for each in found if (each.location.line, each.location.column) == (line, column)]
    assert finding.check == check
    (fix,) = [finding.fix] if finding.fix else finding.suggestions
    (edit,) = fix.edits
    assert (edit.end - edit.start, edit.text) == (len(written.lstrip("$")), proper)


def test_of_its_names_no_other_is_doubted(found: list[Finding]) -> None:
    assert [each.check for each in found].count("inconsistent-name") == 1
