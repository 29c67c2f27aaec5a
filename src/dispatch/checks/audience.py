"""Whether there is anybody to read it."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.location import Location


def empty_audience(evidence: Evidence) -> Iterator[Finding]:
    """Nobody would get the mail: nobody on the list is subscribed, or nobody of them is in the segment.

    `dispatch send` refuses it. As long as an issue is being written, the list may be still to come.
    """
    audience, file = evidence.audience, evidence.subscribers
    if audience.people or file is None:
        return
    if audience.listed:
        place = next(each.location for each in evidence.segments if each.value == audience.segment)
        message = f"of {audience.listed:,} people nobody is in the segment {audience.segment}"
        yield warning(empty_audience, place, message, "Look for a slip in the segment.")
    else:
        message = f"nobody in {file.value} is subscribed"
        yield warning(empty_audience, file.location, message, "Add people with `dispatch subscribers add`.")


def empty_segment(evidence: Evidence) -> Iterator[Finding]:
    """A segment of dispatch.yaml matches nobody on the list, most likely for a slip in a field's value.

    Not told of an empty list, nor of the segment that the mail is for: that is an empty audience.
    """
    audience = evidence.audience
    for segment in evidence.segments if audience.listed else ():
        if segment.value in audience.empty_segments and segment.value != audience.segment:
            message = f"the segment {segment.value} matches none of {audience.listed:,} people"
            hint = "Compare it with the list: capitals and spaces count. `dispatch subscribers segments` shows the numbers."
            yield warning(empty_segment, segment.location, message, hint)


def rejected_line(evidence: Evidence) -> Iterator[Finding]:
    """A line of the list cannot be read, as for an address that is none, or that stands on an earlier line already.

    `dispatch send` stops at such lines, unless it is told to leave them out.
    """
    more = len(evidence.rejected) - _TOLD
    for number, problem in enumerate(evidence.rejected[:_TOLD], 1):
        hint = "Mend it, or send without it: `dispatch send --skip-rejected`."
        if number == _TOLD and more > 0:
            hint = f"{more:,} more lines are like that: `dispatch subscribers import --dry-run` tells them all."
        message = f"nobody is mailed by this line: {problem.message}"
        yield warning(rejected_line, problem.location or Location(""), message, hint)


_TOLD = 5
