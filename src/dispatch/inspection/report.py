"""Findings, and problems that kept an issue from being checked, as `--json` and GitHub want them."""

from __future__ import annotations

import os

from dispatch.checks.check import Finding, Fix, Severity
from dispatch.checks.waivers import Waived
from dispatch.errors import Problem
from dispatch.location import Location

Json = dict[str, object]

UNREADABLE = "unreadable"
"""What stands in the place of a check's name where an issue could not be read or compiled."""


def finding_as_json(finding: Finding) -> Json:
    """A finding. These keys stay; line and column count from 1, and 0 means "not known".

    `block` is the part of the issue's body that it shows in, `blocks.3` or `cover`; it and `fix` may be null. A fix is
    certain; `suggestions`, each like a fix, are to be chosen from. `word`, or null, is one that terms.yaml could accept.
    """
    return {
        "check": finding.check,
        "severity": str(finding.severity),
        "file": finding.location.file,
        "line": finding.location.line,
        "column": finding.location.column,
        "block": finding.block or None,
        "message": finding.message,
        "hint": finding.hint,
        "fix": _fix_as_json(finding.fix) if finding.fix else None,
        "suggestions": [*map(_fix_as_json, finding.suggestions)],
        "word": finding.word or None,
    }


def waived_as_json(waived: Waived) -> Json:
    """A finding that is allowed: the same keys, and `reason`."""
    return finding_as_json(waived.finding) | {"reason": waived.reason}


def finding_of(problem: Problem) -> Finding:
    """A problem in an issue, a template or a setting, as if a check had found it."""
    location = problem.location or Location("")
    return Finding(UNREADABLE, Severity.ERROR, location, problem.message, problem.remedy)


def problem_as_json(problem: Problem) -> Json:
    """A problem, with the same keys as a finding."""
    return finding_as_json(finding_of(problem))


def finding_for_github(finding: Finding, root: str) -> str:
    """The workflow command that shows a finding beside its line; `root` is the folder of the repository.

    https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions ("Setting an error message");
    how to escape is told by the code alone (actions/toolkit, packages/core/src/command.ts, 2026).
    """
    place = finding.location
    properties = {"file": os.path.relpath(place.file, root)} if place.file else {}
    properties |= {"line": str(place.line)} if place.line else {}
    properties |= {"col": str(place.column)} if place.column else {}
    properties["title"] = finding.check
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    message = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return f"::{finding.severity} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _fix_as_json(fix: Fix) -> Json:
    """A fix. `start` and `end` count the characters of the text at `path`, which `text` takes the place of."""
    edits = [{"path": list(edit.path), "start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "edits": edits}
