"""A chart in words, for those who do not see it: its alternative text and its table, in the letter's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from dispatch.content.figures import Figures
from dispatch.languages.sentences import known_language, sentences
from dispatch.rendering.bidi import reads_left_to_right
from dispatch.rendering.charts.numerals import FEW_UNITS, Numerals
from dispatch.rendering.words import direction_of

_FEW = 8
"""Numbers that are all said; of more only the first, the last and the extremes."""


@dataclass(frozen=True)
class _Phrases:
    """What is said of a chart in a language; `{}` stands for a number or a label."""

    bars: str
    line: str
    pair: str
    comma: str
    between: str
    count: str
    span: str
    highest: str
    lowest: str
    figures: str


Point = tuple[str, float]
Write = Callable[[float | None], str]


@dataclass(frozen=True)
class ToldChart:
    """A chart as templates write it: its labels and numbers as texts, without markup."""

    alt: str
    header: tuple[str, ...]  # what the columns are called; "" over the labels
    rows: tuple[tuple[str, ...], ...]  # a label, then a number for each series
    table: str  # what its table is called
    before: str = ""  # of a large number: the one before it, and what has changed since
    unit: str = ""  # of all numbers, where they do not have it

    def as_lines(self) -> str:
        """Its table, a row in a line, below the names of the series where there are several."""
        rows = (self.header[1:], *self.rows) if len(self.header) > 2 else self.rows
        return "\n".join(filter(None, (self.unit, *(" | ".join(row) for row in rows))))


NOTHING = ToldChart("", ("", ""), (("", ""),), "")
"""In the place of a chart that cannot be told."""


@cache
def _phrases(language: str) -> _Phrases:
    return _Phrases(**sentences(language, "chart"))


def tell(title: str, kind: str, figures: Figures, numerals: Numerals, language: str) -> ToldChart:
    """A chart in words; `title` is without markup, `language` one such as `fr` or `fr-CA`."""
    phrases = _phrases(known_language(language) or "en")
    leftward = direction_of(language) == "rtl"
    unit = numerals.bare_unit if kind != "number" and numerals.is_said_once(len(figures.values)) else ""
    cell = numerals.plain if unit else numerals.counted
    rows = tuple((label, *(_kept(cell(value), leftward) for value in row)) for label, row in figures.rows)
    shown = phrases.line if kind == "line" else phrases.bars
    each = numerals.is_short or len(figures.values) <= FEW_UNITS  # of more it is said behind the title
    write = numerals.counted if each else numerals.plain
    named = title.strip().rstrip(".:") + ("" if each or not numerals.unit else f" ({numerals.bare_unit})")
    alone = figures if len(figures.series) > 1 else replace(figures, series=("",))  # its name would be said each time
    said = phrases.between.join(_said(alone, kind, write, phrases))
    alt = f"{phrases.pair.format(shown, named)}. {said}."
    header = ("", *figures.series)
    before = _before(figures, numerals, phrases, leftward) if kind == "number" else ""
    return ToldChart(alt, header, rows, phrases.figures, before, unit)


def _kept(number: str, leftward: bool) -> str:
    """A number that keeps its order among words that go to the left, between marks that say so (U+200E)."""
    return f"\u200e{number}\u200e" if leftward and reads_left_to_right(number) else number


def _before(figures: Figures, numerals: Numerals, phrases: _Phrases, leftward: bool) -> str:
    """The number before a large one: 2022: 3.8, +1,292%."""
    if len(figures.rows) < 2 or figures.rows[0][1][0] is None:
        return ""
    (label, (before,)), (_, (now,)) = figures.rows
    said = phrases.pair.format(label, _kept(numerals.counted(before), leftward))
    change = numerals.change(before, now)
    return f"{said}{phrases.comma}{_kept(change, leftward)}" if change else said


def _said(figures: Figures, kind: str, write: Write, phrases: _Phrases) -> Iterator[str]:
    """The numbers: all of few, else what each series comes to."""
    if len(figures.values) <= _FEW:
        for label, row in figures.rows:
            named = zip(figures.series, row, strict=True)
            counted = [f"{name} {write(value)}".strip() for name, value in named if value is not None]
            if counted:
                yield phrases.pair.format(label, phrases.comma.join(counted))
        return
    for position, name in enumerate(figures.series):
        points = [(label, value) for label, row in figures.rows if (value := row[position]) is not None]
        if points:
            said = phrases.comma.join(_summary(points, kind, write, phrases))
            yield phrases.pair.format(name, said) if name else said[:1].upper() + said[1:]


def _summary(points: list[Point], kind: str, write: Write, phrases: _Phrases) -> Iterator[str]:
    lowest, highest = min(points, key=lambda point: point[1]), max(points, key=lambda point: point[1])
    if kind != "line":
        yield phrases.count.format(len(points))
        yield _between(lowest, highest, write, phrases)
        return
    yield _between(points[0], points[-1], write, phrases)
    for phrase, extreme in ((phrases.highest, highest), (phrases.lowest, lowest)):
        if extreme[1] not in (points[0][1], points[-1][1]):
            yield phrase.format(write(extreme[1]), extreme[0])


def _between(first: Point, last: Point, write: Write, phrases: _Phrases) -> str:
    return phrases.span.format(write(first[1]), first[0], write(last[1]), last[0])
