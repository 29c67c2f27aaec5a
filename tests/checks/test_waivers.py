"""What is allowed is set aside with its reason; what cannot be allowed is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.checks import BINDING, CHECKS, compliance, wording
from dispatch.checks.check import CheckFunction, Severity, name_of
from dispatch.checks.waivers import Judgement, Policy, judge
from dispatch.errors import InvalidIssue
from dispatch.rendering.compiled import Slots
from dispatch.testing.checks import evidence_about

NO_POLICY = Policy()
LONG = "title: A bridge between two towns that nobody has crossed for years\npreheader: Two towns and one river.\n"


def judged(allow: str, policy: Policy = NO_POLICY, check: CheckFunction = wording.long_subject) -> Judgement:
    return judge([evidence_about(f"{LONG}allow: {allow}\nblocks: [divider: ]\n")], policy, [check])


def test_what_the_issue_allows_is_set_aside_with_its_reason() -> None:
    judgement = judged("{long-subject: It is a quotation.}")
    assert judgement.findings == ()
    (waived,) = judgement.waived
    assert (waived.finding.check, waived.reason) == ("long-subject", "It is a quotation.")


def test_what_the_newsletter_allows_is_set_aside_too_and_never_unneeded() -> None:
    policy = Policy(allow={"long-subject": "We like them.", "missing-preheader": "It is made by the template."})
    judgement = judged("{}", policy)
    assert judgement.findings == ()
    assert [waived.reason for waived in judgement.waived] == ["We like them."]


def test_the_issue_knows_better_why() -> None:
    judgement = judged("{long-subject: Its own reason.}", Policy(allow={"long-subject": "We like them."}))
    assert [waived.reason for waived in judgement.waived] == ["Its own reason."]


def test_a_name_of_no_check_is_an_error_at_its_place() -> None:
    judgement = judged("{long-subjekt: I like it., long-subject: I like it.}")
    (finding,) = judgement.findings
    assert (finding.check, finding.severity) == ("unknown-waiver", Severity.ERROR)
    assert (str(finding.location), finding.hint) == ("issues/example.yaml:3:9", "Did you mean `long-subject`?")


def test_a_name_that_is_like_no_other_is_not_answered_with_all_of_them() -> None:
    (finding,) = judged("{nonsense: I like it., long-subject: I like it.}").findings
    assert finding.hint == "docs/checks.md names them all."


def test_what_is_allowed_in_vain_is_a_warning_at_its_place() -> None:
    judgement = judged("{long-subject: I like it., missing-alt: I like it.}")
    (finding,) = judgement.findings
    assert (finding.check, finding.severity) == ("unneeded-waiver", Severity.WARNING)
    assert str(finding.location) == "issues/example.yaml:3:35"


@pytest.mark.parametrize("allow", ["{long-subject: }", "{long-subject: ''}", "{long-subject: ' '}"])
def test_what_is_allowed_has_a_reason(allow: str) -> None:
    with pytest.raises(InvalidIssue, match="there is no reason"):
        judged(allow)


def test_what_must_never_go_out_is_told_although_it_is_allowed() -> None:
    evidence = evidence_about(f"{LONG}allow: {{missing-postal-address: We have none.}}\nblocks: [divider: ]\n")
    evidence = replace(evidence, compiled=replace(evidence.compiled, text=Slots(("Goodbye",))))
    policy = Policy(allow={"missing-postal-address": "We have none."}, severity={})
    judgement = judge([evidence], policy, [compliance.missing_postal_address])
    assert [finding.check for finding in judgement.findings] == ["missing-postal-address", "forbidden-waiver"]
    assert str(judgement.findings[1].location) == "issues/example.yaml:3:9"
    assert {finding.severity for finding in judgement.findings} == {Severity.ERROR}
    assert judgement.waived == ()


def test_the_newsletter_weighs_findings_for_itself() -> None:
    (finding,) = judged("{}", Policy(severity={"long-subject": Severity.ERROR})).findings
    assert finding.severity is Severity.ERROR


def test_what_binds_is_a_check() -> None:
    assert {name_of(check) for check in BINDING} < {name_of(check) for check in CHECKS}


def test_what_nobody_could_look_for_may_still_be_needed() -> None:
    text = f"{LONG}allow: {{unreachable-link: It is for members.}}\nblocks: [divider: ]\n"
    offline, online = (judge([evidence_about(text, answers=answers)], NO_POLICY, []) for answers in (None, {}))
    assert offline.findings == ()
    assert [finding.check for finding in online.findings] == ["unneeded-waiver"]
