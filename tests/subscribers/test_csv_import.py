"""A CSV file of subscribers: what is read, and every line that is not, with its number and its reason."""

from __future__ import annotations

import codecs
import csv
import io
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidSubscribers, NotFound
from dispatch.subscribers.csv_import import open_subscribers, read_person, read_subscribers
from dispatch.subscribers.csv_rows import Rejected, Row
from dispatch.subscribers.subscriber import Status


def read(content: str | bytes) -> tuple[list[Row], list[Rejected]]:
    data = content if isinstance(content, bytes) else content.encode()
    found = list(read_subscribers(io.BytesIO(data), "people.csv"))
    return [row for row in found if isinstance(row, Row)], [row for row in found if isinstance(row, Rejected)]


def refusal(content: str | bytes) -> str:
    with pytest.raises(InvalidSubscribers) as caught:
        read(content)
    return str(caught.value)


# --- what is read -------------------------------------------------------------------------------


def test_every_column_is_read() -> None:
    rows, rejected = read(
        "email,name,first_name,language,tags,status,consent_source,consent_at,Favourite City\n"
        'Ann@Example.ORG, Ann  Smith ,Ann,fr_ca,"paid, beta,paid",Subscribed,form,2026-03-02T18:00:00+01:00,Saint-Malo\n'
    )
    assert rejected == []
    assert rows == [
        Row(
            line=2,
            last_line=2,
            key="ann@example.org",
            email="Ann@example.org",
            name="Ann Smith",
            first_name="Ann",
            language="fr-CA",
            tags=("paid", "beta"),
            status=Status.SUBSCRIBED,
            fields={"favourite_city": "Saint-Malo"},
            consent_source="form",
            consent_at="2026-03-02T17:00:00Z",
        )
    ]


HELENE = "email;prénom\nh@x.example;Hélène\nj@x.example;Joël\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (HELENE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + HELENE.encode(), "utf-8 with byte order mark"),
        (codecs.BOM_UTF16_LE + HELENE.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + HELENE.encode("utf-16-be"), "utf-16-be"),
        (HELENE.encode("cp1252"), "cp1252"),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_line_ends_and_delimiters_are_told_apart(
    content: bytes, encoding: str, line_end: str, delimiter: str
) -> None:
    codec = encoding.split(maxsplit=1)[0]
    mark = next(
        (mark for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) if content.startswith(mark)), b""
    )
    text = content[len(mark) :].decode(codec).replace("\n", line_end).replace(";", delimiter)
    stream = io.BytesIO(mark + text.encode(codec))
    with open_subscribers(stream, "people.csv") as file:
        assert (str(file.facts.encoding), file.delimiter) == (encoding, delimiter)
        assert [(row.line, row.first_name) for row in file if isinstance(row, Row)] == [(2, "Hélène"), (3, "Joël")]


@pytest.mark.parametrize(
    "header", ["email", "E-Mail", " e-mail ", "mail", "Email Address", "Adresse e-mail", "correo", '"EMAIL"']
)
@pytest.mark.parametrize("first_name", ["first name", "First_Name", "Prénom", "Vorname", "FNAME"])
def test_headers_have_other_names(header: str, first_name: str) -> None:
    rows, _ = read(f"{first_name},{header}\nAnn,ann@x.example\n")
    assert (rows[0].email, rows[0].first_name) == ("ann@x.example", "Ann")


def test_the_delimiter_is_the_one_that_shows_the_addresses() -> None:
    rows, _ = read("email;name, as printed; city, country\nann@x.example;Ann;Paris, France\n")
    assert rows[0].fields == {"name_as_printed": "Ann", "city_country": "Paris, France"}


def test_a_newline_in_quotes_is_part_of_the_cell_and_lines_are_counted_as_an_editor_counts() -> None:
    rows, rejected = read(
        'email,address\n\na@x.example,"Main Street 1\r\nDublin"\n\nb@x.example,"say ""hi"""\nnobody,\n'
    )
    assert [(row.line, row.last_line, row.fields["address"]) for row in rows] == [
        (3, 4, "Main Street 1\nDublin"),
        (6, 6, 'say "hi"'),
    ]
    assert [bad.line for bad in rejected] == [7]


def test_formulas_are_kept_as_they_are() -> None:
    rows, _ = read("email,note\na@x.example,=SUM(A1:A9)\nb@x.example,+33 6 12\nc@x.example,@home\nd@x.example,-1\n")
    assert [row.fields["note"] for row in rows] == ["=SUM(A1:A9)", "+33 6 12", "@home", "-1"]


