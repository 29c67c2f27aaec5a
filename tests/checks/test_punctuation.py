"""Marks without a partner, and marks that were meant for a program."""

from __future__ import annotations

import json

import pytest

from dispatch.checks import punctuation
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import CheckContract, Example, findings

EXAMPLES: dict[CheckFunction, Example] = {
    punctuation.unbalanced_quotes: Example(
        bad="""
            title: The ‸“bridge
            blocks:
              - paragraph: He said ‸“never again and left.
              - heading: What now?
              - paragraph: They said 'never again‸” and «so».
              - list: ["a ‸\\"b", "c", "The “market‸\\", now"]
        """,
        good="""
            title: The “bridge”
            blocks:
              - paragraph: He said “never again” and left the 5" pipe, „so“.
              - paragraph: “A quotation of two paragraphs
              - paragraph: “ends only here.” Don’t we all?
              - paragraph: It also goes on “from here
              - paragraph: to here.”
              - paragraph: |
                  “The first of two paragraphs

                  “ends in the second.”
              - list: ["a \\"b\\"", "`c\\"`"]
        """,
    ),
    punctuation.unbalanced_brackets: Example(
        bad="""
            title: A bridge ‸(nearly
            blocks: [paragraph: "It is open [to all, since 2020‸) as he wrote ‸[sic."]
        """.replace("[to all, ", ""),
        good="""
            title: A bridge (nearly)
            blocks:
              - paragraph: >-
                  a) It is in [0, 1) or (-1; 0], [open](https://example.org/a_(b)), 2) and long [sic] (see (b)), iv) so :-( or ;)
                  and `f(x`, <https://example.org/(a> (https://example.org/a), [see](https://example.org).
        """,
    ),
    punctuation.leftover_markup: Example(
        bad="""
            title: A ‸**bridge**
            blocks:
              - paragraph: It is ‸**open to all.
              - list: ["It is ‸** open ** to all"]
              - button: {text: "‸[Read](https://example.org) on", url: "https://example.org"}
        """,
        good="""
            title: A bridge** and 2 ** 3
            blocks:
              - paragraph: It is **open** to *all*, 2**10 times, \\**, `**kwargs` and more**
              - list: ["** a footnote"]
        """,
    ),
    punctuation.leftover_html: Example(
        bad="""
            title: A ‸<b>bridge‸</b>
            blocks:
              - paragraph: "It is‸&nbsp;open‸<br /> to ‸<a href='https://example.org'>all‸</a>‸&#8217;s"
        """,
        good="""
            title: A < B and Q&A;
            blocks:
              - paragraph: "It is `<b>open</b>`, 3 <5> 4, R&D; <https://example.org/?a&nbsp;b>, <name> & co"
        """,
    ),
}


class TestContract(CheckContract):
    theme = punctuation
    examples = EXAMPLES


def fixed(check: CheckFunction, text: str, language: str = "en") -> list[str | None]:
    issue = f"title: A\nlanguage: {language}\nblocks:\n  - paragraph: {json.dumps(text, ensure_ascii=False)}\n"
    return [finding.fix.edits[0].text if finding.fix else None for finding in findings(check, issue)]


@pytest.mark.parametrize(
    ("text", "language", "proper"),
    [
        ('The “Market" opens “today".', "en", ["”", "”"]),
        ('Der „Markt" öffnet', "de", ["“"]),
        ('Le « Marché" ouvre', "fr", [" »"]),
        ('“Market", and "so"', "en", ["”"]),
        ('“The "market" opens” today', "en", []),
        ('The "market” opens, "says” he', "en", ["“", "“"]),
        ('Der "Markt” öffnet', "de", ["„"]),
        ('A 5"pipe” opens', "en", [None]),
        ('“Route 66" is', "en", [None]),
        ('“Market "opens', "en", [None]),
    ],
)
def test_a_quotation_that_ends_with_another_kind_of_mark(text: str, language: str, proper: list[str | None]) -> None:
    assert fixed(punctuation.unbalanced_quotes, text, language) == proper


@pytest.mark.parametrize(
    ("text", "proper"),
    [
        ("a&nbsp;b", "\u00a0"),
        ("R&amp;D", None),
        ("R&amp; D", "&"),
        ("a&#8217;s", "’"),
        ("a&lt;b", None),
        ("a&#10;b", None),
    ],
)
def test_a_reference_is_written_as_its_character_unless_that_means_something(text: str, proper: str | None) -> None:
    assert fixed(punctuation.leftover_html, text) == [proper]


def said(check: CheckFunction, text: str, language: str = "en") -> int:
    issue = f"title: A\nlanguage: {language}\nblocks:\n  - paragraph: {json.dumps(text, ensure_ascii=False)}\n"
    return len(findings(check, issue))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Er sagte „nie“ und „nimmer”.", "de"),
        ("Er sagte »nie« und ging.", "de"),
        ("Er sagte: „Nie!\n\n„Nimmer!“", "de"),
        ("Il a dit « jamais » et « “non” ».", "fr"),
        ("Han sa ”aldrig” och gick.", "sv"),
        ('A 5" pipe and a 6\'2" man', "en"),
        ("He said “she said “no”” twice", "en"),
        ("The {{first_name|“reader}} reads", "en"),
    ],
)
def test_quotations_of_many_languages_are_complete(text: str, language: str) -> None:
    assert not said(punctuation.unbalanced_quotes, text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Er sagte „nie und ging.", "de"), ("Il a dit « jamais et partit.", "fr"), ('He said "never and left.', "en")],
)
def test_quotations_that_never_end_are_told_in_any_language(text: str, language: str) -> None:
    assert said(punctuation.unbalanced_quotes, text, language) == 1


@pytest.mark.parametrize(
    ("opening", "closing", "language"), [("„", "“", "de"), ("»", "«", "de"), ("«", "»", "de-CH"), ("“", "”", "en")]
)
def test_a_quotation_may_end_in_the_next_text_and_each_half_alone_is_told(
    opening: str, closing: str, language: str
) -> None:
    begun, ended = f"So {opening}it begins", f"and ends{closing} here."
    both = f"title: A\nlanguage: {language}\nblocks:\n  - paragraph: {begun}\n  - paragraph: {ended}\n"
    assert not findings(punctuation.unbalanced_quotes, both)
    [finding] = findings(punctuation.unbalanced_quotes, both.replace(ended, "and goes on."))
    assert finding.message == f"{opening} opens a quotation that never ends"
    [finding] = findings(punctuation.unbalanced_quotes, both.replace(begun, "It began"))
    assert finding.message == f"{closing} closes a quotation that was never opened"


def test_a_mark_that_stands_for_a_character_is_told_with_it() -> None:
    found = findings(punctuation.leftover_html, "title: A &amp; B&nbsp;C\nblocks: [divider: ]\n")
    assert [finding.hint for finding in found] == [
        "Write the character itself: &",
        "Write the character itself: U+00A0",
    ]
