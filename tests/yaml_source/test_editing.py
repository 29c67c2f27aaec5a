"""An edit of a text changes the characters of the file that spell it, whatever the style of the scalar, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dispatch.errors import EditRefused
from dispatch.yaml_source import Edit, Path, YamlDocument, appended, difference, edited, read_yaml, scan_yaml

BLANKS = " \t\r\n"
LINE_ENDS = st.sampled_from(["\n", "\r\n"])


def edit(text: str, *changes: tuple[int, int, str], path: Path = ("a",)) -> str:
    """The file's text after edits of one text in it."""
    return edited(read_yaml(text, "f.yaml"), [Edit(path, *change) for change in changes]).text


# --- what becomes of each style ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("a: the bridge # open\n", (4, 4, "new "), "a: the new bridge # open\n"),
        ("a: the\n   bridge\n", (0, 3, "a"), "a: a\n   bridge\n"),
        ("a: the\n   bridge\n", (3, 4, ""), "a: thebridge\n"),
        ("a: the\n   old\n   bridge\n", (4, 7, ""), "a: the  bridge\n"),
        ("a: the\n   old\n   bridge\n", (4, 8, ""), "a: the\n   bridge\n"),
        ("a: 'it''s'\n", (4, 4, "' x"), "a: 'it''s'' x'\n"),
        ("a: 'one\n  two'\n", (7, 7, "\nthree"), "a: 'one\n  two\n\n  three'\n"),
        ('a: "one\\u0021 two"\n', (5, 8, '"2\\"\n😀'), 'a: "one\\u0021 \\"2\\\\\\"\\n😀"\n'),
        ('a: "one\\\n   two"\n', (3, 3, " "), 'a: "one \\\n   two"\n'),
        ('a: "one\\\n   two"\n', (2, 3, " "), 'a: "on \\\n   two"\n'),
        ('a: "one\\\n   two"\n', (3, 6, " "), 'a: "one "\n'),
        ("a: |\n  one\n  two\n", (4, 7, "2\n\n 3"), "a: |\n  one\n  2\n\n   3\n"),
        ("a: |\r\n  one\r\n  two\r\n", (3, 3, "\n1"), "a: |\r\n  one\r\n  1\r\n  two\r\n"),
        ("a: >-\n    one\n    two\n", (0, 3, "1\n2"), "a: >-\n    1\n\n    2\n    two\n"),
        ("a: >-\n    one\n    two\n", (4, 4, " "), "a: >-\n    one  two\n"),
        ("\ufeffa: [one, 'two']\n", (0, 3, "😀"), "\ufeffa: [😀, 'two']\n"),
    ],
)
def test_the_new_text_is_spelled_in_the_style_of_the_old(before: str, change: tuple[int, int, str], after: str) -> None:
    path: Path = ("a", 0) if "[" in before else ("a",)
    assert edit(before, change, path=path) == after


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("a: one two # c\n", (3, 3, ":"), 'a: "one: two" # c\n'),
        ("a: one 2\n", (4, 4, "#"), 'a: "one #2"\n'),
        ("a: one\n   two\n", (0, 3, "*1*"), 'a: "*1*\n   two"\n'),
        ("a: [one, two]\n", (0, 3, "1, one"), 'a: ["1, one", two]\n'),
        ("a: one\n", (0, 3, "{{name|you}}"), 'a: "{{name|you}}"\n'),
        ("a: one\n", (0, 3, "- 1"), 'a: "- 1"\n'),
        ("a: one\n", (3, 3, ":"), 'a: "one:"\n'),
        ("a: one\n", (3, 3, " "), 'a: "one "\n'),
        ("a: one\n", (0, 3, ""), 'a: ""\n'),
        ("a: one\n", (0, 3, "12"), 'a: "12"\n'),
        ("a: one\n", (0, 3, "true"), 'a: "true"\n'),
        ("a: one\n", (0, 3, "~"), 'a: "~"\n'),
        ('a: say "one"\n', (0, 3, "#"), "a: '# \"one\"'\n"),
        ('a: say "it\'s"\n', (0, 3, "#"), 'a: "# \\"it\'s\\""\n'),
        ("a: one\n", (3, 3, "\ntwo"), "a: one\n\n  two\n"),
        ("a: one\n", (3, 3, " \ntwo"), 'a: "one \\ntwo"\n'),
        ("a: 'it''s'\n", (4, 4, " \nx"), 'a: "it\'s \\nx"\n'),
        ("a:\nb: 1\n", (0, 0, "one"), "a: one\nb: 1\n"),
        ("a: 12\n", (1, 2, "3.5"), "a: 13.5\n"),
        ("a: 12\n", (2, 2, " people"), "a: 12 people\n"),
        ("a: |\n  one\nb: 1\n", (0, 4, ""), 'a: ""\nb: 1\n'),
        ("a: >- # why\n  one\n  two\n# b\nb: 1\n", (0, 7, ""), 'a: "" # why\n# b\nb: 1\n'),
        ("a: | # why\n  one\nb: 1\n", (0, 0, " "), 'a: " one\\n" # why\nb: 1\n'),
        ("a: |-\n  one\n", (3, 3, "\n"), 'a: "one\\n"\n'),
        ("a: >-\n    one\n     in\n    two\n", (4, 5, ""), 'a: "one\\nin\\ntwo"\n'),
        ("a: |- # why\nb: 1\n", (0, 0, "one"), 'a: "one" # why\nb: 1\n'),
    ],
)  # fmt: skip
def test_what_a_style_cannot_spell_gets_quotes(before: str, change: tuple[int, int, str], after: str) -> None:
    path: Path = ("a", 0) if "[" in before else ("a",)
    assert edit(before, change, path=path) == after


