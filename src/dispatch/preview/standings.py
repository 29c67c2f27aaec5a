"""How far each issue has come: a draft with so many errors, checked, or sent to so many people."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Lock

from dispatch.errors import DispatchError
from dispatch.preview.desk import Desk, Entry
from dispatch.preview.verdicts import Verdicts
from dispatch.records import Sent

_PATIENCE = 2.0
"""Seconds, at most about, of checking issues that nobody looks at, for one answer; the others are left for the next."""


@dataclass(frozen=True)
class Standing:
    """An issue's: how many errors the checks find in it as it is now, None while nobody knows, and what was sent of it."""

    errors: int | None = None
    sent: Sent | None = None
    changed: bool = False  # whether readers would see something else now than what was mailed last


@dataclass(frozen=True)
class Standings:
    """Of all issues, by name; where the ledger is out of reach, what is wrong with it, for then nobody knows what was sent."""

    of: dict[str, Standing]
    trouble: str = ""


class StandingBook:
    """Finds the standings out, beside the desk's work. Threads may share it."""

    def __init__(self, desk: Desk, verdicts: Verdicts) -> None:
        self._desk = desk
        self._verdicts = verdicts
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
        entries, until = self._desk.issues(), time.monotonic() + _PATIENCE
        drafts = [entry for entry in entries if entry.readable and entry.slug not in sent]
        for name in [name for name, errors in self._verdicts.errors(drafts).items() if errors is None]:
            proofs = self._desk.proofread(name) if self._desk.project.misspelling_stops else None
            self._verdicts.judgement(name, generation, proofs)
            if self._desk.generation != generation:
                return None
            if time.monotonic() > until:
                break
        errors = self._verdicts.errors(drafts)
        return Standings(
            {
                each.name: Standing(errors.get(each.name), sent.get(each.slug), _has_changed(each, sent.get(each.slug)))
                for each in entries
            },
            trouble,
        )


def _has_changed(entry: Entry, sent: Sent | None) -> bool:
    return bool(sent and sent.fingerprint and entry.readable and entry.fingerprint != sent.fingerprint)
