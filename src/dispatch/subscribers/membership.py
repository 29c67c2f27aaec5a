"""People put on the list and taken off it by command: the file is edited, and the database follows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from dispatch.addresses import address_key
from dispatch.errors import InvalidAddress, InvalidSubscribers, NotFound
from dispatch.location import Location
from dispatch.subscribers.csv_edit import alone_in, append_rows, drop_lines
from dispatch.subscribers.csv_import import SubscribersFile, no_file, open_subscribers, read_person
from dispatch.subscribers.csv_records import BrokenRecord, Record
from dispatch.subscribers.csv_rows import Rejected, Row
from dispatch.subscribers.file_sync import ImportReport
from dispatch.subscribers.store import SubscriberStore
from dispatch.subscribers.subscriber import NOT_IN_FILE, Status

_PAGE = 1_000
_LEFT_THERE = "is unsubscribed there"


@dataclass(frozen=True)
class AdditionReport:
    """What became of the lines of another file."""

    added: int
    left_out: tuple[Rejected, ...]  # valid people who were not added, each with the reason
    rejected: tuple[Rejected, ...]
    unknown_columns: tuple[str, ...]  # what the other file knows and ours has no column for
    sync: ImportReport | None  # None in a dry run


def import_people(
    store: SubscriberStore, path: Path, other: Path, *, name: str = "", dry_run: bool = False
) -> AdditionReport:
    """Append the new people of another file to the subscribers' file, and bring it into the database.

    Never those who are there already, who may not be mailed, or who are not subscribed in the other file: who left by
    that one, and is not in ours, is unsubscribed from now on. The other file's columns go into the columns of the same
    name. Raises NotFound and InvalidSubscribers; nothing is written
    then.
    """
    left_out: list[Rejected] = []
    rejected: list[Rejected] = []
    leaving: dict[str, int] = {}
    with open_subscribers(other) as source, _edited(path, name) as file:
        unknown = tuple(column for column in source.columns if column and column not in file.columns)
        rows = _welcome(store, file, _valid(source, rejected), left_out, leaving)
        added = sum(1 for _ in rows) if dry_run else append_rows(path, file, map(_cells, rows))
    if not dry_run:
        store.unsubscribe_all({person: f"{other.name}:{line}" for person, line in leaving.items()})
    sync = None if dry_run else store.sync_file(path, name=name)
    return AdditionReport(added, tuple(left_out), tuple(rejected), unknown, sync)


def add_person(
    store: SubscriberStore, path: Path, address: str, values: Mapping[str, str], *, name: str = ""
) -> ImportReport:
    """Append one person, with the text for each further column, and bring the file into the database.

    Raises InvalidSubscribers, with the reason, for somebody who is there already, who may not be mailed, whose address
    or other values are wrong, or for whom the file lacks a column.
    """
    row = read_person(address, values)
    left_out: list[Rejected] = []
    with _edited(path, name) as file:
        location = Location(file.facts.name)
        if isinstance(row, Rejected):
            raise InvalidSubscribers(row.reason, location=location)
        missing = [column for column in values if column not in file.columns]
        if missing:
            raise InvalidSubscribers(
                f"the file has no column {', '.join(missing)}",
                remedy=f"Add it to the first line and to every other, or leave it out. There are: {', '.join(file.columns)}.",
                location=location,
            )
        rows = list(_welcome(store, file, iter([row]), left_out, {}))
        if left_out:
            raise InvalidSubscribers(left_out[0].reason, location=location)
        append_rows(path, file, map(_cells, rows))
    return store.sync_file(path, name=name)


def remove_person(store: SubscriberStore, path: Path, address: str, *, name: str = "") -> ImportReport:
    """Take every line of an address out of the subscribers' file, and bring it into the database.

    They are known still, and not mailed (not_in_file); a suppression is something else. Raises InvalidAddress, NotFound
    if no line has the address, and InvalidSubscribers if a line that cannot be read seems to.
    """
    key = address_key(address)
    with _edited(path, name) as file:
        spans, valid = _lines_of(file, key, address)
        if not spans:
            raise NotFound(f"{address} stands on no line of {file.facts.name}")
        drop_lines(path, file, spans, valid=valid, rejected=len(spans) - valid)
    return store.sync_file(path, name=name)


def forget_person(store: SubscriberStore, path: Path, address: str, *, name: str = "") -> bool:
    """Erase a person from the file and from the database; True if anything was known of them (see store.forget)."""
    try:
        remove_person(store, path, address, name=name)
    except NotFound:
        return store.forget(address)
    store.forget(address)
    return True


@contextmanager
def _edited(path: Path, name: str) -> Iterator[SubscribersFile]:
    """The file, opened, while no other dispatch changes it."""
    if not path.exists():
        raise no_file(path)
    with alone_in(path.resolve().parent), open_subscribers(path, name) as file:
        yield file


def _valid(file: SubscribersFile, rejected: list[Rejected]) -> Iterator[Row]:
    first_lines: dict[bytes, int] = {}  # by the digest of an address
    for row in file:
        if isinstance(row, Rejected):
            rejected.append(row)
            continue
        first = first_lines.setdefault(_digest(row.key), row.line)
        if first != row.line:
            reason = f"the address {row.email} stands on line {first} already"
            rejected.append(Rejected(row.line, reason, row.email))
        else:
            yield row


def _welcome(
    store: SubscriberStore,
    file: SubscribersFile,
    rows: Iterator[Row],
    left_out: list[Rejected],
    leaving: dict[str, int],
) -> Iterator[Row]:
    """Those of the rows who may be appended to the file; the others are put into `left_out`.

    The ids of those who are unsubscribed by their line are put into `leaving`, with that line.
    """
    present = _addresses_in(file)
    while page := list(islice(rows, _PAGE)):
        ids = [store.id_of(row.email) for row in page]
        barred = store.suppressed(ids)
        for row, person in zip(page, ids, strict=True):
            reason = _objection(file, row, present, barred.get(person))
            if reason:
                left_out.append(Rejected(row.line, f"{row.email} {reason}", row.email))
                if reason == _LEFT_THERE:
                    leaving[person] = row.line
            else:
                yield row


def _objection(file: SubscribersFile, row: Row, present: set[bytes], barred: str | None) -> str:
    if _digest(row.key) in present:
        return "is in the file already"
    if barred and barred != NOT_IN_FILE:  # whom the file lacks is whom it may be given
        return f"may not be mailed ({barred}), and nobody is subscribed again"
    if row.status is Status.UNSUBSCRIBED:
        return _LEFT_THERE
    if row.status is Status.UNCONFIRMED and "status" not in file.columns:
        return "is unconfirmed there, and this file has no column `status` to say so"
    codec = file.facts.encoding.codec
    try:
        "".join(_cells(row).get(column, "") for column in file.columns).encode(codec)
    except UnicodeEncodeError as error:
        return f"has the letter {error.object[error.start]!r}, which the file's encoding, {codec}, has not: save it as UTF-8"
    return ""


def _cells(row: Row) -> dict[str, str]:
    return {
        **row.fields,
        "email": row.email,
        "name": row.name,
        "first_name": row.first_name,
        "language": row.language,
        "tags": ",".join(row.tags),
        "status": row.status.value,
        "consent_source": row.consent_source,
        "consent_at": row.consent_at,
    }


def _addresses_in(file: SubscribersFile) -> set[bytes]:
    """Digests of all addresses in the file, those of rejected lines too."""
    return {_digest(key) for record in file.records() if (key := _key_of(file, record))}


def _lines_of(file: SubscribersFile, key: str, address: str) -> tuple[list[tuple[int, int]], int]:
    """The lines, from first to last, of each record with this address; and how many of the records are valid."""
    valid = sum(isinstance(row, Row) and row.key == key for row in file)
    spans = []
    for record in file.records():
        if _key_of(file, record) == key:
            spans.append((record.line, record.last_line))
        elif isinstance(record, BrokenRecord) and address.lower() in record.text.lower():
            raise InvalidSubscribers(
                f"this line seems to have {address} on it, but it cannot be read: {record.reason}",
                remedy="Mend it or delete it by hand.",
                location=Location(file.facts.name, record.line),
            )
    return spans, valid


def _key_of(file: SubscribersFile, record: Record | BrokenRecord) -> str | None:
    position = file.columns.index("email")
    if isinstance(record, BrokenRecord) or len(record.cells) <= position:
        return None
    try:
        return address_key(record.cells[position])
    except InvalidAddress:
        return None


def _digest(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=16).digest()
