"""Lines of plain text are marked only where their first letter would lay them out the wrong way round."""

import re

import pytest

from dispatch.rendering.bidi import directed, isolated

FIELD = re.compile("zqx[0-9]+qz")
RLM, LRM = "\u200f", "\u200e"


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("نشرة عن الأنهار والطرق", ""),
        ("RIVER نشرة عن الأنهار والطرق", RLM),
        ("The River Letter · 2 مارس 2026", RLM),
        ("١٢ RIVER نشرة عن الأنهار", RLM),
        ("(EU) الاتحاد الأوروبي يدفع", RLM),
        ("المصدر: Reuters News Agency", ""),
        ("zqx001qz، من يدفع ثمن الجسر؟", RLM),
        ("https://example.org/ar هذا هو الرابط", RLM),
        ("إلغاء الاشتراك: https://example.org/u/a-very-long-token", ""),
        ("Unsubscribe: https://example.org/", ""),
        ("3,8", ""),
        ("", ""),
    ],
)
def test_a_line_from_right_to_left_begins_at_the_right(line, mark):
    assert directed(f"سطر\n\n{line}\n", "rtl", "rtl", FIELD) == f"سطر\n\n{mark}{line}\n"


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("“السلام” is a word of many letters", LRM),
        ("A word, السلام, in a sentence", ""),
        ("نشرة عن الأنهار والطرق", ""),
        ("zqx001qz, this word, السلام, is one", ""),
    ],
)
def test_a_line_from_left_to_right_begins_at_the_left(line, mark):
    assert directed(f"سطر\n\n{line}\n", "ltr", "ltr", FIELD) == f"سطر\n\n{mark}{line}\n"


def test_what_was_marked_inside_a_text_of_the_other_direction_stays_so():
    own = directed("You subscribed to نشرة.\nUnsubscribe", "ltr", "rtl", FIELD)
    assert own == f"{LRM}You subscribed to نشرة.\nUnsubscribe"
    assert directed(f"نشرة RIVER\n{own}", "rtl", "rtl", FIELD) == f"نشرة RIVER\n{own}"


def test_a_line_without_letters_goes_on_as_the_one_above():
    table = "السنة  التجارة\n-----  -----\n2022   3,8\n\n* * *\nYear  2021\n2022"
    assert directed(table, "rtl", "rtl", FIELD).split("\n") == [
        "السنة  التجارة",
        f"{RLM}-----  -----",
        f"{RLM}2022   3,8",
        "",
        "* * *",
        "Year  2021",
        "2022",
    ]


def test_other_texts_stay_as_they_are():
    text = "Café — 東京 🚂\n[1] https://example.org/"
    assert directed(text, "rtl", "ltr", FIELD) == text


def test_a_name_of_the_other_direction_stands_apart():
    assert isolated("1 Quay Street (2nd floor)", "rtl") == '<span dir="ltr">1 Quay Street (2nd floor)</span>'
    assert isolated("نشرة <النهر>", "ltr") == '<span dir="rtl">نشرة &lt;النهر&gt;</span>'
    assert isolated("R & D", "ltr") == "R &amp; D"
    assert isolated("2026", "rtl") == "2026"