def test_empty_cells_are_nothing_and_the_status_left_out_is_subscribed() -> None:
    rows, _ = read(
        "email,status,language,city\na@x.example,,,\nb@x.example,unsubscribed,,\nc@x.example,UNCONFIRMED,,\n"
    )
    assert [(row.status, row.fields) for row in rows] == [
        (Status.SUBSCRIBED, {}),
        (Status.UNSUBSCRIBED, {}),
        (Status.UNCONFIRMED, {}),
    ]


def test_columns_without_header_may_stay_empty() -> None:
    rows, rejected = read("email,,\na@x.example,,\nb@x.example,,7\n,,\n")
    assert [row.email for row in rows] == ["a@x.example"]
    assert rejected == [Rejected(3, "column 3 has a value here, but no name on line 1", "b@x.example,,7")]


def test_names_of_all_the_world_are_read() -> None:
    names = ["Ní Dhomhnaill", "Владимир", "محمد", "נועה", "李小龍", "می‌خواهم", "O'Brien-Smith, Jr.", "👩‍👧 Mum"]
    rows, rejected = read("name\temail\n" + "".join(f"{name}\tp{n}@x.example\n" for n, name in enumerate(names)))
    assert rejected == []
    assert [row.name for row in rows] == names


def test_a_broken_line_does_not_make_a_utf8_file_cp1252() -> None:
    lines = [b"email,name", "a@x.example,Zoë".encode(), "b@x.example,Zoë".encode("cp1252"), "c@x.example,Zoë".encode()]
    rows, rejected = read(b"\n".join(lines))
    assert [row.name for row in rows] == ["Zoë", "Zoë"]
    assert rejected == [
        Rejected(3, "the line has bytes in it that are no text in the encoding of the file", "b@x.example,Zo\\udceb")
    ]


def test_an_unclosed_quote_costs_its_own_line_only() -> None:
    people = [f"p{n}@x.example,Person {n}" for n in range(500)]
    people[7] = 'p7@x.example,"Person 7'
    rows, rejected = read("\n".join(["email,name", *people]))
    assert rejected == [Rejected(9, "a quote opens on this line and is not closed", 'p7@x.example,"Person 7')]
    assert len(rows) == 499


# --- what is not --------------------------------------------------------------------------------

LONG = "x" * 200_000

BAD_LINES = {
    "no address": ("email,name\n,Ann", 2, "email: the cell is empty"),
    "half an address": ("email,name\nann@,Ann", 2, "'ann@' is not an address to mail to"),
    "two addresses": ("email,name\na@x.example b@x.example,Ann", 2, "is not an address to mail to"),
    "a hyphen first": ("email\n-rf@x.example", 2, "begins with a hyphen"),
    "no top-level domain": ("email\nroot@localhost", 2, "is not an address to mail to"),
    "an address too long": (f"email\n{'l' * 65}@x.example", 2, "too long"),
    "a line break in the address": ('email\n"a@x.example\n"', 2, "a line break"),
    "header injection in the address": ('email\n"a@x.example\nBcc: b@x.example"', 2, "a line break"),
    "too few cells": ("email,name,city\na@x.example,Ann", 2, "2 cells, where line 1 names 3 columns"),
    "one cell": ("email,name\na@x.example", 2, "1 cell, where line 1 names 2 columns"),
    "one column": ("email\na@x.example,Ann", 2, "2 cells, where line 1 names 1 column; a cell with"),
    "too many cells": ("email,name\na@x.example,Smith, Ann", 2, "3 cells, where line 1 names 2 columns; a cell with"),
    "too many cells on two lines": ('email,name\na@x.example,"Smith\nAnn",x', 2, "3 cells (to line 3), where line 1"),
    "an unclosed quote at the end": ('email,name\na@x.example,"Ann', 2, "a quote opens on this line and is not closed"),
    "an unclosed quote before another": (
        'email,name\na@x.example,"Ann\nb@x.example,"Bob"',
        2,
        "a quote opens on this line and is not closed",
    ),
    "a quote closed in the middle": (
        'email,name\na@x.example,"Ann" Smith',
        2,
        "a quote closes in the middle of a cell",
    ),
    "a NUL": ("email,name\na@x.example,An\0n", 2, "the line has a NUL byte in it"),
    "a cell too long": (f"email,name\na@x.example,{LONG}", 2, "the line is longer than 131,072 characters"),
    "a cell too long in quotes": (f'email,name\na@x.example,"{LONG}"', 2, "the line is longer than 131,072 characters"),
    "a status of its own": (
        "email,status\na@x.example,active",
        2,
        "status: 'active' is none of unconfirmed, subscribed",
    ),
    "a status misspelled": ("email,status\na@x.example,unsubscribd", 2, "did you mean unsubscribed?"),
    "a language in words": ("email,language\na@x.example,French", 2, "language: 'French' is no code of a language"),
    "a date of another country": ("email,consent_at\na@x.example,31/12/2025", 2, "consent_at: '31/12/2025' is no date"),
    "a day that never was": ("email,consent_at\na@x.example,2026-02-30", 2, "consent_at: '2026-02-30' is no date"),
    "a control in a name": ("email,name\na@x.example,An\x07n", 2, "a control or an invisible character"),
    "a line break in a name": ('email,name\na@x.example,"Ann\nBcc: b@x.example"', 2, "a line break"),
    "text turned round in a name": ("email,name\na@x.example,Ann\u202egro", 2, "an invisible character"),
    "an encoded word in a name": ("email,first_name\na@x.example,=?utf-8?q?=0ABcc=3A?=", 2, "has “=?” in it"),
    "an encoded word in a field": (
        "email,city\na@x.example,=?utf-8?q?=0ABcc=3A?=",
        2,
        "city: it has encoded header text",
    ),
    "a name too long": (f"email,name\na@x.example,{'n' * 101}", 2, "longer than 100 characters"),
    "a control in a field": ("email,city\na@x.example,Par\x1bis", 2, "city: it has the control character U+001B in it"),
    "a control in a tag": ("email,tags\na@x.example,pa\x1bid", 2, "tags: it has the control character U+001B in it"),
    "a value without a column": ("email,\na@x.example,7", 2, "column 2 has a value here, but no name on line 1"),
}


