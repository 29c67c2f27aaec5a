"""Lines of plain text are laid out as their language is, whatever they begin with and whatever program shows them."""

import re

import pytest

from dispatch.rendering.bidi import begun, directed, isolated

FIELD = re.compile("zqx[0-9]+qz")
RLM, LRM = "\u200f", "\u200e"


def embedded(line: str) -> str:
    return f"\u202b{line}\u202c"


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
    ],
)
def test_a_line_from_right_to_left_begins_at_the_right(line, mark):
    assert begun(line, "rtl", FIELD) == f"{mark}{line}"
    assert directed(f"سطر\n\n{line}\n", "rtl", "rtl", FIELD) == f"{embedded('سطر')}\n\n{mark}{embedded(line)}\n"


@pytest.mark.parametrize(
    ("line", "mark"),
    [
        ("“السلام” is a word of many letters", LRM),
        ("A word, السلام, in a sentence", ""),
        ("zqx001qz, this word, السلام, is one", ""),
        ("Unsubscribe: https://example.org/", ""),
        ("3,8", ""),
        ("", ""),
        ("-- ", ""),
    ],
)
def test_a_line_from_left_to_right_begins_at_the_left(line, mark):
    assert begun(line, "ltr", FIELD) == f"{mark}{line}"
    assert directed(f"نشرة\n\n{line}\n", "ltr", "ltr", FIELD) == f"{embedded('نشرة')}\n\n{mark}{line}\n"


def test_nothing_stands_behind_an_address_that_would_become_a_part_of_it():
    way_out = "إلغاء الاشتراك: https://example.org/u/a-very-long-token"
    assert directed(way_out, "rtl", "rtl", FIELD) == way_out
    assert directed("الرابط: zqx001qz", "rtl", "rtl", FIELD) == "الرابط: zqx001qz"
    link = "https://example.org/ar هذا هو الرابط"
    assert directed(link, "rtl", "rtl", FIELD) == RLM + embedded(link)


def test_a_quotation_is_known_by_its_first_sign():
    written = "> EU ومن معه\n> ومن بعده."
    assert directed(written, "rtl", "rtl", FIELD) == f"> {RLM}{embedded('EU ومن معه')}\n> {embedded('ومن بعده.')}"


def test_what_was_directed_inside_a_text_of_the_other_direction_stays_so():
    own = directed("You subscribed to نشرة.\nUnsubscribe", "ltr", "rtl", FIELD)
    assert own == f"{LRM}You subscribed to نشرة.\nUnsubscribe"
    assert directed(own, "rtl", "rtl", FIELD) == own
    arabic = directed("RIVER نشرة\n-----", "rtl", "ltr", FIELD)
    assert arabic == f"{RLM}{embedded('RIVER نشرة')}\n{RLM}{embedded('-----')}"
    assert directed(arabic, "ltr", "ltr", FIELD) == arabic


def test_a_line_without_letters_goes_on_as_the_one_above():
    table = f"السنة  التجارة\n-----  -----\n{RLM}2022   {LRM}3,8\n\n* * *\nYear  2021\n2022"
    assert directed(table, "rtl", "rtl", FIELD).split("\n") == [
        embedded("السنة  التجارة"),
        RLM + embedded("-----  -----"),
        RLM + embedded(f"2022   {LRM}3,8"),
        "",
        "* * *",
        "Year  2021",
        "2022",
    ]


def test_where_a_text_flows_a_line_of_one_name_goes_on_as_the_one_above():
    written = "(المصدر: Example\nPictures)\n\nPictures\nاقرأ\nhttps://example.org/"
    assert directed(written, "rtl", "rtl", FIELD, flowing=True).split("\n") == [
        embedded("(المصدر: Example"),
        RLM + embedded("Pictures)"),
        "",
        "Pictures",
        embedded("اقرأ"),
        "https://example.org/",
    ]
    assert "\nPictures)\n" in directed(written, "rtl", "rtl", FIELD)
    assert directed("A name:\nنشرة", "ltr", "ltr", FIELD, flowing=True) == f"A name:\n{LRM}نشرة"


def test_other_texts_stay_as_they_are():
    text = "Café — 東京 🚂\n[1] https://example.org/"
    assert directed(text, "rtl", "ltr", FIELD) == text


def test_a_name_of_the_other_direction_stands_apart():
    assert isolated("1 Quay Street (2nd floor)", "rtl") == '<span dir="ltr">1 Quay Street (2nd floor)</span>'
    assert isolated("نشرة <النهر>", "ltr") == '<span dir="rtl">نشرة &lt;النهر&gt;</span>'
    assert isolated("R & D", "ltr") == "R &amp; D"
    assert isolated("2026", "rtl") == "2026"
