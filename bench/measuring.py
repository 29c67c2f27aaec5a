"""Both sides of a comparison, in turns, and what came of it as a ratio."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import TypeVar

T = TypeVar("T")
Ours = TypeVar("Ours")
Theirs = TypeVar("Theirs")


@dataclass(frozen=True)
class Target:
    """What a result should be: at most, or at least, so much."""

    limit: float
    at_least: bool = False
    unit: str = ""

    def is_met(self, result: float) -> bool:
        """Whether the result is what it should be."""
        return result >= self.limit if self.at_least else result <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{self.unit}"


@dataclass(frozen=True)
class Line:
    """One line of a table: ours, theirs, and the result (mostly their ratio) with what it should be."""

    what: str
    ours: str
    theirs: str = ""
    result: float | None = None
    target: Target | None = None

    @property
    def told(self) -> str:
        """The result as it is written."""
        if self.result is None:
            return ""
        unit = self.target.unit if self.target else ""
        return f"{self.result:.0f}{unit}" if unit or self.result >= 10 else f"{self.result:.2f}"

    @property
    def verdict(self) -> str:
        """Whether the target is met; nothing where there is none."""
        if self.result is None or self.target is None:
            return ""
        return "pass" if self.target.is_met(self.result) else "FAIL"


@dataclass(frozen=True)
class Table:
    """What one comparison found out, or why it was skipped."""

    title: str
    about: str  # what was done, in sentences
    sides: tuple[str, str] = ("dispatch", "")
    lines: Sequence[Line] = ()
    skipped: str = ""


@dataclass(frozen=True)
class Pair:
    """The medians of two sides, and the median of the ratios of their rounds: neighbours in time share the machine."""

    ours: float
    theirs: float
    ratio: float  # ours / theirs


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Pair:
    """Two sides, round by round."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Pair(median(ours), median(theirs), median(ratios))


def in_turns(rounds: int, ours: Callable[[], Ours], theirs: Callable[[], Theirs]) -> tuple[list[Ours], list[Theirs]]:
    """Each side `rounds` times, one after the other, the first one changing: warm-up and drift fall on both."""
    mine: list[Ours] = []
    others: list[Theirs] = []
    for turn in range(rounds):
        if turn % 2:
            others.append(theirs())
            mine.append(ours())
        else:
            mine.append(ours())
            others.append(theirs())
    return mine, others


def microseconds(act: Callable[[T], object], of: Sequence[T]) -> float:
    """The CPU time of one act in µs; each one is done to something else, so that nobody gains from remembering."""
    gc.collect()
    start = process_time()
    for one in of:
        act(one)
    return (process_time() - start) / len(of) * 1e6
