"""Dashes, marks and spaces as print has them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.checks import typography
from dispatch.checks.check import CheckFunction, run
from dispatch.cli.fixing import _MOST_ROUNDS
from dispatch.testing.checks import CheckContract, Example, evidence_about
from dispatch.yaml_source import edited, read_yaml

EXAMPLES: dict[CheckFunction, Example] = {
    typography.straight_marks: Example(
        bad="""
            title: “So” it is
            blocks:
              - paragraph: It’s ‸"so", and it's "not so" for Bill's "_men_".
              - paragraph: '**"Why?"**, asked "Joe", 6 years old.'
        """,
        good="""
            title: “So” it is
            blocks:
              - paragraph: It’s “so "it" is”, and `"it's"` a 5" disk of the ’80s, rock 'n' roll.
              - paragraph: He said "so, and "not so".
        """,
    ),
    typography.typewriter_dash: Example(
        bad="""
            title: The bridge ‸- an old one
            blocks: [paragraph: "It fell -- in 2008 - and **Joe** - or Jo - said so--once."]
        """,
        good="""
            title: The bridge – an old one
            blocks:
              - paragraph: "A well-known one, 5 - 3, 10 -- 12, dispatch check --fix, `a - b`, – -, ---, a --- b."
              - list: ["- no", "Jo -"]
        """,
    ),
    typography.three_dots: Example(
        bad="""
            title: And so on…
            blocks: [paragraph: "And so on‸..., and on..."]
        """,
        good="""
            title: And so on…
            blocks: [paragraph: "`...`, .... and ../a"]
        """,
    ),
    typography.stray_space: Example(
        bad="""
            title: A‸  bridge
            blocks: [paragraph: "It fell , they say .  Why ?   Who knows : nobody; **Joe** , `x`  !"]
        """,
        good="""
            title: A bridge
            blocks: [paragraph: "It fell, .NET, {{name|a}} `  ` https://example.org/a :) ... and / or"]
        """,
    ),
    typography.missing_space: Example(
        bad="""
            title: A bridge
            blocks: [paragraph: "It fell‸,they say,once."]
        """,
        good="""
            title: A bridge
            blocks: [paragraph: "It fell, 1,000 of them, `a,bc`: a,b, https://example.org/ab,cd and ab@cd.example,"]
        """,
    ),
    typography.missing_no_break_space: Example(
        bad="""
            title: Un pont‸ ?
            language: fr
            blocks: [paragraph: "Il dit: « Quoi? » et «non» ; **Joe** : oui!"]
        """,
        good="""
            title: "Un pont\\u00a0?"
            language: fr
            blocks:
              - paragraph: "À 12:30, «\\u00a0oui\\u202f!\\u202f» https://example.org/?a;b :) ;) `a ?`"
              - {paragraph: "Why? Because: «so»", language: en}
        """,
    ),
}


class TestContract(CheckContract):
    theme = typography
    examples = EXAMPLES


def mended(check: CheckFunction, text: str, language: str = "en", title: str = "A") -> str:
    """What becomes of a text when the check's fixes are carried out, as by `--fix`."""
    issue = json.dumps({"title": title, "language": language, "blocks": [{"paragraph": text}]}, ensure_ascii=False)
    for _ in range(_MOST_ROUNDS):
        found = run([check], evidence_about(issue))
        for finding in found:
            assert finding.fix
            issue = edited(read_yaml(issue, "a.yaml"), finding.fix.edits).text
        if not found:
            break
    else:
        pytest.fail(f"its fixes come to no end: {issue}")
    return str(json.loads(issue)["blocks"][0]["paragraph"])


@pytest.mark.parametrize(
    ("check", "language", "title", "text", "proper"),
    [
        (typography.straight_marks, "fr", "«\u00a0Oui\u00a0»", 'Il dit "non".', "Il dit «\u00a0non\u00a0»."),
        (typography.straight_marks, "de", "„Ja“", 'Er sagte "nein".', "Er sagte „nein“."),
        (typography.straight_marks, "de", "»Ja«", 'Er sagte "nein".', "Er sagte »nein«."),
        (typography.straight_marks, "pl", "„Tak”", 'On: "nie".', "On: „nie”."),
        (typography.straight_marks, "es", "«Sí»", 'Dijo "no".', "Dijo «no»."),
        (typography.straight_marks, "en", "Joe’s", 'Bill\'s "not so"', 'Bill’s "not so"'),
        (typography.typewriter_dash, "en", "A", "so--once -- or - twice", "so—once – or – twice"),
        (typography.typewriter_dash, "fr", "A", "oui - non -- si--si", "oui – non – si--si"),
        (typography.typewriter_dash, "es", "A", "sí - no -- sí", "sí - no -- sí"),
        (typography.stray_space, "en", "A", "Why ?  So , or so .", "Why? So, or so."),
        (typography.stray_space, "fr", "A", "Quoi ?  Oui , non .", "Quoi ? Oui, non."),
        (typography.missing_space, "en", "A", "one,two,three", "one, two, three"),
        (
            typography.missing_no_break_space,
            "fr",
            "A",
            "«Quoi?» : oui ;",
            "«\u00a0Quoi\u00a0?\u00a0»\u00a0: oui\u00a0;",
        ),
        (typography.missing_no_break_space, "fr-CA", "A", "« Quoi? »: oui;", "«\u00a0Quoi?\u00a0»\u00a0: oui;"),
        (typography.missing_no_break_space, "fr-CH", "A", "« Quoi? »: oui;", "« Quoi? »: oui;"),
    ],
)
def test_each_language_has_its_own_way(check: CheckFunction, language: str, title: str, text: str, proper: str) -> None:
    assert mended(check, text, language, title) == proper


@given(
    st.sampled_from(list(EXAMPLES)),
    st.lists(st.sampled_from([*" ,.;:!?\"'-«»“”’…*", "--", "ab", "5", "`x`", "\u00a0", "A"]), min_size=1, max_size=14),
    st.sampled_from(["en", "fr", "fr-CA", "de"]),
)
def test_what_is_mended_stays_mended(check: CheckFunction, pieces: list[str], language: str) -> None:
    mended(check, f"x{''.join(pieces)}", language, "“A’b”…")


def test_it_is_told_once_for_the_whole_issue() -> None:
    found = run([typography.typewriter_dash], evidence_about("title: A - b\nblocks: [paragraph: a - b - c]\n"))
    assert [finding.message for finding in found] == ["a dash is written with hyphens here (and at 2 more places)"]
    [finding] = run([typography.typewriter_dash], evidence_about("title: A - b\nblocks: [paragraph: a - b]\n"))
    assert finding.message.endswith(" (and at 1 more place)")


def test_what_lies_over_two_lines_is_left_to_a_person() -> None:
    issue = "title: A\nblocks:\n  - paragraph: >-\n      It fell\n      , they say  so.\n"
    (finding,) = run([typography.stray_space], evidence_about(issue))
    assert finding.fix
    assert edited(read_yaml(issue, "a.yaml"), finding.fix.edits).text == issue.replace("say  so", "say so")
