"""No text that an author can write, or paste, holds the checks up: their time grows with its length, not its square."""

from __future__ import annotations

import json
from time import process_time

import pytest

from dispatch.checks import CHECKS
from dispatch.checks.check import CheckFunction, name_of
from dispatch.checks.evidence import Evidence
from dispatch.content.texts import MAX_CHARACTERS
from dispatch.testing.checks import evidence_about
from sampling import sampled

SHORT = 0.6
"""CPU seconds that no check has to explain."""

SQUARE = 8
"""What takes so many times as long over a text that is four times as long is quadratic."""

REPEATED = (
    "",
    " **a",
    "<a:",
    "a.a+",
    "[a](http://a.b/c d) ",
    "`a` ``",
    "** ",
    "**a** *b",
    "_a_ __",
    "\\*\\`\\[",
    "[a](",
    "[a](http:",
    "[a](b:c) ",
    "[a](“http://a.b”) ",
    "](a(b",
    "](<a",
    "[(",
    ":-) a) ",
    "<a@",
    "<b ",
    "<b>",
    "&amp;",
    "&#x1",
    "a@a.",
    "http://a.b/ ",
    "http://a.(a)",
    "www.a(",
    "mailto:a@b ",
    "“a„",
    "\n“",
    '1" ',
    "1.1,",
    " 000",
    "1 000 ",
    "100 ",
    "1,5 to ",
    "$1",
    "1 $ ",
    "1 %",
    "12 big people ",
    "from 1 people. ",
    "Monday 3 ",
    "Monday, 2026-01-02 ",
    "this year (2020) ",
    "© 2020-",
    "{{name|a}} ",
    "\\{{",
    "*|A ",
    "%a b",
    "TK ",
    "XXX ",
    "Lorem  ",
    "re: ",
    "A! ",
    "AA ",
    "a-",
    "a’",
    "é中😀",
    "then Putin ",
    "  a",
    " ,",
    "a - ",
    "a--a",
    "aa,",
    '"a" ',
    '“a” "b" ',
    "« ",
    "a?! ",
    "... …",
    "of Abcdefgh ",
    "Ab of ",
    "a\u00a0",
    "\u200b",
)


def evil_text(repeated: str, characters: int) -> str:
    return repeated * (characters // len(repeated)) if repeated else "x " + "`" * (characters - 2)


def written(text: str) -> Evidence:
    """Evidence about an issue that has a text of each kind."""
    rich, plain = (json.dumps(each, ensure_ascii=False) for each in (text, " ".join(text.split()) or "x"))
    url = json.dumps(f"https://{''.join(text.split())}"[:MAX_CHARACTERS], ensure_ascii=False)
    return evidence_about(f"""\
title: A bridge
blocks:
  - paragraph: {rich}
  - figure: {{image: images/a.png, alt: {plain}}}
  - button: {{text: Go, url: {url}}}
""")


def seconds(text: str) -> dict[CheckFunction, float]:
    """CPU time of each check over a text."""
    evidence, times = written(text), {}
    for check in CHECKS:
        began = process_time()
        for _ in check(evidence):
            pass
        times[check] = process_time() - began
    return times


@pytest.mark.parametrize("repeated", sampled(REPEATED, 20))
def test_no_check_takes_time_by_the_square_of_a_text(repeated: str) -> None:
    slow = {check: time for check, time in seconds(evil_text(repeated, MAX_CHARACTERS)).items() if time > SHORT}
    quarter = seconds(evil_text(repeated, MAX_CHARACTERS // 4)) if slow else {}
    assert not {
        name_of(check): (quarter[check], time) for check, time in slow.items() if time > SQUARE * quarter[check]
    }
