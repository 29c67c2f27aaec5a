"""Figures from a CSV file, and what is wrong with one, at its line and column."""

import pytest

from dispatch.content.figures import Figures
from dispatch.errors import InvalidIssue
from dispatch.rendering.charts.csv_figures import read_figures


def told(content: str | bytes, kind: str = "bar") -> list[str]:
    with pytest.raises(InvalidIssue) as caught:
        read_figures(content if isinstance(content, bytes) else content.encode(), "data/a.csv", kind)
    assert all(problem.location and problem.remedy for problem in caught.value.problems)
    return [f"{problem.location}: {problem.message}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    "content",
    [
        "year,road,rail\n2022,3.5,1\n2025,-2,\n",
        "\ufeffyear;road;rail\r\n2022;3,5;1\r\n2025;\u22122;\r\n",
        'year\troad\trail\n"2022"\t3.5\t1e0\n\n2025\t-2\t\n',
        '"year" , "road",rail\n2022, 3.5 ,+1\n2025,-2, ',
    ],
)
def test_commas_semicolons_and_tabs_say_the_same(content: str) -> None:
    expected = Figures(("road", "rail"), (("2022", (3.5, 1.0)), ("2025", (-2.0, None))))
    assert read_figures(content.encode(), "data/a.csv", "bar") == expected


def test_quotes_hold_separators_and_quotes() -> None:
    figures = read_figures(b'place,"trade, in all"\n"Kursk, ""city""",1\n', "data/a.csv", "bar")
    assert figures == Figures(("trade, in all",), (('Kursk, "city"', (1.0,)),))


def test_years_may_name_columns() -> None:
    assert read_figures(b"goods,2021,2022\ncoal,3.5,1\n", "data/a.csv", "bar").series == ("2021", "2022")


def test_years_of_a_line_stand_in_their_order() -> None:
    (problem,) = told("year,trade\n2021,1\n2023,2\n2022,3\n", "line")
    assert problem == "data/a.csv:4:1: “2022” stands behind “2023”: a line goes on in time"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ["data/a.csv:1:1: data/a.csv has no figures"]),
        ("a,b\n", ["data/a.csv:1:1: data/a.csv has no figures"]),
        ("a\n1\n", ["data/a.csv:1:1: data/a.csv has no figures"]),
        ("a,b\nx,three\ny,3,5\n", ["data/a.csv:2:3: “three” is not a number", "data/a.csv:3:1: this line has 3 cells, but the first has 2 cells"]),
        ('a,b\nx,"1,200"\n', ["data/a.csv:2:3: “1,200” is not a number"]),
        ("a;b\nx;1.200,5\n", ["data/a.csv:2:3: “1.200,5” is not a number"]),
        ("a,b\nx,nan\ny,inf\n", ["data/a.csv:2:3: “nan” is not a number", "data/a.csv:3:3: “inf” is not a number"]),
        ("a,b\nx,1e300\n", ["data/a.csv:2:3: this is too large"]),
        ("a,b\nx,1\nx,2\n", ["data/a.csv:3:1: “x” is there twice"]),
        ("a,b\n,1\n", ["data/a.csv:2:1: this row has no label"]),
        ("2021,1\n2022,2\n", ["data/a.csv:1:6: the first line names the columns, but has numbers here: they would not be drawn"]),
        ("A;1,5;2\nB;2;3\n", ["data/a.csv:1:3: the first line names the columns, but has numbers here: they would not be drawn"]),
        ("A,2021\nB,2022\n", ["data/a.csv:1:3: the first line names the columns, but has numbers here: they would not be drawn"]),
        ("2021,1999\n2022,5\n", ["data/a.csv:1:6: the first line names the columns, but has numbers here: they would not be drawn"]),
        ("a;b\nx;1.234\ny;3,5\n", ["data/a.csv:2:3: “1.234” may be 1234: other numbers here have a comma before their decimals"]),
        ("a,road,road\nx,1,2\n", ["data/a.csv:1:8: two series are called “road”"]),
        ("a,{{unsubscribe_url}}\nx,1\n", ["data/a.csv:1:3: a merge field may not stand in a picture"]),
        (f"a,{'b' * 200_000}\nx,1\n", ["data/a.csv:1:3: this name has 200,000 characters; at most 120 are drawn"]),
        ("a,\nx,1\n", ["data/a.csv:1:3: this column has no name"]),
        ("a,b\nx,\n", ["data/a.csv:1:1: there is no number in this chart"]),
        ('a,b\n"x,1\n', ["data/a.csv:2:1: a quotation mark in this cell has no partner on its line, or stands in its middle"]),
        ('a,b\nx "y",1\n', ["data/a.csv:2:1: a quotation mark in this cell has no partner on its line, or stands in its middle"]),
        ("a,b\nx\x07,1\n", ["data/a.csv:2:1: this cell has a control character in it"]),
        ("a,b\nx,1\nÄ,1\n".encode("cp1252"), ["data/a.csv:3:1: data/a.csv is not UTF-8 text"]),
        (b"a,b\n" + b"x,1\n" * 70_000, ["data/a.csv: data/a.csv has 280,004 bytes; at most 262,144 are read for a chart"]),
        ("a,b,c,d,e,f\nx,1,1,1,1,1\n", ["data/a.csv:1:1: 5 series are too many: a chart of type bar has at most 4"]),
        (
            "a,b\n" + "".join(f"{number},1\n" for number in range(41)),
            ["data/a.csv:42:1: 41 labels are too many: a chart of type bar has at most 40 labels"],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_where_it_stands(content: str | bytes, expected: list[str]) -> None:
    assert told(content) == expected


def test_a_large_file_is_told_of_once_and_quickly() -> None:
    assert told(b"y,a\n" + b"1,x\n" * 60_000, "line") == [
        "data/a.csv:1002:1: 60,000 labels are too many: a chart of type line has at most 1,000 labels"
    ]
    assert told("y" + ",a" * 100_000 + "\n1,2\n") == [
        "data/a.csv:1:1: 100,000 series are too many: a chart of type bar has at most 4"
    ]
    problems = told("y,a\n" + "1,x\n" * 1_000, "line")
    assert problems[0] == "data/a.csv:2:3: “x” is not a number"
    assert problems[19:] == ["data/a.csv:21:3: “x” is not a number (and 980 more like these below)"]
    assert len(told("y,a\n" + "1,2\n" * 1_000, "line")) == 20
