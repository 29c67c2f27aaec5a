"""Records with their lines, whatever the quotes do."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.subscribers.csv_records import MAX_CHARACTERS, MAX_LINES, BrokenRecord, Record, read_records


def read(text: str) -> list[Record | BrokenRecord]:
    return list(read_records(io.StringIO(text), ","))


def test_records_know_their_lines() -> None:
    assert read('a,b\n\n"c\n d",e\n  \nf\n') == [
        Record(1, 1, "a,b\n", ["a", "b"]),
        Record(3, 4, '"c\n', ["c\n d", "e"]),
        Record(6, 6, "f\n", ["f"]),
    ]


def test_after_an_unclosed_quote_every_line_is_read_on_its_own() -> None:
    assert read('a\n"b\nc\n"d\ne"\n') == [
        Record(1, 1, "a\n", ["a"]),
        BrokenRecord(2, 2, '"b\n', "a quote opens on this line and is not closed"),
        Record(3, 3, "c\n", ["c"]),
        Record(4, 5, '"d\n', ["d\ne"]),
    ]


@pytest.mark.parametrize(("lines", "is_whole"), [(MAX_LINES, True), (MAX_LINES + 1, False)])
def test_a_quote_is_followed_for_a_hundred_lines(lines: int, *, is_whole: bool) -> None:
    found = read('"' + "\n".join(map(str, range(lines))) + '"\nz\n')
    assert isinstance(found[0], Record) is is_whole
    assert len(found) == (2 if is_whole else lines + 1)


def test_a_line_that_is_too_long_takes_no_memory_and_the_next_is_read() -> None:
    found = read(f"a\n{'b' * MAX_CHARACTERS * 3}\nc\n")
    assert [type(record) for record in found] == [Record, BrokenRecord, Record]
    assert found[2].line == 3
    assert len(found[1].text) == MAX_CHARACTERS + 1


def test_a_line_of_just_the_length_that_is_allowed_is_read() -> None:
    longest = "b" * (MAX_CHARACTERS - 1)
    assert read(f"{longest}\nc\n")[0] == Record(1, 1, f"{longest}\n", [longest])
    assert isinstance(read(f"{longest}b\nc\n")[0], BrokenRecord)


def test_a_too_long_line_within_quotes_is_told_once_and_counted_once() -> None:
    found = read(f'"a\n{"b" * MAX_CHARACTERS * 2}\nc\n')
    assert [(record.line, type(record)) for record in found] == [(1, BrokenRecord), (2, BrokenRecord), (3, Record)]


def test_hostile_quotes_do_not_take_for_ever() -> None:
    # Each line closes the quote of the line before and opens another: no record ends within a hundred lines.
    begin = time.process_time()
    assert len(read('a",""",\n' * 20_000)) == 20_000
    assert time.process_time() - begin < 20


@given(st.lists(st.lists(st.text(alphabet='ab",\n ', max_size=6), min_size=1, max_size=3), max_size=6))
def test_what_csv_writes_comes_back_with_its_lines(rows: list[list[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    found = read(stream.getvalue())
    assert [record.cells for record in found if isinstance(record, Record)] == [row for row in rows if any(row)]
    lines = stream.getvalue().split("\n")
    for record in found:
        assert record.text == f"{lines[record.line - 1]}\n"


@given(st.text(alphabet='ab",\n', max_size=60))
def test_every_line_that_is_not_blank_is_in_some_record(text: str) -> None:
    told: list[int] = []
    for record in read(text):
        told.extend(range(record.line, record.last_line + 1))
    assert told == sorted(set(told))
    filled = {number for number, line in enumerate(text.split("\n"), start=1) if line.strip(',"')}
    assert filled <= set(told)
