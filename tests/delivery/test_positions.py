"""Sets of positions as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dispatch.delivery.positions import holds_position, parse_positions, show_positions


@given(st.sets(st.integers(1, 2000)).map(sorted))
def test_what_is_shown_can_be_read_back(positions: list[int]) -> None:
    assert parse_positions(show_positions(positions)) == tuple(positions)


@given(st.sets(st.integers(1, 50), min_size=1).map(sorted), st.integers(1, 50))
def test_a_text_holds_what_is_in_it(positions: list[int], position: int) -> None:
    assert holds_position(show_positions(positions), position) == (position in positions)


def test_neighbours_become_a_range() -> None:
    assert show_positions((*range(1, 21), 22, *range(25, 41))) == "1-20,22,25-40"
    assert show_positions((7,)) == "7"
    assert show_positions(()) == ""
