"""A check is a function of the Evidence; its docstring is its documentation, its dashed name its id."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from dispatch.checks.evidence import Evidence
from dispatch.checks.shown import ShownWords
from dispatch.location import Location
from dispatch.yaml_source import Edit

MOST_TOLD = 100
"""Findings of one check in one issue."""

_FIGURE = re.compile(r"\d[\d.,]*")
_FIRST_THESE = "Mend these first: the next ones are told then."


class Severity(IntEnum):
    """How bad it is: an error stops `send`, a warning does not."""

    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Fix:
    """What mends a finding: its title, an imperative, and the edits of the issue's file that do it."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Finding:
    """What a check says."""

    check: str
    severity: Severity
    location: Location
    message: str
    hint: str = ""
    fix: Fix | None = None  # what certainly mends it
    block: str = ""  # the name of the part of the issue that it shows in: `blocks.3`, `title`
    suggestions: tuple[Fix, ...] = ()  # of which each may be what is meant: for a person to choose, the likeliest first
    word: str = ""  # which may be in order, and is not looked for any more once terms.yaml accepts it
    shown: ShownWords | None = None  # what it is about in the mail, where it is about words

    def __str__(self) -> str:
        way = " (`dispatch check --fix` does it)" if self.fix else ""
        if self.word:
            way = f" (`dispatch check --accept {shlex.quote(self.word)}` where it is right)"
        hint = f"\n    {self.hint}{way}" if self.hint else ""
        return f"{self.location}: {self.severity}: {self.message} [{self.check}]{hint}"


CheckFunction = Callable[[Evidence], Iterable[Finding]]


def name_of(check: CheckFunction) -> str:
    """The dashed id of a check: its function's name, `missing_alt` → `missing-alt`."""
    return check.__name__.replace("_", "-")


def documentation_of(check: CheckFunction) -> str:
    """What a check is about, from its docstring."""
    return inspect.getdoc(check) or ""


def error(check: CheckFunction, location: Location, message: str, hint: str = "", fix: Fix | None = None) -> Finding:
    """What a check says when the mailing must not go out like this."""
    return Finding(name_of(check), Severity.ERROR, location, message, hint, fix)


def warning(
    check: CheckFunction,
    location: Location,
    message: str,
    hint: str = "",
    fix: Fix | None = None,
    suggestions: tuple[Fix, ...] = (),
    word: str = "",
    shown: ShownWords | None = None,
) -> Finding:
    """What a check says when the author should look again."""
    return Finding(name_of(check), Severity.WARNING, location, message, hint, fix, "", suggestions, word, shown)


def run(checks: Iterable[CheckFunction], evidence: Evidence) -> list[Finding]:
    """The findings of all checks, in order of place; of one check the first 100, and one that counts the others."""
    found = (_told(check(evidence)) for check in checks)
    placed = (_in_its_block(finding, evidence) for told in found for finding in told)
    return sorted(placed, key=_place)


def folded(variants: Sequence[list[Finding]]) -> list[Finding]:
    """What was found in the variants of an issue, in order of place: the same, but for its figures, is told once."""
    if len(variants) == 1:
        return variants[0]
    told: dict[object, Finding] = {}
    for findings in variants:
        for finding in findings:
            told.setdefault((finding.check, finding.location, _FIGURE.sub("", finding.message)), finding)
    return sorted(told.values(), key=_place)


def _told(findings: Iterable[Finding]) -> list[Finding]:
    """What is told of the findings of a check: nobody reads a thousand."""
    found = sorted(findings, key=_place)
    told, others = found[:MOST_TOLD], found[MOST_TOLD:]
    if len(others) > 1:
        message = f"there are {len(others):,} more like these from here on"
        severity = max(finding.severity for finding in others)
        others = [Finding(others[0].check, severity, others[0].location, message, _FIRST_THESE, block=others[0].block)]
    return told + others


def _in_its_block(finding: Finding, evidence: Evidence) -> Finding:
    return finding if finding.block else replace(finding, block=evidence.issue.block_at(finding.location))


def _place(finding: Finding) -> tuple[Location, str, str]:
    return finding.location, finding.check, finding.message
