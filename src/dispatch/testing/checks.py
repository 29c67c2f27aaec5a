"""What every check must be, as a suite for pytest: subclass CheckContract, give it a theme and its examples."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from dispatch.checks import CHECKS
from dispatch.checks.check import CheckFunction, Finding, documentation_of, name_of, run
from dispatch.checks.evidence import AudienceFacts, Evidence, Setting
from dispatch.content.issue import Issue, read_issue
from dispatch.location import Location
from dispatch.rendering.compiled import CompiledIssue, Context, Slot, Slots
from dispatch.rendering.marks import MarkedHtml
from dispatch.rendering.words import direction_of
from dispatch.yaml_source import edited, read_yaml

CARET = "‸"
"""Stands in a bad example before each character at which the check must speak."""

FILE = "issues/example.yaml"
SETTINGS = "dispatch.yaml"
POSTAL_ADDRESS = "Example News, 1 Example Street, 10115 Berlin"
HEADERS = (
    ("Date", "Mon, 02 Mar 2026 07:00:00 +0000"),
    ("From", "Example News <news@example.org>"),
    ("To", "person1@example.org"),
    ("Subject", "A bridge"),
    ("Message-ID", "<1.abc@example.org>"),
    ("List-Unsubscribe", "<https://example.org/u/abc>, <mailto:leave@example.org>"),
    ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ("List-Id", "Example News <example-news.example.org>"),
)
"""Of a specimen message; tests replace them by others."""


@dataclass(frozen=True)
class Example:
    """An issue at which a check must speak, and its innocent twin; `bad_facts` and `good_facts` replace Evidence.

    `at` is where it must speak outside of the issue, as `dispatch.yaml:8:7`.
    """

    bad: str
    good: str
    at: str = ""
    bad_facts: Mapping[str, Any] = field(default_factory=dict)
    good_facts: Mapping[str, Any] = field(default_factory=dict)


def evidence_about(text: str, **facts: Any) -> Evidence:
    """Evidence about an issue whose newsletter, audience and theme are in order, but for the given facts."""
    issue = read_issue(text, FILE)
    mail = compiled(issue)
    evidence = Evidence(
        issue=issue,
        compiled=mail,
        marked=MarkedHtml(mail.html),
        from_address=Setting("news@example.org", Location(SETTINGS, 8, 7)),
        from_name="Example News",
        postal_address=Setting(POSTAL_ADDRESS, Location(SETTINGS, 6, 19)),
        newsletter_url=Setting("https://example.org", Location(SETTINGS, 3, 8)),
        unsubscribe_url=Setting("https://example.org/u/", Location(SETTINGS, 11, 8)),
        real_mail=True,
        audience=AudienceFacts(
            people=25,
            known_fields=("email", "name", "first_name", "language", "company"),
            filled={"email": 25, "name": 25, "first_name": 22, "language": 25, "company": 3},
            services={"other": 15, "gmail": 10},
        ),
        pictures=(),
        largest_html_bytes=17_406,
        largest_html_for="person1@example.org",
        today=date(2026, 3, 2),
        headers=HEADERS,
    )
    return replace(evidence, **facts)


def compiled(issue: Issue) -> CompiledIssue:
    """An issue as a theme with a proper footer compiles it, but without its text."""
    direction = direction_of(issue.language)
    opening = f'<!DOCTYPE html><html lang="{issue.language}" dir="{direction}"><body><p>{POSTAL_ADDRESS}</p><a href="'
    html = Slots(
        (opening, '">Unsubscribe</a></body></html>'),
        (Slot("unsubscribe_url", "", Context.URL),),
    )
    text = Slots((f"{POSTAL_ADDRESS}\nUnsubscribe: ", "\n"), (Slot("unsubscribe_url", "", Context.PLAIN),))
    return CompiledIssue(
        slug=issue.slug,
        title=issue.title,
        language=issue.language,
        direction=direction,
        subject=Slots((issue.subject,)),
        preheader=issue.preheader,
        html=html,
        text=text,
        pictures=(),
        embedded=False,
    )


def findings(check: CheckFunction, text: str, **facts: Any) -> list[Finding]:
    """What a check says about an issue, in order of place; the carets of an example are left out."""
    return run([check], evidence_about(_unindented(text).replace(CARET, ""), **facts))


def places(text: str) -> list[Location]:
    """Where the carets of an example point to."""
    return [
        Location(FILE, number, caret.start() - seen + 1)
        for number, line in enumerate(_unindented(text).splitlines(), start=1)
        for seen, caret in enumerate(re.finditer(CARET, line))
    ]


def _unindented(text: str) -> str:
    return dedent(text).lstrip("\n")


class CheckContract:
    """The promises of dispatch.checks, for the checks of a `theme`: a module in which every public function is one."""

    theme: ModuleType
    examples: Mapping[CheckFunction, Example]

    @classmethod
    def checks(cls) -> tuple[CheckFunction, ...]:
        """The public functions that are written in the module."""
        functions = inspect.getmembers(cls.theme, inspect.isfunction)
        return tuple(
            function
            for name, function in functions
            if function.__module__ == cls.theme.__name__ and not name.startswith("_")
        )

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run what asks for a `check` once for each of them."""
        if "check" in metafunc.fixturenames:
            metafunc.parametrize("check", self.checks(), ids=name_of)

    def test_it_is_registered(self, check: CheckFunction) -> None:
        assert check in CHECKS, "add it to dispatch.checks.CHECKS"

    def test_it_has_an_example(self, check: CheckFunction) -> None:
        assert check in self.examples

    def test_it_is_documented_by_a_sentence(self, check: CheckFunction) -> None:
        first = documentation_of(check).split("\n\n")[0]
        assert re.fullmatch(r"[A-Z][^`]*\.", first, re.DOTALL), "the docstring opens with what is wrong, in a sentence"

    def test_its_name_says_what_may_be_allowed(self, check: CheckFunction) -> None:
        name = name_of(check)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert name.split("-")[0] not in {"no", "not", "check", "avoid", "disallow", "forbid", "require", "use"}, (
            f"“allow {name}” should read well: name the fault, neither its remedy nor the rule"
        )

    def test_it_speaks_at_the_bad_example(self, check: CheckFunction) -> None:
        example = self.examples[check]
        said = findings(check, example.bad, **example.bad_facts)
        expected = [*([example.at] if example.at else []), *map(str, places(example.bad))]
        assert expected, "a bad example says where the check must speak: by carets, or with `at`"
        assert [str(finding.location) for finding in said] == expected
        for finding in said:
            assert finding.check == name_of(check)
            assert not finding.message.endswith("."), "a message follows `error: `, without a full stop"
            assert finding.hint, "a finding says what to do about it"

    def test_its_fixes_mend_what_it_found(self, check: CheckFunction) -> None:
        example = self.examples[check]
        text = _unindented(example.bad).replace(CARET, "")
        said = findings(check, example.bad, **example.bad_facts)
        for finding in said:
            if finding.fix:
                mended = edited(read_yaml(text, FILE), finding.fix.edits).text
                left = [(each.message, each.severity) for each in findings(check, mended, **example.bad_facts)]
                assert left == [(each.message, each.severity) for each in said if each is not finding]
                assert re.fullmatch(r"[A-Z].*[^.]", finding.fix.title), "a title is an imperative without a full stop"

    def test_it_is_silent_at_the_good_example(self, check: CheckFunction) -> None:
        example = self.examples[check]
        assert CARET not in example.good
        assert findings(check, example.good, **example.good_facts) == []