def test_long_text_is_folded_like_the_lines_around_it() -> None:
    folded = f"a: >-\n  {'one ' * 25}\n  two\n"
    lines = edit(folded, (3, 3, " new" * 40)).splitlines()
    assert max(map(len, lines)) <= 120
    assert lines[-1] == "  two"
    assert edit("a: one\n", (3, 3, " new" * 40)).count("\n") == 1
    assert edit(f"a: |\n  {'one ' * 25}\n", (3, 3, " new" * 40)).count("\n") == 2


def test_several_texts_and_places_at_once() -> None:
    text = "a: one two\nb: ['it''s', x]\n"
    edits = [Edit(("b", 0), 4, 4, "'"), Edit(("a",), 4, 7, "2"), Edit(("a",), 0, 3, "1"), Edit(("b", 0), 0, 1, "I")]
    assert edited(read_yaml(text, "f.yaml"), edits).text == "a: 1 2\nb: ['It''s''', x]\n"
    assert edit("a: >-\n  one\n  two\n", (2, 3, "e "), (4, 5, " t")) == "a: >-\n  one   two\n"
    assert edit("a: one\n", (0, 1, "x"), (1, 1, ":"), (1, 3, " y")) == 'a: "x: y"\n'


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "edits", "message"),
    [
        ("a: one\n", [Edit(("a",), 0, 4, "")], "there are no characters 0 to 4"),
        ("a: one\n", [Edit(("a",), 2, 1, "")], "there are no characters 2 to 1"),
        ("a: one\n", [Edit(("a",), 0, 2, ""), Edit(("a",), 1, 3, "")], "there are no characters 1 to 3"),
        ("a: one\n", [Edit(("B b",), 0, 0, "x")], "there is no text at B b"),
        ("a: one\n", [Edit(("b",), 0, 1, "x")], "there are no characters 0 to 1"),
        ("{a}\n", [Edit(("a", "b"), 0, 0, "x")], "there is no text at a.b"),
        ("a: [one]\n", [Edit(("a",), 0, 0, "x")], "there is no text at a"),
        ("a: one\n", [Edit(("a", 0), 0, 0, "x")], "there is no text at a.0"),
        ("a: one\n", [Edit(("a",), 0, 0, "\x00")], "an invisible character"),
        ("a: one #1\n", [Edit(("a",), 0, 0, "x")], "the file has problems of its own"),
        ("a: one\n", [Edit(("a",), 0, 0, "x" * 1024 * 1024)], "longer than"),
    ],
)
def test_what_cannot_be_written_is_refused(text: str, edits: list[Edit], message: str) -> None:
    with pytest.raises(EditRefused, match=re.escape(message)):
        edited(scan_yaml(text, "f.yaml"), edits)


