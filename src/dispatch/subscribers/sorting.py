"""Sorts people into the readerships of an issue: by the segments that its blocks are for, and by their language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from dispatch.rendering.readership import Readership
from dispatch.subscribers.segments import Segment
from dispatch.subscribers.subscriber import Subscriber


class Sorter:
    """Tells which variant of an issue somebody gets."""

    def __init__(self, segments: Mapping[str, Segment], language_of: Callable[[str], str]) -> None:
        """`segments` are those that blocks of the issue are for, by name; `language_of` is in which language the theme
        speaks to readers of a language.
        """
        self._segments = tuple(segments.items())
        self._language_of = lru_cache(maxsize=1_000)(language_of)
        self._readership = lru_cache(maxsize=1_000)(Readership)  # few, of very many people

    @property
    def fields(self) -> frozenset[str]:
        """The fields of a subscriber that it looks at."""
        return frozenset({"language"}).union(*(segment.fields for _, segment in self._segments))

    def readership_of(self, person: Subscriber) -> Readership:
        """Whose variant they get."""
        segments = tuple([name for name, segment in self._segments if segment.matches(person)])
        return self._readership(segments, self._language_of(person.language))
