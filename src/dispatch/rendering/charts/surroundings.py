"""What stands around bars and lines: the unit and the names of the series above, the labels below, the axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dispatch.rendering.charts.lettering import LINE, fitted, lines, width
from dispatch.rendering.charts.shapes import WIDTH, Bar, Line, Shape, Text

PAD = 20
"""Pixels around everything: the ground of a chart is its own, in light and in dark."""

_SQUARE = 14
_BETWEEN = 24


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


def below(labels: Sequence[str], middles: Sequence[float], y: float) -> tuple[list[Text], float]:
    """Labels below their middles, and where they end: all of them, if need be in two lines; else as many as have room.

    The first and the last are among those that stay, and none leaves the frame.
    """
    slot = min((after - before for before, after in pairwise(middles)), default=WIDTH - 2 * PAD)
    broken = [lines(label, slot - 10) for label in labels]
    if max(map(width, labels)) <= slot - 10:
        broken = [[label] for label in labels]
    elif any("".join(line).endswith("…") for line in broken) or len(labels) > 8:
        return list(_thinned(labels, middles, y + 20)), y + LINE
    shown = [
        Text(_inside(middle, width(line)), y + 20 + number * LINE, line, "middle")
        for middle, several in zip(middles, broken, strict=True)
        for number, line in enumerate(several)
    ]
    return shown, y + LINE * max(map(len, broken))


def _thinned(labels: Sequence[str], middles: Sequence[float], y: float) -> Iterator[Text]:
    """The first, the last, and of the others whatever finds room, from both halves alike."""
    half = (WIDTH - 2 * PAD - 16) / 2
    taken: list[tuple[float, float]] = []
    last = len(labels) - 1
    for position in dict.fromkeys([0, last, *_halving(0, last)]):
        label = fitted(labels[position], half)
        wide = width(label)
        x = _inside(middles[position], wide)
        begin, end = x - wide / 2 - 8, x + wide / 2 + 8
        if all(end <= other or begin >= beyond for other, beyond in taken):
            taken.append((begin, end))
            yield Text(x, y, label, "middle")


def _halving(first: int, last: int) -> Iterator[int]:
    """Positions between two, the middle first, then the middles of the halves."""
    level = [(first, last)]
    while level:
        middles = [((a + b) // 2, a, b) for a, b in level if b - a > 1]
        yield from (middle for middle, _, _ in middles)
        level = [part for middle, a, b in middles for part in ((a, middle), (middle, b))]


def _inside(middle: float, wide: float) -> float:
    """A middle at which a text of that width does not leave the frame."""
    return min(max(middle, PAD + wide / 2), WIDTH - PAD - wide / 2)


def rules(ticks: Sequence[float], y_of: Callable[[float], float], write: Callable[[float], str]) -> Iterator[Shape]:
    """A line across for each number of the axis, its number above it at the side where reading begins."""
    for tick in ticks:
        y = round(y_of(tick) * 2) / 2
        yield Line(((PAD, y), (WIDTH - PAD, y)), "axis" if tick == 0 else "rule")
        yield Text(PAD, y - 6, write(tick), css="muted")
