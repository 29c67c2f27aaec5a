"""The records of a CSV file (RFC 4180), strict and streaming, with the physical lines they stand on."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO

MAX_CHARACTERS = 131_072
"""Of one record: what csv allows a cell, and how far an unclosed quote is followed."""

MAX_LINES = 100
"""Of one record: a cell that goes on for more lines is an unclosed quote, and nobody's address."""

_PAGE = 1 << 13  # characters read at once: what is made of them stays in the processor's cache

_UNCLOSED = "a quote opens on this line and is not closed"


class Record(NamedTuple):
    """Cells, and the physical lines that they stand on, of which `text` is the first."""

    line: int
    last_line: int
    text: str
    cells: list[str]


class BrokenRecord(NamedTuple):
    """A record that cannot be read as cells; unless `last_line` says so, only its first line is given up."""

    line: int
    last_line: int
    text: str
    reason: str


class Page(NamedTuple):
    """Lines each of which is a record, or blank."""

    line: int  # the number of the first
    lines: list[str]
    cells: list[list[str]]

    def records(self) -> Iterator[Record]:
        """The same one by one."""
        for line, (text, cells) in enumerate(zip(self.lines, self.cells, strict=True), self.line):
            if any(cells):
                yield Record(line, line, text, cells)

    def halves(self) -> tuple[Page, Page]:
        """Its first lines, and the others."""
        middle = len(self.lines) // 2
        behind = Page(self.line + middle, self.lines[middle:], self.cells[middle:])
        return Page(self.line, self.lines[:middle], self.cells[:middle]), behind


def read_records(stream: TextIO, delimiter: str) -> Iterator[Record | BrokenRecord]:
    """All records but blank ones, in order, from text whose lines end with \n.

    csv.reader alone swallows the rest of the file after a quote that is never closed. Here the line where it opens is
    broken, and reading goes on with the next line.
    """
    for found in read_pages(stream, delimiter):
        if isinstance(found, Page):
            yield from found.records()
        else:
            yield found


def read_pages(stream: TextIO, delimiter: str) -> Iterator[Page | Record | BrokenRecord]:
    """The same, by the page where that is possible: for who has a million to read."""
    number = 1  # of the line that comes next
    for text in _pages(stream):
        page = list(io.StringIO(text))
        cells = _records_of_one_line(text, page, delimiter)
        if cells is None:
            lines = _Lines(page, stream, number)
            yield from _read_carefully(lines, delimiter)
            number = lines.last_line + 1
        else:
            yield Page(number, page, cells)
            number += len(page)


def _pages(stream: TextIO) -> Iterator[str]:
    """The text in pieces of whole lines; of a line that is too long only the beginning, which is too long as well."""
    while page := stream.read(_PAGE):
        yield page if page.endswith("\n") else page + _read_line(stream)


def _read_line(stream: TextIO) -> str:
    line = piece = stream.readline(MAX_CHARACTERS + 1)
    while len(piece) > MAX_CHARACTERS and not piece.endswith("\n"):
        piece = stream.readline(MAX_CHARACTERS + 1)
    return line


def _records_of_one_line(text: str, lines: list[str], delimiter: str) -> list[list[str]] | None:
    """The cells of each line, where all of them are records of their own; else None."""
    if _has_flaw(text) or max(map(len, lines)) > MAX_CHARACTERS:
        return None
    try:
        cells = list(csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    # A record takes at least one line: as many as there are lines, and each took its own.
    return cells if len(cells) == len(lines) else None


def _has_flaw(text: str) -> bool:
    return "\0" in text or _is_undecoded(text)


def _is_undecoded(text: str) -> bool:
    """Whether csv_text met a byte outside the encoding, and made it a lone surrogate, which no encoding has."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _read_carefully(lines: _Lines, delimiter: str) -> Iterator[Record | BrokenRecord]:
    """Record by record, each with as many lines as it takes, and as few as it may be given."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while lines.start_record():
        try:
            cells = next(reader)
        except _TooLong as error:
            yield lines.give_up(str(error))
        except csv.Error as error:
            yield lines.give_up(_reason(error, lines))
        else:
            flaw = lines.flaw()
            if flaw:
                yield BrokenRecord(lines.line, lines.last_line, lines.text, flaw)
            elif any(cells):
                yield Record(lines.line, lines.last_line, lines.text, cells)


def _reason(error: csv.Error, lines: _Lines) -> str:
    if "expected after" in str(error) and lines.line == lines.last_line:
        return 'a quote closes in the middle of a cell; inside quotes, a quote is written twice: ""'
    return _UNCLOSED


class _TooLong(Exception):
    pass


class _Lines:
    """Feeds physical lines to csv.reader, and remembers those of the record that it is reading.

    They are those of a page, and of the stream behind it where the page's last record goes on there.
    """

    def __init__(self, page: Iterable[str], stream: TextIO, number: int) -> None:
        self._stream = stream
        self._waiting = deque(page)
        self._taken: list[str] = []  # the lines of this record
        self._characters = 0
        self.line = 0  # the number of the record's first line
        self._next = number  # of the line that comes next

    @property
    def last_line(self) -> int:
        return self._next - 1

    @property
    def text(self) -> str:
        return self._taken[0]

    def start_record(self) -> bool:
        """Forget the record before; False at the end of the page."""
        self._taken.clear()
        self._characters = 0
        self.line = self._next
        return bool(self._waiting)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else _read_line(self._stream)
        if not line:
            raise StopIteration
        self._next += 1
        self._taken.append(line)
        self._characters += len(line)
        if self._characters > MAX_CHARACTERS or len(self._taken) > MAX_LINES:
            alone = len(self._taken) == 1
            raise _TooLong(f"the line is longer than {MAX_CHARACTERS:,} characters" if alone else _UNCLOSED)
        return line

    def give_up(self, reason: str) -> BrokenRecord:
        """The first line is broken; the others will be read again."""
        self._waiting.extendleft(reversed(self._taken[1:]))
        self._next = self.line + 1
        return BrokenRecord(self.line, self.line, self.text[: MAX_CHARACTERS + 1], reason)

    def flaw(self) -> str:
        """What no cell may hold, wherever it stands."""
        for line in self._taken:
            if "\0" in line:
                return "the line has a NUL byte in it"
            if _is_undecoded(line):
                return "the line has bytes in it that are no text in the encoding of the file"
        return ""
