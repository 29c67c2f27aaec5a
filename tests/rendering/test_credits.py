"""Quotes and pictures with whom they are owed to, in all three outputs, and whatever of it is missing."""

import pytest
from lxml import html as lxml_html

from dispatch.content.issue import read_issue
from dispatch.rendering.compiler import compile_issue
from dispatch.rendering.slots import fill
from dispatch.rendering.webpage import compile_webpage

from .conftest import FACTS, VALUES

SOURCE = "'[News](https://n.example)'"


def forms(blocks, shelf, theme, language="en"):
    """The elements of the mail and of the web page, and the text between title and links."""
    issue = read_issue(f"title: t\nlanguage: {language}\nblocks:\n{blocks}\n", "i.yaml")
    compiled = compile_issue(issue, theme, FACTS, pictures=shelf, embed=True)
    page = compile_webpage(issue, theme, FACTS, pictures=shelf).html
    text = fill(compiled.text, VALUES).partition("=\n\n")[2].partition("\n\n[1]")[0].partition("\n\n-- ")[0]
    return lxml_html.document_fromstring(fill(compiled.html, VALUES)), lxml_html.document_fromstring(page), text


@pytest.mark.parametrize(
    ("fields", "credit", "text"),
    [
        ("", None, "> “See.”"),
        (", by: Kim", "Kim", "> “See.”\n  — Kim"),
        (f", source: {SOURCE}", "News", "> “See.”\n  — News [1]"),
        (f", by: Kim, source: {SOURCE}", "Kim, News", "> “See.”\n  — Kim, News [1]"),
    ],
)
def test_a_quote_says_who_said_it_and_where(fields, credit, text, shelf, theme):
    mail, page, written = forms(f"  - quote: {{text: See.{fields}}}", shelf, theme)
    assert written == text
    [in_mail] = mail.find_class("quote")
    [in_page] = page.find_class("quote")
    for quote, of in ((in_mail, "p"), (in_page, "figcaption")):
        assert [each.text_content() for each in quote.iter("blockquote")] == ["See."]
        assert [" ".join(each.text_content().split()) for each in quote.iter(of)] == ([credit] if credit else [])
        assert [each.text_content() for each in quote.iter("cite")] == (["News"] if "source" in fields else [])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "> «\u00a0Voir.\u00a0»\n  — Kim, Lu"),
        ("de-AT", "> „Voir.“\n  — Kim, Lu"),
        ("pl", "> “Voir.”\n  — Kim, Lu"),
    ],
)
def test_the_text_part_quotes_as_its_language_does(language, text, shelf, theme):
    assert forms("  - quote: {text: Voir., by: Kim, source: Lu}", shelf, theme, language)[2] == text


def test_from_right_to_left_the_rule_and_the_marks_stand_at_the_other_side(shelf, theme):
    mail, _, text = forms("  - quote: {text: سنرى, by: سلمى}", shelf, theme, "ar")
    [quote] = mail.find_class("quote")
    assert "border-right:3px solid" in quote.get("style")
    assert "border-left" not in quote.get("style")
    assert "«سنرى»" in text


@pytest.mark.parametrize(
    ("fields", "caption", "text"),
    [
        ("alt: Map", None, "[Picture: Map]"),
        ("alt: ''", None, ""),
        ("alt: Map, caption: Red", "Red", "[Picture: Map] Red"),
        ("alt: Map, source: Kim", "Source: Kim", "[Picture: Map] Source: Kim"),
        ("alt: '', caption: Red, source: Kim", "Red (Source: Kim)", "Red (Source: Kim)"),
        ("alt: Map, link: 'https://n.example/map'", None, "[Picture: Map]\nhttps://n.example/map"),
    ],
)
def test_a_picture_says_what_it_shows_and_whom_it_is_owed_to(fields, caption, text, shelf, theme):
    mail, page, written = forms(f"  - figure: {{image: images/map.png, {fields}}}\n  - divider:", shelf, theme)
    assert written.replace("* * *", "").strip() == text
    captions = [each.text_content() for each in (*mail.find_class("caption"), *page.iter("figcaption"))]
    assert [" ".join(each.split()) for each in captions] == ([caption] * 2 if caption else [])
    assert [a.get("href") for a in mail.iter("a") if a.find("img") is not None] == (
        ["https://n.example/map"] if "link" in fields else []
    )


def test_a_narrow_picture_is_not_made_larger_and_has_its_caption_below_it(shelf, theme):
    mail, page, _ = forms("  - figure: {image: images/line.png, alt: A line, caption: Below}", shelf, theme)
    assert [image.get("width") for image in (*mail.iter("img"), *page.iter("img"))] == ["400", "400"]
    [caption] = mail.find_class("caption")
    assert "text-align:center" in caption.find("div").get("style")
    assert page.find_class("narrow")
    assert not page.find_class("whole")


def test_a_callout_is_set_apart_in_the_text_part_with_and_without_a_title(shelf, theme):
    _, page, text = forms('  - callout: {title: In short, text: "One,\\ntwo."}\n  - callout: Three.', shelf, theme)
    assert text == "| In short\n|\n| One,\n| two.\n\n| Three."
    assert len(page.findall(".//aside")) == 2
