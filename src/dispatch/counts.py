"""How many there are of something, in words: `1 issue`, `2 issues`, `1,234 people`."""

from __future__ import annotations


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 issue`, `2 issues`, `1,234 recipients`; `plural` where that is not the noun with an s."""
    return f"{number:,} {agreeing(number, noun, plural or f'{noun}s')}"


def agreeing(number: int, one: str, several: str) -> str:
    """The word that stands beside a number: `is` or `are`, `this` or `these`."""
    return one if number == 1 else several
