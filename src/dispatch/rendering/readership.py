"""Who gets which variant of an issue: readers in the same segments, to whom the theme speaks the same language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_CHOICES = 8
"""Choices of blocks that the readers of one mailing may get, languages apart: more than that nobody looks through."""


@dataclass(frozen=True, order=True)
class Readership:
    """The readers of an issue who get one variant of it."""

    segments: tuple[str, ...] = ()  # of those that blocks of the issue are for, the ones these readers are in, by name
    language: str = ""  # in which the theme speaks to them (see spoken_language); empty: as in the issue


EVERYBODY = Readership()
"""Readers of whom nothing is known: they are in no segment, and the theme speaks to them as in the issue."""


def choices_of(readerships: Iterable[Readership]) -> list[tuple[str, ...]]:
    """The choices of blocks among them, each once, as the segments that they are for; the smallest first."""
    return sorted({each.segments for each in readerships}, key=lambda segments: (len(segments), segments))


def blocks_in_words(segments: Sequence[str]) -> str:
    """A choice of blocks in words: the blocks for `paid` and `french`."""
    if not segments:
        return "the blocks for everybody"
    *others, last = (f"`{name}`" for name in segments)
    return f"the blocks for {' and '.join([', '.join(others), last] if others else [last])}"
