"""When to stop by itself: everybody refused, or too many messages of which nobody knows what became."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from dispatch.providers.outcome import Accepted, Outcome, Refused, Uncertain

FRUITLESS_START = 20
"""Refusals in a row before anything was accepted: a wrong sender, a blocked address, not a bad list."""

FRUITLESS = 50
"""Refusals in a row later on."""

FEW_DOUBTS = 20
"""Doubts that a run takes for chance, of a small audience; of a large one, a thousandth of it."""


class Breaker:
    """Counts the answers of one run; threads share it."""

    def __init__(self, audience: int) -> None:
        self._lock = Lock()
        self._most_doubts = max(FEW_DOUBTS, audience // 1000)
        self._accepted = False
        self._refused = 0  # in a row
        self._doubts = 0
        self.reason = ""  # why the mailing must stop, in a sentence; empty while it need not

    def learn(self, answers: Sequence[Outcome]) -> None:
        """Go by more answers."""
        with self._lock:
            for answer in answers:
                if isinstance(answer, Accepted):
                    self._accepted, self._refused = True, 0
                elif isinstance(answer, Refused):
                    self._refused += 1
                elif isinstance(answer, Uncertain):
                    self._doubts += 1
                self._judge(answer)

    @property
    def believes_refusals(self) -> bool:
        """Whether a refusal says something about its recipient: others are accepted meanwhile."""
        return self._accepted and self._refused < FRUITLESS_START // 2

    def _judge(self, answer: Outcome) -> None:
        if self._refused >= (FRUITLESS if self._accepted else FRUITLESS_START) and isinstance(answer, Refused):
            self.reason = (
                f"the last {self._refused} recipients were all refused ({answer.code} {answer.detail}), "
                "which looks like trouble with the sender rather than with each of them"
            )
        elif self._doubts > self._most_doubts:
            self.reason = f"the fate of {self._doubts} messages of this run is uncertain"
