"""The subscribers' file brought into the database: it is membership, and it re-subscribes nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, func, insert, select

from dispatch import __version__
from dispatch.database.database import Database
from dispatch.database.news import news_number, tell_news
from dispatch.database.schema import setting, subscriber, suppression
from dispatch.database.workbench import Workbench
from dispatch.errors import Problem
from dispatch.subscribers.csv_import import SubscribersFile
from dispatch.subscribers.csv_rows import Rejected
from dispatch.subscribers.difference import Difference, compare, portions, write_portion
from dispatch.subscribers.outlook import show_as_written
from dispatch.subscribers.staging import reject_repeated, stage

SETTING = "subscribers_file"
"""The name under which the state is kept."""


@dataclass(frozen=True)
class ImportReport:
    """What the file brought. people = added + updated + unchanged, and the forgotten, who are counted as suppressed."""

    file: str
    encoding: str
    delimiter: str
    people: int  # valid lines
    added: int
    updated: int
    unchanged: int
    left: int  # known from the file as it was, and not in it any more
    unsubscribed: int  # newly, because the file says so
    suppressed: int  # lines that were overruled: these people may not be mailed, whatever the file says
    rejected: tuple[Rejected, ...]

    def problems(self) -> list[Problem]:
        """The rejected lines as problems, each at its place."""
        return [rejected.problem(self.file) for rejected in self.rejected]


@dataclass(frozen=True)
class FileState:
    """What is remembered of the file that was read last."""

    generation: int = 0  # rises with each transaction that writes something of a file
    fingerprint: str = ""  # empty while a file is in by half
    people: int = 0  # valid lines
    known: int = 0  # those of them who are not forgotten
    unsubscribed: int = 0  # lines that say so
    rejected: int = 0
    merge_fields: tuple[str, ...] = ()


class Overtaken(Exception):
    """Another command has brought a file in since this one was compared, or has put another file into its place."""


def read_state(connection: Connection) -> FileState:
    """What is remembered of the file; generation 0 where none was read yet."""
    value = connection.execute(select(setting.c.value).where(setting.c.name == SETTING)).scalar()
    if value is None:
        return FileState()
    state = json.loads(value)
    return FileState(**{**state, "merge_fields": tuple(state["merge_fields"])})


def write_state(connection: Connection, state: FileState) -> None:
    """Remember it."""
    connection.execute(delete(setting).where(setting.c.name == SETTING))
    connection.execute(insert(setting).values(name=SETTING, value=_as_text(state)))


def fingerprint_of(sha256: str) -> str:
    """Changes with the file's bytes, and with the program, whose rules may have changed."""
    return f"{__version__} {sha256}"


def import_file(
    database: Database, file: SubscribersFile, *, id_key: bytes, now: str, dry_run: bool, skip_rejected: bool
) -> ImportReport:
    """Compare the file with what is known, and write the difference and its history; raises Overtaken."""
    with database.reading() as connection:
        unchanged = report_unchanged(connection, file)
    if unchanged and not unchanged.state.rejected:
        return unchanged.report
    with database.workbench() as bench:
        rejected = stage_file(bench, file, id_key)
        if unchanged:
            return replace(unchanged.report, rejected=rejected)
        with bench.preparing() as connection:
            found = compare_file(bench, connection, file, rejected)
        if not dry_run and (skip_rejected or not rejected):
            _write(database, bench, file, found, now)
        return found.report


@contextmanager
def as_if_imported(
    database: Database, file: SubscribersFile, id_key: bytes
) -> Iterator[tuple[ImportReport, Connection]]:
    """The report, and a connection that shows the list as the file would make it. Nothing is written."""
    with database.reading() as connection:
        unchanged = report_unchanged(connection, file)
        if unchanged and not unchanged.state.rejected:
            yield unchanged.report, connection
            return
    with database.workbench() as bench:
        rejected = stage_file(bench, file, id_key)
        with bench.preparing() as connection:
            found = compare_file(bench, connection, file, rejected)
            show_as_written(bench, connection, SETTING, _as_text(found.state))
            yield found.report, connection
            connection.rollback()


