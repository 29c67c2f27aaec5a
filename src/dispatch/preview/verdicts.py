"""What the checks say of the issues, each asked about once for as long as all that it rests on stays the same."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Hashable
from threading import Lock

from dispatch.checks.check import Severity
from dispatch.checks.evidence import Proofs
from dispatch.checks.waivers import Judgement
from dispatch.preview.desk import Desk, Entry, Problems


class Verdicts:
    """Asks the checks, about one issue at a time: over a long list they take seconds. Threads may share it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asking = Lock()
        self._of = -1  # the generation of those that are kept
        self._kept: dict[str, Judgement | Problems] = {}
        self._errors: dict[str, tuple[Hashable, int]] = {}  # with what the number rests on

    def judgement(self, name: str, generation: int, proofs: Proofs | None = None) -> Judgement | Problems | None:
        """What the checks say, or what keeps them from it; None where the desk has moved on, or has no such issue.

        `proofs` is what was waited for; without it the issue is judged by what the proof-reader knows already.
        """
        with self._asking:
            if generation != self._desk.generation:
                return None
            if generation != self._of:
                self._of, self._kept = generation, {}
            if name not in self._kept or (proofs and _is_pending(self._kept[name])):
                entry = next((each for each in self._desk.issues() if each.name == name), None)
                if not entry:
                    return None
                grounds = self._grounds([entry])[name]  # before the look: what is saved during it makes it void
                found = self._desk.judged(name, proofs)
                self._kept[name] = found
                if not (_is_pending(found) and self._desk.project.misspelling_stops):
                    self._errors[name] = (grounds, _errors_in(found))
            return self._kept[name]

    def errors(self, entries: Collection[Entry]) -> dict[str, int | None]:
        """How many errors issues have, by name; None where nobody has looked since something changed that may matter."""
        told = {}
        for name, grounds in self._grounds(entries).items():
            known, errors = self._errors.get(name, (None, 0))
            told[name] = errors if known == grounds else None
        return told

    def _grounds(self, entries: Collection[Entry]) -> dict[str, Hashable]:
        """All that a verdict on an issue rests on: its text, what earlier issues said, the day, and everything around."""
        project, around, everything = self._desk.project, self._desk.surroundings, self._desk.issues()
        today, slugs = project.today(), Counter(entry.slug for entry in everything)
        said: list[tuple[dt.date, int]] = sorted((entry.date, entry.said) for entry in everything if entry.date)
        before = {
            day: hash(tuple(each for each in said if each[0] < day))
            for day in {entry.date or today for entry in entries}
        }
        return {
            entry.name: (project, around, today, entry.digest, slugs[entry.slug], before[entry.date or today])
            for entry in entries
        }


def _is_pending(found: Judgement | Problems) -> bool:
    return isinstance(found, Judgement) and found.pending


def _errors_in(found: Judgement | Problems) -> int:
    if isinstance(found, Judgement):
        return sum(finding.severity is Severity.ERROR for finding in found.findings)
    return len(found)
