"""From numbers to pixels, and which round numbers an axis names."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Scale:
    """Numbers from `low` to `high` on pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The pixel of a number."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def around_zero(values: tuple[float, ...]) -> tuple[float, float]:
    """The range that bars take: zero is in it, and it is never empty."""
    low, high = min(0.0, *values), max(0.0, *values)
    return (low, high) if low < high else (0.0, 1.0)


def round_range(values: tuple[float, ...], most: int, *, zero: bool) -> tuple[float, float, float]:
    """The first and last round number around values and the step between them, in at most so many steps.

    Zero is among them where it must be, or where it is not far off.
    """
    low, high = min(values), max(values)
    if zero or 0 < low < high / 2:
        low = min(low, 0.0)
    if zero or high / 2 > low > 0 or low < high < 0 and high > low / 2:  # noqa: RUF021
        high = max(high, 0.0)
    if low == high:
        low, high = (min(low, 0.0), max(high, 0.0)) if low else (0.0, 1.0)
    size = 10 ** math.floor(math.log10((high - low) / most))
    for step in (factor * size for factor in _STEPS):
        first, last = math.floor(low / step), math.ceil(high / step)
        if last - first <= most:
            return first * step, last * step, step
    step = 20 * size
    return math.floor(low / step) * step, math.ceil(high / step) * step, step
