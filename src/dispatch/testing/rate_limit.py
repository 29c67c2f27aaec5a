"""How many calls a second a fake server takes; whatever comes faster is to come back later."""

from __future__ import annotations

import math
import time
from email.utils import formatdate
from threading import Lock


class RateLimit:
    """So many calls a second, which may change at any time; what is not used is saved up for one second."""

    def __init__(self, calls_per_second: float = math.inf) -> None:
        self.calls_per_second = calls_per_second
        self.taken = self.refused = 0  # calls
        self._saved = 0.0  # seconds in which nothing was taken
        self._seen = time.monotonic()
        self._shut_for = self._shut_until = 0.0
        self._asks: str | None = ""
        self._lock = Lock()

    def shut(self, seconds: float, asks: str | None) -> None:
        """Take nothing for up to so long from the next call on, and say `asks` in Retry-After; None: when it ends."""
        with self._lock:
            self._shut_for, self._asks = seconds, asks

    def take(self) -> str | None:
        """None for a call that is taken, else what to say in Retry-After; empty: nothing."""
        with self._lock:
            now = time.monotonic()
            saved = min(1.0, self._saved + now - self._seen)
            self._seen = now
            if self._shut_for:
                end = math.floor(time.time() + self._shut_for)  # a date has no fractions
                self._shut_for, self._shut_until = 0.0, now + end - time.time()
                self._asks = formatdate(end, usegmt=True) if self._asks is None else self._asks
            is_shut, needed = now < self._shut_until, 1 / self.calls_per_second
            if is_shut or saved < needed:
                self._saved = saved
                self.refused += 1
                return self._asks or "" if is_shut else ""
            self._saved = saved - needed
            self.taken += 1
            return None