# --- whatever the file and the edit --------------------------------------------------------------

PLACES = st.sampled_from(
    [
        "key: ",
        "- ",
        "- - ",
        "z: 1\nkey: ",
        "a:\n  b: ",
        "key:\n- ",
        "{a: 1, b: ",
        "[x, ",
        "a:\n b:\n   - c: ",
        "\ufeffk: ",
    ]
)
SOUP = st.lists(
    st.sampled_from(
        ["one", "two", "é", "😀", " ", " ", "  ", "\t", "''", "'", '"', "\\", "#", ": ", ",", "-", "*", "]"]
    )
    | st.sampled_from(["\n  ", "\n    ", "\n\n    ", " \n  ", "\\\n   ", "\\n", "\\u00e9", "{{name|}}", "12"]),
    max_size=12,
).map("".join)
NEW_TEXT = st.lists(
    st.sampled_from(
        ["one", "😀", " ", "  ", "\t", "'", '"', "\\", "#", ":", ": ", " #", ",", "-", "*", "[", "\n", "\n\n"]
    )
    | st.sampled_from(["{{name|}}", "12", "true", "~", "\r\n", "---", "...", "new words in a row"]),
    max_size=6,
).map("".join)


def texts_of(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text of a document."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from texts_of(each, (*path, key))
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from texts_of(each, (*path, position))
    elif isinstance(value, str):
        yield path, value


def written(style: str, soup: str) -> str:
    """A scalar that may be broken."""
    if style in {"|", ">"}:
        lines = "\n      ".join(line for line in soup.split("\n"))
        return f"{style}\n      {lines}"
    return f"{style}{soup}{style}"


def assert_edited(document: YamlDocument, path: Path, old: str, start: int, end: int, new: str) -> None:
    """An edit that was not refused did what it should, and nothing else."""
    after = edited(document, [Edit(path, start, end, new)])
    expected = old[:start] + re.sub(r"\r\n?", "\n", new) + old[end:]
    assert after.value_at(path) == expected
    assert dict(texts_of(after.value)) == dict(texts_of(document.value)) | {path: expected}
    first, last = document.span(path, start, end)
    before_edit = document.text[:first].rstrip(BLANKS + "\\")
    behind_edit = document.text[last:].lstrip(BLANKS + "\\")
    node, changed = document.node(path), after.node(path)
    assert node
    assert changed
    if node.style != changed.style or not old:  # it got quotes: within it, some characters are escaped
        before_edit, behind_edit = document.text[: node.start], document.text[node.end :].lstrip(BLANKS)
    assert after.text.startswith(before_edit)
    assert after.text.endswith(behind_edit)
    assert set(re.findall(r"\r\n|\n", after.text)) <= (set(re.findall(r"\r\n|\n", document.text)) or {"\n"})


@given(
    PLACES,
    st.sampled_from(["", "'", '"', "|", ">", "|-", ">-", ">+", "|2"]),
    SOUP,
    st.sampled_from(["", "\n", "}", "]", "\nz: 1\n", " # a comment\n", "\n\n"]),
    LINE_ENDS,
    NEW_TEXT,
    st.data(),
)
def test_any_edit_of_any_scalar(
    place: str, style: str, soup: str, ending: str, line_end: str, new: str, data: st.DataObject
) -> None:
    quote = style[:1]
    scalar = written(quote, soup).replace(quote, style, 1) if quote in {"|", ">"} else written(quote, soup)
    document = scan_yaml((place + scalar + ending).replace("\n", line_end), "f.yaml")
    texts = list(texts_of(document.value))
    assume(not document.problems and texts)
    path, old = data.draw(st.sampled_from(texts))
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(start + 8, len(old))))
    try:
        assert_edited(document, path, old, start, end, new)
    except EditRefused:
        assert style[:1] in {"|", ">"}, "quotes can spell everything"


