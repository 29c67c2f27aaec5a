"""The records of a subscribers' file as rows: each cell read as its column wants it, or why it cannot be."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from dispatch.addresses import MAX_NAME, address_key, normalise_address, normalise_name, ordinary_addresses
from dispatch.counts import count
from dispatch.errors import InvalidAddress, Problem
from dispatch.location import Location
from dispatch.subscribers.csv_records import Page, Record
from dispatch.subscribers.subscriber import STANDARD_COLUMNS, Status, Subscriber

T = TypeVar("T")
Read = TypeVar("Read")

_OUTER_SPACE = " \t\u00a0"  # spreadsheets leave these around a cell

# A line break and a tab may stand in a postal address; other controls break XML, terminals and headers.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bq]\?", re.IGNORECASE)  # RFC 2047; see CVE-2024-6923
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_TAG_SEPARATOR = re.compile(r"[,;|\n]")


class Row(NamedTuple):
    """One valid record: a subscriber but for the id. `key` is the address_key."""

    line: int
    last_line: int
    key: str
    email: str
    name: str = ""
    first_name: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    status: Status = Status.SUBSCRIBED
    fields: Mapping[str, str] = {}  # nobody writes to it, and rows share it
    consent_source: str = ""
    consent_at: str = ""

    def subscriber(self, id: str) -> Subscriber:  # noqa: A002 - the word of the design
        """The person as the file tells of them."""
        return Subscriber(
            id=id,
            email=self.email,
            name=self.name,
            first_name=self.first_name,
            language=self.language,
            tags=self.tags,
            status=self.status,
            fields=self.fields,
            consent_source=self.consent_source,
            consent_at=self.consent_at,
        )


class Columns(NamedTuple):
    """The rows of consecutive lines, each value in the column of its name; for a million, a Row each takes too long."""

    line: Sequence[int]
    last_line: Sequence[int]
    key: Sequence[str]
    email: Sequence[str]
    name: Sequence[str]
    first_name: Sequence[str]
    language: Sequence[str]
    tags: Sequence[tuple[str, ...]]
    status: Sequence[Status]
    fields: Sequence[tuple[tuple[str, str], ...]]  # as items
    consent_source: Sequence[str]
    consent_at: Sequence[str]

    @classmethod
    def of(cls, row: Row) -> Columns:
        """One row alone."""
        return cls._make([value] for value in row)._replace(fields=[tuple(row.fields.items())])

    def rows(self) -> Iterator[Row]:
        """The same one by one."""
        return map(Row._make, zip(*self[:9], map(dict, self.fields), *self[10:], strict=True))


class Rejected(NamedTuple):
    """A record that nobody is mailed by, and why."""

    line: int  # the physical line where it begins, from 1
    reason: str
    text: str  # the beginning of that line, fit to be printed

    def problem(self, file: str) -> Problem:
        """As part of a message about the whole file."""
        return Problem(self.reason, Location(file, self.line), self.text)


def printable(text: str) -> str:
    """The beginning of a line as a terminal may be trusted with it."""
    line = text.rstrip("\n")
    cut = line if len(line) <= 80 else f"{line[:77]}…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def _is_ordinary(cells: Iterable[str]) -> bool:
    """Whether no careful look would change a cell: printable, composed, with no space at an end and none doubled."""
    text = "\n".join(("", *{*cells}, ""))
    return (
        text.replace("\n", "").isprintable()
        and unicodedata.is_normalized("NFC", text)
        and not any(odd in text for odd in ("=?", "  ", " \n", "\n "))
    )


class _Unfit(Exception):
    """A cell does not hold what its column wants; says so."""


class RowReader:
    """Reads records under one header."""

    def __init__(self, columns: Sequence[str], header_line: int) -> None:
        self._width = len(columns)
        self._header_line = header_line
        self._standard = [(index, name, _READERS[name]) for index, name in enumerate(columns) if name in _READERS]
        # By name, so that the same values are stored in the same order whatever the order of the columns.
        self._own = sorted((name, index) for index, name in enumerate(columns) if name and name not in _READERS)
        self._unnamed = [index for index, name in enumerate(columns) if not name]
        # Where each standard column is; one that the file lacks is behind the last.
        self._at = [columns.index(name) if name in columns else self._width for name in STANDARD_COLUMNS]

    def read_page(self, page: Page) -> Iterator[Columns | Row | Rejected]:
        """Every record of a page. Where some need a careful look, the others are found by halving."""
        try:
            yield self._read_ordinary(page)
        except (_Unfit, InvalidAddress):
            if len(page.cells) > 1:
                for half in page.halves():
                    yield from self.read_page(half)
            else:
                yield from map(self.read, page.records())

    def _read_ordinary(self, page: Page) -> Columns:
        """All records at once, column by column, in a tenth of the time that a careful look takes.

        Raises _Unfit or InvalidAddress where one of them may be no row, or read otherwise by a careful look.
        """
        if {*map(len, page.cells)} != {self._width} or not _is_ordinary(chain.from_iterable(page.cells)):
            raise _Unfit
        columns = [*zip(*page.cells, strict=True), ("",) * len(page.cells)]
        if any(any(columns[index]) for index in self._unnamed):
            raise _Unfit
        email, name, first_name, language, tags, status, source, consent_at = (columns[at] for at in self._at)
        emails = ordinary_addresses(email)
        if max(map(len, chain(name, first_name))) > MAX_NAME or emails is None:
            raise _Unfit
        own = [*zip(*(columns[index] for _, index in self._own), strict=True)] or [()] * len(emails)
        lines = range(page.line, page.line + len(emails))
        return Columns(
            line=lines,
            last_line=lines,
            key=[address.lower() for address in emails],
            email=emails,
            name=name,
            first_name=first_name,
            language=each(_language, language),
            tags=each(_tags, tags),
            status=each(_status, status),
            fields=each(self._fields, own),
            consent_source=source,
            consent_at=each(_consent_at, consent_at),
        )

    def _fields(self, texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        return tuple((name, text) for (name, _), text in zip(self._own, texts, strict=True) if text)

    def read(self, record: Record) -> Row | Rejected:
        """One record, with the reason for all that is wrong with it."""
        if len(record.cells) != self._width:
            return Rejected(record.line, self._wrong_width(record), printable(record.text))
        reasons: list[str] = []
        values = self._standard_values(record.cells, reasons)
        fields = self._own_values(record.cells, reasons)
        if reasons:
            return Rejected(record.line, "; ".join(reasons), printable(record.text))
        key = address_key(values["email"])
        return Row(record.line, record.last_line, key, fields=fields, **values)

    def _standard_values(self, cells: list[str], reasons: list[str]) -> dict[str, Any]:
        values = {}
        for index, name, read in self._standard:
            text = cells[index].strip(_OUTER_SPACE)
            if text or name == "email":
                try:
                    values[name] = read(text)
                except InvalidAddress as error:
                    reasons.append(error.problems[0].message)
                except _Unfit as error:
                    reasons.append(f"{name}: {error}")
        return values

    def _own_values(self, cells: list[str], reasons: list[str]) -> dict[str, str]:
        fields = {}
        for name, index in self._own:
            text = cells[index].strip(_OUTER_SPACE)
            if text:
                try:
                    fields[name] = _plain(text)
                except _Unfit as error:
                    reasons.append(f"{name}: {error}")
        reasons.extend(
            f"column {index + 1} has a value here, but no name on line {self._header_line}"
            for index in self._unnamed
            if cells[index].strip(_OUTER_SPACE)
        )
        return fields

    def _wrong_width(self, record: Record) -> str:
        lines = f" (to line {record.last_line})" if record.last_line > record.line else ""
        hint = "; a cell with a delimiter in it needs quotes" if len(record.cells) > self._width else ""
        cells, columns = count(len(record.cells), "cell"), count(self._width, "column")
        return f"{cells}{lines}, where line {self._header_line} names {columns}{hint}"


def each(read: Callable[[T], Read], cells: Sequence[T]) -> list[Read]:
    """What is read from each cell, each different one read once."""
    values = {cell: read(cell) for cell in {*cells}}
    return [values[cell] for cell in cells]


def _email(text: str) -> str:
    if not text:
        raise _Unfit("the cell is empty")
    return normalise_address(text)


def _plain(text: str) -> str:
    if text.isascii() and text.isprintable() and "=?" not in text:
        return text
    control = _CONTROL.search(text)
    if control:
        raise _Unfit(f"it has the control character U+{ord(control[0]):04X} in it")
    if _ENCODED_WORD.search(text):
        raise _Unfit("it has encoded header text (“=?…?=”) in it; write it in plain letters")
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=512)
def _language(text: str) -> str:
    if text and not _LANGUAGE.fullmatch(text):
        raise _Unfit(f"{text!r} is no code of a language; write for example fr or pt-BR")
    first, *others = re.split("[-_]", text)
    return "-".join([first.lower(), *(_subtag(other) for other in others)])


def _subtag(text: str) -> str:
    """As BCP 47 §2.1.1 writes them: a region in capitals, a script with one, the rest small."""
    if len(text) == 2:
        return text.upper()
    return text.title() if len(text) == 4 and text.isalpha() else text.lower()


@lru_cache(maxsize=4096)
def _tags(text: str) -> tuple[str, ...]:
    tags = (tag.strip(_OUTER_SPACE) for tag in _TAG_SEPARATOR.split(_plain(text)))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


@lru_cache(maxsize=64)
def _status(text: str) -> Status:
    try:
        return Status(text.lower()) if text else Status.SUBSCRIBED
    except ValueError:
        close = difflib.get_close_matches(text.lower(), list(Status), n=1)
        question = f"; did you mean {close[0]}?" if close else ""
        raise _Unfit(f"{text!r} is none of {', '.join(Status)}{question}") from None


@lru_cache(maxsize=4096)
def _consent_at(text: str) -> str:
    if not text:
        return ""
    try:
        when = datetime.fromisoformat(text)
        if len(text) <= 10:
            return when.date().isoformat()
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Unfit(f"{text!r} is no date; write it as 2026-03-02 or 2026-03-02T18:00:00Z") from None
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


_READERS: dict[str, Callable[[str], object]] = {
    "email": _email,
    "name": normalise_name,
    "first_name": normalise_name,
    "language": _language,
    "tags": _tags,
    "status": _status,
    "consent_source": _plain,
    "consent_at": _consent_at,
}
