"""Subject, preheader and placeholders."""

from __future__ import annotations

from datetime import date

import pytest

from dispatch.checks import wording
from dispatch.checks.check import CheckFunction, Severity
from dispatch.checks.evidence import EarlierIssue
from dispatch.testing.checks import CheckContract, Example, findings
from dispatch.yaml_source import edited, read_yaml

EXAMPLES: dict[CheckFunction, Example] = {
    wording.empty_subject: Example(
        bad="""
            title: Who pays for the bridge?
            subject: "‸{{first_name|}}"
            blocks: [divider: ]
        """,
        good="""
            title: Who pays for the bridge?
            subject: "{{first_name|Dear reader}}"
            blocks: [divider: ]
        """,
    ),
    wording.long_subject: Example(
        bad="""
            title: A bridge
            subject: "‸Three towns, two budgets and one river: who pays now?"
            blocks: [divider: ]
        """,
        good="""
            title: Three towns, two budgets and one river, and who pays now
            subject: Three towns, two budgets, one river and one bridge
            blocks: [divider: ]
        """,
    ),
    wording.missing_preheader: Example(
        bad="""
            ‸title: A bridge
            blocks: [divider: ]
        """,
        good="""
            title: A bridge
            preheader: And who pays for it.
            blocks: [divider: ]
        """,
    ),
    wording.long_preheader: Example(
        bad="""
            title: A bridge
            preheader: ‸Three towns on two banks have agreed on everything but the bill, and the river waits no more
            blocks: [divider: ]
        """,
        good="""
            title: A bridge
            preheader: Three towns on two banks have agreed on everything but the bill, and the river waits
            blocks: [divider: ]
        """,
    ),
    wording.preheader_repeating_subject: Example(
        bad="""
            title: A bridge
            subject: "Who pays for the bridge?"
            preheader: ‸Who pays for the bridge – three towns discuss it.
            blocks: [divider: ]
        """,
        good="""
            title: A bridge
            subject: "Who pays for the bridge?"
            preheader: Three towns discuss who pays for the bridge.
            blocks: [divider: ]
        """,
    ),
    wording.shouting: Example(
        bad="""
            title: A bridge
            subject: "‸BREAKING NEWS: the bridge is open"
            blocks: [divider: ]
        """,
        good="""
            title: A bridge
            subject: "NATO, OPEC and BRICS: three bridges!"
            blocks: [divider: ]
        """,
    ),
    wording.pretended_reply: Example(
        bad="""
            title: A bridge
            subject: "‸Re: your bridge"
            blocks: [divider: ]
        """,
        good="""
            title: A bridge
            subject: "re:publica reopened: your bridge"
            blocks: [divider: ]
        """,
    ),
    wording.subject_used_before: Example(
        bad="""
            title: A bridge
            subject: ‸Who pays for the bridge?
            blocks: [divider: ]
        """,
        bad_facts={
            "history": (EarlierIssue("issues/a.yaml", date(2026, 2, 2), "Who pays for the Bridge", frozenset()),)
        },
        good="""
            title: A bridge
            subject: "Bridges #13"
            blocks: [divider: ]
        """,
        good_facts={"history": (EarlierIssue("issues/a.yaml", date(2026, 2, 2), "Bridges #12", frozenset()),)},
    ),
    wording.leftover_placeholder: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: >-
                  The bridge costs ‸TK million
                  and was *opened* in ‸XXX by {{first_name|‸TODO}}.
              - list: [first, "see ‸Lorem ipsum dolor"]
              - figure: {image: a.png, alt: ‸TKTK}
        """,
        good="""
            title: Super Bowl XXX and the TK Elevator
            blocks:
              - paragraph: >-
                  We flew with TK 1903 and wrote `TODO` in the code,
                  see [the list](https://example.org/TODO) or <https://example.org/TK>.
              - button: {text: All of it, url: "https://example.org/XXX"}
        """,
    ),
}


class TestContract(CheckContract):
    theme = wording
    examples = EXAMPLES


def about_subject(subject: str) -> str:
    return f"title: A bridge\nsubject: '{subject}'\nblocks: [divider: ]\n"


def about_text(text: str, language: str = "en") -> str:
    return f"title: A bridge\nlanguage: {language}\nblocks:\n  - paragraph: |\n      {text}\n"


def test_a_subject_without_a_word_stops_the_mailing() -> None:
    [finding] = findings(wording.empty_subject, about_subject("{{name|}}  {{first_name|}}"))
    assert finding.severity is Severity.ERROR


def test_the_title_is_looked_at_where_it_is_the_subject() -> None:
    [finding] = findings(wording.long_subject, f"title: {'Bridges ' * 8}\nblocks: [divider: ]\n")
    assert str(finding.location) == "issues/example.yaml:1:8"


@pytest.mark.parametrize("subject", ["橋" * 26, "🌉" * 26])
def test_wide_characters_fill_a_phone_twice_as_fast(subject: str) -> None:
    assert findings(wording.long_subject, about_subject(subject))
    assert not findings(wording.long_subject, about_subject(subject[:25]))


@pytest.mark.parametrize(
    "subject",
    [
        "LAST CHANCE TO SUBSCRIBE",
        "The bridge is open!!",
        "橋が開通！！",
        "WHY I LEFT PARIS",
        "Today: LETZTE CHANCE HEUTE",
    ],
)
def test_shouting_is_heard(subject: str) -> None:
    assert findings(wording.shouting, about_subject(subject))


@pytest.mark.parametrize(
    "subject",
    [
        "OPEC+ vs. BRICS",
        "UNESCO: what now?",
        "US, UK, EU, UN, NATO, ASEAN",
        "GEOPOLITIKS #12: the bridge",
        "G20, COP31 and the WTO",
        "橋が開通",
        "גשר חדש נפתח היום",
        "ΝΑΤΟ and the bridge!",
    ],
)
def test_abbreviations_do_not_shout(subject: str) -> None:
    assert not findings(wording.shouting, about_subject(subject))


@pytest.mark.parametrize("subject", ["RE: x", "Fwd: x", "FW: x", "Re[2]: x", "AW: x", "TR : x", "re：x"])
def test_answers_are_recognised_in_many_languages(subject: str) -> None:
    assert findings(wording.pretended_reply, about_subject(subject))


@pytest.mark.parametrize("subject", ["Resolved: x", "More: x", "A reply (re: bridges)", "Are: the measure"])
def test_other_words_before_a_colon_are_no_answers(subject: str) -> None:
    assert not findings(wording.pretended_reply, about_subject(subject))


@pytest.mark.parametrize(
    "text",
    [
        "TK people came.",
        "It costs $XXX million.",
        "Of [TK] people",
        "(TODO: a better end)",
        "Written by XXXX.",
        "LOREM IPSUM DOLOR",
        "FIXME",
        "TKTKTK",
    ],
)
def test_placeholders_are_found(text: str) -> None:
    assert len(findings(wording.leftover_placeholder, about_text(text))) == 1


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("todo lo que pasó", "en"),
        ("PARA TODO EL MUNDO", "es"),
        ("Die TK zahlt, sagt die TK-Branche.", "de"),
        ("TK-421 left its post; TK1903 landed.", "en"),
        ("The XXX Olympiad", "en"),
        ("ATKINS, STKs and TODOS", "en"),
        ("``a TODO`s mark``", "en"),
        ("xxx, from your aunt", "en"),
        ("see https://example.org/a/TK/b", "en"),
    ],
)
def test_words_that_look_like_placeholders_are_left_alone(text: str, language: str) -> None:
    assert not findings(wording.leftover_placeholder, about_text(text, language))


def test_one_word_is_not_enough_to_call_a_preheader_repetitive() -> None:
    text = "title: Bridges\npreheader: Bridges are what this issue is about.\nblocks: [divider: ]\n"
    assert not findings(wording.preheader_repeating_subject, text)
    assert findings(wording.preheader_repeating_subject, "title: Bridges\npreheader: Bridges!\nblocks: [divider: ]\n")


def test_what_nobody_writes_for_readers_stops_a_mailing() -> None:
    severities = {
        text: [
            finding.severity
            for finding in findings(wording.leftover_placeholder, f"title: A bridge\nblocks: [paragraph: {text}]\n")
        ]
        for text in ("TK", "lorem ipsum dolor", "TODO", "XXX")
    }
    error, warning = [Severity.ERROR], [Severity.WARNING]
    assert severities == {"TK": error, "lorem ipsum dolor": error, "TODO": warning, "XXX": warning}


@pytest.mark.parametrize(
    ("subject", "mended"), [("Re: A bridge", "A bridge"), ("FWD: re[2]: A bridge", "A bridge"), ("Re:", None)]
)
def test_a_pretended_reply_is_left_out_of_the_subject(subject: str, mended: str | None) -> None:
    issue = f"title: A bridge\nsubject: '{subject}'\nblocks: [divider: ]\n"
    [finding] = findings(wording.pretended_reply, issue)
    if mended is None:
        assert not finding.fix
    else:
        assert finding.fix
        assert edited(read_yaml(issue, "a.yaml"), finding.fix.edits).text == issue.replace(subject, mended)
        titled = f"title: '{subject}'\nblocks: [divider: ]\n"
        [finding] = findings(wording.pretended_reply, titled)
        assert finding.fix
        assert edited(read_yaml(titled, "a.yaml"), finding.fix.edits).text == titled.replace(subject, mended)
