"""The figures of a chart: what is a number, and what keeps them from being drawn, at its place."""

import pytest

from dispatch.content.blocks import Chart
from dispatch.content.figures import Figures
from dispatch.content.issue import read_issue
from dispatch.errors import EditRefused, InvalidIssue
from dispatch.yaml_source import Edit, edited


def read(chart: str) -> Chart:
    (block,) = read_issue(f"title: T\nblocks:\n- chart: {chart}\n", "i.yaml").blocks
    assert isinstance(block, Chart)
    return block


def told(chart: str) -> list[str]:
    with pytest.raises(InvalidIssue) as caught:
        read(chart)
    assert all(problem.remedy.endswith((".", "?")) for problem in caught.value.problems)
    return [f"{problem.location}: {problem.message} | {problem.remedy}" for problem in caught.value.problems]


def test_numbers_stand_behind_labels_alone_or_several() -> None:
    assert read("{title: T, data: {2022: 3.8, x: ~, y: -1e-3}}").figures == Figures(
        ("",), (("2022", (3.8,)), ("x", (None,)), ("y", (-0.001,)))
    )
    assert read("{title: T, series: [a, b], data: {x: [1, null], y: [0, 2]}}").figures == Figures(
        ("a", "b"), (("x", (1.0, None)), ("y", (0.0, 2.0)))
    )


def test_what_is_no_line_or_no_time_may_stand_in_any_order() -> None:
    assert read("{title: T, data: {2021: 1, 2023: 2, 2022: 3}}").figures.labels == ("2021", "2023", "2022")
    assert read("{title: T, type: line, data: {9: 1, 8: 2, x: 3}}").figures.labels == ("9", "8", "x")


LONG = "x" * 121


