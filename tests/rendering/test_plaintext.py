"""The text part reads as a person would type it."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rendering.display_width import display_width
from dispatch.rendering.plaintext import TextWriter, tidy
from dispatch.rendering.sentinels import Sentinels
from dispatch.rendering.slots import fill, find_plain_slots


def writer() -> TextWriter:
    return TextWriter(Sentinels(""))


def test_links_are_numbered_and_the_same_url_has_the_same_number():
    text = writer()
    assert text.rich("[a](https://a.example) [b](https://b.example) [c](https://a.example)") == "a [1] b [2] c [1]"
    assert text.links == ["https://a.example", "https://b.example"]


def test_a_url_that_is_its_own_text_stands_as_it_is():
    text = writer()
    assert text.rich("<https://a.example/b>") == "https://a.example/b"
    assert text.links == []


def test_markup_goes_and_the_words_stay():
    assert writer().rich("**bold** *em* `code` <b>") == "bold em code <b>"


def test_a_heading_is_underlined_as_wide_as_it_is_shown():
    assert writer().underlined("日本 é", "=") == "日本 é\n======"


def test_a_merge_field_counts_as_wide_as_its_fallback():
    text = writer()
    heading = text.underlined(text.rich("Dear {{first_name|you}}"), "-")
    assert heading.endswith("\n--------")


def test_lines_are_at_most_72_columns_and_continue_below_the_first_word():
    lines = writer().wrapped("word " * 40, "* ", "  ").split("\n")
    assert max(map(len, lines)) <= 72
    assert lines[0].startswith("* word")
    assert all(line.startswith("  word") for line in lines[1:])


def test_a_merge_field_is_not_torn_by_wrapping():
    sentinels = Sentinels("")
    text = TextWriter(sentinels)
    wrapped = text.wrapped(text.rich("{{a|b}} " * 60))
    assert len(find_plain_slots(wrapped, sentinels).slots) == 60


def test_a_field_in_a_link_is_encoded_in_the_list_of_links():
    sentinels = Sentinels("")
    text = TextWriter(sentinels)
    body = text.rich("[a](https://a.example/?q={{name|}}) {{name|}}")
    slots = find_plain_slots(f"{body}\n[1] {text.links[0]}", sentinels)
    assert fill(slots, {"name": "A & B"}) == "a [1] A & B\n[1] https://a.example/?q=A%20%26%20B"


def test_a_table_is_aligned_with_its_numbers_to_the_right():
    table = writer().table(("Year", "Trade", "With"), (("2022", "3.80", "日本"), ("2025", "152.9", "b")))
    assert table == "Year  Trade  With\n----  -----  ----\n2022   3.80  日本\n2025  152.9  b"


def test_long_cells_are_broken_into_lines_so_that_the_table_fits():
    rows = (("A", "the bridge over the river " * 4, "52.9 million"), ("B", "short", "3"))
    assert writer().table(("Name", "Story", "Cost"), rows).split("\n") == [
        "Name  Story                                                         Cost",
        "----  ----------------------------------------------------  ------------",
        "A     the bridge over the river the bridge over the river   52.9 million",
        "      the bridge over the river the bridge over the river",
        "",
        "B     short                                                            3",
    ]


def test_a_table_too_wide_even_so_is_written_out_row_by_row_without_its_empty_cells():
    header = [f"Name {number}" for number in range(7)]
    table = writer().table(header, [["the long river"] * 7, ["b", "", *["**c** " * 30] * 5]])
    assert table.startswith("Name 0: the long river\nName 1: the long river\n")
    assert "\n\nName 0: b\nName 2: c c" in table
    assert max(map(len, table.split("\n"))) <= 72


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@given(st.data())
def test_a_table_says_every_word_and_its_columns_are_straight(direction, data):
    characters = st.lists(st.sampled_from(["a", "b", "日", "🚂", "a\u0301", " "]), max_size=12)
    word = characters.map("".join) | st.sampled_from(["30 000", "$3.8 million", "كوريا", "[a](https://x.y)"])
    row = st.lists(word, min_size=4, max_size=4)
    header, *rows = data.draw(st.lists(row, min_size=2, max_size=5))
    table = writer().table(header, rows, direction=direction)
    shown = "".join(writer().rich(cell) for cells in (header, *rows) for cell in cells)
    assert Counter("".join(shown.split())) <= Counter(table)
    lines = table.split("\n")
    rule = next((line for line in lines[1:] if set(line) <= set("- \u200f") and "-" in line), "-" * 72)
    assert all(display_width(line) <= display_width(rule) <= 72 for line in lines)


def test_from_right_to_left_latin_words_and_figures_keep_their_columns():
    table = writer().table(("بلد", "عدد", "اسم"), (("Kim", "11 000", "Lee"), ("x", "9 ملايين", "y")), direction="rtl")
    head, rule, kim, x = table.split("\n")
    # A mark before each line and between the columns; around a figure one in which nothing reads from right to left.
    assert kim == "\u200fKim \u200f \u200e11 000\u200e   \u200f Lee"
    assert x == "\u200fx   \u200f 9 ملايين \u200f y"
    assert {line.count("\u200f") for line in (head, rule, kim, x)} == {3}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We shall see.", "«\u00a0We shall see.\u00a0»"),
        ("“Already.”", "“Already.”"),
        ("„Schon“, sagte er", "„Schon“, sagte er"),
        ("See https://a.example/b", "See https://a.example/b"),
        ("{{a|“}} b", "{{a|“}} b"),
    ],
)
def test_what_is_quoted_has_one_pair_of_marks_that_no_line_end_parts_from_it(text, expected):
    written = writer()
    quoted = written.quoted(written.rich(text), "«\u00a0{}\u00a0»")
    assert quoted == (expected if "{{" not in text else written.rich(text))
    lines = written.wrapped(written.quoted("word " * 14 + "end", "«\u00a0{}\u00a0»")).split("\n")
    assert lines[0].startswith("«\u00a0word")
    assert lines[-1].endswith("end\u00a0»")


def test_tidy_keeps_the_space_of_the_signature_only():
    assert tidy("\n\na  \n\n\n\nb\n-- \nc\n") == "a\n\nb\n-- \nc\n"
