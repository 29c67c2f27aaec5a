"""The text part reads as a person would type it."""

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


def test_a_table_too_wide_is_written_out_row_by_row():
    table = writer().table(("Name", "Story"), (("A", "word " * 20), ("B", "short")))
    assert table.startswith("Name: A\nStory: word word")
    assert "\n\nName: B\nStory: short" in table
    assert max(map(len, table.split("\n"))) <= 72


def test_tidy_keeps_the_space_of_the_signature_only():
    assert tidy("\n\na  \n\n\n\nb\n-- \nc\n") == "a\n\nb\n-- \nc\n"