@pytest.mark.parametrize(
    ("chart", "expected"),
    [
        ("{title: T}", ["i.yaml:3:10: this chart has no figures | Add"]),
        ("{data: {a: 1}}", ["i.yaml:3:3: `chart` has no `title` | Add"]),
        ("{title: T, type: pie, data: {a: 1}}", ["i.yaml:3:27: `type` cannot be “pie” | Possible here: bar, column, line, number."]),
        ("{title: T, data: [1, 2]}", ["i.yaml:3:27: `data` has no labels with numbers behind them | Write"]),
        ("{title: T, data: {a: '3,8'}}", ["i.yaml:3:32: “3,8” is not a number | Write 3.8: the decimals stand behind a point"]),
        ("{title: T, data: {a: '30 000'}}", ["i.yaml:3:32: “30 000” is not a number | Write 30000: no sign between thousands."]),
        ("{title: T, data: {a: '12'}}", ["i.yaml:3:32: “12” is not a number | Write 12 without quotes."]),
        ("{title: T, data: {a: 12%}}", ["i.yaml:3:31: “12%” is not a number | Write digits only; what they count belongs into `unit`."]),
        ("{title: T, data: {a: many}}", ["i.yaml:3:31: “many” is not a number | Write digits. Where a number is missing, write `null`."]),
        ("{title: T, data: {A: 3,8, B: 2}}", ["i.yaml:3:31: YAML ends the number 3 at this comma: 3,8 | Write 3.8: the decimals stand behind a point"]),
        ("{title: T, data: {A: -3,8125}}", ["i.yaml:3:31: YAML ends the number -3 at this comma: -3,8125 | Write -3.8125: "]),
        ("{title: T, data: {A: 1,234,567, B: 2}}", ["i.yaml:3:31: YAML ends the number 1 at this comma: 1,234,567 | Write 1234567: no sign"]),
        ("{title: T, data: {A: 2, B: , C}}", ["i.yaml:3:34: there is nothing behind “B” | Where a number is missing, write `null`.", "i.yaml:3:39: there is nothing behind “C” | "]),
        ("{title: T, data: {A: x, '8': }}", ["i.yaml:3:31: “x” is not a number | ", "i.yaml:3:35: there is nothing behind “8” | "]),
        ("\n    title: T\n    data:\n      2021: 3\n      2022:\n", ["i.yaml:7:7: there is nothing behind “2022” | Where a number is missing, write `null`."]),
        ("\n    title: T\n    series: [a, b]\n    data:\n      x:\n        - 1\n        -\n", ["i.yaml:9:10: this number is empty | Where a number is missing, write `null`."]),
        ("{title: T, data: {a: '1,234.5', b: '1.234,5', c: '1 234,5'}}", [f"i.yaml:3:{at}: “{text}” is not a number | Write 1234.5: no sign between thousands, the decimals" for at, text in ((32, "1,234.5"), (46, "1.234,5"), (60, "1 234,5"))]),
        ("{title: T, series: [a, b, a], data: {x: [1, 2, 3]}}", ["i.yaml:3:36: two series are called “a” | Give each a name of its own."]),
        ("{title: T, series: ['{{first_name|x}}'], data: {x: [1]}}", ["i.yaml:3:31: a merge field may not stand in a picture | Write the same name for all."]),
        ("{title: T, type: line, data: {2021: 1, 2023: 2, 2022: 3}}", ["i.yaml:3:58: “2022” stands behind “2023”: a line goes on in time | Put the rows in the order of time"]),
        ("{title: T, type: line, data: {2021-03: 1, 2021-02: 2}}", ["i.yaml:3:52: “2021-02” stands behind “2021-03”"]),
        ("{title: T, data: {a: true}}", ["i.yaml:3:31: the truth value true is not a number | Write digits"]),
        ("{title: T, data: {a: {b: 1}}}", ["i.yaml:3:31: a mapping is not a number | Write digits"]),
        ("{title: T, data: {a: .nan, b: .inf}}", ["i.yaml:3:31: this is no number that can be drawn | ", "i.yaml:3:40: this is no number that can be drawn | "]),
        ("{title: T, data: {a: 1e16, b: 1e-12}}", ["i.yaml:3:31: this is too large | ", "i.yaml:3:40: this is too small | "]),
        ("{title: T, data: {a: 1, a: 2}}", ["i.yaml:3:34: `a` stands here twice"]),
        ("{title: T, data: {A: 3,8, B: 2,8}}", ["i.yaml:3:41: `8` stands here twice: first in line 3 | Are these decimals? They stand behind a point: `3.8`."]),
        ("{title: T, series: [x, y], data: {a: [3,8, 2]}}", ["i.yaml:3:47: there are 3 numbers here, and 2 series | Write as many numbers as series; decimals stand behind a point"]),
        ("{title: T, data: {a: [1, 2]}}", ["i.yaml:3:31: there are several numbers here and no `series` | Name what they are"]),
        ("{title: T, series: [x, y], data: {a: [1, 2], b: [1]}}", ["i.yaml:3:58: there is 1 number here, and 2 series | Write as many"]),
        ("{title: T, series: [a, b, c, d, e], data: {x: [1, 2, 3, 4, 5]}}", ["i.yaml:3:10: 5 series are too many: a chart of type bar has at most 4 | "]),
        ("{title: T, data: {a: ~, b: ~}}", ["i.yaml:3:10: there is no number in this chart | "]),
        ("{title: T, data: {' ': 1}}", ["i.yaml:3:29: this row has no label | "]),
        (f"{{title: T, data: {{{LONG}: 1}}}}", ["i.yaml:3:28: this label has 121 characters; at most 120 are drawn | "]),
        ("{title: T, data: {'{{first_name|x}}': 1}}", ["i.yaml:3:29: a merge field may not stand in a picture | "]),
        ("{title: T, type: number, data: {a: 1, b: 2, c: 3}}", ["i.yaml:3:54: 3 labels are too many: a chart of type number has a number and the one before it | "]),
        ("{title: T, type: number, data: {a: 1, b: ~}}", ["i.yaml:3:48: the number is missing | "]),
        ("{title: T, type: number, data: {a: 1}, alt: x}", ["i.yaml:3:54: a large number is text, and needs no `alt` | "]),
        ("{title: T, csv: a.csv, data: {a: 1}}", ["i.yaml:3:39: `data` stands beside `csv` | Delete one of the two."]),
        ("{title: T, csv: ../a.csv}", ["i.yaml:3:26: `..` may not stand in a path | Put the file in the newsletter's folder."]),
        ("{title: T, csv: /etc/passwd}", ["i.yaml:3:26: this path does not start in the newsletter's folder | Write it from there: `data/trade.csv`."]),
        ("{title: T, csv: 'https://a.example/b.csv'}", ["i.yaml:3:27: a file with figures is a file of the newsletter, not a web address | Put the file in `data/`."]),
        ("{title: T, data: {a: 1}, unit: '{} of {}'}", ["i.yaml:3:42: this unit cannot stand at a number | "]),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told_at_its_place(chart: str, expected: list[str]) -> None:
    found = told(chart)
    assert len(found) == len(expected)
    for each, begins in zip(found, expected, strict=True):
        assert each.startswith(begins)


def test_the_texts_of_a_chart_are_there_for_checks_and_edits() -> None:
    text = "title: T\nblocks:\n- chart: {title: a, series: [b, c], data: {x: [1, 2]}, unit: d, alt: e, caption: f, source: g}\n"
    issue = read_issue(text, "i.yaml")
    assert [each.value for each in issue.texts()] == ["T", "a", "b", "c", "x", "d", "e", "f", "g"]


def test_a_label_is_edited_where_it_stands() -> None:
    issue = read_issue('title: T\nblocks:\n- chart:\n    title: T\n    data: {"2022": 1, Febuary: 2}\n', "i.yaml")
    label = next(text for text in issue.texts() if text.value == "Febuary")
    assert str(issue.locate(label.path, 3)) == "i.yaml:5:26"
    edited_twice = edited(issue.source, [Edit(label.path, 3, 3, "r"), Edit((*label.path[:-1], 0), 0, 4, "In: 2023")])
    assert edited_twice.text.endswith('data: {"In: 2023": 1, February: 2}\n')
    with pytest.raises(EditRefused):
        edited(issue.source, [Edit(label.path, 0, 7, "2022")])
