"""How the command talks."""

from __future__ import annotations

import pytest

from dispatch.cli.terminal import count, duration, tinted


@pytest.mark.parametrize(("number", "text"), [(0, "0 issues"), (1, "1 issue"), (1234, "1,234 issues")])
def test_numbers_with_their_noun(number: int, text: str) -> None:
    assert count(number, "issue") == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.02, "less than a minute"),
        (59, "less than a minute"),
        (60, "about 1 minute"),
        (1200, "about 20 minutes"),
        (5399, "about 90 minutes"),
        (5400, "about 2 hours"),
        (360_000, "about 100 hours"),
    ],
)
def test_durations_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_no_colour_where_nobody_wants_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert tinted("refused", "red") == "\x1b[31mrefused\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert tinted("refused", "red") == "refused"
