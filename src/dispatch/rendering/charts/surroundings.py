"""What stands around bars and lines: the unit and the names of the series above, the axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dispatch.rendering.charts.lettering import LINE, fitted, width
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.scale import round_range
from dispatch.rendering.charts.shapes import WIDTH, Bar, Line, Shape, Text

PAD = 20
"""Pixels around everything: the ground of a chart is its own, in light and in dark."""

_SQUARE = 14
_BETWEEN = 24
_STEPS = 4  # of an axis


@dataclass(frozen=True)
class Head:
    """What stands above a chart, and where it ends."""

    shapes: tuple[Shape, ...]
    height: float


def above(unit: str, series: Sequence[str]) -> Head:
    """The unit, where it does not stand at each number, and the names of several series with their colours."""
    y, x = float(PAD), float(PAD)
    shapes: list[Shape] = []
    if unit:
        shapes.append(Text(PAD, y + 18, fitted(unit, WIDTH - 2 * PAD), css="muted"))
        y += LINE
    if len(series) > 1:
        for position, name in enumerate(series):
            shown = fitted(name, WIDTH - 2 * PAD - _SQUARE - 8)
            taken = _SQUARE + 8 + width(shown)
            if x > PAD and x + taken > WIDTH - PAD:
                x, y = PAD, y + LINE
            shapes += [Bar(x, y + 5, _SQUARE, _SQUARE, position), Text(x + _SQUARE + 8, y + 18, shown)]
            x += taken + _BETWEEN
        y += LINE
    return Head(tuple(shapes), y + 8 if shapes else y)


def axis_of(
    values: tuple[float, ...], numerals: Numerals, *, zero: bool
) -> tuple[float, float, list[float], Callable[[float], str]]:
    """From where to where an axis goes, the round numbers on it, and how each is written."""
    low, high, step = round_range(values, _STEPS, zero=zero)
    largest = max(abs(low), abs(high))
    ticks = [low + step * number for number in range(round((high - low) / step) + 1)]
    return low, high, ticks, lambda tick: numerals.tick(tick, largest, step)


def rules(
    ticks: Sequence[float],
    y_of: Callable[[float], float],
    write: Callable[[float], str],
    *,
    end: float = WIDTH - PAD,
) -> Iterator[Shape]:
    """A line across for each number of the axis, its number above it at the side where reading begins."""
    for tick in ticks:
        y = round(y_of(tick) * 2) / 2
        yield Line(((PAD, y), (end, y)), "axis" if tick == 0 else "rule")
        yield Text(PAD, y - 6, write(tick), css="muted")
