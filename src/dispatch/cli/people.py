"""The list's commands: subscribers import, export, list, segments, add, remove, suppress, unsubscribe, forget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import click

from dispatch.cli.printing import held_back
from dispatch.cli.terminal import confirm, json_option, say, settings, show, show_json
from dispatch.counts import count
from dispatch.errors import UsageMistake
from dispatch.messages.tokens import InvalidToken, Token, mailing_tag, read_token
from dispatch.records import Records
from dispatch.subscribers.csv_export import export_rows, write_csv, write_json
from dispatch.subscribers.csv_rows import Rejected
from dispatch.subscribers.file_sync import ImportReport
from dispatch.subscribers.membership import AdditionReport, add_person, forget_person, import_people, remove_person
from dispatch.subscribers.subscriber import NOT_IN_FILE, STANDARD_COLUMNS, Candidate, Reason, Status

_ONLY = ("mailable", "excluded", *(reason.value for reason in Reason), Status.UNCONFIRMED.value, NOT_IN_FILE)


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

    Every rejected line is told with its reason, and leaves everything as it was. Nobody who left is ever subscribed
    again.
    """
    records = context.with_resource(Records(settings(context)))
    if file is None or file.resolve() == records.subscribers_file.resolve():
        report = records.sync_subscribers(skip_rejected=skip_rejected, dry_run=dry_run)
        _show_import(report, as_json=as_json)
        rejected = report.rejected
    else:
        addition = _add_people(records, file, dry_run=dry_run, skip_rejected=skip_rejected)
        rejected = addition.rejected
        changed = not (dry_run or (rejected and not skip_rejected))
        _show_addition(addition, str(file), changed=changed, as_json=as_json)
    if dry_run:
        say("Dry run: nothing was changed.")
    elif rejected and not skip_rejected:
        say("Nothing was changed. Mend these lines, or leave them out with --skip-rejected.")
    context.exit(1 if rejected and not skip_rejected else 0)


@subscribers.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json"]),
    default="csv",
    show_default=True,
    help="As what to print it.",
)
@click.option(
    "--spreadsheet-safe", is_flag=True, help="For looking at: an apostrophe before what looks like a formula."
)
@click.pass_context
def export(context: click.Context, form: str, spreadsheet_safe: bool) -> None:
    """Print the list as CSV or JSON; whoever may not be mailed is `unsubscribed` there."""
    records = context.with_resource(Records(settings(context)))

    def write(people: Iterator[Candidate], merge_fields: Sequence[str], stream: TextIO) -> None:
        rows = export_rows(people)
        if form == "json":
            write_json(rows, stream)
        else:
            write_csv(rows, stream, merge_fields, spreadsheet_safe=spreadsheet_safe)

    _show_people(records, write)


@subscribers.command("list")
@click.option("--segment", default="", metavar="S", help="Only those in this segment of dispatch.yaml.")
@click.option("--only", type=click.Choice(_ONLY), metavar="WHO", help=f"Only these: {', '.join(_ONLY)}.")
@json_option
@click.pass_context
def list_people(context: click.Context, segment: str, only: str | None, as_json: bool) -> None:
    """Show everybody who is known, and why a mailing leaves somebody out."""
    records = context.with_resource(Records(settings(context)))
    tally: Counter[bool] = Counter()

    def is_meant(person: Candidate) -> bool:
        return only in (None, person.exclusion, "excluded" if person.exclusion else "mailable")

    def write(people: Iterator[Candidate], merge_fields: Sequence[str], stream: TextIO) -> None:
        wanted = records.segment(segment, known_fields={*STANDARD_COLUMNS, *merge_fields})
        people = filter(is_meant, people)
        if wanted:
            people = (person for person in people if wanted.matches(person.subscriber))
        if as_json:
            write_json(map(_person_as_json, people), stream)
            return
        for person in people:
            tally[person.exclusion is None] += 1
            print(_person_line(person), file=stream)

    _show_people(records, write)
    if not as_json:
        say(f"\n{count(tally.total(), 'subscriber')}, {tally[True]:,} of them may be mailed.")


