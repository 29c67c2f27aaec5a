"""An audience of nobody, and segments that match none."""

from __future__ import annotations

from dispatch.checks import audience
from dispatch.checks.check import CheckFunction
from dispatch.checks.evidence import AudienceFacts, Setting
from dispatch.errors import Problem
from dispatch.location import Location
from dispatch.rendering.readership import Readership
from dispatch.testing.checks import CARET, CheckContract, Example, findings

ISSUE = "title: A bridge\nblocks: [divider: ]\n"
FOR_SOME = """
title: A bridge
blocks:
  - divider:
  - paragraph: Thank you.
    when: ‸paid
"""
SEGMENTS = (
    Setting("french", Location("dispatch.yaml", 14, 11)),
    Setting("paid", Location("dispatch.yaml", 15, 9)),
)
FILE = Setting("subscribers.csv", Location("dispatch.yaml", 9, 14))


def facts(people: int, listed: int, *empty: str, segment: str = "") -> dict[str, object]:
    counts = AudienceFacts(people, ("email",), {"email": people}, segment, listed, empty)
    return {"audience": counts, "segments": SEGMENTS, "subscribers": FILE}


def readers(**people: int) -> dict[str, object]:
    """An audience by the segments that its people are in, their names joined by `_and_`; `nothing` for none."""
    readerships = {
        Readership(() if names == "nothing" else tuple(names.split("_and_"))): number
        for names, number in people.items()
    }
    total = sum(people.values())
    return {"audience": AudienceFacts(total, ("email",), {"email": total}, listed=total, readerships=readerships)}


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
    audience.too_many_variants: Example(
        bad=FOR_SOME,
        bad_facts=readers(nothing=12, paid=4, **{f"town{number}": 2 for number in range(7)}),
        good=FOR_SOME.replace(CARET, ""),
        good_facts=readers(nothing=12, paid=4, **{f"town{number}": 2 for number in range(6)}),
    ),
    audience.unread_block: Example(
        bad=FOR_SOME,
        bad_facts=readers(nothing=12),
        good=FOR_SOME.replace(CARET, ""),
        good_facts=readers(nothing=12, paid=1),
    ),
    audience.needless_condition: Example(
        bad=FOR_SOME,
        bad_facts=readers(paid=11, paid_and_french=1),
        good=FOR_SOME.replace(CARET, ""),
        good_facts=readers(paid=11, french=1),
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
    [one] = findings(audience.empty_segment, ISSUE, **facts(1, 1, "paid"))
    assert one.message == "the segment paid matches none of 1 person"
    [finding] = findings(audience.empty_segment, ISSUE, **facts(25, 25, "paid"))
    assert (finding.message, finding.location) == ("the segment paid matches none of 25 people", SEGMENTS[1].location)


def test_of_many_rejected_lines_the_first_are_told_and_the_others_counted() -> None:
    rejected = tuple(Problem("no", Location("subscribers.csv", line)) for line in range(2, 9))
    said = findings(audience.rejected_line, ISSUE, rejected=rejected)
    assert [finding.location.line for finding in said] == [2, 3, 4, 5, 6]
    assert [finding.hint.startswith("2 more lines are like that: ") for finding in said] == [False] * 4 + [True]
    said = findings(audience.rejected_line, ISSUE, rejected=rejected[:6])
    assert said[-1].hint.startswith("1 more line is like that: ")


def test_of_too_many_variants_it_is_told_who_makes_them() -> None:
    text = f"{FOR_SOME}  - paragraph: Bonjour.\n    when: french\n"
    towns = {f"town{number}": 2 for number in range(6)}
    [finding] = findings(audience.too_many_variants, text, **readers(nothing=9, paid=4, paid_and_french=1, **towns))
    assert finding.message == "26 people would get 9 different choices of blocks, and at most 8 are sent"
    assert finding.hint.startswith("Of them 5 are in paid, 1 is in french, in any mixture. Name fewer segments")


def test_what_matches_nobody_or_everybody_is_told_with_their_number() -> None:
    [unread] = findings(audience.unread_block, FOR_SOME, **readers(nothing=1200))
    assert unread.message == "of 1,200 people nobody is in paid: nobody reads this block"
    [needless] = findings(audience.needless_condition, FOR_SOME, **readers(paid=1200))
    assert needless.message == "all 1,200 people are in paid: this block is for everybody"
    [unread] = findings(audience.unread_block, FOR_SOME, **readers(nothing=1))
    assert unread.message == "of 1 person nobody is in paid: nobody reads this block"
    [needless] = findings(audience.needless_condition, FOR_SOME, **readers(paid=1))
    assert needless.message == "the only reader is in paid: this block is for everybody"


def test_a_mail_for_a_segment_may_be_all_for_that_segment() -> None:
    counts = AudienceFacts(3, (), {}, "paid", 25, readerships={Readership(("paid",)): 3})
    assert not findings(audience.needless_condition, FOR_SOME, audience=counts)
