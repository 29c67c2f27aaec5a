"""How fast, when to wait, when to give up."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from dispatch.delivery.pacing import PATIENCE, Pacer, pacer_for
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.provider import Capabilities

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
YES, LATER, DOUBT = Accepted("1"), Postponed("429", "too fast"), Uncertain("no answer", "")


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def count(pacer: Pacer, size: int, during: float, step: float = 0.01) -> int:
    """How many messages get leave within so many seconds."""
    return sum(size for tick in range(int(during / step)) if not pacer.take(size, NOW + seconds(tick * step)))


def test_the_rate_counts_recipients_not_calls() -> None:
    assert count(Pacer(50, 50, 1), 1, 10) == pytest.approx(500, abs=6)
    assert count(Pacer(50, 50, 1), 100, 10) == 500
    assert count(Pacer(0.5, 0.5, 1), 1, 10) == 5


def test_whoever_must_wait_is_told_how_long() -> None:
    pacer = Pacer(10, 10, 1)
    assert pacer.take(5, NOW) == 0
    assert pacer.take(1, NOW + seconds(0.2)) == pytest.approx(0.3)
    assert pacer.take(1, NOW + seconds(0.5)) == 0


def test_a_clock_that_is_set_back_does_not_stop_anything() -> None:
    pacer = Pacer(10, 10, 1)
    assert pacer.take(5, NOW) == 0
    assert pacer.take(1, NOW - timedelta(hours=1)) <= 0.5


def test_the_pace_falls_at_most_once_a_second_and_rises_with_success() -> None:
    pacer = Pacer(100, 100, 1)
    pacer.learn([LATER] * 10, NOW)
    assert pacer._rate == pytest.approx(85)
    pacer.learn([LATER], NOW + seconds(0.9))
    assert pacer._rate == pytest.approx(85)
    pacer.learn([LATER], NOW + seconds(1.1))
    assert pacer._rate == pytest.approx(72.25)
    pacer.learn([YES] * 72, NOW + seconds(2))
    assert pacer._rate == pytest.approx(74.2, abs=0.1)
    pacer.learn([YES] * 5000, NOW + seconds(3))
    assert pacer._rate == 100, "never over the limit"


def test_what_nobody_documents_starts_low_and_what_stays_here_is_not_paced() -> None:
    unknown = pacer_for(None, Capabilities(max_messages=50, one_at_a_time=True), 1)
    assert count(unknown, 1, 5) == pytest.approx(50, abs=3)
    calls = pacer_for(None, Capabilities(max_messages=500), 1)
    assert count(calls, 500, 5) == pytest.approx(2500, abs=500), "one call a second"
    calls.learn([YES] * 500, NOW)
    assert calls._rate > 2 * 500, "after a second at this pace, about two calls a second more"
    assert pacer_for(None, Capabilities(max_messages=1, real=False), 1).take(10**6, NOW) == 0
    documented = pacer_for(None, Capabilities(max_messages=1, default_rate=14), 1)
    assert count(documented, 1, 5) == pytest.approx(70, abs=3)
    configured = pacer_for(2.0, Capabilities(max_messages=1, default_rate=14), 1)
    assert count(configured, 1, 5) == pytest.approx(10, abs=1)


@pytest.mark.parametrize(
    ("asked", "pause"), [(30.0, 30), (0.0, 0), (1e9, 3600), (-5.0, 0), (math.inf, 3600), (math.nan, 0)]
)
def test_retry_after_pauses_everyone_up_to_an_hour(asked: float, pause: float) -> None:
    pacer = Pacer(100, 100, 1)
    pacer.learn([Postponed("429", "too fast", asked)], NOW)
    assert pacer.paused_until(NOW) == (NOW + seconds(pause) if pause else None)
    assert pacer.paused_until(NOW + seconds(pause)) is None
    assert pacer.reason == "too fast"


def test_one_postponed_mailbox_is_no_reason_to_pause_but_nothing_else_is() -> None:
    pacer = Pacer(100, 100, 1)
    for _ in range(20):
        pacer.learn([LATER], NOW)
        pacer.learn([YES], NOW)
    assert pacer.paused_until(NOW) is None
    pauses = []
    for _ in range(8):
        pacer.learn([LATER], NOW)
        pauses.append(((pacer.paused_until(NOW) or NOW) - NOW).total_seconds())
    assert pauses == [0, 0, 0, 0, 0, 2, 4, 8]


def test_five_calls_without_a_known_answer_are_too_many() -> None:
    pacer = Pacer(100, 100, 1)
    for _ in range(4):
        pacer.learn([DOUBT] * 500, NOW)
    assert not pacer.lost
    pacer.learn([Refused("5", "")], NOW)
    pacer.learn([DOUBT], NOW)
    assert not pacer.lost
    for _ in range(4):
        pacer.learn([DOUBT], NOW)
    assert pacer.lost
    eight_connections = Pacer(100, 100, 8)
    for _ in range(11):
        eight_connections.learn([DOUBT], NOW)
    assert not eight_connections.lost


def test_patience_is_for_all_waits_since_the_last_definite_answer() -> None:
    pacer = Pacer(100, 100, 1)
    assert pacer.has_patience(PATIENCE)
    pacer.waited(600)
    assert pacer.has_patience(300)
    assert not pacer.has_patience(301)
    pacer.learn([LATER], NOW)
    assert not pacer.has_patience(301)
    pacer.learn([YES], NOW)
    assert pacer.has_patience(900)
