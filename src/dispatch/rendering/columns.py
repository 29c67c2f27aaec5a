"""Which columns of a table hold numbers, and so stand to the right."""

from __future__ import annotations

import re
from collections.abc import Sequence

# 30 000 · 3.8 · +12 % · $52.9 million · 1,200 km · ~90 · n/a and dashes say that one is missing.
_NUMBER = re.compile(r"[^\w\s]{0,2}\s?[€$£¥₹]?\s?[\d٠-٩][\d٠-٩.,'’\s\u00a0\u202f]*\s?\S{0,2}(\s[^\W\d]+)?")  # noqa: RUF001
_MISSING = frozenset({"", "-", "–", "—", "n/a", "…"})  # noqa: RUF001


def number_columns(rows: Sequence[Sequence[str]]) -> list[bool]:
    """For each column whether its cells are numbers, or say that there is none; the first names the row, and never is."""
    return [
        position > 0
        and any(_is_number(cell) for cell in column)
        and all(_is_number(cell) or cell.strip().lower() in _MISSING for cell in column)
        for position, column in enumerate(zip(*rows, strict=True))
    ]


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell.strip()) is not None
