"""What stands around bars and lines: the unit and the names of the series above, the labels below, the axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dispatch.rendering.charts.lettering import LINE, fitted, lines, width
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.scale import round_range
from dispatch.rendering.charts.shapes import WIDTH, Bar, Line, Shape, Text

PAD = 20
"""Pixels around everything: the ground of a chart is its own, in light and in dark."""

_APART = 10  # between labels
_MOST_BROKEN = 8  # labels; more look crowded in two lines each
_MOST_BY_TURNS = 12
_BESIDE = 16  # between labels of which some were left out
_EVEN = 1.2  # months are not all of the same length
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


def below(labels: Sequence[str], middles: Sequence[float], y: float, *, whole: bool) -> tuple[list[Text], float]:
    """Labels below their middles, and where they end: side by side, in two lines each, or by turns in two rows.

    Where there is no room even so (or, unless `whole`, for turns), as many as fit stay, at even distances.
    """
    slot = min((after - before for before, after in pairwise(middles)), default=WIDTH - 2 * PAD)
    if max(map(width, labels)) <= slot - _APART:
        return [
            Text(_inside(x, width(label)), y + 20, label, "middle") for x, label in zip(middles, labels, strict=True)
        ], (y + LINE)
    broken = [lines(label, slot - _APART) for label in labels]
    if len(labels) <= _MOST_BROKEN and not any(line.endswith("…") for several in broken for line in several):
        shown = [
            Text(_inside(middle, width(line)), y + 20 + number * LINE, line, "middle")
            for middle, several in zip(middles, broken, strict=True)
            for number, line in enumerate(several)
        ]
        return shown, y + LINE * max(map(len, broken))
    if whole and len(labels) <= _MOST_BY_TURNS:
        turned = list(_by_turns(labels, middles, slot, y + 20))
        if len({shown.text for shown in turned}) == len(labels):  # cut as they may be, they tell columns apart
            return turned, y + 2 * LINE
    return list(_thinned(labels, middles, y + 20)), y + LINE


def _by_turns(labels: Sequence[str], middles: Sequence[float], slot: float, y: float) -> Iterator[Text]:
    """Every second label a row deeper, so that each has twice the room."""
    for position, (label, middle) in enumerate(zip(labels, middles, strict=True)):
        room = min(2 * slot, WIDTH - 2 * PAD) - _APART / 2
        at_an_end = position < 2 or position >= len(labels) - 2
        shown = fitted(label, min(room, 1.5 * slot) if at_an_end else room)
        yield Text(_inside(middle, width(shown)), y + position % 2 * LINE, shown, "middle")


def _thinned(labels: Sequence[str], middles: Sequence[float], y: float) -> Iterator[Text]:
    """As many as find room: every so many from the last one on, the first too if that can be; see `_every`."""
    half = (WIDTH - 2 * PAD - 16) / 2
    shown = [fitted(label, half) for label in labels]
    gaps = [after - before for before, after in pairwise(middles)]
    is_even = bool(gaps) and max(gaps) < _EVEN * min(gaps)
    for position in _every(shown, middles) if is_even else _with_room(shown, middles):
        yield Text(_inside(middles[position], width(shown[position])), y, shown[position], "middle")


def _every(labels: Sequence[str], middles: Sequence[float]) -> list[int]:
    """Every so many positions, of labels at even distances: of the two smallest steps that go, one that has the first."""
    last = len(labels) - 1
    fitting = [step for step in range(1, last + 1) if _fit(labels, middles, range(last, -1, -step))]
    least = next(iter(fitting), last + 1)  # where no two have room, the last stands alone
    step = next((step for step in fitting if step <= 2 * least and last % step == 0), least)
    return [*range(last, -1, -step)]


def _with_room(labels: Sequence[str], middles: Sequence[float]) -> list[int]:
    """The first, the last, and of the others whatever finds room, from both halves alike."""
    last = len(labels) - 1
    kept: list[int] = []
    for position in dict.fromkeys([0, last, *_halving(0, last)]):
        if _fit(labels, middles, sorted([*kept, position], reverse=True)):
            kept.append(position)
    return kept


def _fit(labels: Sequence[str], middles: Sequence[float], positions: Sequence[int]) -> bool:
    """Whether labels, from the last to the first, do not touch."""
    frames = [
        (x - width(labels[at]) / 2, x + width(labels[at]) / 2)
        for at in positions
        for x in [_inside(middles[at], width(labels[at]))]
    ]
    return all(before[1] + _BESIDE <= after[0] for after, before in pairwise(frames))


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
