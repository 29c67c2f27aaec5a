"""How fast to hand over, when to wait and when to give up: learnt from the provider's answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from dispatch.delivery.transitions import LONGEST_WAIT
from dispatch.providers.outcome import UNREACHABLE, Accepted, Outcome, Postponed, Refused
from dispatch.providers.provider import Capabilities

PATIENCE = 900.0
"""Seconds that a run waits in all, since the last definite answer, for a provider that postpones (DESIGN §8)."""

# Simulated on a moving limit (throughput.md §6): +2/rate for each success and x0.85 at most once a second reach
# 0.95 of the ideal with 1 % of 429 answers.
_RISE = 2.0
_FALL = 0.85
_FALL_SECONDS = 1.0
_SLOWEST = 0.1  # recipients per second
_UNKNOWN_START = 10.0  # recipients per second, where nobody knows the limit
_CATCH_UP = 0.1  # seconds; what a thread that woke too late may make good

_FRUITLESS = 5  # calls in a row without a definite answer that are still taken for chance


@dataclass(frozen=True)
class Pace:
    """What is known of a provider's pace, by all processes together."""

    rate: float  # recipients per second
    pause: float = 0.0  # seconds from now in which it is not to be called
    processes: int = 1  # among which the rate is shared


def pacer_for(rate: float | None, capabilities: Capabilities, concurrency: int) -> Pacer:
    """Keep to the configured rate, else to the documented one, else start low and adapt; what stays here is unpaced."""
    unit = 1 if capabilities.answers_each else capabilities.max_messages
    limit = rate or capabilities.default_rate
    if limit:
        return Pacer(limit, limit, concurrency, unit)
    start = _UNKNOWN_START if capabilities.answers_each else unit
    return Pacer(math.inf, start if capabilities.real else math.inf, concurrency, unit)


class Pacer:
    """The pace of one run, shared by its threads. Rates are recipients per second."""

    def __init__(self, limit: float, start: float, concurrency: int, unit: int = 1) -> None:
        """`unit` is how many messages a call holds: what rises and falls is the rate of calls."""
        self._lock = Lock()
        self._rise = _RISE * unit
        self._unit = unit
        self._shared = start  # the rate when it was last shared with other processes
        self._processes = 1
        self._concurrency = concurrency
        self.limit = limit  # recipients per second, of all processes
        self._rate = self._told = start
        self._free: datetime | None = None  # when the next message may leave
        self._cost = timedelta()  # what the last call took of the rate
        self._slowed: datetime | None = None
        self._paused: datetime | None = None
        self._postponed = 0  # calls in a row, of those under way at once only one
        self._counted: datetime | None = None  # when the last of them was
        self._unanswered = 0  # calls in a row
        self._waited = 0.0  # seconds since the last definite answer
        self.reached = False  # whether there was a connection at all in this run
        self.reason = ""  # of the pause

    def take(self, count: int, now: datetime) -> float:
        """Take leave to hand over `count` messages: 0 if granted, else the seconds after which to ask again."""
        with self._lock:
            # No later than the last call explains: a clock that was set back must not stop us.
            free = min(self._free or now, now + self._cost)
            if free > now:
                return (free - now).total_seconds()
            self._cost = timedelta(seconds=count / self._rate)
            self._free = max(free, now - timedelta(seconds=_CATCH_UP)) + self._cost
            return 0.0

    def learn(self, answers: Sequence[Outcome], now: datetime) -> None:
        """Go by the answers to one call, or to messages under way at once: faster, slower, pause, or doubt."""
        with self._lock:
            limit = self.limit / self._processes
            for answer in answers:
                self.reached |= not (isinstance(answer, Postponed) and answer.code == UNREACHABLE)
                if isinstance(answer, Accepted):
                    self._rate = min(limit, self._rate + self._step()) if self._rate < limit else limit
                elif isinstance(answer, Postponed):
                    self._slow_down(answer, now)
            if any(isinstance(answer, Accepted | Refused) for answer in answers):
                self._postponed = self._unanswered = 0
                self._waited = 0.0
            elif any(isinstance(answer, Postponed) for answer in answers):
                self._count_fruitless(now)
            elif answers:
                self._unanswered += -(-len(answers) // self._unit)

    def paused_until(self, now: datetime) -> datetime | None:
        """The end of a pause for everyone."""
        paused = self._paused
        return paused if paused and paused > now else None

    @property
    def lost(self) -> bool:
        """Whether so many calls in a row went without a known answer that going on would only add to them.

        One server that restarts takes along all that are under way: that is still one piece of bad luck.
        """
        return self._unanswered >= self._concurrency - 1 + _FRUITLESS

    def has_patience(self, seconds: float) -> bool:
        """Whether to wait so long for the provider, after all the waiting since its last definite answer."""
        return self._waited + seconds <= PATIENCE

    def waited(self, seconds: float) -> None:
        """Count a wait for the provider."""
        with self._lock:
            self._waited += seconds

    @property
    def is_paced(self) -> bool:
        """Whether there is a rate at all."""
        return self._rate != math.inf

    @property
    def start(self) -> float:
        """The rate of all processes where nothing was learnt yet."""
        return self._shared

    def learnt(self, now: datetime) -> tuple[float, float]:
        """By how much the rate has changed since it was last shared, and the seconds left of a pause."""
        with self._lock:
            self._told = self._rate
            pause = (self._paused - now).total_seconds() if self._paused else 0.0
            return self._rate - self._shared / self._processes, max(0.0, pause)

    def heed(self, pace: Pace, now: datetime) -> None:
        """Go on with what all processes have learnt together."""
        with self._lock:
            self._processes = pace.processes
            self._shared = min(self.limit, pace.rate)
            learnt_since = self._rate - self._told  # by other threads, while this was shared
            shared = self._shared / self._processes
            self._rate = max(_SLOWEST, min(self.limit / self._processes, shared + learnt_since))
            if pace.pause:
                self._pause(pace.pause, now)

    def _step(self) -> float:
        """What one success adds: `_RISE` calls a second each second, of all processes together."""
        return self._rise / (self._rate * self._processes)

    def _slow_down(self, answer: Postponed, now: datetime) -> None:
        if self._slowed is None or abs((now - self._slowed).total_seconds()) >= _FALL_SECONDS:
            self._slowed = now
            self._rate = max(_SLOWEST, self._rate * _FALL)
        self.reason = answer.detail or answer.code
        if answer.retry_after is not None:
            self._pause(answer.retry_after, now)

    def _count_fruitless(self, now: datetime) -> None:
        """One postponed mailbox is no reason to pause; nothing but postponed ones is.

        What many threads were told at the same moment counts once: nobody has waited in between.
        """
        if self._concurrency > 1 and self._counted and abs((now - self._counted).total_seconds()) < _FALL_SECONDS:
            return
        self._counted = now
        self._postponed += 1
        if self._postponed > _FRUITLESS:
            self._pause(2.0 ** min(self._postponed - _FRUITLESS, 12), now)

    def _pause(self, seconds: float, now: datetime) -> None:
        until = now + timedelta(seconds=min(max(0.0, seconds), LONGEST_WAIT))
        self._paused = max(self._paused or until, until)
