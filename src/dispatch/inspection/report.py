"""Findings, and problems that kept an issue from being checked, as plain values for `--json`."""

from __future__ import annotations

from dispatch.checks.check import Finding, Fix, Severity
from dispatch.errors import Problem
from dispatch.location import Location

Json = dict[str, object]

UNREADABLE = "unreadable"
"""What stands in the place of a check's name where an issue could not be read or compiled."""


def finding_as_json(finding: Finding) -> Json:
    """A finding. These keys stay; line and column count from 1, and 0 means "not known"; `fix` may be null."""
    return {
        "check": finding.check,
        "severity": str(finding.severity),
        "file": finding.location.file,
        "line": finding.location.line,
        "column": finding.location.column,
        "message": finding.message,
        "hint": finding.hint,
        "fix": _fix_as_json(finding.fix) if finding.fix else None,
    }


def problem_as_json(problem: Problem) -> Json:
    """A problem in an issue, a template or a setting, with the same keys."""
    location = problem.location or Location("")
    return finding_as_json(Finding(UNREADABLE, Severity.ERROR, location, problem.message, problem.remedy))


def _fix_as_json(fix: Fix) -> Json:
    """A fix. `start` and `end` count the characters of the text at `path`, which `text` takes the place of."""
    edits = [{"path": list(edit.path), "start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "edits": edits}
