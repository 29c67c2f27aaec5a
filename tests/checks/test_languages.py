"""What a check knows of languages it asks of each block, which may have one of its own."""

from __future__ import annotations

import pytest

from dispatch.checks import accessibility, dates, link_texts, numbers, punctuation, wording
from dispatch.checks.check import CheckFunction
from dispatch.testing.checks import findings


@pytest.mark.parametrize(
    ("check", "language", "text"),
    [
        (numbers.foreign_number_style, "fr", "3,8 millions et 30 000 soldats"),
        (numbers.misplaced_currency, "de", "Es kostet 30 €."),
        (dates.wrong_weekday, "xx", "Monday, 3 March 2026"),
        (dates.stale_year, "xx", "this year (2025)"),
        (punctuation.unbalanced_quotes, "sv", "Hon sade ”ja”."),
        (link_texts.vague_link_text, "xx", "[here](https://example.org/)"),
        (wording.leftover_placeholder, "fr", "TK"),
        (accessibility.wrong_language, "fr", "et les est dans pour " * 8),
    ],
)
def test_what_is_wrong_in_one_language_may_be_right_in_another(check: CheckFunction, language: str, text: str) -> None:
    issue = f"title: T\nlanguage: en\ndate: 2026-03-03\nblocks:\n  - paragraph: '{text}'\n"
    assert findings(check, issue)
    assert not findings(check, f"{issue}    language: {language}\n")


@pytest.mark.parametrize(
    ("check", "language", "text"),
    [
        (numbers.foreign_number_style, "fr", "3.8 millions de soldats"),
        (numbers.unspaced_percent, "de", "Es sind 90% davon."),
        (dates.wrong_weekday, "fr", "lundi 3 mars 2026"),
        (dates.stale_year, "de", "dieses Jahr (2025)"),
        (link_texts.vague_link_text, "fr", "[ici](https://example.org/)"),
        (link_texts.vague_link_text, "ar", "[اضغط هنا](https://example.org/)"),
    ],
)
def test_what_is_right_in_one_language_may_be_wrong_in_another(check: CheckFunction, language: str, text: str) -> None:
    issue = f"title: T\nlanguage: en\ndate: 2026-03-03\nblocks:\n  - paragraph: '{text}'\n"
    assert not findings(check, issue)
    [finding] = findings(check, f"{issue}    language: {language}\n")
    assert finding.location.line == 5
