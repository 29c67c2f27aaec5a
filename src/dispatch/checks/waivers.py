"""What of the findings counts: those that the issue or the newsletter allows, with a reason, are set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dispatch.checks import BINDING, CHECKS
from dispatch.checks.check import CheckFunction, Finding, Severity, folded, name_of, run
from dispatch.checks.evidence import Evidence
from dispatch.checks.link_targets import unreachable_link
from dispatch.checks.proofreading import PROOFS
from dispatch.content.issue import Issue
from dispatch.yaml_model import did_you_mean


@dataclass(frozen=True)
class Policy:
    """What the newsletter says of checks, by their names, for all of its issues."""

    severity: Mapping[str, Severity] = field(default_factory=dict)
    allow: Mapping[str, str] = field(default_factory=dict)  # the reasons


@dataclass(frozen=True)
class Waived:
    """A finding that is allowed, and why."""

    finding: Finding
    reason: str


@dataclass(frozen=True)
class Judgement:
    """What is wrong with an issue, and what would be if it were not allowed; each in order of place."""

    findings: tuple[Finding, ...]
    waived: tuple[Waived, ...] = ()
    notices: tuple[str, ...] = ()  # what could not be looked at, and what to do about it
    pending: bool = False  # it is still being proof-read


def judge(variants: Sequence[Evidence], policy: Policy, checks: Sequence[CheckFunction] = CHECKS) -> Judgement:
    """Run the checks on each variant of an issue, and set aside what may be set aside."""
    issue, found = variants[0].issue, folded([run(checks, evidence) for evidence in variants])
    reasons = {name: why for name, why in {**policy.allow, **issue.allow}.items() if name not in binding_names()}
    kept = [_as_the_newsletter_weighs(finding, policy) for finding in found if finding.check not in reasons]
    unasked = {name_of(unreachable_link)} if variants[0].answers is None else set()
    proofs = variants[0].proofs
    if proofs is None or proofs.notices or proofs.pending:
        unasked |= set(map(name_of, PROOFS))
    kept += [*unknown_waivers(issue), *forbidden_waivers(issue), *unneeded_waivers(issue, found, unasked)]
    waived = (Waived(finding, reasons[finding.check]) for finding in found if finding.check in reasons)
    ordered = tuple(sorted(kept, key=lambda finding: finding.location))
    return Judgement(ordered, tuple(waived), proofs.notices if proofs else (), bool(proofs and proofs.pending))


def known_names() -> dict[str, None]:
    """The names of all checks, in order."""
    return dict.fromkeys(map(name_of, CHECKS))


def no_such_check(name: str) -> tuple[str, str]:
    """What is said of a name of no check, and what to do about it."""
    return f"there is no check `{name}`", did_you_mean(name, known_names(), otherwise="docs/checks.md names them all.")


def binding_names() -> frozenset[str]:
    """The names of the checks that nobody can allow or make light of."""
    return frozenset(map(name_of, BINDING))


def unknown_waivers(issue: Issue) -> Iterator[Finding]:
    """What an issue allows is the name of no check: error `unknown-waiver`."""
    for name in issue.allow:
        if name not in known_names():
            yield _about(issue, name, "unknown-waiver", Severity.ERROR, *no_such_check(name))


def forbidden_waivers(issue: Issue) -> Iterator[Finding]:
    """An issue allows what must never go out: error `forbidden-waiver`."""
    for name in sorted(issue.allow.keys() & binding_names()):
        message = f"`{name}` cannot be allowed: the law and mailbox providers ask for it in every mail"
        yield _about(issue, name, "forbidden-waiver", Severity.ERROR, message, "Delete this line.")


def unneeded_waivers(issue: Issue, found: Iterable[Finding], unasked: Iterable[str] = ()) -> Iterator[Finding]:
    """An issue allows what no check has found, of those that could look: warning `unneeded-waiver`."""
    needed = {*(finding.check for finding in found), *unasked, *binding_names()}
    for name in issue.allow:
        if name in known_names() and name not in needed:
            message = f"there is nothing here for `{name}` to find"
            yield _about(issue, name, "unneeded-waiver", Severity.WARNING, message, "Delete this line.")


def _about(issue: Issue, name: str, check: str, severity: Severity, message: str, hint: str) -> Finding:
    return Finding(check, severity, issue.source.locate_key(("allow", name)), message, hint)


def _as_the_newsletter_weighs(finding: Finding, policy: Policy) -> Finding:
    return replace(finding, severity=policy.severity.get(finding.check, finding.severity))
