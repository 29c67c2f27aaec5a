"""Whether dates agree with the calendar, and with the day the issue appears."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.parts import ReadText
from dispatch.languages.tags import primary
from dispatch.rendering.words import locale_of

_GREGORIAN = 1924
"""The first year in which no country of Europe counted its days by the Julian calendar (Greece, until 1923)."""


def wrong_weekday(evidence: Evidence) -> Iterator[Finding]:
    """A date has the wrong day of the week, or there is no such day in the calendar.

    "Monday, 3 March 2026", in the language of the text, with the year, spelled or in digits. Dates before 1924 may be
    Julian and are left alone.
    """
    for text in evidence.texts:
        calendar = _calendar_of(text.written.language)
        if calendar is None:
            continue
        for match in calendar.dated.finditer(text.prose):
            year, month, number = calendar.numbers(match)
            if year < _GREGORIAN:
                continue
            place = evidence.issue.locate(text.written.path, match.start())
            written, said = " ".join(match["date"].split()), match["weekday"]
            try:
                right = date(year, month, number).weekday()
            except ValueError:
                yield warning(wrong_weekday, place, f"there is no day {written}", "Look at a calendar.")
                continue
            if right != calendar.weekdays[said.lower()]:
                name = calendar.names[right]
                message = f"{written} falls on {name}, not on {said}"
                yield warning(wrong_weekday, place, message, f"Write {name}, or the date that is meant.")


def stale_year(evidence: Evidence) -> Iterator[Finding]:
    """A year was right in an earlier issue: this year (2025) in one of 2026, © 2025 below it.

    Looked at are "this year (2025)", "last year (2024)" and "next year (2026)" outside of quotations (en, fr, de, es,
    it, ar), the year of a copyright in the sign-off and in the newsletter's own templates, and the month of the issue with
    the year before in its title, subtitle, subject or preheader. Any other year may be meant.
    """
    issue, year = evidence.issue, (evidence.issue.date or evidence.today).year
    for text in evidence.texts:
        for offset, said, right in (*_relations(text, year), *_copyrights(text, year)):
            place = issue.locate(text.written.path, offset)
            yield warning(stale_year, place, f"{said} in an issue of {year}", f"Write {right}, if it is meant.")
        if issue.date and text.written.path[0] in _INBOX and not _LOOKING_BACK.search(text.prose):
            for offset, said in _same_month_before(text, issue.date):
                place = issue.locate(text.written.path, offset)
                message = f"{said} in an issue of {issue.date}"
                yield warning(stale_year, place, message, f"Write {year}, if it is meant.")
    old = re.compile(_COPYRIGHT.format(year=rf"(?!{year}|{year + 1})(?:19|20)\d\d"))
    if template := evidence.in_templates(old):
        message = f"the copyright in the template is not of {year}"
        yield warning(stale_year, template, message, f"Write {year}, or leave the year out.")


_INBOX = {"title", "subtitle", "subject", "preheader"}
_COPYRIGHT = r"(?:©|&copy;|\([cC]\)|[Cc]opyright)\s*(?:©\s*)?(?:\d{{4}}\s?[-–]\s?)?(?P<year>{year})(?!\d|\s?[-–]\s?\d)"  # noqa: RUF001
_RELATIONS = {
    "en": {r"this year": 0, r"last year": -1, r"next year": 1},
    "fr": {
        r"cette année": 0,
        r"l['’](?:année dernière|année passée|an dernier|an passé)": -1,  # noqa: RUF001
        r"l['’](?:année prochaine|an prochain)": 1,  # noqa: RUF001
    },
    "de": {
        r"diese[sm] Jahr": 0,
        r"(?:letzte[ns]|vergangene[ns]|vorige[ns]) Jahr": -1,
        r"(?:nächste[ns]|kommende[ns]) Jahr": 1,
    },
    "ar": {
        r"(?:هذا العام|هذه السنة)": 0,
        r"(?:العام الماضي|السنة الماضية)": -1,
        r"(?:العام (?:المقبل|القادم)|السنة (?:المقبلة|القادمة))": 1,
    },
    "es": {r"este año": 0, r"el año pasado": -1, r"el (?:próximo año|año próximo|año que viene)": 1},
    "it": {r"quest['’]anno": 0, r"l['’]anno scorso": -1, r"(?:l['’]anno prossimo|il prossimo anno)": 1},  # noqa: RUF001
}
_LOOKING_BACK = re.compile(
    r"\b(?:ago|after|anniversary|before|between|from|later|since|until|till|back"
    r"|depuis|après|avant|jusqu|anniversaire|il y a|entre"
    r"|seit|nach|vor|bis|ab|zwischen|Jahrestag"
    r"|desde|hasta|tras|antes|después|hace|aniversario"
    r"|da|dal|fino|dopo|prima|fa|tra|anniversario)\b",
    re.IGNORECASE,
)


def _relations(text: ReadText, year: int) -> Iterator[tuple[int, str, int]]:
    """Where a year in brackets is not the one that the words before it say; what is said; the right one."""
    if "quote" in text.written.path:
        return
    for words, distance in _RELATIONS.get(primary(text.written.language), {}).items():
        for match in re.finditer(rf"\b{words} \((?P<year>(?:19|20)\d\d)\)", text.prose, re.IGNORECASE):
            if int(match["year"]) != year + distance and not _is_quoted(text.prose[: match.start()]):
                yield match.start("year"), match[0], year + distance


def _is_quoted(before: str) -> bool:
    return before.count('"') % 2 == 1 or any(before.count(a) > before.count(b) for a, b in ("“”", "«»", "„“"))


def _copyrights(text: ReadText, year: int) -> Iterator[tuple[int, str, int]]:
    if text.written.path[0] == "signoff":
        for match in re.finditer(_COPYRIGHT.format(year=r"(?:19|20)\d\d"), text.prose):
            if int(match["year"]) < year:
                yield match.start("year"), match[0], year


def _same_month_before(text: ReadText, day: date) -> Iterator[tuple[int, str]]:
    calendar = _calendar_of(text.written.language)
    if calendar:
        pattern = rf"\b(?P<month>{calendar.month_names})\.? (?:de )?(?P<year>{day.year - 1})\b"
        for match in re.finditer(pattern, text.prose, re.IGNORECASE):
            if calendar.months[match["month"].lower()] == day.month:
                yield match.start("year"), match[0]


@dataclass(frozen=True)
class _Calendar:
    """How a language writes dates."""

    names: tuple[str, ...]  # of the weekdays, Monday first
    weekdays: dict[str, int]  # lower case → 0 is Monday
    months: dict[str, int]  # lower case → 1 is January
    month_names: str  # for a regular expression
    dated: re.Pattern[str]  # a date with its weekday

    def numbers(self, match: re.Match[str]) -> tuple[int, int, int]:
        """Year, month and day of a date."""
        found = {name.rstrip("0123456789"): text for name, text in match.groupdict().items() if text}
        month = found["month"].lower()
        return int(found["year"]), int(month) if month.isdecimal() else self.months[month], int(found["day"])


@cache
def _calendar_of(language: str) -> _Calendar | None:
    locale = locale_of(language)
    if locale is None or locale.language not in _RELATIONS:
        return None
    weekdays, short = _weekdays(locale)
    months = _months(locale)
    month_names = "|".join(re.escape(name) for name in sorted(months, key=len, reverse=True))
    # The shortest are words as well: So. 3. Mai, but not So 3. Mai.
    exact = (re.escape(name) + ("(?=[.,])" if len(name) < 3 else r"(?=[.,،\s])") for name in short)
    weekday = rf"(?P<weekday>(?i:{'|'.join(map(re.escape, weekdays))})|{'|'.join(exact)})"
    day, year = r"(?P<day{0}>[0-3]?\d)(?:st|nd|rd|th|er|\.|º|°)?", r"(?P<year{0}>\d{{4}})"
    month = rf"(?P<month{{0}}>(?i:{month_names}))\.?"
    forms = [
        rf"{day} (?:of |de |du )?{month},? (?:de |del )?{year}\b".format(1),
        rf"{month} {day},? {year}\b".format(2),
        r"(?P<year3>\d{4})-(?P<month3>\d\d)-(?P<day3>\d\d)\b",
    ]
    if locale.date_formats["short"].pattern.startswith("d"):
        forms.append(r"(?P<day4>\d{1,2})[./](?P<month4>\d{1,2})[./](?P<year4>\d{4})\b")
    date_ = "|".join(form.replace(" ", r"[\s\u00a0]+") for form in forms)
    article = r"(?:the |le |el |il |der |den |dem |am |on )?".replace(" ", r"\s+")
    dated = re.compile(rf"\b{weekday}\.?[,،]?[\s\u00a0]+{article}(?P<date>{date_})")
    names = tuple(locale.days["format"]["wide"][number] for number in range(7))
    return _Calendar(
        names, weekdays | {name.lower(): number for name, number in short.items()}, months, month_names, dated
    )


def _weekdays(locale: Locale) -> tuple[dict[str, int], dict[str, int]]:
    """The names of the weekdays in lower case; their abbreviations, which may be words too, as they are written."""
    wide = {name.lower(): number for number, name in locale.days["format"]["wide"].items()}
    return wide, {name.rstrip("."): number for number, name in locale.days["format"]["abbreviated"].items()}


def _months(locale: Locale) -> dict[str, int]:
    widths = (locale.months[form][width] for form in ("format", "stand-alone") for width in ("wide", "abbreviated"))
    return {name.rstrip(".").lower(): number for names in widths for number, name in names.items()}
