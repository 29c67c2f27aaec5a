"""How far each issue has come: a draft, checked, or sent to so many people."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

from dispatch.errors import DispatchError
from dispatch.preview.desk import Desk
from dispatch.records import Sent

_PATIENCE = 2.0
"""Seconds, at most about, of checking issues that nobody looks at, for one answer; the others are left for the next."""


@dataclass(frozen=True)
class Standing:
    """An issue's: whether the checks find no error in it as it is now, and what was sent of it."""

    checked: bool = False
    sent: Sent | None = None


@dataclass(frozen=True)
class Standings:
    """Of all issues, by name; where the ledger is out of reach, what is wrong with it, for then nobody knows what was sent."""

    of: dict[str, Standing]
    trouble: str = ""


class StandingBook:
    """Finds the standings out, beside the desk's work. Threads may share it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looking = Lock()

    def standings(self, generation: int) -> Standings | None:
        """The standings, with issues checked that were not yet; None to be asked again: for now there is other work.

        A database on a server that does not answer is waited for in here, by one thread and not by all.
        """
        if not self._looking.acquire(blocking=False):
            return None
        try:
            return self._look(generation)
        finally:
            self._looking.release()

    def _look(self, generation: int) -> Standings | None:
        sent: dict[str, Sent] = {}
        trouble = ""
        try:
            sent = self._desk.project.sent()
        except DispatchError as error:
            trouble = error.problems[0].message
        standings, until = {}, time.monotonic() + _PATIENCE
        for entry in self._desk.issues():
            if (
                entry.slug not in sent
                and entry.readable
                and self._desk.is_fit(entry) is None
                and time.monotonic() < until
            ):
                self._desk.findings(entry.name, generation)
                if self._desk.generation != generation:
                    return None
            standings[entry.name] = Standing(bool(self._desk.is_fit(entry)), sent.get(entry.slug))
        return Standings(standings, trouble)
