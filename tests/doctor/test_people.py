"""The list."""

from __future__ import annotations

from pathlib import Path

from dispatch.doctor.people import subscribers
from doctor.conftest import Open
from doctor.looks import look, only, verdicts
from newsletter import add_people


def test_who_is_on_it(case: Open) -> None:
    seen = only(subscribers, case())
    assert (seen.verdict, seen.message) == ("ok", "subscribers.csv has 3 subscribed, 1 unconfirmed, 1 unsubscribed")


def test_rejected_lines(case: Open, folder: Path) -> None:
    add_people(folder, *(f"nobody{number},,," for number in range(5)))
    seen = only(subscribers, case())
    assert seen.verdict == "error"
    assert seen.message.startswith("5 lines of subscribers.csv are rejected, and stop `send`: subscribers.csv:7: ")
    assert seen.message.endswith("; and 2 more")


def test_one_rejected_line(case: Open, folder: Path) -> None:
    add_people(folder, "nobody,,,")
    seen = only(subscribers, case())
    assert seen.message.startswith("1 line of subscribers.csv is rejected, and stops `send`: subscribers.csv:7: ")


def test_nobody_is_subscribed(case: Open, folder: Path) -> None:
    (folder / "subscribers.csv").write_text("email,status\nada@example.com,unsubscribed\n")
    seen = only(subscribers, case())
    assert (seen.verdict, seen.message) == ("warning", "nobody in subscribers.csv is subscribed: 1 unsubscribed")


def test_no_list(case: Open, folder: Path) -> None:
    (folder / "subscribers.csv").unlink()
    assert verdicts(look(subscribers, case())) == ["error"]
