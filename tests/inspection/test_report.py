"""Findings and problems as JSON."""

from __future__ import annotations

from dispatch.checks.check import Finding, Fix, Severity
from dispatch.errors import Problem
from dispatch.inspection.report import finding_as_json, problem_as_json
from dispatch.location import Location
from dispatch.yaml_source import Edit


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
        "fix": None,
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
        "fix": None,
    }


def test_a_fix_says_which_characters_become_what() -> None:
    fix = Fix("Write %20", (Edit(("blocks", 2, "button", "url"), 3, 4, "%20"),))
    finding = Finding("malformed-link", Severity.ERROR, Location("issues/a.yaml", 3, 10), "A space.", "Write %20", fix)
    assert finding_as_json(finding)["fix"] == {
        "title": "Write %20",
        "edits": [{"path": ["blocks", 2, "button", "url"], "start": 3, "end": 4, "text": "%20"}],
    }
    assert str(finding).endswith("Write %20 (`dispatch check --fix` does it)")
