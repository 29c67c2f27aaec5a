"""Every character of a value is found where it is spelled in the file, whatever the style of the scalar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.yaml_source.nodes import Scalar
from dispatch.yaml_source.offsets import character_spans
from dispatch.yaml_source.reading import read_yaml
from dispatch.yaml_source.tree import TreeBuilder

ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
}
ESCAPES |= {" ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}

DOUBLE_QUOTED_ESCAPES = [
    '\\"',
    r"\\",
    r"\n",
    r"\x41",
    r"\u00e9",
    r"\U0001F600",
    r"\ ",
    r"\_",
    r"\/",
    "\\\t",
    "\\\n",
    "\\\r\n",
]

BREAKS = st.sampled_from(["\n", "\r\n", "\r"])
PLACES = st.sampled_from(
    ["key: ", "- ", "- - ", "", "a:\n  b: ", "key:\n- ", "{a: 1, b: ", "[x, ", "a:\n b:\n   - c: ", "\ufeffkey: "]
)
ENDINGS = st.sampled_from(["", "\n", "}", "]", "\nz: 1\n", " # a comment\n", "\r\n\r\n"])


def scalars_of(text: str) -> list[Scalar]:
    builder = TreeBuilder(text, 1 if text.startswith("\ufeff") else 0)
    builder.build()
    return builder.scalars


def spells(written: str, character: str, style: str) -> bool:
    """Whether some characters of a file are a way to write one character of a value."""
    if written in {"\n", "\r", "\r\n"}:
        return character in {" ", "\n"}
    if style == "'" and character == "'":
        return written == "''"
    if style == '"' and written.startswith("\\"):
        digits = written[2:]
        return character == (chr(int(digits, 16)) if digits else ESCAPES[written[1]])
    return written == character


def assert_spelled(text: str) -> None:
    """One span for each character of each value, in order, without overlap, within the scalar."""
    for scalar in scalars_of(text):
        spans = character_spans(text, scalar)
        assert len(spans) == len(scalar.value), (text, scalar, spans)
        end = scalar.start
        for (start, stop), character in zip(spans, scalar.value, strict=True):
            assert end <= start < stop <= scalar.end
            assert spells(text[start:stop], character, scalar.style), (text, scalar, text[start:stop], character)
            end = stop


@given(PLACES, st.text("aab  \n\n'\"\\-é😀:#,\r\t"), ENDINGS)
def test_plain_scalars_of_anything(place: str, soup: str, ending: str) -> None:
    assert_spelled(place + soup + ending)


@given(
    PLACES,
    st.lists(st.sampled_from(["a", "b", " ", "  ", "\t", "''", "\n", "\r\n", "é", "😀", "#", ": ", '"', "\\"])),
    ENDINGS,
)
def test_single_quoted_scalars(place: str, pieces: list[str], ending: str) -> None:
    assert_spelled(f"{place}'{''.join(pieces)}'{ending}")


@given(
    PLACES,
    st.lists(
        st.sampled_from(
            ["a", " ", "  ", "\t", "\n", "\r\n", "\n\n", "é", "😀", "#", "'", *DOUBLE_QUOTED_ESCAPES],
        )
    ),
    ENDINGS,
)
def test_double_quoted_scalars(place: str, pieces: list[str], ending: str) -> None:
    assert_spelled(f'{place}"{"".join(pieces)}"{ending}')


@given(
    PLACES,
    st.sampled_from("|>"),
    st.sampled_from(["", "-", "+", "2", "1-", "+3", "-2"]),
    st.sampled_from(["", " # why"]),
    BREAKS,
    st.lists(
        st.tuples(st.sampled_from([0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 7]), st.text("ab \t#é😀'", max_size=5)), max_size=7
    ),
    ENDINGS,
)
def test_block_scalars(
    place: str, style: str, indicators: str, comment: str, line_break: str, lines: list[tuple[int, str]], ending: str
) -> None:
    written = [" " * indentation + line for indentation, line in lines]
    assert_spelled(place + line_break.join([style + indicators + comment, *written]) + ending)


@given(
    st.sampled_from("|>"),
    st.sampled_from([4, 5, 6]),
    BREAKS,
    st.lists(st.text("ab é😀", max_size=6), min_size=1, max_size=6),
)
def test_block_scalars_as_writers_indent_them(style: str, width: int, line_break: str, lines: list[str]) -> None:
    assert_spelled(
        line_break.join([f"- paragraph: {style}", *(" " * width + line for line in lines), "- heading: x", ""])
    )


@pytest.mark.parametrize(
    ("text", "character", "place"),
    [
        ("key: plain 😀 text\n", "x", "1:16"),
        ("key: 'it''s é here'\n", "é", "1:13"),
        ('key: "a\\u00e9\\n\\"b"\n', "b", "1:18"),
        ("key: >-\r\n  one\r\n  two\r\n\r\n  thrée\r\n", "é", "5:6"),
        ("key: |\n    one\n      twö\n", "ö", "3:9"),
        ("- a\n- - >2\n     b\n     ç\n", "ç", "4:6"),
        ("key: several\n  lines\n\n  öf text\n", "ö", "4:3"),
        ("\ufeffkey: é\n", "é", "1:6"),
    ],
)
def test_a_character_is_located_as_an_editor_counts(text: str, character: str, place: str) -> None:
    document = read_yaml(text, "x.yaml")
    path = ("key",) if text.lstrip("\ufeff").startswith("key") else (1, 0)
    value = document.value_at(path)
    assert isinstance(value, str)
    assert str(document.locate(path, value.index(character))) == f"x.yaml:{place}"
