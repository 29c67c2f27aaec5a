"""Findings, and problems that kept an issue from being checked, as plain values for `--json`."""

from __future__ import annotations

from dispatch.checks.check import Finding, Severity
from dispatch.errors import Problem
from dispatch.location import Location

UNREADABLE = "unreadable"
"""What stands in the place of a check's name where an issue could not be read or compiled."""


def finding_as_json(finding: Finding) -> dict[str, str | int]:
    """A finding. These keys stay; line and column count from 1, and 0 means "not known"."""
    return {
        "check": finding.check,
        "severity": str(finding.severity),
        "file": finding.location.file,
        "line": finding.location.line,
        "column": finding.location.column,
        "message": finding.message,
        "hint": finding.hint,
    }


def problem_as_json(problem: Problem) -> dict[str, str | int]:
    """A problem in an issue, a template or a setting, with the same keys."""
    location = problem.location or Location("")
    return finding_as_json(Finding(UNREADABLE, Severity.ERROR, location, problem.message, problem.remedy))
