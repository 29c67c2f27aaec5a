"""What a reader gets: words, links, pictures and emphasis of each part, as they stand in the HTML that is sent."""

from __future__ import annotations

from comparison.letters import SENDER, letter_of
from dispatch.comparison.letter import FRAME, Letter, Link, Part


def part(letter: Letter, name: str) -> Part:
    return next(part for part in letter.parts if part.name == name)


def test_words_links_and_emphasis_of_a_paragraph() -> None:
    letter = letter_of(
        "  - paragraph: |-\n      Dear {{first_name|you}}, *see* **the [bridge](https://a.example/?a=1&b=2)** \\\n      & rest\n"
    )
    paragraph = part(letter, "blocks.0")
    assert (paragraph.kind, paragraph.line) == ("paragraph", 3)
    assert paragraph.text == "Dear {{first_name|you}}, see the bridge\n& rest"
    assert paragraph.links == (Link("bridge", "https://a.example/?a=1&b=2"),)
    assert paragraph.emphasis == (("italics", "see"), ("bold", "the bridge"))
    assert not paragraph.images


def test_items_and_rows_stand_in_lines() -> None:
    letter = letter_of("  - list: [one, two]\n  - table: {header: [Year, Trade], rows: [[a, b], [c, '']]}\n")
    assert part(letter, "blocks.0").text == "• one\n• two"
    assert part(letter, "blocks.1").text.split("\n")[:2] == ["Year | Trade", "a | b"]


def test_a_picture_is_known_by_its_content() -> None:
    (image,) = part(
        letter_of("  - figure: {image: dot.png, alt: A dot, link: 'https://a.example'}\n"), "blocks.0"
    ).images
    assert image.picture
    assert (image.path, image.alt, image.name) == ("dot.png", "A dot", image.picture.name)


def test_a_picture_that_is_a_link_says_what_it_shows() -> None:
    letter = letter_of("  - figure: {image: dot.png, alt: A dot, link: 'https://a.example'}\n")
    assert part(letter, "blocks.0").links == (Link("A dot", "https://a.example"),)


def test_the_row_in_the_inbox_and_what_stands_around_the_text() -> None:
    letter = letter_of(
        "  - divider:\n", "title: Who <pays>?\nsubject: 'For {{first_name|you}}'\npreheader: Two towns.\n"
    )
    assert [(each.name, each.text) for each in letter.parts[:3]] == [
        ("from", SENDER),
        ("subject", "For {{first_name|you}}"),
        ("preheader", "Two towns."),
    ]
    assert [each.name for each in letter.parts].count("preheader") == 1, "though it is in the HTML as well, hidden"
    assert part(letter, "title").text == "Who <pays>?"
    assert "Unsubscribe" in part(letter, FRAME).text
    assert Link("Unsubscribe", "{{unsubscribe_url}}") in part(letter, FRAME).links


def test_what_is_counted_are_the_words_to_read() -> None:
    assert letter_of("  - heading: Two words\n  - paragraph: four words to read\n").words == 6
    assert letter_of("  - paragraph: four words to read\n").words == 4
