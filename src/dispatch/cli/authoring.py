"""The author's commands: check, build."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dispatch.checks.check import Finding, Severity
from dispatch.cli.fixing import Repair
from dispatch.cli.terminal import count, json_option, say, settings, show, show_json, tinted
from dispatch.errors import DispatchError, Problem
from dispatch.inspection.report import finding_as_json, problem_as_json
from dispatch.project import Project
from dispatch.publishing import build_archive, build_issue, issues_by_standing

COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@click.command()
@click.argument("issues", metavar="[ISSUE]...", nargs=-1)
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@click.option("--fix", "fixing", is_flag=True, help="Write into the issues what is certain, and show it.")
@json_option
@click.pass_context
def check(context: click.Context, issues: tuple[str, ...], strict: bool, fixing: bool, as_json: bool) -> None:
    """Say what is wrong with each ISSUE (default: all), at file:line:col. Exit 1 if there is an error."""
    project = context.with_resource(Project(settings(context)))
    names = issues or tuple(path.stem for path in project.issue_files())
    findings: list[Finding] = []
    repairs: list[Repair] = []
    problems: dict[Problem, None] = {}  # in order, each once: what is wrong with the list is wrong for every issue
    for name in names:
        try:
            issue = project.read_issue(name)
            found = project.check(issue)
            if fixing:
                repairs.append(Repair.of(issue))
                found = repairs[-1].carry_out(project, found)
            findings += found
        except DispatchError as error:
            problems.update(dict.fromkeys(error.problems))
    errors = len(problems) + sum(finding.severity is Severity.ERROR for finding in findings)
    fixed = [finding for repair in repairs for finding in repair.fixed]
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    if as_json:
        rows = [*map(problem_as_json, problems), *map(finding_as_json, findings)]
        fixes = [finding_as_json(finding) for finding in fixed]
        show_json({"findings": rows, "errors": errors, "warnings": warnings, "fixed": fixes})
    else:
        for repair in repairs:
            for line in repair.told():
                show(line)
        for problem in problems:
            show(problem)
        for finding in findings:
            show(in_colour(finding))
        mended = f", {count(len(fixed), 'finding')} fixed" if fixed else ""
        say(f"{count(len(names), 'issue')} checked{mended}: {count(errors, 'error')}, {count(warnings, 'warning')}.")
    context.exit(1 if errors or (strict and warnings) else 0)


@click.command()
@click.argument("issues", metavar="[ISSUE]...", nargs=-1)
@click.option(
    "--out",
    metavar="DIR",
    default="build",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to.",
)
@click.pass_context
def build(context: click.Context, issues: tuple[str, ...], out: Path) -> None:
    """Write each ISSUE to DIR/<slug>/ as email.html, email.txt, message.eml and web.html.

    Without ISSUE the whole archive is written: pages, pictures, feed and sitemap, ready for any web server. It holds
    what was mailed, and what is dated and not in the future.
    """
    project = context.with_resource(Project(settings(context)))
    if issues:
        read = [project.read_issue(name) for name in issues]
        written = [path for issue in read for path in build_issue(project, issue, out)]
    else:
        published, waiting = issues_by_standing(project)
        written = build_archive(project, published, out)
        for issue in waiting:
            say(f"{issue.slug} is left out: {f'it is dated {issue.date}' if issue.date else 'it has no date'}")
    for path in written:
        show(os.path.relpath(path))


def in_colour(finding: Finding) -> str:
    """A finding whose severity is seen at a glance."""
    word = f" {finding.severity}: "
    return str(finding).replace(word, f" {tinted(str(finding.severity), COLOURS[finding.severity])}: ", 1)