# --- keys that are not there ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("a: 1 # c\n", ("b",), "two", "a: 1 # c\nb: two\n"),
        ("a: 1", ("b",), "two", "a: 1\nb: two"),
        ("a: >-\n  one\n\n# c\nx: [1]\n", ("b",), "two", "a: >-\n  one\nb: two\n\n# c\nx: [1]\n"),
        ("\ufeffx: [1]\r\na: 1\r\n", ("b",), "two", "\ufeffb: two\r\nx: [1]\r\na: 1\r\n"),
        ("a:\n  - c: {d: 1, e: [2]}\n", ("a", 0, "c", "b"), "two, 3", 'a:\n  - c: {d: 1, b: "two, 3", e: [2]}\n'),
        ("a: {d: [2]}\n", ("a", "b"), "two", "a: {b: two, d: [2]}\n"),
        ("a:\n  - c: 1\n    d: 2\n", ("a", 0, "b"), '"2": two', 'a:\n  - c: 1\n    d: 2\n    b: "\\"2\\": two"\n'),
        ("- a:\n      c: 1\n- d\n", (0, "a", "b"), "yes\nno", '- a:\n      c: 1\n      b: "yes\\nno"\n- d\n'),
        ("a: |+\n  one\n\nc: [1]\n", ("b",), "two", "b: two\na: |+\n  one\n\nc: [1]\n"),
        ("a: 1\n", ("b",), "12", 'a: 1\nb: "12"\n'),
        ("a: 1\n", ("b",), "x #1", 'a: 1\nb: "x #1"\n'),
    ],
)
def test_a_key_that_is_not_there_is_put_in(before: str, path: Path, value: str, after: str) -> None:
    document = read_yaml(before, "f.yaml")
    assert edited(document, difference(document, path, value)).text == after
    assert difference(document, path, " ") == ()


@given(
    st.sampled_from(["", "\ufeff", "x:\n  - ", "x:\n  y:\n    ", "- - ", "x: [{", "x: {y: {"]),
    st.lists(st.sampled_from(["one", "'it''s'", '"2"', "3", "[4]", "{k: 5}", ">-\n{}  6", "|\n{}  7", ""]), min_size=1, max_size=4),
    st.booleans(),
    LINE_ENDS,
    NEW_TEXT,
)  # fmt: skip
def test_a_key_that_is_put_in_changes_nothing_else(
    place: str, values: list[str], commented: bool, line_end: str, new: str
) -> None:
    in_brackets = place.endswith("{")
    indentation = " " * len(place.rpartition("\n")[2].lstrip("\ufeff"))
    entries = [f"k{number}: {value.replace('{}', indentation)}" for number, value in enumerate(values)]
    comment = "  # why" if commented else ""
    between = ", " if in_brackets else f"{comment}\n{indentation}"
    closing = {"x: [{": "}]", "x: {y: {": "}}"}.get(place, "")
    text = (place + between.join(entries) + closing + comment + "\nz: 1\n" * place.startswith("x")).replace(
        "\n", line_end
    )
    document = scan_yaml(text, "f.yaml")
    assume(not document.problems)
    mappings = [path for path in paths_of(document.value) if "k0" in dict(document.value_at(path))]  # type: ignore[call-overload]
    path = (*mappings[0], "new")
    edits = difference(document, path, new)
    after = edited(document, edits)
    expected = re.sub(r"\r\n?", "\n", new).rstrip()
    assert after.has(path) == bool(expected)
    assert dict(texts_of(after.value)) == dict(texts_of(document.value)) | ({path: expected} if expected else {})
    added = len(after.text) - len(text)
    assert any(after.text[:at] + after.text[at + added :] == text for at in range(len(text) + 1))
    assert set(re.findall(r"\r\n|\n", after.text)) <= (set(re.findall(r"\r\n|\n", text)) or {"\n"})


