"""Sets of positions as short text: 1-20,22,25-40."""

from __future__ import annotations

from collections.abc import Sequence


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
    bounds = [part.split("-") for part in text.split(",")] if text else []
    return [position for part in bounds for position in range(max(low, int(part[0])), min(high, int(part[-1])) + 1)]


def parse_positions(text: str) -> tuple[int, ...]:
    """What show_positions wrote."""
    bounds = [part.split("-") for part in text.split(",")] if text else []
    return tuple(position for part in bounds for position in range(int(part[0]), int(part[-1]) + 1))
