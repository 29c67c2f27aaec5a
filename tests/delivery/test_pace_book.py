"""What is known of a pace survives the end of a run, and is one for all processes that send at once."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from dispatch.delivery.pace_book import share_pace
from dispatch.delivery.pacing import Pace, Pacer
from dispatch.errors import PostponedTooLong
from dispatch.providers.outcome import Accepted, Postponed
from dispatch.providers.provider import Capabilities
from dispatch.testing.fakes import Act, FakeService

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
TOO_FAST = Postponed("429", "too fast")


def share(desk, pacer: Pacer, processes: int = 1, now: float = 1000.0) -> Pace:
    """What a process does each second."""
    change, pause = pacer.learnt(NOW)
    with desk.database.writing() as connection:
        pace = share_pace(connection, "fake", pacer, change, pause, processes, now)
    pacer.heed(pace, NOW)
    return pace


def test_the_next_run_begins_with_the_pace_of_the_last(desk) -> None:
    first = Pacer(100, 100, 1)
    assert share(desk, first).rate == 100
    first.learn([TOO_FAST], NOW)
    assert share(desk, first).rate == pytest.approx(85)
    after_a_restart = Pacer(100, 100, 1)
    assert share(desk, after_a_restart).rate == pytest.approx(85)
    assert after_a_restart.take(17, NOW) == 0
    assert after_a_restart.take(1, NOW) == pytest.approx(17 / 85)


def test_a_pause_is_sat_out_by_the_next_run_as_well(desk) -> None:
    first = Pacer(100, 100, 1)
    first.learn([Postponed("429", "too fast", 60.0)], NOW)
    share(desk, first)
    second = Pacer(100, 100, 1)
    assert share(desk, second, now=1020.0).pause == pytest.approx(40)
    assert second.paused_until(NOW)
    third = Pacer(100, 100, 1)
    assert share(desk, third, now=1061.0).pause == 0
    assert third.paused_until(NOW) is None


def test_two_processes_have_one_pace_between_them(desk) -> None:
    one, other = Pacer(100, 100, 1), Pacer(100, 100, 1)
    for pacer in (one, other):
        share(desk, pacer, processes=2)
    assert (one._rate, other._rate) == (50, 50)
    one.learn([Postponed("429", "too fast", 30.0)], NOW)
    share(desk, one, processes=2)
    known = share(desk, other, processes=2)
    assert known.rate == pytest.approx(100 - 0.15 * 50)
    assert one._rate == other._rate == pytest.approx(known.rate / 2)
    assert other.paused_until(NOW), "what one was told holds for both"


def test_two_processes_rise_together_as_one_would(desk) -> None:
    one, other = Pacer(math.inf, 20, 1), Pacer(math.inf, 20, 1)
    for pacer in (one, other):
        share(desk, pacer, processes=2)
    for _ in range(10):  # a second's worth: 20 a second between them
        one.learn([Accepted("1")], NOW)
        other.learn([Accepted("2")], NOW)
    share(desk, one, processes=2)
    assert share(desk, other, processes=2).rate == pytest.approx(22, abs=0.2)


def test_a_raised_limit_counts_at_once_where_the_provider_never_complained(desk) -> None:
    share(desk, Pacer(100, 100, 1))
    assert share(desk, Pacer(500, 500, 1)).rate == 500
    assert share(desk, Pacer(50, 50, 1)).rate == 50


def test_a_run_leaves_its_pace_to_the_next(desk) -> None:
    service = FakeService(Capabilities(max_messages=5), [Act((TOO_FAST,) * 5), Act()])
    mailing = desk.prepare(service, limit=5)
    desk.send(mailing, service, rate=100)
    with desk.database.reading() as connection:
        rate = connection.exec_driver_sql("SELECT rate FROM pace WHERE provider = 'fake'").scalar()
    assert rate < 100


def test_a_run_that_is_told_to_come_back_much_later_tells_the_next(desk) -> None:
    service = FakeService(Capabilities(max_messages=5), [Act((Postponed("429", "quota", 1800.0),) * 5)])
    mailing = desk.prepare(service)
    for _ in range(3):
        with pytest.raises(PostponedTooLong):
            desk.send(mailing, service, rate=100)
    assert len(service.calls) == 1, "nobody asks before the time is over"
