"""After a syntax error the reading goes on, and what is told then is wrong in the file itself."""

import time

import pytest

from dispatch.yaml_source import scan_yaml
from dispatch.yaml_source.syntax import explain, quote_parser
from dispatch.yaml_source.tree import TreeBuilder

CALM = """\
title: The bridge that nobody pays for
subtitle: "Who pays: and why"
preheader: 'It''s about money'
tags: [bridges, "money, more"]
cover:
  image: images/x.jpg
  caption: >-
    Seen from the north,
    in the fog: it is #1
author: Joy
blocks:
  - heading: Historical context
  - paragraph: >-
      Text with **bold** and "quotes", it's
      over two lines.

      And a second one: yes.
  - paragraph: Short text, don't worry
    when: french
  - list: [first, second]
  - list:
      items:
        - first item
        - second item
      ordered: true
  - quote: {text: Words, by: "Someone, said"}
  # a comment
  - table:
      header: [A, B]
      rows:
        - [1, 2]
        - [3, "x: y"]
  - callout:
      title: Note this
      text: |
        Line one
          indented
        line two
  - divider:
signoff:
  tagline: See you
  signature: Joy
"""


def told(text: str) -> list[str]:
    return [f"{problem.location}: {problem.message}" for problem in scan_yaml(text, "x").problems]


def lines_told(text: str) -> list[int]:
    return [problem.location.line for problem in scan_yaml(text, "x").problems if problem.location]


def slips(line: str) -> list[str]:
    """A line as writers spoil it."""
    indentation = line[: len(line) - len(line.lstrip())]
    words = line.lstrip()
    before, colon, value = words.partition(": ")
    spoiled = [line.removeprefix(" "), f" {line}", f"   {line}", f"\t{words}", f"{indentation}\u00a0{words}"]
    spoiled += [line.replace(": ", ":", 1), line.replace("- ", "-", 1), line.replace(":", "", 1)]
    spoiled += [f"{line}: more", f"{line} #1", line.replace('"', "", 1), line.replace("]", ""), line.replace("}", "")]
    for opening in ["*", "&", "!", "%", "@", "`", "[", "{", "]", "}", "?", ",", "|", ">", "'", '"', "{{name|x}}", "- "]:
        spoiled += [f"{indentation}{before}{colon}{opening}{value}", f"{indentation}{opening}{words}"]
    return spoiled


def told_by_one_reading(text: str) -> int:
    """How many problems are found up to the first syntax error."""
    builder = TreeBuilder(text, 0)
    builder.build()
    trouble = builder.trouble
    hints = [*builder.hints, explain(trouble) or quote_parser(trouble)] if trouble else builder.hints
    return len({hint.index for hint in hints})


def test_texts_that_begin_with_characters_of_yamls_own_are_told_in_one_run() -> None:
    assert told('title: *All* of it\nsubtitle: {{name|you}} and\nauthor: [The] Joy\npreheader: "x" y\n') == [
        "x:1:8: a text may not start with `*`: to YAML it begins an alias",
        "x:2:11: a text may not start with `{{`: to YAML it begins a mapping, not a merge field",
        "x:3:9: a text may not start with `[`: to YAML it begins a list",
        'x:4:14: the text in quotes ends at this ", but more follows',
    ]


def test_what_is_wrong_without_being_a_syntax_error_is_told_below_one_too() -> None:
    assert told('a: @\nb: 1\nb: 2\nc: *d\ne: We are #1\nf: "\\0"\ng: \0\n') == [
        "x:1:4: a text may not start with `@`: to YAML it is reserved",
        "x:3:1: `b` stands here twice: first in line 2",
        "x:4:4: a text may not start with `*`: to YAML it begins an alias",
        "x:5:11: YAML drops ` #1` and the rest of this line: it takes them for a comment",
        "x:6:5: an invisible character that no text may contain (U+0000)",
        "x:7:4: an invisible character that no text may contain (U+0000)",
    ]


def test_one_slip_of_the_pen_is_told_once() -> None:
    lines = CALM.splitlines()
    assert told(CALM) == []
    for number, line in enumerate(lines):
        for spoiled in slips(line):
            text = "\n".join([*lines[:number], spoiled, *lines[number + 1 :], ""])
            assert len(told(text)) == told_by_one_reading(text), (number + 1, spoiled, told(text))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        # what is indented deeper than a spoiled value or line is part of it
        ("a: *b c\n  d: *e f\n  - g\nh: @\n", [1, 4]),
        ("- {{b}} c\n  d: @\n- @\n", [1, 3]),
        ("a:\n  - b\n  -c: d\n    e: @\nf: @\n", [3, 5]),
        ("cover:image\n  alt: @\nb: @\n", [1, 3]),
        # and so is what closes its brackets, and the items of what was meant as a key
        ("a: [\n  b: *c d,\n]\ne: @\n", [1, 2, 4]),
        ("a: b\nlist here\n- @\n- d\ne: @\n", [2, 5]),
        # lines that are misplaced together are told once
        ("a:\n    b: c\n  d: e\n  f: g\nh: @\n", [3, 5]),
        ("- a: >-\n      b\n    c\n    d\n- e: @\n", [3, 5]),
        ("a: b\n- c\n-d\n- e\nf: @\n", [2, 5]),
        # and so are a line and what stands below it because of it
        ("- a: b\n   c: d\n  e: f\n- g: @\n", [2, 4]),
        # a quote or bracket that is never closed ends with its line if a key or an item follows
        ('a: "b\nc: d\ne: @\n', [1, 3]),
        ('a: "b\nc: "d"\ne: @\n', [1, 3]),
        ("a: 'tis\nb: >-\n  it's\nc: @\n", [1, 4]),
        ("a: [b, c\nd: @\n", [1, 2]),
        # otherwise nobody knows
        ('a: "b\nc\nd: @\n', [1]),
        ('a: "b\nc: d\ne" f\ng: @\n', [1]),
        ("a: {\nb: c d: e,\nf: @\n}\ng: @\n", [1]),
        ("a: b\n...\nc: d\n- e\n", [3]),
        # lines that are no less wrong for standing one below the other
        ("- a\n-b\n-c: d\n- e\n", [2, 3]),
        ("a:b\nc:d\ne: f\n", [1, 2]),
    ],
)
def test_what_comes_of_leaving_something_out_is_not_told(text: str, lines: list[int]) -> None:
    assert lines_told(text) == lines


def test_an_error_that_nobody_explains_is_told_only_if_it_is_the_first() -> None:
    assert told("- :\n- @\n")[-1].startswith("x:1:3: this is not YAML")
    assert lines_told("- @\n- :\n- @\n") == [1]


def test_reading_goes_on_21_times_at_most() -> None:
    assert lines_told("- @\n" * 100) == list(range(1, 22))


@pytest.mark.parametrize(
    "line", ["- *a b\n", "- {{a}} b\n", "- [a\n", '- "a\n', "-a: b: c\n", "\t", " ", "- ", "a:b\n", "#"]
)
def test_a_file_as_large_as_any_is_read_in_no_time(line: str) -> None:
    text = "a: *b c\nd: @\ne:\n" + line * (1_000_000 // len(line))
    began = time.perf_counter()
    assert scan_yaml(text, "x").problems
    assert time.perf_counter() - began < 3