@dataclass(frozen=True)
class Comparison:
    """What a file changes, as of one moment."""

    news: int  # the number then
    before: FileState
    state: FileState  # after it
    difference: Difference
    report: ImportReport


def stage_file(bench: Workbench, file: SubscribersFile, id_key: bytes) -> tuple[Rejected, ...]:
    """Put the file into a private table; gives its rejected lines."""
    with bench.preparing() as connection:
        rejected = stage(bench, file, id_key)
        return tuple(sorted((*rejected, *reject_repeated(connection, file))))


def report_unchanged(connection: Connection, file: SubscribersFile) -> Comparison | None:
    """The report on a file that is in the database already, but for its rejected lines; None for any other."""
    state = read_state(connection)
    if state.fingerprint != fingerprint_of(file.facts.sha256):
        return None
    theirs = suppression.join(subscriber, subscriber.c.id == suppression.c.subscriber_id)
    barred = connection.execute(select(func.count()).select_from(theirs).where(subscriber.c.in_file)).scalar_one()
    # Everybody whose line says unsubscribed is barred; whoever else is, and the forgotten, are overruled.
    overruled = barred + state.people - state.known - state.unsubscribed
    nothing = Difference(state.people, state.known, state.unsubscribed, 0, 0, 0, overruled, 0, 0, 0)
    return Comparison(0, state, state, nothing, _report(file, nothing, ()))


def compare_file(
    bench: Workbench, connection: Connection, file: SubscribersFile, rejected: tuple[Rejected, ...]
) -> Comparison:
    """What the staged file changes."""
    news = news_number(connection)  # first: on PostgreSQL others go on writing
    before = read_state(connection)
    difference = compare(bench, connection)
    state = FileState(
        before.generation + difference.portions,
        fingerprint_of(file.facts.sha256),
        difference.people,
        difference.known,
        difference.said_unsubscribed,
        len(rejected),
        file.merge_fields,
    )
    return Comparison(news, before, state, difference, _report(file, difference, rejected))


def _write(database: Database, bench: Workbench, file: SubscribersFile, found: Comparison, now: str) -> None:
    """Write the difference, in one transaction where it is small.

    Of several, each leaves the list true for the people in it, and without a fingerprint: should it have been the last,
    the next command brings the file in again and finishes it. News is told when the others can see it, and not before:
    whoever tells some, as everybody does who leaves, waits for the end of the transaction that has.
    """
    expected, told = found.before, 0
    for portion in portions(found.difference):
        expected = replace(expected, generation=expected.generation + 1, fingerprint="")
        with bench.writing() as connection:
            database.alone(connection, "import")
            # A file that was replaced meanwhile may be older than the one that was brought in last.
            if file.is_replaced or read_state(connection).generation != expected.generation - 1:
                raise Overtaken
            heed = news_number(connection) != found.news + told  # somebody may have left since
            write_portion(connection, found.difference, portion, found.report.file, now, heed=heed)
            is_last = expected.generation == found.state.generation
            write_state(connection, found.state if is_last else expected)
            if is_last or not bench.is_one_transaction:
                tell_news(connection)
                told += 1


def _report(file: SubscribersFile, difference: Difference, rejected: tuple[Rejected, ...]) -> ImportReport:
    return ImportReport(
        file=file.facts.name,
        encoding=str(file.facts.encoding),
        delimiter=file.delimiter,
        people=difference.people,
        added=difference.added,
        updated=difference.updated,
        unchanged=difference.known - difference.added - difference.updated,
        left=difference.left,
        unsubscribed=difference.unsubscribed,
        suppressed=difference.overruled,
        rejected=rejected,
    )


def _as_text(state: FileState) -> str:
    return json.dumps(vars(state))
