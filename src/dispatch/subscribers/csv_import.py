"""A CSV file of subscribers as rows, and every line that cannot be one, with its reason."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dispatch.errors import InvalidSubscribers, NotFound
from dispatch.location import Location
from dispatch.subscribers.csv_header import detect_delimiter, read_header
from dispatch.subscribers.csv_records import MAX_CHARACTERS, BrokenRecord, Page, Record, read_pages, read_records
from dispatch.subscribers.csv_rows import Columns, Rejected, Row, RowReader, printable
from dispatch.subscribers.csv_text import EXAMPLE, SAVE_AS_CSV, FileFacts, survey, text_of
from dispatch.subscribers.subscriber import STANDARD_COLUMNS


@dataclass(frozen=True)
class SubscribersFile:
    """An opened file whose header makes sense: iterate it (once at a time) for its rows and rejected lines.

    A second line with an address is a row here: only who has noted all of them can tell (staging.py, repeats.py).
    """

    facts: FileFacts
    delimiter: str
    header_line: int
    columns: tuple[str, ...]  # "" for one without a header
    stream: BinaryIO
    path: Path | None  # None where only the stream is known

    @property
    def is_replaced(self) -> bool:
        """Whether another file stands at its path by now, as after each edit of dispatch's own (csv_edit.py)."""
        if self.path is None:
            return False
        try:
            return not os.path.samestat(os.fstat(self.stream.fileno()), self.path.stat())
        except OSError:
            return True

    @property
    def merge_fields(self) -> tuple[str, ...]:
        """The names of the columns that are not standard ones, in order of the alphabet."""
        return tuple(sorted(name for name in self.columns if name and name not in STANDARD_COLUMNS))

    @property
    def fields(self) -> frozenset[str]:
        """The names of all that it may say of a person."""
        return frozenset({*STANDARD_COLUMNS, *self.merge_fields})

    def records(self) -> Iterator[Record | BrokenRecord]:
        """The records after the header, as they are."""
        for found in self._pages():
            if isinstance(found, Page):
                yield from found.records()
            else:
                yield found

    def __iter__(self) -> Iterator[Row | Rejected]:
        for found in self.in_columns():
            if isinstance(found, Columns):
                yield from found.rows()
            else:
                yield found

    def in_columns(self) -> Iterator[Columns | Row | Rejected]:
        """The same, many rows at once where that is possible."""
        reader = RowReader(self.columns, self.header_line)
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
        yield _understand(source, name, None)
        return
    try:
        stream = source.open("rb")
    except FileNotFoundError:
        raise no_file(source) from None
    except OSError as error:
        raise InvalidSubscribers(f"the file cannot be read: {error.strerror}", location=Location(str(source))) from None
    with stream:
        yield _understand(stream, name or str(source), source)


def read_subscribers(source: Path | BinaryIO, name: str = "") -> Iterator[Row | Rejected]:
    """Every record of the file, valid or rejected, in order, without keeping them in memory."""
    with open_subscribers(source, name) as file:
        yield from file


def read_person(address: str, values: Mapping[str, str]) -> Row | Rejected:
    """One person who stands in no file yet, by the same rules; `values` are the texts of further columns."""
    texts = {**values, "email": address}
    return RowReader(tuple(texts), 1).read(Record(1, 1, address, list(texts.values())))


def reject_lines(file: SubscribersFile, repeated: Mapping[int, tuple[str, int]]) -> tuple[Rejected, ...]:
    """The lines whose address stands on an earlier line: by line, the address and that line's number."""
    return tuple(
        Rejected(record.line, f"the address {email} stands on line {first} already", printable(record.text))
        for record in file.records()
        for email, first in filter(None, [repeated.get(record.line)])
    )


def no_file(path: Path) -> NotFound:
    """What is raised where the subscribers' file should be."""
    return NotFound(f"there is no file of subscribers at {path}", remedy=EXAMPLE)


def _understand(stream: BinaryIO, name: str, path: Path | None) -> SubscribersFile:
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
    return SubscribersFile(facts, delimiter, header.last_line, read_header(header.cells, location), stream, path)


def _first_line(stream: BinaryIO, facts: FileFacts) -> str:
    text = text_of(stream, facts.encoding)
    try:
        line = "\n"
        while line and not line.strip():
            line = text.readline(MAX_CHARACTERS)
        return line
    finally:
        text.detach()
