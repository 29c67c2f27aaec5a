"""Lines: a point for each label, the last of each line with its name and number beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from dispatch.content.figures import Figures, moments
from dispatch.rendering.charts.labels import below
from dispatch.rendering.charts.lettering import LINE, fitted, lines, width
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.scale import Scale
from dispatch.rendering.charts.shapes import WIDTH, Dot, Drawing, Line, Shape, Text
from dispatch.rendering.charts.surroundings import PAD, above, axis_of, rules

_HEIGHT = 280
_MARGIN, _MORE = 0.32, 0.4  # of the width, at most, for the names at the ends; the latter lest one is cut
_GAP = 10
_BETWEEN = 8  # the name of a line and the number of the one above it


def draw_lines(figures: Figures, numerals: Numerals) -> Drawing:
    """The drawing, read from the left."""
    low, high, ticks, write = axis_of(figures.values, numerals, zero=False)
    names = _names(figures, numerals)
    head = above("" if numerals.is_short else numerals.bare_unit, ())
    y_of = Scale(low, high, head.height + LINE + _HEIGHT, head.height + LINE)
    start = PAD + max(width(write(tick)) for tick in ticks) + 16
    end = WIDTH - PAD - max(width(line) for name in names for line in name) - _GAP - 5
    xs = _places(figures, start, end)
    labels, bottom = below(figures, xs, y_of(low) + 6)
    shapes: list[Shape] = [*head.shapes, *rules(ticks, y_of, write, end=end + _GAP / 2)]
    for series in range(len(figures.series)):
        shapes += _line(figures, series, xs, y_of)
    shapes += _ends(figures, names, xs, y_of, head.height)
    return Drawing(round(bottom + PAD - 6), (*shapes, *labels))


def _line(figures: Figures, series: int, xs: Sequence[float], y_of: Scale) -> Iterator[Shape]:
    """The parts of a line between gaps; a point that stands alone is a dot, and so is the last."""
    points = [(x, row[series]) for x, (_, row) in zip(xs, figures.rows, strict=True)]
    for is_there, part in groupby(points, key=lambda point: point[1] is not None):
        if is_there:
            joined = tuple((x, y_of(value)) for x, value in part if value is not None)
            yield Line(joined, f"l{series + 1}") if len(joined) > 1 else Dot(*joined[0], series)
    there = [(x, y_of(value)) for x, value in points if value is not None]
    if there:
        yield Dot(*there[-1], series)


def _names(figures: Figures, numerals: Numerals) -> list[list[str]]:
    """What stands at the end of each line: its last number, and above it its name where there are several."""
    last = [
        next((row[at] for _, row in reversed(figures.rows) if row[at] is not None), None)
        for at in range(len(figures.series))
    ]
    numbers = list(map(numerals.short, last))
    inner = WIDTH - 2 * PAD
    if len(numbers) == 1:
        return [[fitted(numbers[0], inner * _MORE)]]
    for room, most in ((inner * _MARGIN, 2), (inner * _MORE, 2), (inner * _MORE, 1)):
        names = [
            [*lines(name, room, most), fitted(number, room)]
            for name, number in zip(figures.series, numbers, strict=True)
        ]
        is_cut = any(line.endswith("…") for name in names for line in name)
        if sum(map(_height, names)) <= _HEIGHT and (not is_cut or room > inner * _MARGIN):
            break
    return names


def _height(lines_of_text: Sequence[str]) -> float:
    return LINE * len(lines_of_text) + _BETWEEN


def _ends(figures: Figures, names: list[list[str]], xs: Sequence[float], y_of: Scale, top: float) -> Iterator[Text]:
    """The texts at the ends, moved apart where lines end close to each other."""
    wanted: list[tuple[float, int]] = []
    for series in range(len(figures.series)):
        there = [value for _, row in figures.rows if (value := row[series]) is not None]
        if there:
            wanted.append((y_of(there[-1]), series))
    x = xs[-1] + _GAP + 5
    order = [series for _, series in sorted(wanted)]
    places = _apart([middle for middle, _ in sorted(wanted)], [_height(names[at]) for at in order], top, y_of.start)
    for middle, series in zip(places, order, strict=True):
        for number, line in enumerate(names[series]):
            yield Text(x, middle + (number - len(names[series]) / 2) * LINE + 20, line, css=f"s{series + 1}")


def _apart(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Middles of texts of those heights, moved no further than need be to stand between top and bottom without touching."""
    middles = [
        min(max(middle, top + height / 2), bottom - height / 2) for middle, height in zip(wanted, heights, strict=True)
    ]
    distances = [(above + below) / 2 for above, below in pairwise(heights)]
    for at, distance in enumerate(distances):
        middles[at + 1] = max(middles[at + 1], middles[at] + distance)
    limit = bottom - heights[-1] / 2 if heights else bottom
    for at in range(len(middles) - 1, -1, -1):
        middles[at] = min(middles[at], limit)
        limit = middles[at] - distances[at - 1] if at else limit
    return middles


def _places(figures: Figures, start: float, end: float) -> list[float]:
    """Where each label stands: as far apart as the years or days that all of them are, else at equal distances."""
    if len(figures.rows) == 1:
        return [(start + end) / 2]
    days = figures.days or moments(figures.labels)
    if not days or any(before >= after for before, after in pairwise(days)):
        days = [*range(len(figures.rows))]
    place = Scale(days[0], days[-1], start, end)
    return [place(day) for day in days]
