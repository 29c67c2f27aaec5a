"""What several checks mend in one text: their fixes come to an end, and then none has anything left to mend."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from dispatch.checks import CHECKS, house_style, numbers, punctuation, typography
from dispatch.checks.check import run
from dispatch.cli.fixing import _MOST_ROUNDS, _together
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
]


@given(st.lists(st.sampled_from(PIECES), max_size=16), st.sampled_from(["en", "fr", "de", "es", "it"]))
def test_what_is_mended_stays_mended(pieces: list[str], language: str) -> None:
    blocks = [{"paragraph": f"x{''.join(pieces)}"}]
    issue = json.dumps({"title": "“A’b”… 8 kg", "language": language, "blocks": blocks}, ensure_ascii=False)
    for _ in range(_MOST_ROUNDS + 1):
        chosen = _together(run(MENDING, evidence_about(issue, terms=HOUSE)))
        if not chosen:
            return
        edits = [edit for finding in chosen if finding.fix for edit in finding.fix.edits]
        issue = edited(read_yaml(issue, "a.yaml"), edits).text
    raise AssertionError(f"there is no end to it: {issue}")