def paths_of(value: object, path: Path = ()) -> Iterator[Path]:
    """The way to every mapping of a document."""
    if isinstance(value, dict):
        yield path
        for key, each in value.items():
            yield from paths_of(each, (*path, key))
    elif isinstance(value, list):
        for position, each in enumerate(value):
            yield from paths_of(each, (*path, position))


WORDS = st.lists(
    st.sampled_from(["bridge", "it's", '"so"', "30,000", "😀", "café", "Re:", "#1", "**bold**", "[a](https://a.example)", "-", "\\"]),
    min_size=1,
    max_size=25,
)  # fmt: skip


@given(
    st.sampled_from([">-", ">", "|", "|-", '"', "'", ""]), WORDS, st.integers(1, 6), LINE_ENDS, WORDS, st.data()
)  # fmt: skip
def test_texts_as_authors_write_them_are_never_refused(
    style: str, words: list[str], per_line: int, line_end: str, new: list[str], data: st.DataObject
) -> None:
    lines = [" ".join(words[at : at + per_line]) for at in range(0, len(words), per_line)]
    indented = "\n      ".join(lines)
    if style == '"':
        scalar = '"' + indented.replace("\\", "\\\\").replace('"', '\\"') + '"'
    elif style == "'":
        scalar = "'" + indented.replace("'", "''") + "'"
    else:
        scalar = f"{style}\n      {indented}" if style else indented
    file = f"title: 'A' # 😀\nblocks:\n  - paragraph: {scalar}\n\n  - heading: B\n".replace("\n", line_end)
    document = scan_yaml(file, "f.yaml")
    assume(not document.problems)
    path: Path = ("blocks", 0, "paragraph")
    old = document.value_at(path)
    assume(isinstance(old, str))
    assert isinstance(old, str)
    gaps = [0, *(match.end() for match in re.finditer(r"\s", old.rstrip())), len(old.rstrip())]
    start, end = sorted([data.draw(st.sampled_from(gaps)), data.draw(st.sampled_from(gaps))])
    replacement = " ".join(new) + (" " if end < len(old.rstrip()) else "")
    assert_edited(document, path, old, start, end, replacement)
    wanted = old[:start] + replacement + old[end:]
    assert edited(document, difference(document, path, wanted)).value_at(path) == wanted


# --- from a new text to edits --------------------------------------------------------------------


def test_a_new_text_becomes_small_edits() -> None:
    document = read_yaml("a: >\n  The old colour\n  of the bridge\n  is grey.\n", "f.yaml")
    edits = difference(document, ("a",), "The new color of the bridge was grey!")
    assert edits == (
        Edit(("a",), 4, 7, "new"),
        Edit(("a",), 12, 13, ""),
        Edit(("a",), 29, 30, "wa"),
        Edit(("a",), 36, 37, "!"),
    )
    assert edited(document, edits).text == "a: >\n  The new color\n  of the bridge\n  was grey!\n"
    assert difference(document, ("a",), "The old colour of the bridge is grey.") == ()


def test_an_emptied_text_and_blanks_at_its_end() -> None:
    document = read_yaml("a: |\n  one\nb: x\n", "f.yaml")
    assert edited(document, difference(document, ("a",), " \n")).text == 'a: ""\nb: x\n'
    assert edited(document, difference(document, ("a",), "two  \r\n\r\n")).text == "a: |\n  two\nb: x\n"


