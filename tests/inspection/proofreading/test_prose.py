"""What is read of a text: its words, each where the text has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.checks.parts import ReadText
from dispatch.content.richtext import parse, parse_plain
from dispatch.content.texts import IssueText, TextKind
from dispatch.inspection.proofreading.prose import LONGEST, is_cut, is_prose, prose_of
from dispatch.yaml_source import Path


def text_of(value: str, kind: TextKind = TextKind.RICH, path: Path = ("blocks", 0, "paragraph")) -> ReadText:
    return ReadText(IssueText(path, value, kind), parse(value) if kind is TextKind.RICH else parse_plain(value))


def read(value: str, kind: TextKind = TextKind.RICH) -> str:
    """What is read, each blank as a dot."""
    return prose_of(text_of(value, kind)).replace(" ", ".")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("**30,000 soldiers** may *soon* fight", "..30,000.soldiers...may..soon..fight"),
        ("see [the *treaty*](https://a.example/b_(c)) here", "see..the..treaty............................here"),
        ("run `dispatch check` now", "run..................now"),
        ("{{first_name|Reader}}, hello", "Reader...............,.hello"),
        ("{{first_name|}}, hello", "...............,.hello"),
        ("ask joy@a.example or @joy_b about #tumen", "ask...............or........about......."),
        ("<https://a.example> and www.a.example/b", "....................and................"),
        ("2 * 3 and a_b and _c_ and \\*d", "2.*.3.and.a_b.and..c..and...d"),
        ("😀 **é** 😀", "😀...é...😀"),
    ],
)
def test_what_is_no_prose_is_blank_and_everything_stays_where_it_is(value: str, words: str) -> None:
    assert len(value) == len(words)
    assert read(value) == words


def test_marks_are_characters_where_no_markdown_is_read() -> None:
    assert read("a *b* [c]", TextKind.PLAIN) == "a.*b*.[c]"


def test_a_merge_field_in_an_address_is_blank_with_it() -> None:
    assert read("[a](https://b.example/{{first_name|c}}) d") == f".a{'.' * 38}d"


PIECES = st.sampled_from(
    [
        "a",
        "word ",
        "**",
        "*",
        "_",
        "`",
        "[",
        "](",
        ")",
        "https://a.example ",
        "{{b|c}}",
        "{{",
        "}}",
        "\\",
        "\n",
        "😀",
        "é",
        "@x",
        "<",
        ">",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from([TextKind.RICH, TextKind.PLAIN]))
def test_a_word_that_is_read_stands_in_the_text_at_the_same_place(value: str, kind: TextKind) -> None:
    text = text_of(value, kind)
    prose = prose_of(text)
    assert len(prose) == len(value)
    fields = {
        at for field in text.parsed.merge_fields for at in range(field.offset, value.index("}}", field.offset) + 2)
    }
    for at, (ours, theirs) in enumerate(zip(prose, value, strict=True)):
        assert ours in {theirs, " "} or at in fields


@given(st.text(max_size=200))
def test_any_text_at_all_keeps_its_length(value: str) -> None:
    assert len(prose_of(text_of(value))) == len(value)


def test_a_long_text_is_read_up_to_a_word_within_bounds() -> None:
    text = text_of("word " * 3_000)
    prose = prose_of(text)
    assert len(prose) == 15_000
    assert prose.rstrip() == ("word " * (LONGEST // 5)).rstrip()
    assert is_cut(text)
    assert not is_cut(text_of("word " * 2_000))


@pytest.mark.parametrize(
    "path", [("author",), ("signoff", "signature"), ("cover", "source"), ("blocks", 0, "quote", "by")]
)
def test_who_wrote_it_and_whom_it_is_owed_to_are_names(path: Path) -> None:
    assert not is_prose(text_of("Joi Poutine", TextKind.PLAIN, path))


def test_an_address_is_no_prose() -> None:
    assert not is_prose(text_of("https://a.example", TextKind.URL, ("blocks", 0, "button", "url")))
