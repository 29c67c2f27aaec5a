"""A YAML file becomes values with places; limits, encodings and characters are kept."""

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import InvalidInput
from dispatch.yaml_source import Path, read_yaml, scan_yaml

CALM = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"], exclude_characters="\u2028\u2029\ufeff")
)
DATA = st.recursive(
    CALM,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.from_regex("[a-z]{1,6}", fullmatch=True), inner, max_size=4)
    ),
)


def texts_in(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from texts_in(item, (*path, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_in(item, (*path, key))


@given(DATA, st.sampled_from(["'", '"', "|", ">"]), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_what_another_writer_writes_is_read_and_found(data: object, style: str, flow: bool, line_break: str) -> None:
    written = yaml.safe_dump(
        data, default_style=style, default_flow_style=flow, allow_unicode=True, line_break=line_break, width=30
    )
    document = scan_yaml(written, "x.yaml")
    assert not document.problems
    assert document.value == data
    for path, text in texts_in(data):
        for offset, character in enumerate(text):
            start, stop = document.span(path, offset, offset + 1)
            spelled = document.text[start:stop]
            assert spelled == character or spelled[0] in "\\\r\n'"


def test_bytes_with_a_byte_order_mark_and_windows_line_ends() -> None:
    document = read_yaml("\ufefftitle: Ünï\r\nblocks:\r\n- paragraph: x 😀 y\r\n".encode(), "issue.yaml")
    assert document.value == {"title": "Ünï", "blocks": [{"paragraph": "x 😀 y"}]}
    assert str(document.locate(("title",), 1)) == "issue.yaml:1:9"
    assert str(document.locate_key(("title",))) == "issue.yaml:1:1"
    assert str(document.locate(("blocks", 0, "paragraph"), 4)) == "issue.yaml:3:18"
    start, stop = document.span(("blocks", 0, "paragraph"), 2, 3)
    assert document.text[start:stop] == "😀"


def test_a_span_can_be_edited_without_touching_anything_else() -> None:
    document = read_yaml("a: 'It''s a\n  long  text'  # remark\nb: x\n", "x.yaml")
    value = document.value_at(("a",))
    assert value == "It's a long  text"
    start, stop = document.span(("a",), value.index("s a long"), value.index("  text"))
    assert document.text[:start] + "S" + document.text[stop:] == "a: 'It''S  text'  # remark\nb: x\n"
    assert document.span(("a",), 3, 3) == (8, 8)
    assert document.text[slice(*document.span(("b",), 0, 1))] == "x"


def test_places_fall_back_to_the_nearest_parent() -> None:
    document = read_yaml("cover:\n  image: x\ntags: [a, b]\nempty:\n", "x.yaml")
    assert str(document.locate(("cover", "alt", "deeper"))) == "x.yaml:2:3"
    assert str(document.locate(("nothing",))) == "x.yaml:1:1"
    assert str(document.locate(("tags", 1))) == "x.yaml:3:11"
    assert str(document.locate(("tags", 7))) == "x.yaml:3:7"
    assert str(document.locate(("empty",))) == "x.yaml:4:7"
    assert str(document.locate(("cover", "image"), 99)) == "x.yaml:2:11"
    assert str(document.locate_key(("cover", "image"))) == "x.yaml:2:3"
    assert str(document.locate_key(("tags", 1))) == "x.yaml:3:11"
    assert str(document.locate_key(())) == "x.yaml:1:1"
    assert document.existing(("cover", "tag of a union", "image")) == ("cover", "image")
    assert document.has(("empty",))
    assert not document.has(("cover", "alt"))


def told(content: str | bytes) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read_yaml(content, "x.yaml")
    assert all(problem.remedy.endswith(".") for problem in caught.value.problems)
    return [f"{problem.location}: {problem.message}" for problem in caught.value.problems]


def test_all_that_is_wrong_with_the_structure_is_told_in_order() -> None:
    assert told("a: &x 1\na: 2\nb: *x\nc: !tag 3\n<<: {d: 1}\n“e”: f\ng: We are #1\n") == [
        "x.yaml:1:4: a text may not start with `&`: to YAML it begins an anchor",
        "x.yaml:2:1: `a` stands here twice: first in line 1",
        "x.yaml:3:4: a text may not start with `*`: to YAML it begins an alias",
        "x.yaml:4:4: a text may not start with `!`: to YAML it begins a tag",
        "x.yaml:5:1: merge keys (`<<`) are not allowed",
        "x.yaml:6:1: to YAML the curly quotes are part of the key “e”",
        "x.yaml:7:11: YAML drops ` #1` and the rest of this line: it takes them for a comment",
    ]


def test_what_stands_before_a_syntax_error_is_told_too() -> None:
    assert told("a: 1\na: 2\nb: @c\n") == [
        "x.yaml:2:1: `a` stands here twice: first in line 1",
        "x.yaml:3:4: a text may not start with `@`: to YAML it is reserved",
    ]


def test_a_document_with_problems_is_whole_unless_it_is_broken() -> None:
    whole = scan_yaml("a: 1\na: 2\nb: 3\n", "x.yaml")
    assert (whole.value, whole.broken) == ({"a": 1, "b": 3}, False)
    assert scan_yaml("a: 1\nb: @\n", "x.yaml").broken


@pytest.mark.parametrize("opening", ["[", "{", "- ", "? ", "{a: ", "[a: "])
def test_bottomless_nesting_is_refused(opening: str) -> None:
    assert "nested more than 32 levels deep" in told(opening * 20_000)[0]


def test_32_levels_are_read() -> None:
    assert read_yaml("[" * 32 + "]" * 32, "x.yaml").value


def test_more_than_10_000_values_are_refused() -> None:
    assert read_yaml("- a\n" * 9_999, "x.yaml").value == ["a"] * 9_999
    assert told("- a\n" * 10_000) == ["x.yaml:10000:3: the file holds more than 10,000 values"]


def test_more_than_a_mebibyte_is_refused_unread() -> None:
    assert told("é" * 524_289) == ["x.yaml:1:1: the file is longer than 1,048,576 bytes"]


def test_a_flood_of_problems_is_cut() -> None:
    problems = told("a: 1\n" * 4_000)
    assert len(problems) == 101
    assert problems[-1] == "x.yaml:102:1: from here on there are 3,899 more problems"
    assert told("a: 1\n" * 102)[-1] == "x.yaml:102:1: from here on there is 1 more problem"


def test_bytes_that_are_not_utf_8_are_located() -> None:
    assert told("title: ä\nsubtitle: caf".encode() + b"\xe9\n") == ["x.yaml:2:14: the byte 0xE9 is not UTF-8"]
    assert told("title: x".encode("utf-16")) == ["x.yaml:1:1: the file is encoded as UTF-16"]


@pytest.mark.parametrize(
    "character",
    ["\0", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\u2028", "\u2029", "\ufeff", "\ud83d", "\ufffe", "\ufdd0"],
)
@pytest.mark.parametrize("text", ["a: x{}y\n", "a: 'x{}y'\n", "a: |\n x{}y\n", "# x{}y\n", "x{}y: 1\n"])
def test_characters_that_no_text_may_contain_are_located_everywhere(text: str, character: str) -> None:
    index = text.index("{}")
    line, column = text[:index].count("\n") + 1, index - text.rfind("\n", 0, index)
    message = f"an invisible character that no text may contain (U+{ord(character):04X})"
    assert told(text.format(character)) == [f"x.yaml:{line}:{column}: {message}"]


def test_escapes_do_not_bring_them_in_either() -> None:
    assert told('a: "x\\0y\\u2028\\rz"\n') == [
        "x.yaml:1:6: an invisible character that no text may contain (U+0000)",
        "x.yaml:1:9: 2 invisible characters that no text may contain (the first is U+2028)",
    ]
    assert read_yaml('a: "tab\\tline\\nnbsp\\_emoji\\U0001F600"', "x.yaml").value == {"a": "tab\tline\nnbsp\xa0emoji😀"}


def test_bidi_and_joiners_are_left_alone() -> None:
    text = "שלום \u200f(\u202a12\u202c) 👩\u200d👩\u200d👧 \u2066x\u2069"
    assert read_yaml(f"a: {text}\n", "x.yaml").value == {"a": text}


@given(st.text("a: -[]{}&*!|>'\"%@`#,?\n\t\r\\\x00\ufeff\u2028é😀0~<=.|", max_size=60))
def test_whatever_is_typed_gives_values_or_problems_with_places_and_remedies(soup: str) -> None:
    document = scan_yaml(soup, "x.yaml")
    for problem in document.problems:
        assert problem.location
        assert problem.location.line >= 1
        assert problem.location.column >= 1
        assert problem.message
        assert problem.remedy
    assert not document.broken or document.problems


@given(st.binary(max_size=60))
def test_whatever_bytes_stand_in_a_file_give_values_or_problems(content: bytes) -> None:
    assert scan_yaml(content, "x.yaml").file == "x.yaml"
