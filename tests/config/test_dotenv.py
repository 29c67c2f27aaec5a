"""A .env file says what it says, and a mistake in it is told without the value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.config.dotenv import read_dotenv
from dispatch.errors import InvalidConfig


def read(text: str) -> dict[str, str]:
    return {name: variable.value for name, variable in read_dotenv(text.encode(), ".env").items()}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("  export   A = b ", "b"),
        ("A=", ""),
        ("A=''", ""),
        ("A=b c", "b c"),
        ("A=b # a comment", "b"),
        ("A=b#no comment", "b#no comment"),
        ("A=#a comment", ""),
        ("A='b # c'", "b # c"),
        ("A='b' # a comment", "b"),
        ('A="b # c" # d', "b # c"),
        (r'A="a\"b\\c\nd\te"', 'a"b\\c\nd\te'),
        (r"A='a\nb'", r"a\nb"),
        (r"A=a\nb", r"a\nb"),
        ("A=b=c", "b=c"),
        ("A=$HOME/${B}", "$HOME/${B}"),
        ("A=it's", "it's"),
        ("A=é", "é"),
    ],
)
def test_a_line(line: str, value: str) -> None:
    assert read(line) == {"A": value}


def test_empty_lines_comments_and_line_ends_of_every_system() -> None:
    assert read("\ufeff# first\r\n\r\nA=1\r\n   # second\nB=2") == {"A": "1", "B": "2"}


def test_a_variable_knows_its_line() -> None:
    assert read_dotenv(b"\n\nA=1\n", ".env")["A"].origin == ".env:3"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A=1\nsecret", ".env:2: this line is not NAME=VALUE"),
        ("1A=secret", ".env:1: this line is not NAME=VALUE"),
        ("A-B=secret", ".env:1: this line is not NAME=VALUE"),
        ("A: secret", ".env:1: this line is not NAME=VALUE"),
        ("=secret", ".env:1: this line is not NAME=VALUE"),
        ('A="secret', ".env:1:3: the value of A begins with a quote"),
        ("A='secret' more", ".env:1:3: the value of A begins with a quote"),
        ('A="secret\nmore"', ".env:1:3: the value of A begins with a quote"),
        ("A=1\nA=secret", ".env:2: A is set a second time, after .env:1"),
    ],
)
def test_a_mistake_is_told_without_the_value(text: str, said: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        read(text)
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)


def test_all_mistakes_are_told() -> None:
    with pytest.raises(InvalidConfig) as caught:
        read("a\nB=1\nc\n")
    assert len(caught.value.problems) == 2


def test_a_file_that_is_not_utf_8_is_told() -> None:
    with pytest.raises(InvalidConfig, match=r"\.env:2: this line is not UTF-8"):
        read_dotenv(b"A=1\nB=\xe9\n", ".env")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_value_survives_double_quotes(value: str) -> None:
    written = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    assert read(f'A="{written}"\n') == {"A": value}
