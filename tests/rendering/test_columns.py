"""Which columns stand to the right."""

import pytest

from dispatch.rendering.columns import number_columns


def column(*cells: str) -> bool:
    return number_columns([("label", cell) for cell in cells])[1]


@pytest.mark.parametrize(
    "cells",
    [
        ("3.8", "52.9"), ("30 000", "11\u202f000"), ("$3.8 million", "$52.9 million"), ("+805 %", "-54%"), ("1,200 km", "–"),
        ("1.200,50 €", "n/a"), ("٣٠", "٤"), ("(5)", ""), ("~90", "12'000"),
    ],
)  # fmt: skip
def test_numbers_with_their_units_stand_to_the_right(cells):
    assert column(*cells)


@pytest.mark.parametrize(
    "cells", [("Kursk", "3"), ("–", ""), ("2 March 2026", "3 March 2026"), ("6 000 men and women", "1")]
)
def test_words_do_not(cells):
    assert not column(*cells)


def test_the_first_column_names_the_row():
    assert number_columns([("2022", "1"), ("2025", "2")]) == [False, True]
