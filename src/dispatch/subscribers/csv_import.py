"""A CSV file of subscribers as rows, and every line that cannot be one, with its reason."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from dispatch.addresses import MAX_NAME, address_key, normalise_address, normalise_name, ordinary_address
from dispatch.errors import InvalidAddress, InvalidSubscribers, NotFound, Problem
from dispatch.location import Location
from dispatch.subscribers.csv_header import detect_delimiter, read_header
from dispatch.subscribers.csv_records import MAX_CHARACTERS, BrokenRecord, Page, Record, read_pages, read_records
from dispatch.subscribers.csv_text import EXAMPLE, SAVE_AS_CSV, FileFacts, survey, text_of
from dispatch.subscribers.subscriber import STANDARD_COLUMNS, Status, Subscriber

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
    fields: dict[str, str] = {}  # noqa: RUF012 - every row is given its own
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


class Rejected(NamedTuple):
    """A record that nobody is mailed by, and why."""

    line: int  # the physical line where it begins, from 1
    reason: str
    text: str  # the beginning of that line, fit to be printed

    def problem(self, file: str) -> Problem:
        """As part of a message about the whole file."""
        return Problem(self.reason, Location(file, self.line), self.text)


@dataclass(frozen=True)
class SubscribersFile:
    """An opened file whose header makes sense: iterate it (once at a time) for its rows and rejected lines.

    A second line with an address is a row here: only what has all of them at hand can tell (see staging.py).
    """

    facts: FileFacts
    delimiter: str
    header_line: int
    columns: tuple[str, ...]  # "" for one without a header
    stream: BinaryIO

    @property
    def merge_fields(self) -> tuple[str, ...]:
        """The names of the columns that are not standard ones, in order of the alphabet."""
        return tuple(sorted(name for name in self.columns if name and name not in STANDARD_COLUMNS))

    def records(self) -> Iterator[Record | BrokenRecord]:
        """The records after the header, as they are."""
        for found in self._pages():
            if isinstance(found, Page):
                yield from found.records()
            else:
                yield found

    def __iter__(self) -> Iterator[Row | Rejected]:
        reader = _RowReader(self.columns, self.header_line)
        for found in self._pages():
            if isinstance(found, Page):
                yield from reader.read_page(found)
            elif isinstance(found, Record):
                yield reader.read(found)
            else:
                yield Rejected(found.line, found.reason, printable(found.text))

    def _pages(self) -> Iterator[Page | Record | BrokenRecord]:
        """All that stands behind the header."""
        text = text_of(self.stream, self.facts.encoding)
        try:
            for found in read_pages(text, self.delimiter):
                if found.line > self.header_line:
                    yield found
                elif isinstance(found, Page):
                    behind = self.header_line + 1 - found.line
                    yield Page(self.header_line + 1, found.lines[behind:], found.cells[behind:])
        finally:
            text.detach()


@contextmanager
def open_subscribers(source: Path | BinaryIO, name: str = "") -> Iterator[SubscribersFile]:
    """Open a file, find out its encoding and delimiter, and understand its header.

    `name` is what messages call it (default: the path). A stream must be seekable. Raises NotFound, and
    InvalidSubscribers where nothing in the file can be read.
    """
    if not isinstance(source, Path):
        yield _understand(source, name)
        return
    try:
        stream = source.open("rb")
    except FileNotFoundError:
        raise no_file(source) from None
    except OSError as error:
        raise InvalidSubscribers(f"the file cannot be read: {error.strerror}", location=Location(str(source))) from None
    with stream:
        yield _understand(stream, name or str(source))


def read_subscribers(source: Path | BinaryIO, name: str = "") -> Iterator[Row | Rejected]:
    """Every record of the file, valid or rejected, in order, without keeping them in memory."""
    with open_subscribers(source, name) as file:
        yield from file


def read_person(address: str, values: Mapping[str, str]) -> Row | Rejected:
    """One person who stands in no file yet, by the same rules; `values` are the texts of further columns."""
    texts = {**values, "email": address}
    return _RowReader(tuple(texts), 1).read(Record(1, 1, address, list(texts.values())))


def no_file(path: Path) -> NotFound:
    """What is raised where the subscribers' file should be."""
    return NotFound(f"there is no file of subscribers at {path}", remedy=EXAMPLE)


def printable(text: str) -> str:
    """The beginning of a line as a terminal may be trusted with it."""
    line = text.rstrip("\n")
    cut = line if len(line) <= 80 else f"{line[:77]}…"
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in cut)


