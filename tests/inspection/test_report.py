"""Findings and problems as JSON."""

from __future__ import annotations

from dispatch.checks.check import Finding, Severity
from dispatch.errors import Problem
from dispatch.inspection.report import finding_as_json, problem_as_json
from dispatch.location import Location


def test_a_finding_has_these_keys_and_no_others() -> None:
    finding = Finding("long-subject", Severity.WARNING, Location("issues/a.yaml", 3, 10), "It is long.", "Cut it.")
    assert finding_as_json(finding) == {
        "check": "long-subject",
        "severity": "warning",
        "file": "issues/a.yaml",
        "line": 3,
        "column": 10,
        "message": "It is long.",
        "hint": "Cut it.",
    }


def test_a_problem_looks_like_an_error_of_a_check() -> None:
    assert problem_as_json(Problem("no such picture")) == {
        "check": "unreadable",
        "severity": "error",
        "file": "",
        "line": 0,
        "column": 0,
        "message": "no such picture",
        "hint": "",
    }
