"""Weekdays and years."""

from __future__ import annotations

import pytest

from dispatch.checks import dates
from dispatch.checks.check import CheckFunction
from dispatch.checks.evidence import TemplateText
from dispatch.testing.checks import CheckContract, Example, findings

EXAMPLES: dict[CheckFunction, Example] = {
    dates.wrong_weekday: Example(
        bad="""
            title: A bridge
            preheader: It opens on ‸Monday, 3 March 2026.
            blocks:
              - paragraph: >-
                  It opens on **‸Tuesday, March 2, 2026**,
                  and closes on ‸Sunday 31 April 2026.
              - list: ["‸Tue, 2026-03-02"]
        """,
        good="""
            title: A bridge
            preheader: It opens on Tuesday, 3 March 2026.
            blocks:
              - paragraph: >-
                  It opens on Monday, March 2, 2026, was planned on Sunday, 9 January 1905 (old style),
                  and closes on Thursday, 30 April 2026. In the sun 3 March 2026 was warm.
              - list: ["Mon, 2026-03-02", "[Monday, 3 March 2026](https://example.org/Monday-3-March-2026)"]
        """.replace("[Monday, 3 March 2026]", "[all]"),
    ),
    dates.stale_year: Example(
        bad="""
            title: March ‸2025 in bridges
            date: 2026-03-02
            blocks: [paragraph: "It opens this year (‸2025), or next year (‸2026)."]
            signoff: {tagline: "© ‸2025 Example News"}
        """,
        good="""
            title: A year after March 2025
            subtitle: What February 2025 has taught us about 2025
            date: 2026-03-02
            blocks:
              - paragraph: "It opens this year (2026). “It opens this year (2024)”, he said. It burnt last year (2025)."
              - quote: It opens this year (2019).
              - figure: {image: a.png, alt: A bridge, source: © 2019 Example Maps}
            signoff: {tagline: "© 2019–2026 Example News"}
        """,
    ),
}


class TestContract(CheckContract):
    theme = dates
    examples = EXAMPLES


def about(text: str, language: str) -> str:
    return f"title: A bridge\nlanguage: {language}\ndate: 2026-03-02\nblocks:\n  - paragraph: |\n      {text}\n"


@pytest.mark.parametrize(
    ("language", "wrong", "right"),
    [
        ("en", "Monday, the 3rd of March 2026", "Tuesday, the 3rd of March 2026"),
        ("en-GB", "Monday 3/3/2026", "Tuesday 3/3/2026"),
        ("en-US", "Monday, 2026-03-03", "Monday 3/4/2026"),  # 4 March or 3 April: nobody can tell
        ("fr", "lundi 3 mars 2026", "mardi 3 mars 2026"),
        ("fr", "lundi 1er juin 2027", "lundi 1er juin 2026"),
        ("fr", "lun. 03/03/2026", "mar. 3 mars 2026"),
        ("de", "Montag, den 3. März 2026", "Dienstag, den 3. März 2026"),
        ("de", "Montag, 3.3.2026", "Dienstag, 03.03.2026"),
        ("de", "Mo., 3.3.2026", "So 3. März 2026, wie am 3. März 2026"),
        ("de", "Mo, den 3. März 2026", "Di., den 3. März 2026"),
        ("es", "lunes, 3 de marzo de 2026", "martes 3 de marzo de 2026"),
        ("it", "lunedì 3 marzo 2026", "martedì 3 marzo 2026"),
        ("ar", "الاثنين، 3 مارس 2026", "الثلاثاء 3 مارس 2026"),
        ("ar", "يوم الاثنين ٣ مارس ٢٠٢٦", "يوم الثلاثاء، ٣ مارس ٢٠٢٦"),
        ("ar-LB", "الاثنين 3 آذار 2026", "الثلاثاء 3 آذار 2026"),
    ],
)
def test_a_weekday_is_held_against_the_date_in_the_language_of_the_issue(language: str, wrong: str, right: str) -> None:
    assert len(findings(dates.wrong_weekday, about(wrong, language))) == 1
    assert not findings(dates.wrong_weekday, about(right, language))


def test_another_language_is_not_understood() -> None:
    assert not findings(dates.wrong_weekday, about("Monday, 3 March 2026", "fr"))
    assert not findings(dates.wrong_weekday, about("Monday, 3 March 2026", "ja"))


def test_a_wrong_weekday_is_told_with_the_right_one() -> None:
    [finding] = findings(dates.wrong_weekday, about("lundi 3 mars 2026", "fr"))
    assert finding.message == "3 mars 2026 falls on mardi, not on lundi"


@pytest.mark.parametrize(
    ("language", "stale", "right"),
    [
        ("en", "last year (2024)", "last year (2025)"),
        ("fr", "cette année (2025)", "l’an dernier (2025)"),
        ("de", "in diesem Jahr (2025)", "im nächsten Jahr (2027)"),
        ("es", "este año (2025)", "el año pasado (2025)"),
        ("it", "quest'anno (2025)", "l'anno scorso (2025)"),
        ("ar", "هذا العام (2025)", "العام الماضي (2025)"),
    ],
)
def test_what_is_this_year_depends_on_the_date_of_the_issue(language: str, stale: str, right: str) -> None:
    assert len(findings(dates.stale_year, about(stale, language))) == 1
    assert not findings(dates.stale_year, about(right, language))


def test_an_issue_without_a_date_appears_today() -> None:
    text = "title: A bridge\nblocks: [paragraph: 'It opens this year (2026).']\n"
    assert not findings(dates.stale_year, text)
    assert findings(dates.stale_year, text.replace("2026", "2025"))


def test_a_template_of_ones_own_is_looked_at() -> None:
    text = about("Hello", "en")
    stale = TemplateText("templates/email.mjml.j2", "<p>\n  &copy; 2025 Example News</p>")
    [finding] = findings(dates.stale_year, text, templates=(stale,))
    assert str(finding.location) == "templates/email.mjml.j2:2:3"
    for written in ("© 2026", "© 2019–2026", "© {{ year }}", "since 2019"):
        assert not findings(dates.stale_year, text, templates=(TemplateText("a", f"<p>{written} News</p>"),))
