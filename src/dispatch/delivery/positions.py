"""Sets of positions as short text: 1-20,22,25-40."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain


def show_positions(positions: Sequence[int]) -> str:
    """Rising positions as ranges: (1, 2, 3, 7) is `1-3,7`."""
    ranges: list[list[int]] = []
    for position in positions:
        if ranges and position == ranges[-1][1] + 1:
            ranges[-1][1] = position
        else:
            ranges.append([position, position])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def extend(runs: list[range], new: range) -> None:
    """Add higher positions to rising ones, in as few ranges as that takes."""
    joins = bool(runs) and runs[-1].stop == new.start
    runs.append(range(runs.pop().start, new.stop) if joins else new)


def positions_between(text: str, low: int, high: int) -> list[int]:
    """Those positions of a text that lie between two, both included, without writing all others out."""
    return [position for run in runs_of(text) for position in range(max(low, run.start), min(high + 1, run.stop))]


def parse_positions(text: str) -> tuple[int, ...]:
    """What show_positions wrote."""
    return tuple(chain.from_iterable(runs_of(text)))


def runs_of(text: str) -> Iterator[range]:
    """The ranges of what show_positions wrote, in its order."""
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        yield range(int(first), int(last or first) + 1)
