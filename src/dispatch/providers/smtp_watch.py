"""Time limits on connections: a thread looks now and then, so that a stage costs no system call to limit."""

from __future__ import annotations

from threading import Condition, Thread
from time import monotonic
from typing import Protocol
from weakref import WeakSet


class Watched(Protocol):
    """What can be watched."""

    deadline: float  # by time.monotonic(); infinite where there is nothing to wait for
    tick: float  # seconds that an end may come late

    def end(self) -> None:
        """Make whoever waits for the other side wait no longer; called from another thread."""


class Watch:
    """Ends what is past its deadline. Its thread lives as long as there is anything to watch.

    `settimeout` for each stage and the polling that it entails took a fifth of the time of an SMTP message.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._watched: WeakSet[Watched] = WeakSet()
        self._thread: Thread | None = None

    def add(self, watched: Watched) -> None:
        """Watch it until it is gone."""
        with self._changed:
            self._watched.add(watched)
            self._changed.notify()
            if not (self._thread and self._thread.is_alive()):  # which it is not after a fork, either
                self._thread = Thread(target=self._look, name="SMTP time limits", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        with self._changed:
            while self._watched:
                self._changed.wait(self._end_what_is_late())
            self._thread = None

    def _end_what_is_late(self) -> float:
        """End it, and say for how many seconds to look away; on its own, for a variable would keep what is watched."""
        now = monotonic()
        for watched in self._watched:
            if watched.deadline < now:
                watched.end()
        return min((watched.tick for watched in self._watched), default=0)
