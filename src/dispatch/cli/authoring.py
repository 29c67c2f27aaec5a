"""The author's commands: init, new, check, build, schema."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from dispatch.checks.check import Finding, Severity
from dispatch.cli.terminal import count, open_project, say
from dispatch.content.schema import issue_json_schema
from dispatch.errors import DispatchError, InvalidInput
from dispatch.inspection.report import finding_as_json, problem_as_json
from dispatch.publishing import build_archive, build_issue
from dispatch.starter import write_issue, write_newsletter


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Make a new newsletter folder: settings, a first issue, a list with one subscriber."""
    for path in write_newsletter(folder):
        say(f"wrote {path}")
    step = "" if folder == Path() else f"cd {folder} && "
    say(f"\nNext: {step}dispatch preview")


@click.command()
@click.argument("title")
@click.pass_context
def new(context: click.Context, title: str) -> None:
    """Start a new issue from its TITLE."""
    project = open_project(context)
    path = write_issue(project.config.folder, title)
    write_schema(project.config.state)
    click.echo(os.path.relpath(path))
    say(f"\nNext: dispatch preview {path.stem}")


@click.command()
@click.argument("issues", metavar="[ISSUE]...", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@click.pass_context
def check(context: click.Context, issues: tuple[str, ...], as_json: bool, strict: bool) -> None:
    """Say what is wrong with each ISSUE (default: all), at file:line:col. Exit 1 if there is an error."""
    project = open_project(context)
    findings: list[Finding] = []
    problems: list[DispatchError] = []
    names = issues or tuple(path.stem for path in project.issue_files())
    for name in names:
        try:
            findings += project.check(project.read_issue(name))
        except InvalidInput as error:
            problems.append(error)
    errors = sum(finding.severity is Severity.ERROR for finding in findings) + sum(len(e.problems) for e in problems)
    warnings = sum(finding.severity is Severity.WARNING for finding in findings)
    if as_json:
        rows = [problem_as_json(problem) for error in problems for problem in error.problems]
        rows += [finding_as_json(finding) for finding in findings]
        click.echo(json.dumps({"findings": rows, "errors": errors, "warnings": warnings}, ensure_ascii=False, indent=2))
    else:
        for line in [*problems, *findings]:
            click.echo(line)
        say(f"{count(len(names), 'issue')} checked: {count(errors, 'error')}, {count(warnings, 'warning')}.")
    context.exit(1 if errors or (strict and warnings) else 0)


@click.command()
@click.argument("issues", metavar="[ISSUE]...", nargs=-1)
@click.option("--out", default="build", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def build(context: click.Context, issues: tuple[str, ...], out: Path) -> None:
    """Write each ISSUE to DIR/<slug>/ as email.html, email.txt, message.eml and web.html.

    Without ISSUE the whole archive is written: pages, pictures, feed and sitemap, ready for any web server.
    """
    project = open_project(context)
    if issues:
        written = [path for name in issues for path in build_issue(project, project.read_issue(name), out)]
    else:
        written = build_archive(project, out)
    for path in written:
        click.echo(os.path.relpath(path))


def write_schema(state: Path) -> None:
    """Put the schema where the first line of a new issue tells editors to look."""
    state.mkdir(mode=0o700, exist_ok=True)
    text = json.dumps(issue_json_schema(), ensure_ascii=False, indent=2)
    (state / "issue.schema.json").write_text(text + "\n", "utf-8")


@click.command()
def schema() -> None:
    """Print the JSON Schema of issue files, for editors; `dispatch new` puts it where they look."""
    click.echo(json.dumps(issue_json_schema(), ensure_ascii=False, indent=2))