@subscribers.command()
@json_option
@click.pass_context
def segments(context: click.Context, as_json: bool) -> None:
    """Show each segment of dispatch.yaml, and how many in it may be mailed."""
    records = context.with_resource(Records(settings(context)))
    with records.store.as_in_file(records.subscribers_file, name=records.subscribers_name) as (_, connection):
        known_fields = records.store.segment_fields(connection)
        found = {name: records.segment(name, known_fields=known_fields) for name in sorted(records.config.segments)}
        numbers = dict.fromkeys(found, 0)
        for person in records.store.by_address(connection):
            for name, segment in found.items():
                numbers[name] += person.exclusion is None and segment is not None and segment.matches(person.subscriber)
    if as_json:
        show_json([{"segment": name, "people": number} for name, number in numbers.items()])
        return
    for name, number in numbers.items():
        show(f"{name:<20}  {number:>9,}  {records.config.segments[name]}")


@subscribers.command()
@click.argument("address")
@click.option("--set", "values", multiple=True, metavar="COLUMN=TEXT", help="A further column; may be repeated.")
@click.pass_context
def add(context: click.Context, address: str, values: tuple[str, ...]) -> None:
    """Add ADDRESS as a line of the list. Somebody who left cannot be added."""
    records = context.with_resource(Records(settings(context)))
    columns = dict(_column(value) for value in values)
    report = add_person(records.store, records.subscribers_file, address, columns, name=records.subscribers_name)
    say(f"{address} is on the list, which has {count(report.people, 'valid line')} now.")


@subscribers.command()
@click.argument("address")
@click.pass_context
def remove(context: click.Context, address: str) -> None:
    """Take the line of ADDRESS out of the list. Use `suppress` for somebody who must not come back."""
    records = context.with_resource(Records(settings(context)))
    remove_person(records.store, records.subscribers_file, address, name=records.subscribers_name)
    say(f"{address} is off the list.")


@subscribers.command()
@click.argument("address")
@click.option(
    "--reason",
    type=click.Choice([reason.value for reason in Reason if reason is not Reason.FORGOTTEN]),
    default=Reason.MANUAL.value,
    show_default=True,
    help="Why.",
)
@click.pass_context
def suppress(context: click.Context, address: str, reason: str) -> None:
    """See to it that nobody mails ADDRESS again, whatever a file says."""
    records = context.with_resource(Records(settings(context)))
    person = records.store.id_of(address)
    known = records.store.find(address)
    changed = records.store.suppress(person, reason, "dispatch subscribers suppress", email=address)
    say(f"{address} is suppressed." if changed else f"{address} was suppressed already.")
    if not known:
        say("Nobody on the list has this address. Look at its spelling if you meant somebody who is.")


@subscribers.command()
@click.argument("tokens", metavar="TOKEN...", nargs=-1, required=True)
@click.pass_context
def unsubscribe(context: click.Context, tokens: tuple[str, ...]) -> None:
    """Unsubscribe who asked for it by mail to unsubscribe.mailto: TOKEN is the last word of its subject.

    It tells who it is better than the sender's address, which may be another one than we mail to.
    """
    records = context.with_resource(Records(settings(context)))
    leaving = [_read_leaving(records, text) for text in tokens]
    with records.ledger.reading() as connection:
        names = {mailing_tag(mailing.name): mailing.name for mailing in records.ledger.mailings(connection)}
    for token in leaving:
        source = f"mail {names.get(token.mailing_tag, '')}".rstrip()
        changed = records.store.unsubscribe(token.subscriber_id, source)
        say("Unsubscribed." if changed else "Had left already.")


def _read_leaving(records: Records, text: str) -> Token:
    try:
        token = read_token(records.ring, text)
    except InvalidToken:
        raise UsageMistake(
            f"{text} is no token of this newsletter, so nobody was unsubscribed",
            remedy="Copy the last word of the mail's subject, all of its letters.",
        ) from None
    if token.purpose != "unsubscribe":
        raise UsageMistake(f"{text} is from a test message, by which nobody leaves")
    return token


