"""Addresses that stand twice are found without a database, as an import finds them, and without keeping any."""

from __future__ import annotations

import io
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from dispatch.subscribers.csv_import import open_subscribers
from dispatch.subscribers.csv_rows import Rejected, Row
from dispatch.subscribers.repeats import Repeats


def repeated(text: str) -> tuple[Rejected, ...]:
    """What is found in a file that was read to its end."""
    with open_subscribers(io.BytesIO(text.encode()), "people.csv") as file:
        repeats = Repeats()
        for row in file:
            if isinstance(row, Row):
                repeats.note(row.key)
        return repeats.lines(file)


def test_the_second_and_each_further_line_is_told_with_the_first() -> None:
    text = "email\nada@example.org\nbo@example.org\nADA@EXAMPLE.org\nnobody\n\nada@example.org\n"
    reason = "the address {} stands on line 2 already"
    assert repeated(text) == (
        Rejected(4, reason.format("ADA@example.org"), "ADA@EXAMPLE.org"),
        Rejected(7, reason.format("ada@example.org"), "ada@example.org"),
    )
    assert repeated("email\nada@example.org\nbo@example.org\n") == ()


def test_a_rejected_line_is_no_first_one() -> None:
    text = "email,language\nada@example.org,no language\nada@example.org,en\nada@example.org,en\n"
    assert [(line.line, line.reason) for line in repeated(text)] == [
        (4, "the address ada@example.org stands on line 3 already")
    ]


@given(st.lists(st.integers(0, 400), max_size=300))
def test_as_many_as_there_are(numbers: list[int]) -> None:
    text = "email\n" + "".join(f"person{number}@example.org\n" for number in numbers)
    expected = [line for line, number in enumerate(numbers, 2) if number in numbers[: line - 2]]
    assert [each.line for each in repeated(text)] == expected


def test_eight_bytes_are_kept_of_each() -> None:
    keys = [f"person{number}@example.org" for number in range(100_000)]
    tracemalloc.start()
    repeats = Repeats()
    for key in keys:
        repeats.note(key)
    assert list(repeats._suspects()) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * len(keys)
