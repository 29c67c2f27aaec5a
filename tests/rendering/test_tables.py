"""Which columns of a table hold figures, and which tables are too wide for a phone."""

import pytest
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent
from babel.units import format_unit

from dispatch.content.blocks import Table
from dispatch.rendering.bidi import reads_left_to_right
from dispatch.rendering.tables import Column, TableLayout, figure_columns, layout_of

LOCALES = (
    "en",
    "fr",
    "de",
    "de_CH",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "pl",
    "ru",
    "ar",
    "ar_EG",
    "fa",
    "he",
    "hi",
    "ja",
    "zh",
)


def column(*cells: str) -> bool:
    return figure_columns([("label", cell) for cell in cells])[1]


@pytest.mark.parametrize(
    "cells",
    [
        ("3.8", "52.9"), ("30 000", "11\u202f000"), ("$3.8 million", "$52.9 million"), ("+805 %", "-54%"), ("1,200 km", "–"),
        ("1.200,50 €", "n/a"), ("٣٠", "٤"), ("(5)", ""), ("~90", "12'000"), ("3,8 Mrd. €", "52,9 Mio. €"), ("US$ 3.8m", "—"),
        ("52,9 millions d’euros", "n.d."), ("2019–2024", "±0.5"), ("3.8億円", "5万人"), ("½", "3½"), ("20 km/h", "1/3"),
        ("CHF 5", "kr 200"), ("10^12", "1.2 × 10⁹"), ("12:30", "2026-03-02"), ("٥٢٫٩ مليون دولار", "9 ملايين"),
    ],
)  # fmt: skip
def test_figures_with_their_units_stand_at_the_end(cells):
    assert column(*cells)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("number", [3.8, 0, -1_234_567.89])
def test_figures_are_known_in_every_language(locale, number):
    for system in ("latn", "default"):
        assert column(
            format_decimal(number, locale=locale, numbering_system=system),
            format_percent(number / 100, locale=locale, numbering_system=system),
            format_currency(number, "EUR", locale=locale, numbering_system=system),
            format_currency(number, "CHF", locale=locale, numbering_system=system),
            format_compact_currency(number, "USD", locale=locale, numbering_system=system),
            format_unit(number, "speed-kilometer-per-hour", "short", locale=locale, numbering_system=system),
        )


@pytest.mark.parametrize(
    "cells",
    [
        ("Kursk", "3"), ("–", ""), ("2 March 2026", "3 March 2026"), ("6 000 men and women", "1"), ("KN-25", "KN-23"),
        ("FAB500", "MIG 29"), ("3 to 5", "1"), ("1" * 41, "1"),
    ],
)  # fmt: skip
def test_words_do_not(cells):
    assert not column(*cells)


def test_the_first_column_names_the_row():
    assert figure_columns([("2022", "1"), ("2025", "2")]) == [False, True]


def table(*rows: tuple[str, ...]) -> TableLayout:
    return layout_of(Table(header=rows[0], rows=rows[1:]))


def test_markup_and_merge_fields_count_as_they_are_shown():
    layout = table(("Year", "Cost"), ("2022", "**[3.8](https://example.org/a/long/address)**"), ("2025", "{{cost|12}}"))
    assert layout.columns == (Column(figures=False, long=False), Column(figures=True, long=False))
    assert not layout.stacks


def test_a_table_stacks_where_its_longest_words_do_not_fit_a_phone():
    row = ("North Korea", "11 000", "9 million", "148", "$52.9 million")
    assert not table(("Country", "Men", "Shells"), row[:3]).stacks
    wide = table(("Country", "Troops", "Artillery shells", "Ballistic missiles", "Trade volume"), row)
    assert wide.stacks
    assert not wide.crowded
    assert table(*(cells * 2 for cells in (("Country", "Troops", "Shells", "Missiles", "Trade volume"), row))).crowded


def test_long_texts_are_broken_wherever_they_are_too_wide():
    layout = table(("Name", "Where"), ("Anna", "https://example.org/a/very/long/address/that/nobody/can/break/in/two"))
    assert layout.columns[1].long
    assert not layout.stacks
    assert not layout.crowded


@pytest.mark.parametrize(
    ("figure", "expected"), [("11 000", True), ("٣٠", True), ("9 ملايين", False), ("₪ 5", True), ("", True)]
)
def test_a_figure_without_right_to_left_words_reads_from_left_to_right(figure, expected):
    assert reads_left_to_right(figure) is expected