@pytest.mark.parametrize(("content", "line", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_told_with_its_number_and_the_lines_around_it_are_read(
    content: str, line: int, reason: str
) -> None:
    width = content.partition("\n")[0].count(",")
    rows, rejected = read(f"{content}\nlast@y.example{',' * width}\n")
    assert len(rejected) == 1
    assert rejected[0].line == line
    assert reason in rejected[0].reason
    assert rows[-1].email == "last@y.example"
    problem = rejected[0].problem("people.csv")
    assert str(problem).startswith(f"people.csv:{line}: ")
    assert rejected[0].text.isprintable()
    assert len(str(problem)) < 500


def test_everything_that_is_wrong_with_a_line_is_told_at_once() -> None:
    _, rejected = read("email,language,status,city\nann,French,gone,\x07\n")
    for part in ("'ann' is not an address", "language: 'French'", "status: 'gone'", "city: it has the control"):
        assert part in rejected[0].reason


BAD_FILES = {
    "empty": (b"", "people.csv: the file is empty", "email,first_name"),
    "blank": (b"\n\n \n", "people.csv: the file has nothing but blank lines", "email,first_name"),
    "no addresses": (b"name,city\nAnn,Paris\n", "people.csv:1: no column is called email", "'name', 'city'"),
    "addresses misspelled": (
        b"name,emial\nAnn,a@x.example\n",
        "people.csv:1: no column is called email",
        "Is it 'emial'?",
    ),
    "no header": (
        b"a@x.example,Ann\nb@x.example,Bob\n",
        "people.csv:1: the first line does not name the columns",
        "Put a",
    ),
    "two columns of one name": (
        b"email,city,City\n",
        "people.csv:1: the columns 2 (city) and 3 (City) are both city",
        "Rename",
    ),
    "two columns of addresses": (
        b"E-Mail,name,mail\n",
        "people.csv:1: the columns 1 (E-Mail) and 3 (mail) are both email",
        "Rename",
    ),
    "a column that dispatch fills": (
        b"email,unsubscribe_url\n",
        "people.csv:1: no column may be called unsubscribe_url",
        "an",
    ),
    "a column in other letters": ("email,город\n".encode(), "people.csv:1: the column 'город' cannot become", "city"),
    "a column that begins with a digit": (b"email,2nd\n", "people.csv:1: the column '2nd' cannot become", "city"),
    "a header with an unclosed quote": (
        b'email,"name\na@x.example,Ann\n',
        "people.csv:1: a quote opens on this line",
        "CSV",
    ),
    "a spreadsheet": (b"PK\x03\x04\x14\x00", "people.csv: the file is a spreadsheet", "CSV UTF-8"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "people.csv: the file is an old Excel workbook", "CSV UTF-8"),
    "utf-16 without a mark": (
        "email\na@x.example\n".encode("utf-16-le"),
        "people.csv:1: the line has a NUL byte",
        "CSV UTF-8",
    ),
    "utf-16 cut short": (
        "\ufeffemail\n".encode("utf-16-le") + b"a",
        "people.csv: the file is broken UTF-16",
        "CSV UTF-8",
    ),
    "utf-32": ("\ufeffemail\n".encode("utf-32-le"), "people.csv: the file is UTF-32", "CSV UTF-8"),
}


@pytest.mark.parametrize(("content", "message", "remedy"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_told_with_a_remedy(content: bytes, message: str, remedy: str) -> None:
    told = refusal(content)
    assert told.startswith(message)
    assert remedy in told.partition("\n")[2]


def test_everything_that_is_wrong_with_the_header_is_told_at_once() -> None:
    assert len(refusal(b"name,Name,2nd,preferences_url\n").split("people.csv:1: ")) == 5


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no file of subscribers at"):
        list(read_subscribers(tmp_path / "subscribers.csv"))
    with pytest.raises(InvalidSubscribers, match="the file cannot be read: Is a directory"):
        list(read_subscribers(tmp_path))


def test_a_person_of_no_file_is_judged_by_the_same_rules() -> None:
    row = read_person("Ann@X.example", {"first_name": "Ann", "city": "Paris", "tags": "paid"})
    assert isinstance(row, Row)
    assert (row.email, row.first_name, row.tags, row.fields) == ("Ann@x.example", "Ann", ("paid",), {"city": "Paris"})
    assert isinstance(read_person("ann", {}), Rejected)


# --- properties ---------------------------------------------------------------------------------

values = st.text(
    alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn"]) | st.sampled_from("\n\t\"',;= "),
    max_size=30,
)


@given(
    st.lists(st.tuples(values, values), max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_csv_writes_is_read_back(
    people: list[tuple[str, str]], delimiter: str, codec: str, line_end: str, quoting: int
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(["email", "one", "two"])
    writer.writerows([f"p{number}@x.example", *fields] for number, fields in enumerate(people))
    rows, rejected = read(written.getvalue().encode(codec))
    assert [bad for bad in rejected if "encoded header text" not in bad.reason] == []
    if not rejected:
        assert [(row.fields.get("one", ""), row.fields.get("two", "")) for row in rows] == [
            tuple(normalised(text) for text in fields) for fields in people
        ]


def normalised(text: str) -> str:
    return unicodedata.normalize("NFC", text.strip(" \t\u00a0"))


@given(
    st.lists(
        st.sampled_from(["a@x.example", "b@x.example", '"', '""', ",", "\n", "\r\n", "x", "\0", "é", " "]), max_size=40
    )
)
def test_no_line_of_any_text_is_lost_without_a_word(pieces: list[str]) -> None:
    text = "".join(pieces)
    rows, rejected = read(f"email,note\n{text}")
    told = {bad.line for bad in rejected}
    for row in rows:
        told |= set(range(row.line, row.last_line + 1))
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=2):
        if "@" in line and '"' not in text:
            assert number in told
    assert all(bad.line <= text.count("\n") + 2 for bad in rejected)


CELLS = {
    "email": [
        "ann@x.example",
        "Ann@X.example",
        "bob@münchen.example",
        "=?x?@x.example",
        "bob",
        f"{'b' * 65}@x.example",
    ],
    "name": ["", "Ann", "Zoë", "Zoe\u0308", " Ann ", "Ann  Lee", "\u200bAnn", "=?utf-8?q?Ann?=", "A" * 101],
    "language": ["", "fr", "PT-br", "no language"],
    "tags": ["", "paid", "paid; Founder", "paid,paid"],
    "status": ["", "subscribed", "Unsubscribed", "gone"],
    "consent_at": ["", "2026-03-02", "2026-03-02T18:00:00+02:00", "yesterday"],
    "city": ["", "Köln", "Ko\u0308ln", "K\u00f6ln\u00a0", '"Cork"'],
}


@given(st.lists(st.tuples(*(st.sampled_from(texts) for texts in CELLS.values())), min_size=1, max_size=30))
def test_a_line_is_read_alike_whatever_stands_around_it(people: list[tuple[str, ...]]) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\n").writerows([tuple(CELLS), *people])
    alone = [read_person(person[0], dict(zip(CELLS, person, strict=True))) for person in people]
    rows, rejected = read(written.getvalue())
    assert [row._replace(line=1, last_line=1) for row in rows] == [row for row in alone if isinstance(row, Row)]
    assert [bad.reason for bad in rejected] == [bad.reason for bad in alone if isinstance(bad, Rejected)]


def test_reading_takes_no_memory_for_lines() -> None:
    line = b"person%07d@x.example,a name that takes its room,another text that takes some more room\n"
    data = b"email,name,note\n" + b"".join(line % number for number in range(20_000))
    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_subscribers(stream, "people.csv")) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200 * 20_000 + 1_000_000  # a digest and a line number for each person, and the buffers
