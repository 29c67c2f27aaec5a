"""The labels below columns and lines: each in its place where there is room, else those that tell the most."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from dispatch.content.figures import Figures
from dispatch.rendering.charts.lettering import LINE, fitted, lines, width
from dispatch.rendering.charts.shapes import WIDTH, Text
from dispatch.rendering.charts.surroundings import PAD

_APART = 10  # between labels
_MOST_BROKEN = 8  # labels; more look crowded in several lines each
_MOST_LINES = 3
_BESIDE = 16  # between labels of which some were left out
_FINELY = 4  # pixels by which room is made smaller
_EVEN = 1.2  # months are not all of the same length

Row = dict[int, list[str]]
"""Labels that stand side by side, by their positions, each in its lines."""

Frames = dict[int, tuple[float, float]]
"""From where to where each label goes."""


def below(figures: Figures, middles: Sequence[float], y: float) -> tuple[list[Text], float]:
    """Labels below their middles, and where they end: side by side, or in several lines each.

    Where there is no room even so, as many as fit stay, the first and the last among them.
    """
    return _set(_side_by_side(figures, middles) or [_thinned(_cut(figures.labels, middles), middles)], middles, y)


def all_below(figures: Figures, middles: Sequence[float], y: float) -> tuple[list[Text], float] | None:
    """The same for columns, which need all their names: also by turns in two rows; None where there is no room.

    Of years, and of other labels with a number in each, some are enough: who sees them knows the others.
    """
    if figures.is_in_time or all(any(map(str.isdigit, label)) for label in figures.labels):
        return below(figures, middles, y)
    rows = _side_by_side(figures, middles) or _by_turns(figures.labels, middles)
    return _set(rows, middles, y) if rows else None


def _set(rows: Sequence[Row], middles: Sequence[float], y: float) -> tuple[list[Text], float]:
    shown: list[Text] = []
    for row in rows:
        for at, (left, right) in _frames(row, middles).items():
            shown += [Text((left + right) / 2, y + 20 + n * LINE, line, "middle") for n, line in enumerate(row[at])]
        y += LINE * _depth(row)
    return shown, y


def _side_by_side(figures: Figures, middles: Sequence[float]) -> list[Row]:
    """Labels in one row, each no wider than its place, or months and days; none where there is no room."""
    labels, slot = figures.labels, _slot(middles)
    if max(map(width, labels)) <= slot - _APART:
        return [{at: [label] for at, label in enumerate(labels)}]
    if figures.days:
        return [_dates(labels, middles)]
    if len(labels) <= _MOST_BROKEN and not _is_cut(broken := _broken(labels, slot - _APART, _MOST_LINES)):
        return [broken]
    return []


def _dates(labels: Sequence[str], middles: Sequence[float]) -> Row:
    """As many months or days as find room, each above its year where that is another one than before."""
    written = [[part.rstrip(",") for part in label.rsplit(maxsplit=1)] for label in labels]  # Jan 1, 2026
    shown = _thinned(dict(enumerate(written)), middles)
    before: list[list[str]] = [[], *shown.values()]
    pairs = zip(shown.items(), before, strict=False)
    return {at: day[:1] if day[1:] == last[1:] else day for (at, day), last in pairs}


def _by_turns(labels: Sequence[str], middles: Sequence[float]) -> list[Row]:
    """Labels in two rows, so that each has more room than its column has; none where that does not help."""
    for row in (_broken(labels, WIDTH - 2 * PAD, 1), _broken(labels, 2 * _slot(middles))):
        rows = [{at: row[at] for at in range(first, len(row), 2)} for first in range(min(2, len(row)))]
        if not _is_cut(row) and all(_fit(_frames(each, middles), each, _APART) for each in rows):
            return rows
    return []


def _slot(middles: Sequence[float]) -> float:
    return min((after - before for before, after in pairwise(middles)), default=WIDTH - 2 * PAD)


def _depth(row: Row) -> int:
    return max(map(len, row.values()))


def _broken(labels: Sequence[str], room: float, most: int = 2) -> Row:
    return {at: lines(label, room, most) for at, label in enumerate(labels)}


def _is_cut(row: Row) -> bool:
    return any(line.endswith("…") for several in row.values() for line in several)


def _cut(labels: Sequence[str], middles: Sequence[float]) -> Row:
    """Labels of which the first and the last have room beside each other."""
    ends = sorted({0, len(labels) - 1})
    for room in range(WIDTH - 2 * PAD, _APART, -_FINELY):
        if _fit(_frames({at: [fitted(labels[at], room)] for at in ends}, middles), ends):
            break
    return _broken(labels, room, 1)


def _thinned(row: Row, middles: Sequence[float]) -> Row:
    """As many as find room."""
    frames = _frames(row, middles)
    if _fit(frames, row, _APART):
        return row
    gaps = [after - before for before, after in pairwise(middles)]
    is_even = bool(gaps) and max(gaps) < _EVEN * min(gaps)
    return {at: row[at] for at in (_every(frames) if is_even else _with_room(frames))}


def _every(frames: Frames) -> list[int]:
    """The first, the last, and every so many between, of labels at even distances.

    Of the steps for which there is room, the smallest and those up to half as long again, it is the one that meets the
    last best. Where none does, as of twelve months, the last distance is a little another one.
    """
    last = len(frames) - 1
    fitting = (step for step in range(1, last + 1) if _fit(frames, _stepped(last, step)))
    least = next(fitting, last)
    steps = [least, *(step for step in fitting if step <= 1.5 * least)]
    return min((_stepped(last, step) for step in steps), key=lambda shown: (len(shown) == 2, _unevenness(shown)))


def _stepped(last: int, step: int) -> list[int]:
    """Every so many positions from the first, and the last; the one before it not if that is nearer than half a step."""
    positions = [*range(0, last, step)]
    if 0 < last - positions[-1] < step / 2 and len(positions) > 1:
        positions.pop()
    return [*positions, last]


def _unevenness(positions: Sequence[int]) -> int:
    """By how many labels the last distance is another one than the first."""
    first, second, *_ = positions
    return abs(second - first - (positions[-1] - positions[-2]))


def _with_room(frames: Frames) -> list[int]:
    """The first, the last, and of the others whatever finds room, from both halves alike."""
    last = len(frames) - 1
    kept: list[int] = []
    for position in dict.fromkeys([0, last, *_halving(0, last)]):
        if _fit(frames, sorted([*kept, position])):
            kept.append(position)
    return sorted(kept)


def _halving(first: int, last: int) -> Iterator[int]:
    """Positions between two, the middle first, then the middles of the halves."""
    level = [(first, last)]
    while level:
        middles = [((a + b) // 2, a, b) for a, b in level if b - a > 1]
        yield from (middle for middle, _, _ in middles)
        level = [part for middle, a, b in middles for part in ((a, middle), (middle, b))]


def _frames(row: Row, middles: Sequence[float]) -> Frames:
    frames: Frames = {}
    for position, several in row.items():
        wide = max(map(width, several))
        middle = _inside(middles[position], wide)
        frames[position] = middle - wide / 2, middle + wide / 2
    return frames


def _fit(frames: Frames, positions: Collection[int], apart: float = _BESIDE) -> bool:
    """Whether labels, from the first to the last, do not come too close."""
    return all(frames[before][1] + apart <= frames[after][0] for before, after in pairwise(positions))


def _inside(middle: float, wide: float) -> float:
    """A middle at which a text of that width does not leave the frame."""
    return min(max(middle, PAD + wide / 2), WIDTH - PAD - wide / 2)
