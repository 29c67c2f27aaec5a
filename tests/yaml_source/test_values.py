"""Plain values follow the core schema of YAML 1.2, and remember how they were written."""

import copy
import math
import pickle

import pytest

from dispatch.yaml_source import read_yaml


def value_of(written: str) -> object:
    document = read_yaml(f"key: {written}\n", "x.yaml").value
    assert isinstance(document, dict)
    return document["key"]


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "12:30",
        "12:30:45",
        "1_000",
        "2026-03-02",
        "0b11",
        "1e",
        "e3",
        ".",
        "+",
        "TrUe",
        "=",
        "1.2.3",
        "0x",
        "0o8",
    ],
)
def test_what_yaml_1_1_would_change_stays_text(text: str) -> None:
    assert value_of(text) == text


@pytest.mark.parametrize("written", ["null", "Null", "NULL", "~", ""])
def test_null(written: str) -> None:
    assert value_of(written) is None


@pytest.mark.parametrize(("written", "value"), [("true", True), ("True", True), ("FALSE", False), ("false", False)])
def test_truth(written: str, value: object) -> None:
    assert value_of(written) is value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("0", 0), ("-12", -12), ("+7", 7), ("007", 7), ("02134", 2134), ("0o17", 15), ("0xFf", 255)],
        *[("1.", 1.0), (".5", 0.5), ("-3.80", -3.8), ("1e3", 1000.0), ("6.02E+23", 6.02e23), ("-.inf", -math.inf)],
    ],
)
def test_numbers_print_as_they_were_written(written: str, value: float) -> None:
    number = value_of(written)
    assert number == value
    assert str(number) == written


def test_not_a_number_is_one() -> None:
    number = value_of(".nan")
    assert isinstance(number, float)
    assert math.isnan(number)


def test_numbers_with_more_digits_than_int_reads_are_text() -> None:
    assert value_of("7" * 5000) == "7" * 5000


@pytest.mark.parametrize("written", ["007", "3.80"])
def test_numbers_survive_copies_and_pickles(written: str) -> None:
    number = value_of(written)
    assert str(copy.deepcopy(number)) == written
    assert str(pickle.loads(pickle.dumps(number))) == written


def test_quoted_values_are_text() -> None:
    assert read_yaml("""["1", 'true', "null", "", '~']""", "x.yaml").value == ["1", "true", "null", "", "~"]


def test_keys_are_text_as_written() -> None:
    assert read_yaml("2022: 3.8\n01: x\ntrue: y\n~: z\n", "x.yaml").value == {
        "2022": 3.8,
        "01": "x",
        "true": "y",
        "~": "z",
    }
