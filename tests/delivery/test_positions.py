"""Sets of positions as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dispatch.delivery.positions import parse_positions, positions_between, show_positions


@given(st.sets(st.integers(1, 2000)).map(sorted))
def test_what_is_shown_can_be_read_back(positions: list[int]) -> None:
    assert parse_positions(show_positions(positions)) == tuple(positions)


@given(st.sets(st.integers(1, 50)).map(sorted), st.integers(0, 51), st.integers(0, 51))
def test_a_part_can_be_read(positions: list[int], low: int, high: int) -> None:
    assert positions_between(show_positions(positions), low, high) == [p for p in positions if low <= p <= high]


def test_neighbours_become_a_range() -> None:
    assert show_positions((*range(1, 21), 22, *range(25, 41))) == "1-20,22,25-40"
    assert show_positions((7,)) == "7"
    assert show_positions(()) == ""
