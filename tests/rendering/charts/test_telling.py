"""A chart in words: numbers as its readers write them, and an alternative text from the figures."""

import pytest

from dispatch.content.figures import Figures
from dispatch.languages.sentences import LANGUAGES
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.telling import tell


def figures(rows: dict[str, float | None]) -> Figures:
    return Figures(("",), tuple((label, (value,)) for label, value in rows.items()))


def counted(value: float, unit: str, language: str) -> str:
    return Numerals([value], unit, language).counted(value)


@pytest.mark.parametrize(
    ("unit", "english", "french", "german"),
    [
        ("", "−1,234.5", "−1\u202f234,5", "−1.234,5"),
        ("%", "−1,234.5%", "−1\u202f234,5\u00a0%", "−1.234,5\u00a0%"),
        ("€", "−€1,234.5", "−1\u202f234,5\u00a0€", "−1.234,5\u00a0€"),
        ("km", "−1,234.5\u00a0km", "−1\u202f234,5\u00a0km", "−1.234,5\u00a0km"),
        ("${} million", "−$1,234.5 million", "−$1\u202f234,5 million", "−$1.234,5 million"),
    ],
)
def test_numbers_and_units_are_those_of_the_language(unit: str, english: str, french: str, german: str) -> None:
    assert [counted(-1234.5, unit, language) for language in ("en", "fr", "de")] == [english, french, german]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.8, 52.9], ["3.8", "52.9"]),
        ([3.25, 5], ["3.25", "5.00"]),
        ([3, 5], ["3", "5"]),
        ([34, 0.04], ["34", "0.04"]),
        ([1e-9, 0.00012345], ["0.000000001", "0.000123"]),
        ([1e12, 0.0], ["1,000,000,000,000", "0"]),
        ([2 / 3, 1], ["0.67", "1.00"]),
    ],
)
def test_decimals_are_few_and_alike(values: list[float], expected: list[str]) -> None:
    numerals = Numerals(values, "", "en")
    assert [numerals.plain(value) for value in values] == expected


def test_an_axis_and_the_end_of_a_line_have_short_numbers() -> None:
    assert [Numerals([1], "$", "en").short(value) for value in (2.3e9, -1.25e6, 4000, None)] == [
        "$2.3B",
        "−$1.25M",
        "$4,000",
        "–",
    ]
    assert Numerals([1], "tonnes", "fr").short(2.3e6) == "2,3\u00a0M"
    assert Numerals([1], "$", "en").tick(7_500_000, 1e7, 2.5e6) == "$7.5M"
    assert Numerals([1], "", "de").tick(2_000_000, 4e6, 1e6) == "2\u00a0Mio."
    assert Numerals([1], "tonnes", "en").tick(0.25, 1, 0.25) == "0.25"


def alt(rows: dict[str, float | None], language: str = "en", *, kind: str = "bar", unit: str = "") -> str:
    shown = figures(rows)
    return tell("Trade", kind, shown, Numerals(shown.values, unit, language), language).alt


def test_few_numbers_are_all_said() -> None:
    rows = {"2022": 3.8, "2023": None, "2025": 52.9}
    assert alt(rows, unit="${} million") == "Bar chart: Trade. 2022: $3.8 million; 2025: $52.9 million."
    assert alt(rows, "fr-CA") == "Graphique à barres\u00a0: Trade. 2022\u00a0: 3,8\u202f; 2025\u00a0: 52,9."


def test_a_single_series_is_not_named_and_several_are() -> None:
    numerals = Numerals([1, 2], "", "en")
    one = Figures(("trade",), (("2022", (1.0,)), ("2025", (2.0,))))
    assert tell("T", "bar", one, numerals, "en").alt == "Bar chart: T. 2022: 1; 2025: 2."
    two = Figures(("road", "rail"), (("2022", (1.0, 2.0)), ("2025", (None, 1.0))))
    assert tell("T", "column", two, numerals, "en").alt == "Bar chart: T. 2022: road 1, rail 2; 2025: rail 1."


def test_of_many_numbers_the_extremes_are_said() -> None:
    rows = {str(2000 + number): float(abs(number - 7)) for number in range(30)}
    assert alt(rows, kind="line", unit="tons") == (
        "Line chart: Trade (tons). From 7 (2000) to 22 (2029), lowest 0 (2007)."
    )
    assert alt(rows) == "Bar chart: Trade. 30 values, from 0 (2007) to 22 (2029)."


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", ["bar", "column", "line"])
def test_every_language_says_it_in_a_breath(language: str, kind: str) -> None:
    said = [alt({f"x{number}": number**1.5 for number in range(many)}, language, kind=kind) for many in (1, 8, 40)]
    assert all("{" not in each and len(each) < 250 for each in said)
    assert language == "en" or not set(said) & {alt({"x0": 0.0}, "en", kind=kind)}


def test_a_change_is_said_where_it_says_something() -> None:
    numerals = Numerals([3.8, 52.9], "", "en")
    assert numerals.change(3.8, 52.9) == "+1,292%"
    assert numerals.change(52.9, 3.8) == "−93%"
    assert [numerals.change(*pair) for pair in ((0, 1), (-1, 1), (None, 1))] == ["", "", ""]
    assert Numerals([1, 2], "%", "en").change(1, 2) == ""


def test_among_words_that_go_to_the_left_numbers_keep_their_order() -> None:
    shown = figures({"2022": 2.0, "2025": 3.0})
    told = tell("T", "number", shown, Numerals(shown.values, "", "ar"), "ar")
    assert told.rows[0] == ("2022", "\u200e2\u200e")
    assert told.before == "2022: \u200e2\u200e، \u200e+50%\u200e"
    told = tell("T", "number", shown, Numerals(shown.values, "مليون", "ar"), "ar")
    assert told.rows[0] == ("2022", "2\u00a0مليون")