@given(st.text("ab \n😀"), st.text("ab \n😀"))
def test_the_edits_lead_to_the_new_text(old: str, new: str) -> None:
    text = "a: " + '"' + old.replace("\n", "\\n") + '"\n'
    document = read_yaml(text, "f.yaml")
    expected = new.rstrip() + old[len(old.rstrip()) :] if new.strip() else ""
    assert edited(document, difference(document, ("a",), new)).value_at(("a",)) == expected


def test_a_very_long_text_is_compared_at_its_ends() -> None:
    document = read_yaml(f"a: {'one ' * 5_000}\n", "f.yaml")
    (found,) = difference(document, ("a",), "two " + "one " * 4_998 + "two")
    assert (found.start, found.end) == (0, len("one " * 5_000) - 1)


def test_a_document_knows_the_file_it_was_read_from() -> None:
    text = "\ufeffa: é\r\n"
    assert read_yaml(text.encode(), "f.yaml").digest == read_yaml(text, "f.yaml").digest
    assert read_yaml(text, "f.yaml").digest != read_yaml("a: é\r\n", "f.yaml").digest


# --- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "a:\n  - x\n"),
        ("# b\n", "# b\na:\n  - x\n"),
        ("b: 1", "b: 1\na:\n  - x\n"),
        ("b: 1\r\nc:\r\n  - 2\r\n\r\n# end\r\n", "b: 1\r\nc:\r\n  - 2\r\n\r\n# end\r\na:\r\n  - x\r\n"),
        ("  b: 1\n", "  b: 1\n  a:\n    - x\n"),
        ("\ufeffb: 1\n", "\ufeffb: 1\na:\n  - x\n"),
        ("{}\n", "{a: [x]}\n"),
        ("{b: 1, c: [2]} # d\n", "{b: 1, c: [2], a: [x]} # d\n"),
        ("a: []\n", "a: [x]\n"),
        ("a: [ y, z, ] # b\n", "a: [ y, z, x, ] # b\n"),
        ("a: [\n  y, # b\n  z # c\n]\nb: 1\n", "a: [\n  y, # b\n  z, x # c\n]\nb: 1\n"),
        ("a:\n  - y\n  -   z # b\n\n# c\nb: 1\n", "a:\n  - y\n  -   z # b\n  -   x\n\n# c\nb: 1\n"),
        ("a:\n- y", "a:\n- y\n- x"),
        ("a:\r\n- 'y\r\n  z'\r\n", "a:\r\n- 'y\r\n  z'\r\n- x\r\n"),
        ("a:\nb: 1\n", "a: [x]\nb: 1\n"),
        ("a: ~\n", "a: [x]\n"),
        ("a: y # b\n", "a: [y, x] # b\n"),
        ("a: 'y, z'\n", "a: ['y, z', x]\n"),
    ],
)
def test_a_list_gets_one_more_text(before: str, after: str) -> None:
    assert appended(read_yaml(before, "f.yaml"), "a", "x").text == after


@pytest.mark.parametrize(
    ("text", "written"), [("3D", "3D"), ("11", '"11"'), ("a, b", '"a, b"'), ("#x", '"#x"'), ("y", "y"), ("é'", "é'")]
)
def test_what_would_be_read_as_something_else_stands_in_quotes(text: str, written: str) -> None:
    assert appended(read_yaml("a: [b]\n", "f.yaml"), "a", text).text == f"a: [b, {written}]\n"


@pytest.mark.parametrize("before", ["a: {b: c}\n", "a: y, z\n", "a: |\n  y\n", "- a\n", "b: 1\n...\n"])
def test_what_cannot_be_added_without_more_is_left_to_a_person(before: str) -> None:
    with pytest.raises(EditRefused, match="without changing more than that"):
        appended(read_yaml(before, "f.yaml"), "a", "x")


def test_a_file_with_problems_gets_none() -> None:
    with pytest.raises(EditRefused, match="problems of its own"):
        appended(scan_yaml("a: [\n", "f.yaml"), "a", "x")
