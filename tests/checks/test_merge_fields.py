"""Merge fields held against the audience."""

from __future__ import annotations

from dataclasses import replace

from dispatch.checks import merge_fields
from dispatch.checks.check import CheckFunction, Severity
from dispatch.checks.evidence import AudienceFacts
from dispatch.rendering.compiled import Context, Slot, Slots
from dispatch.testing.checks import CheckContract, Example, evidence_about, findings

EXAMPLES: dict[CheckFunction, Example] = {
    merge_fields.unknown_merge_field: Example(
        bad="""
            title: A bridge
            subject: "For ‸{{frist_name|you}}"
            blocks:
              - paragraph: "**Dear ‸{{town|neighbour}}**, [see](https://example.org/‸{{town|}})"
        """,
        good="""
            title: A bridge
            subject: "For {{first_name|you}}"
            blocks:
              - paragraph: "{{company|}} {{email|}} [leave]({{unsubscribe_url|}}) [see]({{view_online_url|}}) `\\\\{{x}}`"
        """,
    ),
    merge_fields.foreign_merge_field: Example(
        bad="""
            title: A bridge
            subject: "‸%FIRSTNAME%, a bridge"
            blocks:
              - paragraph: "Dear ‸*|FNAME|*, dear ‸{first_name}, ‸${company}, ‸[[ email ]], ‸<<First Name>>"
              - button: {text: Go, url: "https://example.org/?u=‸*|EMAIL|*"}
        """,
        good="""
            title: A bridge
            subject: "{{first_name|You}}, a bridge"
            blocks:
              - paragraph: "20% and 30% more, {x}, a set {bridge}, [[1]], `${company}`, {{ company | you }}, \\\\{{company}}"
              - button: {text: Go, url: "https://example.org/?u={{email|}}"}
        """,
    ),
    merge_fields.merge_field_without_value: Example(
        bad="""
            title: A bridge
            blocks:
              - paragraph: "Dear ‸{{first_name|}}, how is ‸{{company|}}?"
        """,
        good="""
            title: A bridge
            blocks:
              - paragraph: "Dear {{first_name|reader}}, {{email|}}, [see](https://example.org/?c={{company|}})"
        """,
    ),
}


class TestContract(CheckContract):
    theme = merge_fields
    examples = EXAMPLES


GREETING = 'title: A bridge\nblocks:\n  - paragraph: "Dear {{first_name|}} of {{town|nowhere}}"\n'


def test_an_unknown_field_stops_the_mailing_and_names_its_likeness() -> None:
    text = 'title: A\nblocks: [paragraph: "{{frist_name|you}}"]\n'
    [finding] = findings(merge_fields.unknown_merge_field, text)
    assert finding.severity is Severity.ERROR
    assert finding.hint == "Did you mean `first_name`?"


def test_a_gap_is_counted_and_named_with_its_segment() -> None:
    audience = AudienceFacts(1200, ("first_name", "town"), {"first_name": 100, "town": 0}, "french")
    [finding] = findings(merge_fields.merge_field_without_value, GREETING, audience=audience)
    assert finding.severity is Severity.WARNING
    assert (
        finding.message == "1,100 of 1,200 people in the segment french (92%) have no first_name and would read nothing"
    )
    for people, told in {1: "1 of 1 person", 4: "1 of 4 people (25%)"}.items():
        counts = AudienceFacts(people, ("first_name", "town"), {"first_name": people - 1})
        [finding] = findings(merge_fields.merge_field_without_value, GREETING, audience=counts)
        assert finding.message == f"{told} has no first_name and would read nothing"


def test_a_field_that_only_the_templates_use_must_be_known_too() -> None:
    evidence = evidence_about('title: A\nblocks: [paragraph: "{{first_name|}}"]\n')
    html = Slots(("<p>", "</p>"), (Slot("shoe_size", "", Context.TEXT),))
    evidence = replace(evidence, compiled=replace(evidence.compiled, html=html))
    [finding] = merge_fields.unknown_merge_field(evidence)
    assert (finding.message, finding.location.line) == (
        "no subscriber has the merge field {{shoe_size|…}}, which a template uses",
        1,
    )
