"""The state of a mailing follows from its rows and from what the operator wishes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dispatch.delivery.mailing import Mailing, Tally, mailing_state, time_from, time_text

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
MAILING = Mailing(
    id=1,
    name="rivers.1",
    issue="rivers",
    number=1,
    nonce="n",
    created_at="2026-03-02T06:00:00Z",
    provider="fake",
    segment="",
    audience=10,
    excluded={},
    content_sha256="",
    commit="",
    clean=True,
    key_id="k",
    started_at="2026-03-02T06:00:00Z",
    finished_at=None,
    not_before=None,
    paused_at=None,
    cancelled_at=None,
    pause_after=None,
)
OPEN, DONE, DOUBT = Tally(accepted=4, pending=6), Tally(accepted=10), Tally(accepted=9, uncertain=1)
WISH = "2026-03-02T06:30:00Z"


@pytest.mark.parametrize(
    ("facts", "tally", "sending", "state"),
    [
        ({}, OPEN, True, "sending"),
        ({"started_at": None}, OPEN, True, "preparing"),
        ({}, OPEN, False, "stopped"),
        ({"paused_at": WISH}, OPEN, True, "paused"),
        ({"pause_after": 4}, OPEN, False, "paused"),
        ({"pause_after": 5}, OPEN, False, "stopped"),
        ({"not_before": "2026-03-02T08:00:00Z"}, OPEN, False, "scheduled"),
        ({"not_before": "2026-03-02T06:00:00Z"}, OPEN, False, "stopped"),
        ({}, DONE, False, "finished"),
        ({"paused_at": WISH, "pause_after": 4}, DONE, True, "finished"),
        ({}, DOUBT, False, "finished_uncertain"),
        ({"cancelled_at": WISH}, OPEN, True, "cancelled"),
        ({"cancelled_at": WISH}, DOUBT, False, "cancelled"),
    ],
)
def test_the_state(facts, tally, sending, state) -> None:
    assert mailing_state(replace(MAILING, **facts), tally, sending=sending, now=NOW) == state


def test_times_are_stored_in_utc_and_sort_as_text() -> None:
    paris = timezone(timedelta(hours=1))
    assert time_text(datetime(2026, 3, 2, 8, 0, tzinfo=paris)) == "2026-03-02T07:00:00Z"
    assert time_from("2026-03-02T07:00:00Z") == NOW
