"""Addresses that stand on several lines of a subscribers' file, found without a database or keeping any."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import pairwise

from dispatch.subscribers.csv_import import SubscribersFile, reject_lines
from dispatch.subscribers.csv_rows import Rejected, Row

_DRAWERS = 64  # in each of which repetitions are looked for by itself


class Repeats:
    """Notes every address, of which 8 bytes are kept, and finds those that came again."""

    def __init__(self) -> None:
        self._drawers = [array("q") for _ in range(_DRAWERS)]

    def note(self, key: str) -> None:
        """Another line's `Row.key`."""
        digest = hash(key)  # with a secret that Python draws for each process: nobody can make two meet
        self._drawers[digest % _DRAWERS].append(digest)

    def lines(self, file: SubscribersFile) -> tuple[Rejected, ...]:
        """The second and further lines of each address in the file they are from, which is read again if there are any."""
        suspects = frozenset(self._suspects())
        return reject_lines(file, _repeated(file, suspects)) if suspects else ()

    def _suspects(self) -> Iterator[int]:
        for drawer in self._drawers:
            if len({*drawer}) < len(drawer):
                yield from (digest for digest, following in pairwise(sorted(drawer)) if digest == following)


def _repeated(file: SubscribersFile, suspects: frozenset[int]) -> dict[int, tuple[str, int]]:
    """By line, its address, and the line where that stands first."""
    first: dict[str, int] = {}
    repeated = {}
    for row in file:
        if isinstance(row, Row) and hash(row.key) in suspects and first.setdefault(row.key, row.line) != row.line:
            repeated[row.line] = row.email, first[row.key]
    return repeated
