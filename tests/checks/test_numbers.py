"""Numbers as a language writes them."""

from __future__ import annotations

import pytest

from dispatch.checks import numbers
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import CheckContract, Example, findings
from dispatch.yaml_source import edited, read_yaml

EXAMPLES: dict[CheckFunction, Example] = {
    numbers.foreign_number_style: Example(
        bad="""
            title: ‸30 000 soldiers
            blocks:
              - paragraph: >-
                  It costs **$‸3,8 million**, or ‸2,5% of what ‸1 200 000 people
                  earn: ‸5 300 each.
        """,
        good="""
            title: 30,000 soldiers
            blocks:
              - paragraph: >-
                  It costs $3.8 million, see pages 1,2 and 3. On March 12 300 people came. In 1945 300 men did.
                  Call 020 794 1234 or +33 1 23 45 67 89, see ISO 10 300 and `30 000` or https://example.org/30 .
        """,
    ),
    numbers.misplaced_currency: Example(
        bad="""
            title: A bridge for ‸30 €
            blocks: [paragraph: "It costs ‸5.5 million $ and ‸30$."]
        """,
        good="""
            title: A bridge for €30
            blocks: [paragraph: "It costs US$5.5 million, $30, 3 $5 notes, 30 EUR or A$5."]
        """,
    ),
    numbers.unspaced_percent: Example(
        bad="""
            title: Un pont
            language: fr
            blocks: [paragraph: "Il coûte 90‸% de plus."]
        """,
        good="""
            title: Un pont
            language: fr
            blocks: [paragraph: "Il coûte 90\u00a0% de plus que https://example.org/90%25 ou `90%`."]
        """,
    ),
    numbers.spaced_percent: Example(
        bad="""
            title: A bridge
            blocks: [paragraph: "It costs 90‸ % more, or 2.5‸\u00a0%."]
        """,
        good="""
            title: A bridge
            blocks: [paragraph: "It costs 90% more; 7 % 3 is 1, and `90 %` is code."]
        """,
    ),
    numbers.unspaced_unit: Example(
        bad="""
            title: A bridge of 2 km
            blocks: [paragraph: "It is 5‸km or 1,200.5‸kg away, at 80‸km/h."]
        """,
        good="""
            title: A bridge of 2 km
            blocks: [paragraph: "At 20°C a 10km-long one of A5km, 155mm, 5m, 5G and `5km`: https://example.org/5km ."]
        """,
    ),
}


class TestContract(CheckContract):
    theme = numbers
    examples = EXAMPLES


def hints(check: CheckFunction, text: str, language: str) -> list[str]:
    issue = f"title: A\nlanguage: {language}\nblocks:\n  - paragraph: |\n      {text}\n"
    return [finding.hint.removeprefix("Write ").removesuffix(".") for finding in findings(check, issue)]


@pytest.mark.parametrize(
    ("language", "text", "proper"),
    [
        ("fr", "3.8 millions et 30,000 soldats", ["3,8", "30\u202f000"]),
        ("fr", "3,8 millions, 30 000 soldats, 3,141, 30.000, version 2.0", []),
        ("de", "3.8 Millionen und 30,000 Soldaten, 2.5 Prozent", ["3,8", "30.000", "2,5"]),
        ("de", "3,8 Millionen am 3.5. um 8.30 Uhr, 30.000", []),
        ("de-CH", "CHF 3.50, 3.8 Millionen", []),
        ("es", "3.8 millones", ["3,8"]),
        ("es-MX", "3.8 millones, 30,000; 3,8 millones", ["3.8"]),
        ("it", "3.8 milioni", ["3,8"]),
        ("en", "$30\u00a0000 and 3,141 or 12 345", ["30,000"]),
        ("ja", "3,8 million, 30 000", []),
        (
            "en",
            "About 4 000 of them. Over 11 000 came, and some 6\u202f000 left. Room 4 000, Boeing 12 300",
            ["4,000", "11,000", "6,000"],
        ),
    ],
)
def test_each_language_and_region_has_its_own_way(language: str, text: str, proper: list[str]) -> None:
    assert hints(numbers.foreign_number_style, text, language) == proper


@pytest.mark.parametrize(
    ("language", "text", "proper"),
    [
        ("fr", "$30 et €30 millions", ["30\u00a0$", "30\u00a0millions\u00a0€"]),
        ("fr", "30 € et 3,8 millions $", []),
        ("de", "€30", ["30\u00a0€"]),
        ("es-MX", "$30", []),
        ("it", "€30, 30 €", []),
        ("en-GB", "30€", ["€30"]),
        ("en", "30 000 € for all", ["€30,000"]),
        ("en", "12,50 €, 1.200,50 €, 1 200.50 € or 1.200 €", ["€12.50", "€1,200.50", "€1,200.50", "€1.200"]),
        ("fr", "€3.8 millions", ["3,8\u00a0millions\u00a0€"]),
        ("en", "In 2020 300 €", ["€300"]),
        ("de", "€1,200.50", ["1.200,50\u00a0€"]),
    ],
)
def test_a_sign_stands_where_the_region_puts_it(language: str, text: str, proper: list[str]) -> None:
    found = [hint.replace(" millions", "\u00a0millions") for hint in hints(numbers.misplaced_currency, text, language)]
    assert found == proper
    assert not hints(numbers.foreign_number_style, text, language), "one finding about one number"


def test_every_number_is_written_anew_by_a_fix() -> None:
    text = "title: A\nlanguage: LANG\nblocks:\n  - paragraph: >-\n      Es kostet **NUMBER** und mehr.\n"
    [finding] = findings(numbers.misplaced_currency, "title: On March 12 300 €\nblocks: [divider: ]\n")
    assert not finding.fix, "it may be the twelfth"
    for check, language, number, proper in (
        (numbers.foreign_number_style, "en", "30 000", "30,000"),
        (numbers.misplaced_currency, "en", "12,50 €", "€12.50"),
        (numbers.unspaced_percent, "de", "90%", "90\u00a0%"),
    ):
        issue = text.replace("LANG", language).replace("NUMBER", number)
        [finding] = findings(check, issue)
        assert finding.fix
        assert edited(read_yaml(issue, "a.yaml"), finding.fix.edits).text == issue.replace(number, proper)


@pytest.mark.parametrize("text", ["90%", "5%-Hürde", "100%ig", "90 %"])
def test_a_percent_sign_in_german(text: str) -> None:
    assert bool(hints(numbers.unspaced_percent, text, "de")) == (text == "90%")


@pytest.mark.parametrize("language", ["en", "it", "fr-CH"])
def test_other_languages_want_no_space_before_percent(language: str) -> None:
    assert not hints(numbers.unspaced_percent, "90%", language)


@pytest.mark.parametrize(
    ("check", "language", "text", "places"),
    [
        (numbers.unspaced_unit, "fr", "À 5km, 20°C et 3 MW", 2),
        (numbers.unspaced_unit, "de", "5km, ein 10km-Lauf", 1),
        (numbers.unspaced_unit, "en", "5km and 20°C", 0),
        (numbers.unspaced_unit, "en", "5km and 20°C, 2 kg", 1),
        (numbers.unspaced_unit, "ja", "5km 2 kg", 0),
        (numbers.spaced_percent, "it", "Il 90 % dei casi", 1),
        (numbers.spaced_percent, "de", "90 % der Fälle", 0),
        (numbers.spaced_percent, "es", "El 90 %", 0),
    ],
)
def test_spaces_before_units_and_percent_signs(check: CheckFunction, language: str, text: str, places: int) -> None:
    assert len(hints(check, text, language)) == places
