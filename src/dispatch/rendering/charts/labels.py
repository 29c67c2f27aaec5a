"""The labels below columns and lines: each in its place where there is room, else those that tell the most."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from dispatch.content.figures import Figures
from dispatch.rendering.charts.lettering import LINE, lines, width
from dispatch.rendering.charts.shapes import WIDTH, Text
from dispatch.rendering.charts.surroundings import PAD

_APART = 10  # between labels
_MOST_BROKEN = 8  # labels; more look crowded in several lines each
_MOST_LINES = 3
_MOST_BY_TURNS = 12
_BESIDE = 16  # between labels of which some were left out
_FINELY = 4  # pixels by which room is made smaller
_EVEN = 1.2  # months are not all of the same length

Row = dict[int, list[str]]
"""Labels that stand side by side, by their positions, each in its lines."""

Frames = dict[int, tuple[float, float]]
"""From where to where each label goes."""


def below(figures: Figures, middles: Sequence[float], y: float, *, whole: bool) -> tuple[list[Text], float]:
    """Labels below their middles, and where they end: side by side, in several lines each, or by turns in two or three rows.

    Where there is no room even so, as many as fit stay, the first and the last among them; `whole` are those of columns,
    which are rather cut, unless they are in time: who sees some years knows the others.
    """
    shown: list[Text] = []
    for row in _rows(figures, middles, whole=whole and not figures.is_in_time):
        for position, (left, right) in _frames(row, middles).items():
            for number, line in enumerate(row[position]):
                shown.append(Text((left + right) / 2, y + 20 + number * LINE, line, "middle"))
        y += LINE * max(map(len, row.values()))
    return shown, y


def _rows(figures: Figures, middles: Sequence[float], *, whole: bool) -> list[Row]:
    labels = figures.labels
    slot = min((after - before for before, after in pairwise(middles)), default=WIDTH - 2 * PAD)
    if max(map(width, labels)) <= slot - _APART:
        return [{at: [label] for at, label in enumerate(labels)}]
    if figures.days:
        return [_months(labels, middles)]
    if len(labels) <= _MOST_BROKEN and not _is_cut(broken := _broken(labels, slot - _APART, _MOST_LINES)):
        return [broken]
    by_turns = _by_turns(labels, middles, slot) if whole and 1 < len(labels) <= _MOST_BY_TURNS else []
    return by_turns or [_thinned(_cut(labels, middles), middles)]


def _months(labels: Sequence[str], middles: Sequence[float]) -> Row:
    """As many months as find room, each above its year where that is another one than before."""
    shown = _thinned({at: label.split(maxsplit=1) for at, label in enumerate(labels)}, middles)
    before: list[list[str]] = [[], *shown.values()]
    pairs = zip(shown.items(), before, strict=False)
    return {at: month[:1] if month[1:] == last[1:] else month for (at, month), last in pairs}


def _by_turns(labels: Sequence[str], middles: Sequence[float], slot: float) -> list[Row]:
    """Labels in rows, with more room than one column has: whole, or cut as little as need be; none if they look alike then."""
    alone, broken = _broken(labels, WIDTH - 2 * PAD, 1), _broken(labels, 2 * slot)
    for turns, row in ((2, alone), (2, broken), (3, alone)):
        rows = _dealt(row, turns)
        if not _is_cut(row) and _have_room(rows, middles):
            return rows
    for room in range(int(2 * slot), _APART, -_FINELY):
        row = _broken(labels, room)
        if _have_room(_dealt(row, 2), middles):
            return _dealt(row, 2) if len(set(map(tuple, row.values()))) == len(labels) else []
    return []


def _dealt(row: Row, turns: int) -> list[Row]:
    return [{at: row[at] for at in range(first, len(row), turns)} for first in range(min(turns, len(row)))]


def _have_room(rows: Sequence[Row], middles: Sequence[float]) -> bool:
    return all(_fit(_frames(row, middles), row, _APART) for row in rows)


def _cut(labels: Sequence[str], middles: Sequence[float]) -> Row:
    """Labels of which the first and the last have room beside each other."""
    ends = dict.fromkeys((0, len(labels) - 1))
    for room in range(WIDTH - 2 * PAD, _APART, -_FINELY):
        row = _broken(labels, room, 1)
        if _fit(_frames(row, middles), ends):
            break
    return row


def _thinned(row: Row, middles: Sequence[float]) -> Row:
    """As many as find room."""
    frames = _frames(row, middles)
    gaps = [after - before for before, after in pairwise(middles)]
    is_even = bool(gaps) and max(gaps) < _EVEN * min(gaps)
    return {at: row[at] for at in (_every(frames) if is_even else _with_room(frames))}


def _broken(labels: Sequence[str], room: float, most: int = 2) -> Row:
    return {at: lines(label, room, most) for at, label in enumerate(labels)}


def _is_cut(row: Row) -> bool:
    return any(line.endswith("…") for several in row.values() for line in several)


def _every(frames: Frames) -> list[int]:
    """The first, the last, and every so many between, of labels at even distances.

    Of the steps for which there is room, the smallest and those up to half as long again, it is the one that meets the
    last best. Where none does, as of twelve months, the last distance is a little another one.
    """
    last = len(frames) - 1
    fitting = (step for step in range(1, last + 1) if _fit(frames, _stepped(last, step)))
    least = next(fitting, last)
    steps = [least, *(step for step in fitting if step <= 2 * least)]
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
