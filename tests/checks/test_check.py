"""Findings, their order and how they are printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from dispatch.checks import CHECKS
from dispatch.checks.check import Finding, Severity, documentation_of, error, name_of, run, warning
from dispatch.checks.evidence import Evidence
from dispatch.errors import InvalidIssue
from dispatch.location import Location
from dispatch.testing.checks import evidence_about

EVIDENCE = evidence_about("title: A bridge\nblocks: [divider: ]\n")


def late_fault(evidence: Evidence) -> Iterator[Finding]:
    """Something is wrong at the end."""
    yield error(late_fault, Location("issues/a.yaml", 10, 2), "The end is wrong.", "Mend it.")
    yield warning(late_fault, Location("issues/a.yaml", 9, 20), "Nearly at the end.")


def early_fault(evidence: Evidence) -> Iterator[Finding]:
    """Something is wrong at the beginning."""
    yield warning(early_fault, Location("issues/a.yaml", 9, 3), "The beginning is wrong.")


def test_findings_come_in_the_order_of_the_file() -> None:
    found = run([late_fault, early_fault], EVIDENCE)
    assert [(finding.location.line, finding.location.column) for finding in found] == [(9, 3), (9, 20), (10, 2)]


def everywhere(evidence: Evidence) -> Iterator[Finding]:
    """Something is wrong in the title, in the block, and in a template that fills the block."""
    issue = evidence.issue
    yield error(everywhere, issue.locate(("title",)), "The title is wrong.")
    yield error(everywhere, issue.locate(("blocks", 0)), "The block is wrong.")
    yield replace(error(everywhere, Location("templates/quote.mjml.j2", 3), "The template is wrong."), block="blocks.0")


def test_findings_know_the_part_that_they_show_in() -> None:
    assert [finding.block for finding in run([everywhere], EVIDENCE)] == ["title", "blocks.0", "blocks.0"]


def a_thousand(evidence: Evidence) -> Iterator[Finding]:
    """Something is wrong everywhere, and at last badly so."""
    for line in range(999, 0, -1):
        yield warning(a_thousand, Location("issues/a.yaml", line), "This is wrong.")
    yield error(a_thousand, Location("issues/a.yaml", 1000), "This is wrong.")


def test_the_findings_of_one_check_drown_nobody() -> None:
    found = run([a_thousand, early_fault], EVIDENCE)
    assert [finding.location.line for finding in found] == [*range(1, 10), 9, *range(10, 102)]
    assert found[-1].message == "there are 900 more like these from here on"
    assert (found[-1].severity, found[-1].check) == (Severity.ERROR, "a-thousand")


def test_a_check_is_known_by_its_name_with_dashes() -> None:
    assert name_of(late_fault) == "late-fault"
    assert {finding.check for finding in late_fault(EVIDENCE)} == {"late-fault"}
    assert documentation_of(late_fault) == "Something is wrong at the end."


def test_a_finding_is_a_line_with_its_place_and_a_hint_below() -> None:
    finding, _ = late_fault(EVIDENCE)
    assert str(finding) == "issues/a.yaml:10:2: error: The end is wrong. [late-fault]\n    Mend it."


def test_an_error_outweighs_a_warning() -> None:
    assert max(finding.severity for finding in late_fault(EVIDENCE)) is Severity.ERROR


def test_checks_see_the_issue_read_once() -> None:
    assert EVIDENCE.texts is EVIDENCE.texts


PIECES = [
    "[",
    "](",
    ")",
    "<",
    ">",
    "`",
    "{{first_name|}}",
    "{{town|x}}",
    "https://",
    "http:",
    "mailto:",
    "tel:",
    "javascript:",
    "@",
    "localhost",
    "example.org",
    "[::1",
    "]",
    ":",
    "//",
    ":99999",
    "TK",
    "XXX",
    "%zz",
    "é",
    "例え。テスト",
    "am 3. März 2026",
    "30 000 €, 3,8 %",
    "“«",
]
letters = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="{}!"), max_size=3)
hostile = st.lists(st.sampled_from([*PIECES, " "]) | letters, min_size=1, max_size=12).map("".join)


@given(hostile, hostile, hostile, st.sampled_from(["en", "fr", "de", "es", "it", "nl", "he", "ja", "xx"]))
def test_no_text_breaks_a_check_and_every_place_is_in_the_file(
    subject: str, text: str, url: str, language: str
) -> None:
    subject, text, url = (json.dumps(each, ensure_ascii=False) for each in (subject, text, url))
    lines = [
        "title: A",
        f"language: {language}",
        f"subject: {subject}",
        "blocks:",
        f"  - paragraph: {text}",
        f"  - button: {{text: A, url: {url}}}",
    ]
    try:
        evidence = evidence_about("\n".join(lines))
    except InvalidIssue:
        assume(False)
    for finding in run(CHECKS, evidence):
        line = lines[finding.location.line - 1]
        assert 1 <= finding.location.column <= len(line)
