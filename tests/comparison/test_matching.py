"""Blocks are known again wherever they stand, and as few as possible are told as moved."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from dispatch.comparison.letter import Letter, Part
from dispatch.comparison.matching import match_parts

TEXTS = ("one fish", "two birds", "red sky", "blue sea", "old salt", "new moon")


def letter(texts: list[str]) -> Letter:
    parts = tuple(Part(f"blocks.{at}", "paragraph", at + 3, text) for at, text in enumerate(texts))
    return Letter("slug", "file", "title", (), parts, "", "", 0, 0)


def rising(numbers: tuple[int, ...]) -> bool:
    return list(numbers) == sorted(numbers)


@given(st.permutations(range(6)), st.integers(0, 6))
def test_as_few_as_can_be_are_moved(order: list[int], kept: int) -> None:
    before, after = letter([*TEXTS]), letter([TEXTS[number] for number in order if number < kept])
    matched = match_parts(before, after)
    pairs = [(one, other) for (one, other), _ in matched if one and other]
    assert all(one.text == other.text for one, other in pairs)
    assert [other for (_, other), _ in matched if other] == [*after.parts]
    assert sorted(one.text for (one, other), _ in matched if one and not other) == sorted(TEXTS[kept:])
    numbers = [TEXTS.index(other.text) for _, other in pairs]
    longest = max((size for size in range(kept + 1) if any(map(rising, combinations(numbers, size)))), default=0)
    assert sum(moved for _, moved in matched) == kept - longest


@given(st.lists(st.sampled_from(TEXTS[:3]), max_size=6))
def test_blocks_that_say_the_same_are_matched_in_order(texts: list[str]) -> None:
    matched = match_parts(letter(texts), letter(texts))
    assert all(one and other and one.name == other.name and not moved for (one, other), moved in matched)


def test_what_was_removed_stands_behind_what_stood_before_it() -> None:
    matched = match_parts(letter([*TEXTS[:4]]), letter([TEXTS[2], TEXTS[0]]))
    assert [(one or other).text for (one, other), _ in matched if one or other] == [
        "red sky",
        "blue sea",
        "one fish",
        "two birds",
    ]
