"""Bars across: a row for each label, its number at the end of the bar, zero in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dispatch.content.figures import Figures, Row
from dispatch.rendering.charts.lettering import LINE, lines, width
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.scale import Scale, around_zero
from dispatch.rendering.charts.shapes import WIDTH, Bar, Drawing, Line, Shape, Text
from dispatch.rendering.charts.surroundings import PAD, above

_BESIDE = 0.32  # of the width: longer labels stand above their bars
_ROOM_FOR_NUMBERS = 0.45
_GAP = 8  # between a bar and its number
_THICK, _THIN = 30, 24
_MANY = 12  # bars; more are thinner, and closer together


def draw_bars(figures: Figures, numerals: Numerals) -> Drawing:
    """The drawing, read from the left."""
    inner = WIDTH - 2 * PAD
    longest = max(map(width, figures.labels))
    counted = not numerals.is_said_once(len(figures.values)) and _fit(figures, numerals.counted, inner)
    write = numerals.counted if counted else numerals.plain
    beside = longest <= inner * _BESIDE and _fit(figures, write, inner - longest)
    start = PAD + (longest + 12 if beside else 0)
    left, right = _reserves(figures, write)
    scale = Scale(*around_zero(figures.values), start + left, WIDTH - PAD - right)
    head = above("" if counted else numerals.bare_unit, figures.series)
    axis: list[Shape] = []
    shapes: list[Shape] = [*head.shapes]
    y = head.height
    zero = scale(0)
    thick, gap = (_THICK, 14) if len(figures.rows) * len(figures.series) <= _MANY else (_THIN, 8)
    for label, row in figures.rows:
        if beside:
            shapes.append(Text(start - 12, y + len(row) * thick / 2 + 7, label, "end"))
        else:
            for line in lines(label, inner):
                y += LINE
                shapes.append(Text(PAD, y - 7, line))
        if not beside:
            axis.append(Line(((zero, y), (zero, y + len(row) * thick)), "axis"))
        shapes += _row(row, write, scale, y, thick)
        y += len(row) * thick + gap + (0 if beside else 4)
    bottom = y - gap
    if beside:
        axis.append(Line(((zero, head.height), (zero, bottom)), "axis"))
    return Drawing(round(bottom + PAD), (*axis, *shapes))  # the axis lies below the bars, which begin in its middle


def _row(row: Row, write: Callable[[float | None], str], scale: Scale, y: float, thick: int) -> Iterator[Shape]:
    zero = scale(0)
    for series, value in enumerate(row):
        top = y + series * thick
        end = scale(value or 0)
        if value:
            yield Bar(min(zero, end), top + 1, abs(end - zero), thick - 2, series)
        text = write(value)
        base = top + thick / 2 + 7
        css = "muted" if value is None else "text"
        yield Text(end - _GAP, base, text, "end", css) if (value or 0) < 0 else Text(end + _GAP, base, text, css=css)


def _fit(figures: Figures, write: Callable[[float | None], str], room: float) -> bool:
    """Whether numbers leave enough of the room to bars."""
    return sum(_reserves(figures, write)) <= room * _ROOM_FOR_NUMBERS


def _reserves(figures: Figures, write: Callable[[float | None], str]) -> tuple[float, float]:
    """The room that numbers take beyond the ends of the bars, at the left and at the right."""
    rooms = [(value, width(write(value)) + _GAP) for value in figures.values]
    return (
        max((room for value, room in rooms if value < 0), default=0),
        max((room for value, room in rooms if value >= 0), default=0),
    )
