"""Whether numbers are written as the language of the text writes them (CLDR, by babel)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from babel.units import format_unit

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.mending import replaced
from dispatch.checks.parts import ReadText
from dispatch.rendering.words import locale_of

_NO_BREAK = "\u00a0"
_SPACE = "[ \u00a0\u202f]"
_UNIT = (
    r"%|percent\b|per cent\b|pour cent\b|Prozent\b|por ciento\b|per cento\b|[mb]n\b|[mb]illions?\b|trillions?\b"
    r"|milliards?\b|Millionen\b|Milliarden\b|Mio\b|Mrd\b|mill[oó]n(?:es)?\b|milion[ei]\b|miliard[oi]\b|euros?\b|dollars?\b"
)
# A number is found whole or not at all, for a fix must not write one half of it otherwise than the other.
_DECIMAL = (  # MARK stands for the mark that is looked for
    rf"(?P<sign>[$€£]{_SPACE}?)?(?<![\d.,\u2019])(?<!\d{_SPACE})"
    rf"(?P<number>\d{{1,3}}(?:(?!MARK)(?P<gap>[.,\u2019]|{_SPACE})\d{{3}}(?:(?P=gap)\d{{3}})*)?MARK\d{{1,2}})(?![.,]?\d)"
    rf"(?P<unit>{_SPACE}?(?:{_UNIT}))?"
)
_GROUPS = (
    r"(?<![\w.,:/+\-–#])(?P<sign>[$€£])?"  # noqa: RUF001
    r"(?P<number>[1-9]\d{0,2}(?:MARK\d{3}(?!\d))++)(?P<more>[.,:/\-–]\d)?"  # noqa: RUF001
)
_RANGE = re.compile(  # what joins numbers of which one is written as the other: from 1,5 to 2,5 %
    rf"(?:(?:{_SPACE}?%)?(?:{_SPACE}(?:to|and|or|bis|und|oder|à|et|ou|a|y|o|e){_SPACE}|,{_SPACE}|{_SPACE}?[-–]{_SPACE}?))"  # noqa: RUF001
)
_AMOUNT = (
    rf"(?:\d{{1,3}}(?:{_SPACE}\d{{3}}){{1,6}}(?:[.,]\d{{1,2}})?|\d[\d.,]*)(?<![.,])"
    rf"(?!\d|[.,]\d|{_SPACE}\d{{3}}(?!\d))"
    rf"(?:{_SPACE}(?:[mb]illions?|milliards?|Millionen|Milliarden|millones)\b)?"
)
_CENTS = re.compile(rf"(?P<whole>\d+(?:(?:[.,\u2019]|{_SPACE})\d{{3}})*)(?P<mark>[.,])(?P<cents>\d{{1,2}})(?![.,]?\d)")
_SIGN_FIRST = re.compile(rf"(?<![\w$€£])(?P<sign>[$€£]){_SPACE}?(?P<amount>{_AMOUNT})")
_GROUP_AHEAD = re.compile(rf"(?<![\d.,])\d{{1,3}}(?:[.,\u2019]\d{{3}}|{_SPACE}\d{{3}})*{_SPACE}$")
_SIGN_LAST = re.compile(rf"(?<![\w$€£.,])(?P<amount>{_AMOUNT}){_SPACE}?(?P<sign>[$€£])(?!{_SPACE}?\d|\w)")
# What a group of digits behind it does not go on: March 12 300 people came; ISO 10 303; page 12 300 years later.
_AMOUNTS_FOLLOW = (  # at the beginning of a sentence, where any word has a capital: About 30 000 came
    "About|Almost|Another|Around|Nearly|Only|Over|Roughly|Some|Than|The|Least|To|And|But|Environ|Quelque|Plus|Près|Les"
    "|Etwa|Fast|Rund|Unos|Unas|Casi|Circa|Oltre|Quasi|From|Between|Up|De|Entre|Von|Zwischen|Da|Tra|Bis"
)
_NO_QUANTITY = re.compile(
    rf"(?:\b(?:(?!(?:{_AMOUNTS_FOLLOW})\b)[A-Z][A-Za-zà-ÿ]*|no|nos|page|pages?|pp?|room|line)\.?|\d){_SPACE}*$"
)


def foreign_number_style(evidence: Evidence) -> Iterator[Finding]:
    """A number is written as another language writes it: $3,8 million or 30 000 in English, 3.8 millions in French.

    In English, French, German, Spanish and Italian, each with its region (a Swiss writes otherwise). A decimal mark
    counts beside a currency or a unit, groups of digits where they end in 00 or are several: 3,141 may be either.
    """
    for text, style in _styled(evidence):
        taken = {at for match in style.misplaced(text.prose) for at in range(*match.span())}
        numbers = [*style.foreign_decimals(text.prose), *style.foreign_groups(text.prose)]
        for start, number, proper in sorted(numbers):
            if start in taken:
                continue  # misplaced_currency says how the whole is written
            place = evidence.issue.locate(text.written.path, start)
            message = f"{number} is not how {style.language} writes this number"
            certain = not _is_counted_on(text.prose, start, number)
            fix = replaced(evidence.issue, text.written, start, start + len(number), proper) if certain else None
            yield warning(foreign_number_style, place, message, f"Write {proper}.", fix)


def misplaced_currency(evidence: Evidence) -> Iterator[Finding]:
    """The sign of a currency stands where another language puts it: 30 € in English, €30 in French.

    For $, € and £ in English, French, German and Spanish, as the region has it.
    """
    for text, style in _styled(evidence):
        for match in style.misplaced(text.prose):
            place = evidence.issue.locate(text.written.path, match.start())
            amount, sign = style.amount(match["amount"]), match["sign"]
            proper = f"{sign}{amount}" if style.sign_first else f"{amount}{_NO_BREAK}{sign}"
            side = "before" if style.sign_first else "behind"
            message = f"{style.language} writes {sign} {side} the number"
            certain = not _is_counted_on(text.prose, match.start(), match["amount"])
            fix = replaced(evidence.issue, text.written, *match.span(), proper) if certain else None
            yield warning(misplaced_currency, place, message, f"Write {proper}.", fix)


def unspaced_percent(evidence: Evidence) -> Iterator[Finding]:
    """There is no space before %: French and German want one, a no-break space, 90 %.

    Where another word follows at once, as in 5%-Hürde, there is none.
    """
    for text, style in _styled(evidence):
        for match in re.finditer(r"(?<=\d)%(?![\w%-])", text.prose) if style.spaced_percent else ():
            place = evidence.issue.locate(text.written.path, match.start())
            message = f"{style.language} writes a no-break space before %"
            hint = f"Write 90{_NO_BREAK}%, with the character U+00A0"
            fix = replaced(evidence.issue, text.written, *match.span(), f"{_NO_BREAK}%", hint)
            yield warning(unspaced_percent, place, message, f"{hint}.", fix)


def spaced_percent(evidence: Evidence) -> Iterator[Finding]:
    """There is a space before %: English and Italian want none, 90%."""
    for text, style in _styled(evidence):
        for match in re.finditer(rf"(?<=\d){_SPACE}%(?![\w%]| ?\d)", text.prose) if style.close_percent else ():
            place = evidence.issue.locate(text.written.path, match.start())
            message = f"{style.language} writes no space before %"
            fix = replaced(evidence.issue, text.written, *match.span(), "%", "Write 90%")
            yield warning(spaced_percent, place, message, "Write 90%.", fix)


def unspaced_unit(evidence: Evidence) -> Iterator[Finding]:
    """A unit stands at its number without a space: 5km.

    Kilometres, kilograms, centimetres, hectares, degrees, and what power and energy are measured in. English newspapers
    write both ways: there it is told where the issue has a space elsewhere, and never of °C (CLDR).
    """
    spaced = any(_SPACED_UNIT.search(text.prose) for text, style in _styled(evidence) if style.code == "en")
    for text, style in _styled(evidence):
        for match in _UNSPACED_UNIT.finditer(text.prose) if spaced or style.code != "en" else ():
            unit = match["unit"]
            if unit[0] == "°" and not style.spaced_degree:
                continue
            place = evidence.issue.locate(text.written.path, match.start("unit"))
            whose = "this issue elsewhere" if style.code == "en" else style.language
            hint = f"Write a no-break space before {unit}"
            fix = replaced(evidence.issue, text.written, *match.span("unit"), f"{_NO_BREAK}{unit}", hint)
            message = f"{whose} writes a space between number and unit"
            yield warning(unspaced_unit, place, message, f"{hint}.", fix)


_SYMBOL = r"(?P<unit>km/h|km²|km|kg|cm|ha|[kMGT]Wh?|[kMG]Hz|°[CF])(?![\w²³/\-])"
_UNSPACED_UNIT = re.compile(rf"(?<![\w.,])\d[\d.,]*(?<=\d){_SYMBOL}")
_SPACED_UNIT = re.compile(rf"\d{_SPACE}{_SYMBOL}")


@dataclass(frozen=True)
class _Style:
    """How a language writes numbers."""

    code: str  # en
    language: str  # English
    decimal: str  # its mark
    group: str  # its mark
    sign_first: bool  # $30, not 30 $
    spaced_percent: bool
    close_percent: bool
    spaced_degree: bool

    def misplaced(self, prose: str) -> Iterator[re.Match[str]]:
        """Amounts whose currency stands on the other side."""
        if self.code != "it":  # both are seen there
            for match in (_SIGN_LAST if self.sign_first else _SIGN_FIRST).finditer(prose):
                if not (re.match(r"\d{3}[.,]", match["amount"]) and _GROUP_AHEAD.search(_before(prose, match.start()))):
                    yield match  # else it is the rest of a number: 1 234.567,5 €

    def amount(self, written: str) -> str:
        """An amount with the marks of the language: 12,50 and 1.200,50 in English become 12.50 and 1,200.50."""
        found = _CENTS.match(written)
        foreign = found and found["mark"] == self.other_decimal
        spaces = f"[.,\u2019 {_NO_BREAK}\u202f]" if foreign else _SPACE
        whole = re.sub(rf"(?<=\d){spaces}(?=\d{{3}}(?!\d))", self.group, found["whole"] if found else written)
        if not found:
            return whole
        return f"{whole}{self.decimal if foreign else found['mark']}{found['cents']}{written[found.end() :]}"

    @property
    def other_decimal(self) -> str:
        """The mark with which other languages write decimals; empty for those of neither."""
        return {".": ",", ",": "."}.get(self.decimal, "")

    def foreign_decimals(self, prose: str) -> Iterator[tuple[int, str, str]]:
        """Numbers with the other decimal mark, beside a currency or a unit: where, as written, as they should be."""
        other = self.other_decimal
        found = [*re.finditer(_DECIMAL.replace("MARK", re.escape(other)), prose)] if other else []
        for match in _joined(prose, found, lambda match: bool(match["sign"] or match["unit"])):
            yield match.start("number"), match["number"], self.amount(match["number"])

    def foreign_groups(self, prose: str) -> Iterator[tuple[int, str, str]]:
        """Numbers whose groups of digits are parted by another mark: where, as written, as they should be.

        By spaces in a language of commas, by commas in any other.
        """
        mark = "," if self.group != "," else _SPACE
        found = [
            match
            for match in re.finditer(_GROUPS.replace("MARK", mark), prose)
            if not match["more"]
            and (match["sign"] or not _is_counted_on(prose, match.start("number"), match["number"]))
        ]
        for match in _joined(prose, found, lambda match: _is_grouped(match, mark)):
            yield match.start("number"), match["number"], re.sub(mark, self.group, match["number"])


def _is_grouped(number: re.Match[str], mark: str) -> bool:
    """Whether it is certain that a mark parts groups of digits, and no decimals."""
    several = len(re.split(mark, number["number"])) > 2
    return bool(number["sign"] or several or number["number"].endswith("00" if mark != "," else "000"))


def _joined(
    prose: str, numbers: Sequence[re.Match[str]], certain: Callable[[re.Match[str]], bool]
) -> list[re.Match[str]]:
    """The numbers that are certain, and those that “to”, “and” or a dash joins to one, on either side."""
    counted = [certain(number) for number in numbers]
    pairs = list(pairwise(range(len(numbers))))
    for one, other in (*pairs, *((other, one) for one, other in reversed(pairs))):
        first, last = sorted((one, other))
        if counted[one] and not counted[other]:
            counted[other] = bool(_RANGE.fullmatch(prose, numbers[first].end("number"), numbers[last].start("number")))
    return [number for number, counts in zip(numbers, counted, strict=True) if counts]


def _is_counted_on(prose: str, start: int, number: str) -> bool:
    """Whether the first digits of a number may belong to what stands before it: On March 12 300 people came."""
    return bool(re.match(rf"\d+{_SPACE}\d", number) and _NO_QUANTITY.search(_before(prose, start)))


def _before(prose: str, at: int) -> str:
    return prose[max(at - 40, 0) : at]


def _styled(evidence: Evidence) -> Iterator[tuple[ReadText, _Style]]:
    """Every text in a language of which the style is known, with that."""
    for text in evidence.texts:
        if style := _style_of(text.written.language):
            yield text, style


@cache
def _style_of(language: str) -> _Style | None:
    locale = locale_of(language)
    if locale is None or locale.language not in {"en", "fr", "de", "es", "it"}:
        return None
    symbols, percent = locale.number_symbols["latn"], locale.percent_formats[None].pattern
    return _Style(
        code=locale.language,
        language=str(locale.get_language_name("en")),
        decimal=symbols["decimal"],
        group=symbols["group"],
        sign_first=locale.currency_formats["standard"].pattern.startswith("¤"),
        spaced_percent=locale.language in {"fr", "de"} and "\u00a0" in percent,
        close_percent=locale.language in {"en", "it"} and "0%" in percent,
        spaced_degree=format_unit(5, "temperature-celsius", "short", locale=locale) != "5°C",
    )
