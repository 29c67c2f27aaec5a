"""The figures of a chart from a CSV file: strict, with the line and column of whatever is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dispatch.content.figures import Figures, NotDrawable, faults_of, faults_of_names, faults_of_size, number
from dispatch.counts import count
from dispatch.errors import InvalidIssue, Problem
from dispatch.location import Location
from dispatch.rendering.legible import legible
from dispatch.yaml_model import Fault

MOST_BYTES = 262_144
"""Of a file: a thousand labels with four numbers take a fifth of it."""

_MOST_TOLD = 20  # problems: whoever sees them knows what to look for

_NUMBER = re.compile(r"[-+\u2212]?\d+(\.\d+)?([eE][-+]?\d{1,3})?", re.ASCII)
_YEAR = re.compile(r"(1[5-9]|2[01])\d\d", re.ASCII)
_WITH_COMMA = re.compile(r"[-+\u2212]?\d+,\d+", re.ASCII)
_THOUSANDS = re.compile(r"[-+\u2212]?\d{1,3}\.\d{3}", re.ASCII)
_EXAMPLE = "Its first line names the columns, the lines below begin with a label: `year,trade` and `2022,3.8`."
_SAVE_AS = "Save it as “CSV UTF-8” from the spreadsheet program."


@dataclass(frozen=True)
class _Cell:
    text: str
    line: int
    column: int


Record = list[_Cell]


def read_figures(content: bytes, file: str, kind: str) -> Figures:
    """The figures in a CSV file (RFC 4180) for a chart of a type: a header, then a label and its numbers in each line.

    It is UTF-8, separated by commas, semicolons or tabs; an empty cell is a number that is missing. Beside semicolons
    a comma may stand before the decimals, as Excel writes in most of Europe. Raises InvalidIssue.
    """
    text = _text(content, file)
    separator = max(",;\t", key=text.partition("\n")[0].count)
    records = [record for record in _records(text, separator, file) if any(cell.text for cell in record)]
    if len(records) < 2 or len(records[0]) < 2:
        raise InvalidIssue(f"{file} has no figures", location=Location(file, 1, 1), remedy=_EXAMPLE)
    header, *rows = records
    if excess := list(faults_of_size(len(rows), len(header) - 1, kind)):
        raise InvalidIssue.of(_at_rows(excess, header, rows, file))
    problems: list[Problem] = []
    series = tuple(cell.text.strip() for cell in header[1:])
    comma = separator == ";" and any(_WITH_COMMA.fullmatch(cell.text.strip()) for row in rows for cell in row[1:])
    read = tuple((row[0].text.strip(), tuple(_numbers(row, header, file, problems, comma=comma))) for row in rows)
    problems += [
        Problem("this column has no name", _place(cell, file), "Say in the first line what its numbers are.")
        for cell in header[1:]
        if not cell.text.strip()
    ]
    problems += [
        Problem(fault.message, _place(header[1 + int(fault.path[0])], file), fault.remedy)
        for fault in faults_of_names(series)
    ]
    if _is_row(header, rows):
        message = "the first line names the columns, but has numbers here: they would not be drawn"
        problems.append(Problem(message, _place(header[1], file), "Put a line above it, as `year,trade`."))
    if not problems:
        problems = _at_rows(faults_of(Figures(series, read), kind), header, rows, file)
    if problems:
        raise InvalidIssue.of(_first(problems))
    return Figures(series, read)


def _at_rows(faults: Iterable[Fault], header: Record, rows: list[Record], file: str) -> list[Problem]:
    """Faults as problems, at the labels of their rows; those of the whole at the first cell of the file."""
    cells = ((fault, rows[int(fault.path[0])][0] if fault.path else header[0]) for fault in faults)
    return [Problem(fault.message, _place(cell, file), fault.remedy) for fault, cell in cells]


def _first(problems: list[Problem]) -> list[Problem]:
    """The first twenty problems, the last of which tells how many more there are."""
    told = sorted(problems, key=Problem.sort_key)
    more = len(told) - _MOST_TOLD
    if more <= 0:
        return told
    last = told[_MOST_TOLD - 1]
    return [*told[: _MOST_TOLD - 1], replace(last, message=f"{last.message} (and {more:,} more like these below)")]


def _is_row(header: Record, rows: list[Record]) -> bool:
    """Whether the first line has numbers only behind its label; years may be names, unless those below are years too."""
    names = [cell.text.strip() for cell in header[1:]]
    below = [cell.text.strip() for row in rows for cell in row[1:]]
    if all(map(_YEAR.fullmatch, names)) and not _NUMBER.fullmatch(header[0].text.strip()):
        return all(map(_YEAR.fullmatch, filter(None, below)))
    return all(_NUMBER.fullmatch(name.replace(",", ".")) for name in names)


def _text(content: bytes, file: str) -> str:
    if len(content) > MOST_BYTES:
        message = f"{file} has {len(content):,} bytes; at most {MOST_BYTES:,} are read for a chart"
        raise InvalidIssue(message, location=Location(file), remedy="Leave out what is not drawn.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        place = Location(file, line, column)
        raise InvalidIssue(f"{file} is not UTF-8 text", location=place, remedy=_SAVE_AS) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _records(text: str, separator: str, file: str) -> Iterator[Record]:
    """The cells of each line. Raises InvalidIssue where quotes are not in order."""
    cell = re.compile(
        rf'[ ]*"(?P<quoted>(?:[^"\n]|"")*)"[ ]*(?=[{separator}\n]|\Z)|(?P<plain>[^{separator}\n"]*)(?=[{separator}\n]|\Z)'
    )
    for line, written in enumerate(text.split("\n"), 1):
        record: Record = []
        at = 0
        while at <= len(written):
            match = cell.match(written, at)
            if not match:
                message = "a quotation mark in this cell has no partner on its line, or stands in its middle"
                remedy = 'Put the whole cell in quotation marks, and write those inside twice: `"a ""b"" c"`.'
                raise InvalidIssue(message, location=Location(file, line, at + 1), remedy=remedy)
            found = match["quoted"].replace('""', '"') if match["quoted"] is not None else match["plain"]
            record.append(_Cell(_shown(found, Location(file, line, at + 1)), line, at + 1))
            at = match.end() + 1
        yield record


def _shown(text: str, place: Location) -> str:
    if legible(text) != text:
        raise InvalidIssue("this cell has a control character in it", location=place, remedy="Delete it.")
    return text


def _numbers(row: Record, header: Record, file: str, problems: list[Problem], *, comma: bool) -> Iterator[float | None]:
    """The numbers of a line, `comma` where one stands before decimals; what is wrong is added to `problems`."""
    if len(row) != len(header):
        message = f"this line has {count(len(row), 'cell')}, but the first has {count(len(header), 'cell')}"
        remedy = "Put a cell with the separator in it in quotation marks." if len(row) > len(header) else ""
        problems.append(Problem(message, _place(row[0], file), remedy or "An empty cell is a number that is missing."))
        return
    for cell in row[1:]:
        try:
            yield _number(cell.text.strip(), comma=comma)
        except NotDrawable as error:
            problems.append(Problem(error.message, _place(cell, file), error.remedy.removesuffix(" without quotes.")))


def _number(text: str, *, comma: bool) -> float | None:
    if comma and _THOUSANDS.fullmatch(text):
        whole = text.replace(".", "")
        message = f"“{text}” may be {whole}: other numbers here have a comma before their decimals"
        raise NotDrawable(message, f"Write {whole}, or {text.replace('.', ',')}.")
    written = text.replace(",", ".") if comma and "." not in text else text
    if not written:
        return None
    return number(float(written.replace("\u2212", "-")) if _NUMBER.fullmatch(written) else text)


def _place(cell: _Cell, file: str) -> Location:
    return Location(file, cell.line, cell.column)
