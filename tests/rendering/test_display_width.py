"""Columns and lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rendering.display_width import display_width, wrap


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0), ("abc", 3), ("é", 1), ("e\u0301", 1), ("日本", 4), ("ｱ", 1), ("Ａ", 2), ("🚂", 2), ("👍🏽", 2), ("👩‍👩‍👧", 2),
        ("❤️", 2), ("❤", 1), ("🇫🇷", 2), ("שלום", 4), ("\u200f", 0), ("a\u00adb", 2), ("\u00a0", 1),
    ],
)  # fmt: skip
def test_a_character_takes_the_columns_of_a_terminal(text, columns):
    assert display_width(text) == columns


def test_words_fill_lines():
    assert wrap("one two three four", 9) == ["one two", "three", "four"]


def test_a_url_is_never_broken():
    url = "https://example.org/" + "a" * 60
    assert wrap(f"see {url} now", 20) == ["see", url, "now"]


def test_line_breaks_stay_and_no_break_spaces_hold():
    assert wrap("a\nb", 20) == ["a", "b"]
    assert wrap("30\u00a0000 men", 8) == ["30\u00a0000", "men"]


def test_chinese_and_japanese_break_between_characters_but_not_before_a_full_stop():
    assert wrap("日本語の文。日本", 10) == ["日本語の", "文。日本"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.integers(1, 30))
def test_nothing_but_space_is_lost_and_lines_are_short(text, width):
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    for line in lines:
        assert display_width(line) <= width or not any(space in line.strip() for space in " \t")
