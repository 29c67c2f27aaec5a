"""The records of a CSV file (RFC 4180), strict and streaming, with the physical lines they stand on."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

MAX_CHARACTERS = 131_072
"""Of one record: what csv allows a cell, and how far an unclosed quote is followed."""

MAX_LINES = 100
"""Of one record: a cell that goes on for more lines is an unclosed quote, and nobody's address."""

_UNDECODED = re.compile("[\ud800-\udfff]")  # what csv_text makes of a byte outside the encoding

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


def read_records(stream: TextIO, delimiter: str) -> Iterator[Record | BrokenRecord]:
    """All records but blank ones, in order, from text whose lines end with \\n.

    csv.reader alone swallows the rest of the file after a quote that is never closed. Here the line where it opens is
    broken, and reading goes on with the next line.
    """
    lines = _Lines(stream)
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
    """Feeds physical lines to csv.reader, and remembers those of the record that it is reading."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again: deque[str] = deque()  # lines to be read another time
        self._taken: list[str] = []  # the lines of this record
        self._characters = 0
        self.line = 0  # the number of the record's first line
        self._next = 1  # the number of the line that comes next

    @property
    def last_line(self) -> int:
        return self._next - 1

    @property
    def text(self) -> str:
        return self._taken[0]

    def start_record(self) -> bool:
        """Forget the record before; False at the end of the file."""
        self._taken.clear()
        self._characters = 0
        self.line = self._next
        if not self._again:
            line = self._read()
            if not line:
                return False
            self._again.append(line)
        return True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._read()
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
        self._again.extendleft(reversed(self._taken[1:]))
        self._next = self.line + 1
        return BrokenRecord(self.line, self.line, self.text, reason)

    def flaw(self) -> str:
        """What no cell may hold, wherever it stands."""
        for line in self._taken:
            if "\0" in line:
                return "the line has a NUL byte in it"
            if not line.isascii() and _UNDECODED.search(line):
                return "the line has bytes in it that are no text in the encoding of the file"
        return ""

    def _read(self) -> str:
        """The next physical line; of one that is too long only the beginning, which is too long as well."""
        line = self._stream.readline(MAX_CHARACTERS + 1)
        piece = line
        while len(piece) > MAX_CHARACTERS and not piece.endswith("\n"):
            piece = self._stream.readline(MAX_CHARACTERS + 1)
        return line
