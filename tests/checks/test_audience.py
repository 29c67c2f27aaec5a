"""An audience of nobody, and segments that match none."""

from __future__ import annotations

from dispatch.checks import audience
from dispatch.checks.check import CheckFunction
from dispatch.checks.evidence import AudienceFacts, Setting
from dispatch.errors import Problem
from dispatch.location import Location
from dispatch.testing.checks import CheckContract, Example, findings

ISSUE = "title: A bridge\nblocks: [divider: ]\n"
SEGMENTS = (
    Setting("french", Location("dispatch.yaml", 14, 11)),
    Setting("paid", Location("dispatch.yaml", 15, 9)),
)
FILE = Setting("subscribers.csv", Location("dispatch.yaml", 9, 14))


def facts(people: int, listed: int, *empty: str, segment: str = "") -> dict[str, object]:
    counts = AudienceFacts(people, ("email",), {"email": people}, segment, listed, empty)
    return {"audience": counts, "segments": SEGMENTS, "subscribers": FILE}


EXAMPLES: dict[CheckFunction, Example] = {
    audience.empty_audience: Example(
        bad=ISSUE, bad_facts=facts(0, 0), at="dispatch.yaml:9:14", good=ISSUE, good_facts=facts(1, 1)
    ),
    audience.empty_segment: Example(
        bad=ISSUE,
        bad_facts=facts(25, 25, "paid"),
        at="dispatch.yaml:15:9",
        good=ISSUE,
        good_facts=facts(0, 0, "paid", "french") | {"subscribers": None},
    ),
    audience.rejected_line: Example(
        bad=ISSUE,
        bad_facts={"rejected": (Problem("'kim' is none", Location("subscribers.csv", 3)),)},
        at="subscribers.csv:3",
        good=ISSUE,
    ),
}


class TestContract(CheckContract):
    theme = audience
    examples = EXAMPLES


def test_a_list_of_nobody_is_told_where_it_is_named() -> None:
    [finding] = findings(audience.empty_audience, ISSUE, **facts(0, 0))
    assert (finding.message, finding.location) == ("nobody in subscribers.csv is subscribed", FILE.location)


def test_the_segment_that_the_mail_is_for_is_told_once() -> None:
    empty = facts(0, 25, "french", segment="french")
    [finding] = findings(audience.empty_audience, ISSUE, **empty)
    assert (finding.message, finding.location) == (
        "of 25 people nobody is in the segment french",
        SEGMENTS[0].location,
    )
    assert not findings(audience.empty_segment, ISSUE, **empty)


def test_an_empty_segment_stands_where_it_is_defined() -> None:
    [finding] = findings(audience.empty_segment, ISSUE, **facts(25, 25, "paid"))
    assert (finding.message, finding.location) == ("the segment paid matches none of 25 people", SEGMENTS[1].location)


def test_of_many_rejected_lines_the_first_are_told_and_the_others_counted() -> None:
    rejected = tuple(Problem("no", Location("subscribers.csv", line)) for line in range(2, 9))
    said = findings(audience.rejected_line, ISSUE, rejected=rejected)
    assert [finding.location.line for finding in said] == [2, 3, 4, 5, 6]
    assert [finding.hint.startswith("2 more lines") for finding in said] == [False] * 4 + [True]
