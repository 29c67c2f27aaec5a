"""How much is measured: the sizes and rounds of a run, and where its files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SIZES = ("tiny", "quick", "usual", "full")


@dataclass(frozen=True)
class Scope:
    """One run of the bench."""

    folder: Path  # for files that are measured with, on a real disk
    size: str  # one of SIZES; tiny is for the tests, which want no figures

    @property
    def rounds(self) -> int:
        """How often each side is measured."""
        return {"tiny": 1, "quick": 3}.get(self.size, 5)

    def pick(self, *, tiny: int, quick: int, usual: int, full: int = 0) -> int:
        """A number for this size; without one for `full`, that for `usual`."""
        return {"tiny": tiny, "quick": quick, "usual": usual, "full": full or usual}[self.size]
