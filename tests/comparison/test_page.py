"""The page: whole in one file, and whatever anybody wrote is text on it."""

from __future__ import annotations

import html
from dataclasses import replace

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparison.letters import letter_of
from dispatch.checks.check import Finding, Severity
from dispatch.comparison.difference import Difference, compare, of_new, of_old
from dispatch.comparison.letter import Image, Letter, Link, Part
from dispatch.comparison.page import GENERATOR, PageFacts, page_of
from dispatch.errors import Problem
from dispatch.location import Location

FACTS = PageFacts("Crossings", "#a3241b", "HEAD", "the working tree", 0)
HOSTILE = "</style></title><script>alert(1)</script>\"' onload=x &amp; {0} {name}"
FIGURE = "  - figure: {image: dot.png, alt: A dot}\n"
_TAGS = "html head meta title style body p main h1 nav ul li a span section h2 h3 div br ins del figure figcaption img"
OURS = {*_TAGS.split(), "table", "tbody", "tr", "th", "td", "pre", "header", "footer"}
PLAIN = letter_of("  - paragraph: Plain.\n")


def elements(page: str) -> list[str]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return [element.tag for element in tree.iter() if isinstance(element.tag, str)]


def hostile(text: str) -> Letter:
    """A letter in which everything is this text."""
    part = Part(
        "blocks.0", text, 3, text, (Link(text, text),), (Image(text, text, (text, text), text),), ((text, text),)
    )
    finding = Finding(text, Severity.ERROR, Location(text, 1, 1), text, text, block=text)
    return Letter(text, text, text, (), (part,), text, text, 1, 1, (finding,))


@given(
    st.one_of(st.text(max_size=30), st.sampled_from([HOSTILE, "<b>", "javascript:alert(1)", "#fff;x:url(//a.example)"]))
)
def test_what_anybody_wrote_is_text(text: str) -> None:
    problem = Problem(text, Location(text), text)
    letter = hostile(text)
    broken = Difference(None, None, name=text, problems_before=(problem,), problems_after=(problem,))
    differences = [of_new(letter), of_old(letter), compare(PLAIN, letter), compare(letter, PLAIN), broken]
    page = page_of(differences, PageFacts(text, None, text, text, 9, (problem,)))
    assert {*elements(page)} <= OURS
    assert 'href="javascript:' not in page.casefold()


def test_words_links_pictures_and_findings_are_on_it() -> None:
    found = Finding("vague", Severity.ERROR, Location("issues/bridge.yaml", 3, 1), "Too <vague>", block="blocks.0")
    before = letter_of(f"  - paragraph: The bridge is half built.\n{FIGURE}")
    after = letter_of(
        f"  - paragraph: 'The bridge is [built](https://a.example/?a&b).'\n{FIGURE.replace('A dot', 'Red')}"
    )
    page = page_of([compare(replace(before, findings=()), replace(after, findings=(found,)))], FACTS)
    assert "The bridge is<del> half</del> built." in page
    assert '<a href="https://a.example/?a&amp;b" rel="noreferrer nofollow">' in page
    assert "<del>A dot</del><ins>Red</ins>" in page
    assert page.count('<img src="data:image/png;base64,') == 2
    assert "Too &lt;vague&gt;" in page
    assert "<p>1 issue differs for the reader.</p>" in page


def test_nothing_is_asked_of_the_web_and_nothing_runs() -> None:
    page = page_of([of_new(letter_of(FIGURE))], FACTS)
    assert page.startswith("<!DOCTYPE html>")
    assert str(GENERATOR) in page[:200]
    assert "default-src 'none'" in page
    assert not {"script", "link", "iframe", "object", "form"} & {*elements(page)}
    assert "http://" not in page
    assert "url(" not in page


def test_those_that_differ_alike_in_the_look_stand_together() -> None:
    quote = "  - quote: We shall see.\n"
    before, after = letter_of(quote), letter_of(quote, accent="#1b4fa3")
    road = compare(*(replace(letter, slug="road", title="The road") for letter in (before, after)))
    page = page_of([compare(before, after), road], replace(FACTS, the_same=3))
    assert page.count("<section>") == 1
    assert page.count("<h2 ") == 2
    assert 'style="background:#1b4fa3"' in page
    assert "2 issues differ for the reader, 3 do not." in page


@pytest.mark.parametrize("text", ["5\u00a0%", "a\u200bb", "a\u202eb"])
def test_what_cannot_be_seen_is_shown_where_it_is_new(text: str) -> None:
    after = letter_of(f"  - paragraph: 'It is {text} of it.'\n")
    page = page_of([compare(letter_of("  - paragraph: 'It is 5 % of it.'\n"), after)], FACTS)
    added = html.unescape(page.partition("<ins>")[2].partition("</ins>")[0])
    assert any(sign in added for sign in ("⍽", "[ZWSP]", "[U+202E]"))
