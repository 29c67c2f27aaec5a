"""By what the words of a finding are found again in a mail."""

from __future__ import annotations

import pytest

from dispatch.checks.parts import read_texts
from dispatch.checks.shown import Around, ShownWords, shown_words
from dispatch.content.issue import read_issue


def shown(text: str, words: str, nth: int = 0) -> ShownWords | None:
    """Of the nth place where words stand in the last text of an issue whose paragraphs these are."""
    issue = read_issue(f"title: A\nblocks:\n{text}", "issues/a.yaml")
    texts = list(read_texts(issue))
    value, start = texts[-1].written.value, -1
    for _ in range(nth + 1):
        start = value.index(words, start + 1)
    return shown_words(texts, texts[-1], start, start + len(words))


def paragraph(text: str) -> str:
    return f"  - paragraph: >-\n      {text}\n"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("One teh two.", "teh", ("teh", " One ", " two ")),
        ("“Teh” *is* (mostly) here.", "Teh", ("Teh", " ", " is mostly here ")),
        ("Te**h** is", "Te**h**", ("Teh", " ", " is ")),
        ("Now [go teh](https://teh.example/) way", "teh", ("teh", " Now go ", " way ")),
        ("It does not not work", "not not", ("not not", " It does ", " work ")),
        ("It, , is", ", ,", None),
        (f"{'Boats float. ' * 9}Teh {'water rises. ' * 9}", "Teh", ("Teh", "ts float Boats float Boats float "[-30:], " water rises water rises water"[:30])),
    ],
)  # fmt: skip
def test_words_and_what_stands_around_them_are_as_readers_see_them(
    text: str, words: str, expected: tuple[str, str, str] | None
) -> None:
    told = expected and ShownWords(expected[0], (Around(expected[1], expected[2], 0),))
    assert shown(paragraph(text), words) == told


def test_what_nobody_knows_is_told_as_far_as_it_is_known() -> None:
    text = paragraph("Hello {{first_name|dear reader}}, this is teh `code` of it.")
    assert shown(text, "teh") == ShownWords(
        "teh", (Around(" Hello dear reader this is ", " ", 0), Around(" this is ", " ", 0))
    )


def test_of_the_same_words_with_the_same_around_them_it_is_told_which_they_are() -> None:
    found = [shown("  - list: [teh, teh, Teh teh, 'teh {{a|b}} teh {{a|b}} teh']\n", "teh", nth) for nth in range(3)]
    assert [[around.nth for around in each.around] for each in found if each] == [[0, 3], [0, 4], [0, 5]]
