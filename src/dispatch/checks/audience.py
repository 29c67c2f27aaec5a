"""Whether there is anybody to read it."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.checks.check import Finding, error, warning
from dispatch.checks.evidence import Evidence
from dispatch.content.issue import Issue
from dispatch.counts import agreeing, count
from dispatch.location import Location
from dispatch.rendering.readership import MOST_CHOICES, choices_of


def empty_audience(evidence: Evidence) -> Iterator[Finding]:
    """Nobody would get the mail: nobody on the list is subscribed, or nobody of them is in the segment.

    `dispatch send` refuses it. As long as an issue is being written, the list may be still to come.
    """
    audience, file = evidence.audience, evidence.subscribers
    if audience.people or file is None:
        return
    if audience.listed:
        place = next(each.location for each in evidence.segments if each.value == audience.segment)
        message = f"of {count(audience.listed, 'person', 'people')} nobody is in the segment {audience.segment}"
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
            message = f"the segment {segment.value} matches none of {count(audience.listed, 'person', 'people')}"
            hint = "Compare it with the list: capitals and spaces count. `dispatch subscribers segments` shows the numbers."
            yield warning(empty_segment, segment.location, message, hint)


def too_many_variants(evidence: Evidence) -> Iterator[Finding]:
    """The audience would get more than 8 different choices of blocks, and nobody looks through so many.

    Counted are the choices by `when` that somebody really gets; languages do not count. `dispatch send` refuses it.
    """
    issue, audience = evidence.whole or evidence.issue, evidence.audience
    choices = choices_of(audience.readerships)
    if len(choices) <= MOST_CHOICES:
        return
    message = f"{audience.people:,} people would get {len(choices)} different choices of blocks, and at most {MOST_CHOICES} are sent"
    numbers = {name: audience.readers_of(name) for name in issue.conditions}
    groups = [f"{number:,} {agreeing(number, 'is', 'are')} in {name}" for name, number in numbers.items()]
    hint = (
        f"Of them {', '.join(groups)}, in any mixture. Name fewer segments behind `when`, make one of some in "
        "dispatch.yaml, or mail one segment at a time: `dispatch send --segment`."
    )
    yield error(too_many_variants, _conditions(issue)[0][1], message, hint)


def unread_block(evidence: Evidence) -> Iterator[Finding]:
    """A block is for a segment in which nobody of the audience is: nobody would read it."""
    audience = evidence.audience
    for name, place in _conditions(evidence.issue) if audience.people else ():
        if not audience.readers_of(name):
            people = count(audience.people, "person", "people")
            message = f"of {people}{_in(audience.segment)} nobody is in {name}: nobody reads this block"
            hint = "Look for a slip in the segment, or delete the block."
            yield warning(unread_block, place, message, hint)


def needless_condition(evidence: Evidence) -> Iterator[Finding]:
    """A block is for a segment in which everybody is: most likely the segment is not what its author means.

    Not told where the mail is for a segment, which may well be the same.
    """
    audience = evidence.audience
    for name, place in _conditions(evidence.issue) if audience.people and not audience.segment else ():
        if audience.readers_of(name) == audience.people:
            everybody = agreeing(audience.people, "the only reader is", f"all {audience.people:,} people are")
            message = f"{everybody} in {name}: this block is for everybody"
            yield warning(needless_condition, place, message, "Delete `when`, or look for a slip in the segment.")


def _conditions(issue: Issue) -> list[tuple[str, Location]]:
    """The segments that blocks are for, with the place of each `when`."""
    return [(block.when, issue.locate((*block.path[:2], "when"))) for block in issue.blocks if block.when]


def _in(segment: str) -> str:
    return f" in {segment}" if segment else ""


def rejected_line(evidence: Evidence) -> Iterator[Finding]:
    """A line of the list cannot be read, as for an address that is none, or that stands on an earlier line already.

    `dispatch send` stops at such lines, unless it is told to leave them out.
    """
    more = len(evidence.rejected) - _TOLD
    for number, problem in enumerate(evidence.rejected[:_TOLD], 1):
        hint = "Mend it, or send without it: `dispatch send --skip-rejected`."
        if number == _TOLD and more > 0:
            others = f"{count(more, 'more line')} {agreeing(more, 'is', 'are')} like that"
            hint = f"{others}: `dispatch subscribers import --dry-run` tells them all."
        message = f"nobody is mailed by this line: {problem.message}"
        yield warning(rejected_line, problem.location or Location(""), message, hint)


_TOLD = 5
