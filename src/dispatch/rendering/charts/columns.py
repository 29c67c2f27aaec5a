"""Columns: they stand side by side on zero, with their numbers above them where all of these have room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dispatch.content.figures import Figures
from dispatch.rendering.charts.bars import draw_bars
from dispatch.rendering.charts.labels import all_below
from dispatch.rendering.charts.lettering import LINE, width
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.scale import Scale, around_zero
from dispatch.rendering.charts.shapes import WIDTH, Bar, Drawing, Line, Shape, Text
from dispatch.rendering.charts.surroundings import PAD, above, axis_of, rules

_HEIGHT = 260
_FILLED = 0.72  # of the room that a label has
_WIDEST = 96


def draw_columns(figures: Figures, numerals: Numerals) -> Drawing:
    """The drawing, read from the left; names for which there is no room below columns have it beside bars."""
    return _drawn(figures, numerals) or draw_bars(figures, numerals)


def _drawn(figures: Figures, numerals: Numerals) -> Drawing | None:
    fitting = (write for write in (numerals.counted, numerals.plain, numerals.short) if _fit(figures, write))
    write = next(fitting, None)
    if write is None:
        return _with_axis(figures, numerals)
    has_unit = write == numerals.counted or (write == numerals.short and numerals.is_short)
    head = above("" if has_unit else numerals.bare_unit, figures.series)
    low, high = around_zero(figures.values)
    stands_above = any(value is None or value >= 0 for _, row in figures.rows for value in row)
    top = head.height + (LINE if stands_above else 0)
    bottom = top + _HEIGHT - (LINE if low < 0 else 0)
    scale = Scale(low, high, bottom, top)
    zero = scale(0)
    axis = Line(((PAD, zero), (WIDTH - PAD, zero)), "axis")
    shapes: list[Shape] = [axis, *head.shapes, *_columns(figures, scale, PAD, write)]
    placed = all_below(figures, _middles(figures, PAD), bottom + (LINE if low < 0 else 0) + 4)
    return Drawing(round(placed[1] + PAD - 6), (*shapes, *placed[0])) if placed else None


def _with_axis(figures: Figures, numerals: Numerals) -> Drawing | None:
    """Where there are too many for a number at each."""
    low, high, ticks, write = axis_of(figures.values, numerals, zero=True)
    head = above("" if numerals.is_short else numerals.bare_unit, figures.series)
    scale = Scale(low, high, head.height + LINE + _HEIGHT, head.height + LINE)
    start = PAD + max(width(write(tick)) for tick in ticks) + 12
    placed = all_below(figures, _middles(figures, start), scale(low) + 4)
    shapes = (*head.shapes, *rules(ticks, scale, write), *_columns(figures, scale, start, None))
    return Drawing(round(placed[1] + PAD - 6), (*shapes, *placed[0])) if placed else None


def _columns(
    figures: Figures, scale: Scale, start: float, write: Callable[[float | None], str] | None
) -> Iterator[Shape]:
    column = _column(figures, start)
    zero = scale(0)
    for middle, (_, row) in zip(_middles(figures, start), figures.rows, strict=True):
        left = middle - column * len(row) / 2
        for series, value in enumerate(row):
            end = scale(value or 0)
            if value:
                yield Bar(left + series * column + 1, min(zero, end), max(column - 2, 1), abs(end - zero), series)
            if write:
                below_it = value is not None and value < 0
                base = end + 20 if below_it else end - 7
                css = "muted" if value is None else "text"
                yield Text(left + (series + 0.5) * column, base, write(value), "middle", css)


def _fit(figures: Figures, write: Callable[[float | None], str]) -> bool:
    """Whether each number has room above its column, or all of them beside each other."""
    room = _slot(figures, PAD) if len(figures.series) == 1 else _column(figures, PAD)
    return max(width(write(value)) for _, row in figures.rows for value in row) <= room - 4


def _middles(figures: Figures, start: float) -> list[float]:
    slot = _slot(figures, start)
    return [start + slot * (position + 0.5) for position in range(len(figures.rows))]


def _slot(figures: Figures, start: float) -> float:
    return (WIDTH - PAD - start) / len(figures.rows)


def _column(figures: Figures, start: float) -> float:
    """The width of one column with the gap beside it."""
    return min(_slot(figures, start) * _FILLED / len(figures.series), _WIDEST)
