"""The list: whether it can be read, and who is on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.counts import agreeing, count
from dispatch.doctor.case import Case
from dispatch.doctor.examination import Observation, error, ok, warning
from dispatch.subscribers.csv_import import open_subscribers
from dispatch.subscribers.csv_rows import Rejected
from dispatch.subscribers.subscriber import Status

_SHOWN = 3


def subscribers(case: Case) -> Iterator[Observation]:
    """The list can be read, no line of it is rejected, and somebody on it is subscribed."""
    project = case.project
    counts: Counter[Status] = Counter()
    rejected: list[Rejected] = []
    number = 0
    with open_subscribers(project.subscribers_file, project.subscribers_name) as file:
        for row in file:
            if isinstance(row, Rejected):
                number += 1
                if number <= _SHOWN:
                    rejected.append(row)
            else:
                counts[row.status] += 1
    told = ", ".join(f"{people:,} {status}" for status, people in sorted(counts.items()))
    if number:
        first = "; ".join(f"{project.subscribers_name}:{row.line}: {row.reason}" for row in rejected)
        rest = f"; and {number - _SHOWN:,} more" if number > _SHOWN else ""
        yield error(
            subscribers,
            f"{count(number, 'line')} of {project.subscribers_name} {agreeing(number, 'is', 'are')} rejected, "
            f"and {agreeing(number, 'stops', 'stop')} `send`: {first}{rest}",
            "Mend them; `dispatch subscribers import --dry-run` shows them all.",
        )
    if not counts[Status.SUBSCRIBED]:
        yield warning(
            subscribers,
            f"nobody in {project.subscribers_name} is subscribed" + (f": {told}" if told else ""),
            "Add people with `dispatch subscribers add`.",
        )
    elif not number:
        yield ok(subscribers, f"{project.subscribers_name} has {told}")
