"""Short words for what an examination saw."""

from __future__ import annotations

from dispatch.doctor.case import Case
from dispatch.doctor.examination import Examination, Observation, examine


def look(examination: Examination, case: Case) -> list[Observation]:
    """All that one examination sees."""
    return list(examine(case, [examination], [], seconds=5))


def verdicts(seen: list[Observation]) -> list[str]:
    """How it stands."""
    return [str(observation.verdict) for observation in seen]


def only(examination: Examination, case: Case) -> Observation:
    """The one thing that it sees."""
    (observation,) = look(examination, case)
    return observation
