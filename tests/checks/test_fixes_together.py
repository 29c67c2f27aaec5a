"""What several checks mend in one text: their fixes come to an end, and then none has anything left to mend."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.checks import CHECKS, house_style, numbers, punctuation, typography
from dispatch.checks.check import run
from dispatch.cli.fixing import _MOST_ROUNDS, _together
from dispatch.content.richtext import parse
from dispatch.content.terms import Terms
from dispatch.testing.checks import evidence_about
from dispatch.yaml_source import edited, read_yaml

MODULES = {each.__name__ for each in (house_style, numbers, punctuation, typography)}
MENDING = [check for check in CHECKS if check.__module__ in MODULES]
HOUSE = Terms({"cold war": "Cold War", "web site": "website"})
PIECES = [
    *" ,.;:!?\"'-«»“”’…*%$€°",
    "  ",
    "--",
    "...",
    "\u00a0",
    "cold war",
    "web site",
    "30 000",
    "3,8 million",
    "2.5%",
    "5km",
    "8 kg",
    "20°C",
    "&amp;",
    "`x`",
    "it's",
    "ab",
    '\\"ab\\"',
    "\\$30",
    "1,5",
    " to ",
    " and ",
    "1 000 000,5 euros",
    "1.234,5 million",
    "1 000.000,5 €",
    "$1,200.5",
]
_NUMBER = re.compile(r"(?<![\d.,])\d{1,3}(?:[., \u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?(?![.,]?\d)")


def mended(text: str, language: str, title: str = "“A’b”… 8 kg") -> str:
    """What all fixes, one round after the other, make of a paragraph."""
    issue = json.dumps({"title": title, "language": language, "blocks": [{"paragraph": text}]}, ensure_ascii=False)
    for _ in range(_MOST_ROUNDS + 1):
        chosen = _together(run(MENDING, evidence_about(issue, terms=HOUSE)))
        if not chosen:
            return str(json.loads(issue)["blocks"][0]["paragraph"])
        edits = [edit for finding in chosen if finding.fix for edit in finding.fix.edits]
        issue = edited(read_yaml(issue, "a.yaml"), edits).text
    raise AssertionError(f"there is no end to it: {issue}")


def digits_in(text: str) -> list[int]:
    return [match.start() for match in re.finditer(r"\d", text)]


@given(st.lists(st.sampled_from(PIECES), max_size=16), st.sampled_from(["en", "fr", "de", "es", "it"]))
def test_what_is_mended_stays_mended_and_is_whole(pieces: list[str], language: str) -> None:
    before = f"x{''.join(pieces)}"
    after = mended(before, language)
    assert parse(after).plain.count("\\") <= parse(before).plain.count("\\"), "a backslash became visible"
    old, new = digits_in(before), digits_in(after)
    assert [before[at] for at in old] == [after[at] for at in new]
    for number in _NUMBER.finditer(before):
        first, last = old.index(number.start()), old.index(number.end() - 1)
        written = after[new[first] : new[last] + 1]
        assert written == number[0] or _is_in_order(written), f"{number[0]} became {written} in {after}"


def _is_in_order(number: str) -> bool:
    """Whether the marks of a number are of one language: between its groups one and the same, another before decimals."""
    gaps = re.findall(r"\D(?=\d{3}(?!\d))", number)
    decimal = re.findall(r"\D(?=\d{1,2}$)", number)
    return len({*gaps}) <= 1 and not {*gaps} & {*decimal}


@pytest.mark.parametrize(
    ("text", "proper"),
    [
        (r"He wrote \"No\" and “Yes”.", "He wrote “No” and “Yes”."),
        ("It cost 1 000 000,5 euros.", "It cost 1,000,000.5 euros."),
        ("It cost 1 000.000,5 € and 1.000 000,5 €.", "It cost 1 000.000,5 € and 1.000 000,5 €."),
        ("From 1,5 to 2,5 %", "From 1.5 to 2.5%"),
        ("From 1,5 % to 2,5, or 3,5–4,5 %, on pages 1,5 and 6", "From 1.5% to 2.5, or 3.5–4.5%, on pages 1,5 and 6"),
        ("From 30 000 to 40 500 people", "From 30,000 to 40,500 people"),
        ("On March 12 300,5 million came", "On March 12 300,5 million came"),
    ],
)
def test_what_is_mended_is_mended_whole(text: str, proper: str) -> None:
    assert mended(text, "en", "A") == proper
    assert mended(r"Il paie \$30.", "fr") == "Il paie 30\u00a0$."
