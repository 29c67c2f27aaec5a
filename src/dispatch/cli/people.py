"""The list's commands: subscribers import, export, list, add, remove, suppress, forget."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from dispatch.cli.terminal import count, open_project, say
from dispatch.errors import NotFound, UsageMistake
from dispatch.project import Project
from dispatch.subscribers.csv_export import export_rows, write_csv, write_json
from dispatch.subscribers.csv_import import Rejected
from dispatch.subscribers.file_sync import ImportReport
from dispatch.subscribers.membership import AdditionReport, add_person, forget_person, import_people, remove_person
from dispatch.subscribers.subscriber import Reason

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout and nothing else.")


@click.group()
def subscribers() -> None:
    """The list: who is on it, who left, and who may not be mailed."""


@subscribers.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--skip-rejected", is_flag=True, help="Leave rejected lines out and import the others.")
@json_option
@click.pass_context
def import_file(context: click.Context, file: Path | None, dry_run: bool, skip_rejected: bool, as_json: bool) -> None:
    """Read the newsletter's list, or add the people of another FILE to it.

    Every rejected line is told with its reason. Nobody who left is ever subscribed again.
    """
    project = open_project(context)
    if file is None or file.resolve() == project.subscribers_file.resolve():
        report = project.sync_subscribers(skip_rejected=skip_rejected, dry_run=dry_run)
        _tell_import(report, as_json=as_json)
        rejected = report.rejected
    else:
        addition = _add_people(project, file, dry_run=dry_run, skip_rejected=skip_rejected)
        _tell_addition(addition, as_json=as_json)
        rejected = addition.rejected
    if dry_run:
        say("Dry run: nothing was changed.")
    elif rejected and not skip_rejected:
        say("Nothing was changed. Mend these lines, or leave them out with --skip-rejected.")
    context.exit(1 if rejected and not skip_rejected else 0)


@subscribers.command()
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option(
    "--spreadsheet-safe", is_flag=True, help="For looking at: an apostrophe before what looks like a formula."
)
@click.pass_context
def export(context: click.Context, form: str, spreadsheet_safe: bool) -> None:
    """Print the list as CSV or JSON; whoever may not be mailed is `unsubscribed` there."""
    project = open_project(context)
    rows = export_rows(project.store.by_address())
    stream = sys.stdout
    if form == "json":
        write_json(rows, stream)
    else:
        write_csv(rows, stream, project.store.merge_fields(), spreadsheet_safe=spreadsheet_safe)


@subscribers.command("list")
@json_option
@click.pass_context
def list_people(context: click.Context, as_json: bool) -> None:
    """Show everybody who is known, and why a mailing leaves somebody out."""
    project = open_project(context)
    project.sync_subscribers(skip_rejected=True)
    people = list(project.store.by_address())
    if as_json:
        rows = [
            {"email": person.subscriber.email, "name": person.subscriber.name, "excluded": person.exclusion}
            for person in people
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for person in people:
        excluded = (person.exclusion or "").replace("_", " ")
        click.echo(f"{person.subscriber.email:<48}  {excluded:<14}  {person.subscriber.name}".rstrip())
    mailable = sum(person.exclusion is None for person in people)
    say(f"\n{count(len(people), 'subscriber')}, {mailable:,} of them may be mailed.")


@subscribers.command()
@click.argument("address")
@click.option("--set", "values", multiple=True, metavar="COLUMN=TEXT", help="A further column; may be repeated.")
@click.pass_context
def add(context: click.Context, address: str, values: tuple[str, ...]) -> None:
    """Add ADDRESS as a line of the list. Somebody who left cannot be added."""
    project = open_project(context)
    columns = dict(_column(value) for value in values)
    report = add_person(project.store, project.subscribers_file, address, columns, name=project.subscribers_name)
    say(f"{address} is on the list, which has {count(report.people, 'valid line')} now.")


@subscribers.command()
@click.argument("address")
@click.pass_context
def remove(context: click.Context, address: str) -> None:
    """Take the line of ADDRESS out of the list. Use `suppress` for somebody who must not come back."""
    project = open_project(context)
    remove_person(project.store, project.subscribers_file, address, name=project.subscribers_name)
    say(f"{address} is off the list.")


@subscribers.command()
@click.argument("address")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason if reason is not Reason.FORGOTTEN]),
    default=Reason.MANUAL.value,
    show_default=True,
)
@click.pass_context
def suppress(context: click.Context, address: str, reason: str) -> None:
    """See to it that nobody mails ADDRESS again, whatever a file says."""
    project = open_project(context)
    person = project.store.id_of(address)
    changed = project.store.suppress(person, reason, "dispatch subscribers suppress", email=address)
    say(f"{address} is suppressed." if changed else f"{address} was suppressed already.")


@subscribers.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def forget(context: click.Context, address: str, yes: bool) -> None:
    """Erase ADDRESS from the list, the database and all mailings; it can never be imported again."""
    project = open_project(context)
    if not yes:
        click.confirm(f"Erase {address} for good?", abort=True, err=True)
    if not forget_person(project.store, project.subscribers_file, address, name=project.subscribers_name):
        raise NotFound(f"nothing is known of {address}", remedy="It is suppressed all the same from now on.")
    say(f"{address} is forgotten.")


def _add_people(project: Project, file: Path, *, dry_run: bool, skip_rejected: bool) -> AdditionReport:
    """In one go, unless lines are rejected and may not be skipped: then nothing is changed."""

    def add_all(*, rehearse: bool) -> AdditionReport:
        name = project.subscribers_name
        return import_people(project.store, project.subscribers_file, file, name=name, dry_run=rehearse)

    rehearsal = add_all(rehearse=True)
    if dry_run or (rehearsal.rejected and not skip_rejected):
        return rehearsal
    return add_all(rehearse=False)


def _tell_import(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        facts = asdict(report)
        facts["rejected"] = _rejected_as_json(report.rejected)
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for problem in report.problems():
        click.echo(problem)
    numbers = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "left the file": report.left,
        "unsubscribed": report.unsubscribed,
        "may not be mailed": report.suppressed,
        "rejected": len(report.rejected),
    }
    click.echo(f"{report.file}  {report.people:,} valid lines, {report.encoding}, separated by {report.delimiter!r}")
    for name, number in numbers.items():
        if number:
            click.echo(f"  {name:<18} {number:>9,}")


def _tell_addition(report: AdditionReport, *, as_json: bool) -> None:
    if as_json:
        facts = {
            "added": report.added,
            "left_out": _rejected_as_json(report.left_out),
            "rejected": _rejected_as_json(report.rejected),
            "unknown_columns": report.unknown_columns,
        }
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for rejected in (*report.rejected, *report.left_out):
        click.echo(f"line {rejected.line}: {rejected.reason}\n    {rejected.text}")
    if report.unknown_columns:
        say(f"The list has no column for: {', '.join(report.unknown_columns)}.")
    click.echo(f"{report.added:,} added, {len(report.left_out):,} left out, {len(report.rejected):,} rejected")


def _rejected_as_json(rejected: tuple[Rejected, ...]) -> list[dict[str, object]]:
    return [{"line": line.line, "reason": line.reason, "text": line.text} for line in rejected]


def _column(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageMistake(f"{text!r} sets no column", remedy="Write --set first_name=Ada.")
    return name, value
