"""The theme's own words, dates and directions."""

from datetime import date

import pytest

from dispatch.rendering.words import Voice, direction_of, spoken_language, words_for, written_date


def test_a_region_has_the_words_of_its_language_and_others_get_english():
    assert words_for("fr-CA") is words_for("FR")
    assert words_for("xx") is words_for("en")


@pytest.mark.parametrize(
    ("language", "direction"),
    [("en", "ltr"), ("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl"), ("ur", "rtl"), ("?", "ltr")],
)
def test_the_direction_is_the_languages(language, direction):
    assert direction_of(language) == direction


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "2 March 2026"),
        ("en-US", "March 2, 2026"),
        ("fr", "2 mars 2026"),
        ("ar", "2 مارس 2026"),
        ("de-AT", "2. März 2026"),
        ("es", "2 de marzo de 2026"),
        ("it", "2 marzo 2026"),
        ("xx", "2 March 2026"),
    ],
)
def test_a_date_is_written_out(language, expected):
    assert written_date(date(2026, 3, 2), language) == expected


@pytest.mark.parametrize(
    ("reader", "issue", "newsletter", "spoken"),
    [
        ("fr", "en", "en", "fr"),
        ("fr-CA", "en", "en", "fr"),  # who shares the words shares the mail
        ("en-GB", "en-US", "fr", "en-US"),
        ("", "ar", "en", "ar"),
        ("eo", "ar", "en", "ar"),
        ("eo", "eo", "fr-CH", "fr-CH"),
        ("", "eo", "la", "en"),
        ("fr_FR", "en", "en", "fr"),
        ("?", "en", "en", "en"),
    ],
)
def test_the_theme_speaks_a_language_that_it_has_words_for(reader, issue, newsletter, spoken):
    assert spoken_language(reader, issue, newsletter) == spoken


def test_a_voice_says_what_it_is_only_inside_another():
    assert Voice("ar", around="ar").lang_dir == ""
    assert Voice("ar", around="en").lang_dir == ' lang="ar" dir="rtl"'
    assert (Voice("ar", around="en").start, Voice("en", around="ar").start) == ("right", "left")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "1 January 2026"),
        ("en-US", "January 1, 2026"),
        ("fr-CA", "1er janvier 2026"),
        ("it", "1º gennaio 2026"),
        ("de", "1. Januar 2026"),
        ("ar", "1 يناير 2026"),
        ("nl", "1 januari 2026"),
    ],
)
def test_the_first_of_a_month_is_written_as_the_language_has_it(language, expected):
    assert written_date(date(2026, 1, 1), language) == expected