def _understand(stream: BinaryIO, name: str) -> SubscribersFile:
    facts = survey(stream, name)
    delimiter = detect_delimiter(_first_line(stream, facts))
    text = text_of(stream, facts.encoding)
    try:
        header = next(read_records(text, delimiter), None)
    finally:
        text.detach()
    if header is None:
        raise InvalidSubscribers(
            "the file has nothing but blank lines",
            remedy=EXAMPLE,
            location=Location(name),
        )
    location = Location(name, header.line)
    if isinstance(header, BrokenRecord):
        raise InvalidSubscribers(header.reason, remedy=f"{SAVE_AS_CSV} {EXAMPLE}", location=location)
    return SubscribersFile(facts, delimiter, header.last_line, read_header(header.cells, location), stream)


def _first_line(stream: BinaryIO, facts: FileFacts) -> str:
    text = text_of(stream, facts.encoding)
    try:
        line = "\n"
        while line and not line.strip():
            line = text.readline(MAX_CHARACTERS)
        return line
    finally:
        text.detach()


def _is_ordinary(page: Page) -> bool:
    """Whether its cells need no look at their letters: printable ASCII, with no space at a cell's end or doubled.

    Spaces at the beginning are csv's business (skipinitialspace).
    """
    text = "".join(page.lines)
    return (
        text.isascii()
        and text.replace("\n", "").isprintable()
        and not any(odd in text for odd in ("=?", "  ", " \n", " ,", " ;", '" ', ' "'))
    )


class _Unfit(Exception):
    """A cell does not hold what its column wants; says so."""


class _RowReader:
    """Reads records under one header."""

    def __init__(self, columns: Sequence[str], header_line: int) -> None:
        self._width = len(columns)
        self._header_line = header_line
        self._standard = [(index, name, _READERS[name]) for index, name in enumerate(columns) if name in _READERS]
        # By name, so that the same values are stored in the same order whatever the order of the columns.
        self._own = sorted((name, index) for index, name in enumerate(columns) if name and name not in _READERS)
        self._unnamed = [index for index, name in enumerate(columns) if not name]
        # Where each standard column is; one that the file lacks is behind the last, where read_page puts nothing.
        self._at = [columns.index(name) if name in columns else self._width for name in STANDARD_COLUMNS]

    def read_page(self, page: Page) -> Iterator[Row | Rejected]:
        """Every record of a page; what is ordinary takes a third of the time that a careful look takes."""
        is_ordinary = _is_ordinary(page)
        for line, cells in enumerate(page.cells, page.line):
            row = self._read_ordinary(line, cells) if is_ordinary and len(cells) == self._width else None
            if row is not None:
                yield row
            elif any(cells):
                yield self.read(Record(line, line, page.lines[line - page.line], cells))

    def _read_ordinary(self, line: int, cells: list[str]) -> Row | None:
        """A valid record of an ordinary page; None asks for a careful look."""
        cells.append("")
        at_email, at_name, at_first_name, at_language, at_tags, at_status, at_source, at_consent = self._at
        email = ordinary_address(cells[at_email])
        name, first_name = cells[at_name], cells[at_first_name]
        language, tags, status, consent_at = cells[at_language], cells[at_tags], cells[at_status], cells[at_consent]
        row = None
        if email and len(name) <= MAX_NAME and len(first_name) <= MAX_NAME:
            with suppress(_Unfit):
                row = Row(
                    line,
                    line,
                    email.lower(),
                    email,
                    name,
                    first_name,
                    _language(language) if language else "",
                    _tags(tags) if tags else (),
                    _status(status) if status else Status.SUBSCRIBED,
                    {own: text for own, index in self._own if (text := cells[index])},
                    cells[at_source],
                    _consent_at(consent_at) if consent_at else "",
                )
        cells.pop()
        return None if any(cells[index] for index in self._unnamed) else row

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
        return f"{len(record.cells)} cells{lines}, where line {self._header_line} names {self._width} columns{hint}"


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
    if not _LANGUAGE.fullmatch(text):
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
        return Status(text.lower())
    except ValueError:
        close = difflib.get_close_matches(text.lower(), list(Status), n=1)
        question = f"; did you mean {close[0]}?" if close else ""
        raise _Unfit(f"{text!r} is none of {', '.join(Status)}{question}") from None


@lru_cache(maxsize=4096)
def _consent_at(text: str) -> str:
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
