"""News full of names and figures, as it should be written: the checks of words, names, numbers and marks are silent."""

from __future__ import annotations

import json
from pathlib import Path

from dispatch.checks import (
    CHECKS,
    contradictions,
    dates,
    house_style,
    names,
    numbers,
    punctuation,
    typography,
)
from dispatch.checks.check import Finding, run
from dispatch.content.terms import Terms
from dispatch.testing.checks import evidence_about

TEXTS = Path(__file__).parents[2] / "bench" / "texts"
MODULES = {each.__name__ for each in (contradictions, dates, house_style, names, numbers, punctuation, typography)}
HOUSE = Terms({"Poutine": "Putin", "cold war": "Cold War"})


def said_of(text: str, language: str) -> list[Finding]:
    """What they say of a text in plain paragraphs."""
    paragraphs = (json.dumps(each, ensure_ascii=False) for each in text.splitlines() if each.strip())
    blocks = "".join(f"  - paragraph: {each}\n" for each in paragraphs)
    issue = f"title: A\nlanguage: {language}\nblocks:\n{blocks}"
    checks = [check for check in CHECKS if check.__module__ in MODULES]
    assert len(checks) > 15
    return run(checks, evidence_about(issue, terms=HOUSE))


def test_nothing_is_said_of_english_news() -> None:
    text = (TEXTS / "english-news.txt").read_text("utf-8")
    assert len(text.split()) >= 1_000
    assert said_of(text, "en") == []


def test_of_french_news_only_the_space_is_told_that_a_keyboard_has() -> None:
    said = said_of((TEXTS / "french-news.txt").read_text("utf-8"), "fr")
    assert {finding.check for finding in said} <= {"missing-no-break-space"}


def test_a_name_that_is_misspelt_in_it_is_told() -> None:
    text = (TEXTS / "english-news.txt").read_text("utf-8")
    assert text.count("Pyongyang") == 1
    twice = f"{text}\nThey flew to Pyongyang, and back to Pyongjang.\n"
    assert [finding.message for finding in said_of(twice, "en")] == [
        "“Pyongjang” may be Pyongyang, which stands here twice"
    ]
