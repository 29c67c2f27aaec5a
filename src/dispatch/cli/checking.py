"""The author's command check."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import click

from dispatch.checks.check import Finding, Severity
from dispatch.checks.waivers import Waived
from dispatch.cli.accepting import accept
from dispatch.cli.fixing import Repair
from dispatch.cli.terminal import json_option, say, settings, show, show_json, tinted
from dispatch.content.issue import Issue
from dispatch.counts import count
from dispatch.errors import DispatchError, Problem
from dispatch.inspection.report import (
    finding_as_json,
    finding_for_github,
    finding_of,
    problem_as_json,
    waived_as_json,
)
from dispatch.newsroom import Newsroom

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@click.command()
@click.argument("issues", metavar="[ISSUE]...", nargs=-1)
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@click.option("--fix", "fixing", is_flag=True, help="Write into the issues what is certain, and show it.")
@click.option("--accept", "words", metavar="WORD", multiple=True, help="Put a word into terms.yaml: it is in order.")
@click.option("--online", is_flag=True, help="Follow the links as well; without it nobody is asked.")
@click.option("--no-proofread", "hasty", is_flag=True, help="Leave spelling and grammar alone.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="github: as annotations of a workflow run; json is --json.",
)
@json_option
@click.pass_context
def check(
    context: click.Context,
    issues: tuple[str, ...],
    strict: bool,
    fixing: bool,
    words: tuple[str, ...],
    online: bool,
    hasty: bool,
    form: str,
    as_json: bool,
) -> None:
    """Say what is wrong with each ISSUE (default: all), at file:line:col. Exit 1 if there is an error."""
    newsroom = Newsroom(settings(context))
    if words:
        accept(words, newsroom.config.folder)
    names = issues or tuple(path.stem for path in newsroom.issue_files())
    found = _Found(fixing=fixing, online=online, proofread=not hasty)
    if not issues:
        found.problems.update(dict.fromkeys(newsroom.refused_files().values()))
    for name in names:
        try:
            path = newsroom.issue_path(name)
            found.issues += 1
            found.add(newsroom, newsroom.read_issue(str(path)))
        except DispatchError as error:
            found.problems.update(dict.fromkeys(error.problems))
    newsroom.proofreader.close()
    for notice in found.notices:
        say(notice)
    _show(found, "json" if as_json else form)
    context.exit(1 if found.errors or (strict and found.warnings) else 0)


def _show(found: _Found, form: str) -> None:
    if form == "json":
        show_json(found.as_json())
    elif form == "github":
        for finding in (*map(finding_of, found.problems), *found.findings):
            show(finding_for_github(finding, os.environ.get("GITHUB_WORKSPACE", ".")))
    else:
        for line in found.told():
            show(line)
        if found.repairs and found.findings and not found.fixed:
            say("Nothing here can be mended for certain.")
        say(f"{count(found.issues, 'issue')} checked{found.in_numbers()}.")


def in_colour(finding: Finding) -> str:
    """A finding whose severity is seen at a glance."""
    word = f" {finding.severity}: "
    return str(finding).replace(word, f" {tinted(str(finding.severity), COLOURS[finding.severity])}: ", 1)


@dataclass
class _Found:
    """What the checks say of some issues."""

    fixing: bool
    online: bool
    proofread: bool
    issues: int = 0  # that there are
    findings: list[Finding] = field(default_factory=list)
    waived: list[Waived] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    problems: dict[Problem, None] = field(default_factory=dict)  # each once: one with the list is every issue's
    notices: dict[str, None] = field(default_factory=dict)  # what could not be looked at, each once

    def add(self, newsroom: Newsroom, issue: Issue) -> None:
        """Check an issue, and fix what can be fixed."""
        proofs = newsroom.proofread(issue) if self.proofread else None
        judgement = newsroom.judge(issue, online=self.online, proofs=proofs)
        if self.fixing:
            self.repairs.append(Repair.of(issue))
            judgement = self.repairs[-1].carry_out(newsroom, judgement, online=self.online, proofread=self.proofread)
        self.notices |= dict.fromkeys(judgement.notices)
        self.findings = [*dict.fromkeys((*self.findings, *judgement.findings))]  # in the list, every issue has the same
        self.waived += judgement.waived

    @property
    def errors(self) -> int:
        return len(self.problems) + sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        return sum(finding.severity is Severity.WARNING for finding in self.findings)

    @property
    def fixed(self) -> list[Finding]:
        return [finding for repair in self.repairs for finding in repair.fixed]

    def as_json(self) -> dict[str, object]:
        return {
            "findings": [*map(problem_as_json, self.problems), *map(finding_as_json, self.findings)],
            "waived": [*map(waived_as_json, self.waived)],
            "errors": self.errors,
            "warnings": self.warnings,
            "fixed": [*map(finding_as_json, self.fixed)],
        }

    def told(self) -> Iterator[str]:
        for repair in self.repairs:
            yield from repair.told()
        yield from map(str, self.problems)
        yield from map(in_colour, self.findings)

    def in_numbers(self) -> str:
        found = len(self.fixed) + len(self.findings)
        mended = f", {len(self.fixed):,} of {count(found, 'finding')} fixed" if self.repairs and found else ""
        allowed = f", {len(self.waived):,} allowed" if self.waived else ""
        return f"{mended}: {count(self.errors, 'error')}, {count(self.warnings, 'warning')}{allowed}"