@subscribers.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask. Needed where nobody can be asked.")
@click.pass_context
def forget(context: click.Context, address: str, yes: bool) -> None:
    """Erase ADDRESS from the list, the database and all mailings; it can never be imported again."""
    records = context.with_resource(Records(settings(context)))
    records.store.id_of(address)  # what is no address is told before anything is asked
    if not yes:
        confirm(f"Erase {address} for good?", "erase")
    if forget_person(records.store, records.subscribers_file, address, name=records.subscribers_name):
        say(f"{address} is forgotten.")
    else:
        say(f"Nothing was known of {address}. It cannot be imported from now on.")


def _add_people(records: Records, file: Path, *, dry_run: bool, skip_rejected: bool) -> AdditionReport:
    """In one go, unless lines are rejected and may not be skipped: then nothing is changed."""

    def add_all(*, rehearse: bool) -> AdditionReport:
        name = records.subscribers_name
        return import_people(records.store, records.subscribers_file, file, name=name, dry_run=rehearse)

    rehearsal = add_all(rehearse=True)
    if dry_run or (rehearsal.rejected and not skip_rejected):
        return rehearsal
    return add_all(rehearse=False)


def _show_import(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        show_json({**asdict(report), "rejected": _rejected_as_json(report.rejected)})
        return
    for problem in report.problems():
        show(problem)
    numbers = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "left the file": report.left,
        "unsubscribed": report.unsubscribed,
        "may not be mailed": report.suppressed,
        "rejected": len(report.rejected),
    }
    show(f"{report.file}  {count(report.people, 'valid line')}, {report.encoding}, separated by {report.delimiter!r}")
    show()
    for name, number in numbers.items():
        if number:
            show(f"  {name:<18} {number:>9,}")


def _show_addition(report: AdditionReport, file: str, *, changed: bool, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "changed": changed,
                "added": report.added,
                "left_out": _rejected_as_json(report.left_out),
                "rejected": _rejected_as_json(report.rejected),
                "unknown_columns": report.unknown_columns,
            }
        )
        return
    for line in (*report.rejected, *report.left_out):
        show(line.problem(file))
    if report.unknown_columns:
        say(f"Not taken over, since the list has no such column: {', '.join(report.unknown_columns)}.")
        if not changed:
            say("Those that you want have to be in its first line, and in every other, before you import.")
    added = "added" if changed else "would be added"
    show(f"{report.added:,} {added}, {len(report.left_out):,} left out, {len(report.rejected):,} rejected")


def _show_people(records: Records, write: Callable[[Iterator[Candidate], Sequence[str], TextIO], None]) -> None:
    """Print the list as it would be if the file were imported now; nothing is recorded.

    Nobody can leave while the list is held so.
    """
    as_in_file = records.store.as_in_file(records.subscribers_file, name=records.subscribers_name)
    with held_back() as stream, as_in_file as (report, connection):
        write(records.store.by_address(connection), records.store.merge_fields(connection), stream)
    if report.rejected:
        lines = count(len(report.rejected), "line")
        say(f"\n{lines} of {report.file} rejected: `dispatch subscribers import --dry-run` tells why.")


def _person_line(person: Candidate) -> str:
    excluded = (person.exclusion or "").replace("_", " ")
    return f"{person.subscriber.email:<40}  {excluded:<12}  {person.subscriber.name}".rstrip()


def _person_as_json(person: Candidate) -> dict[str, str | None]:
    return {"email": person.subscriber.email, "name": person.subscriber.name, "excluded": person.exclusion}


def _rejected_as_json(rejected: Sequence[Rejected]) -> list[dict[str, object]]:
    return [{"line": line.line, "reason": line.reason, "text": line.text} for line in rejected]


def _column(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise UsageMistake(f"{text!r} sets no column", remedy="Write --set first_name=Ada.")
    return name, value
