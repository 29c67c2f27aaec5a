"""Findings and problems as JSON, and as GitHub reads them."""

from __future__ import annotations

from dispatch.checks.check import Finding, Fix, Severity
from dispatch.errors import Problem
from dispatch.inspection.report import finding_as_json, finding_for_github, problem_as_json
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
        "block": None,
        "message": "It is long.",
        "hint": "Cut it.",
        "fix": None,
        "suggestions": [],
        "word": None,
    }


def test_a_finding_names_the_block_that_it_shows_in() -> None:
    place = Location("templates/blocks/quote.mjml.j2", 4, 42)
    finding = Finding("breaking-feature", Severity.ERROR, place, "It breaks.", block="blocks.3")
    assert finding_as_json(finding)["block"] == "blocks.3"


def test_a_problem_looks_like_an_error_of_a_check() -> None:
    assert problem_as_json(Problem("no such picture")) == {
        "check": "unreadable",
        "severity": "error",
        "file": "",
        "line": 0,
        "column": 0,
        "block": None,
        "message": "no such picture",
        "hint": "",
        "fix": None,
        "suggestions": [],
        "word": None,
    }


def test_a_fix_says_which_characters_become_what() -> None:
    fix = Fix("Write %20", (Edit(("blocks", 2, "button", "url"), 3, 4, "%20"),))
    finding = Finding("malformed-link", Severity.ERROR, Location("issues/a.yaml", 3, 10), "A space.", "Write %20", fix)
    assert finding_as_json(finding)["fix"] == {
        "title": "Write %20",
        "edits": [{"path": ["blocks", 2, "button", "url"], "start": 3, "end": 4, "text": "%20"}],
    }
    assert str(finding).endswith("Write %20 (`dispatch check --fix` does it)")


def test_a_finding_for_github_is_escaped_as_its_toolkit_does() -> None:
    place = Location("news/issues/a,b:c.yaml", 3, 10)
    finding = Finding("stale-year", Severity.WARNING, place, "100% of\r\nit: a, b", "Write 2%.")
    assert finding_for_github(finding, "news") == (
        "::warning file=issues/a%2Cb%3Ac.yaml,line=3,col=10,title=stale-year::100%25 of%0D%0Ait: a, b%0AWrite 2%25."
    )


def test_what_has_no_place_is_an_annotation_of_the_run() -> None:
    finding = Finding("unreadable", Severity.ERROR, Location(""), "there is no issue bridg")
    assert finding_for_github(finding, ".") == "::error title=unreadable::there is no issue bridg"
