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
    unknown = pacer_for(None, Capabilities(max_messages=50, lanes=1), 1)
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
    pacer = Pacer(100, 100, 1, unit=500)
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


class MovingLimit:
    """A provider that takes so many calls a second, saves up what was not used for a while, and refuses the rest."""

    def __init__(self, saves: float, retry_after: float | None) -> None:
        self._saves = saves  # seconds
        self._refusal = Postponed("429", "too fast", retry_after)
        self._room = 0.0
        self.taken = self.refused = 0

    def call(self, pacer: Pacer, size: int, during: float, limit: float, begun: float, step: float = 0.01) -> None:
        """Let a sender call as often as its pacer lets it."""
        for tick in range(int(during / step)):
            self._room = min(limit * self._saves, self._room + limit * step)
            now = NOW + seconds(begun + tick * step)
            if pacer.paused_until(now) or pacer.take(size, now):
                continue
            if self._room >= 1:
                self._room -= 1
                self.taken += 1
                pacer.learn([YES] * size, now)
            else:
                self.refused += 1
                pacer.learn([self._refusal] * size, now)


@pytest.mark.parametrize(
    ("size", "saves", "retry_after"), [(1, 1.0, None), (1, 0.2, None), (1, 1.0, 1.0), (20, 1.0, None)]
)
def test_a_limit_that_moves_is_followed(size: int, saves: float, retry_after: float | None) -> None:
    limits = (50, 20, 80)
    pacer = Pacer(math.inf, 10 * size, 4, size)
    provider = MovingLimit(saves, retry_after)
    for number, limit in enumerate(limits):
        provider.call(pacer, size, 100, limit, begun=100 * number)
    assert provider.taken >= 0.9 * 100 * sum(limits)
    assert provider.refused <= 0.02 * (provider.taken + provider.refused)


def test_every_kind_of_storm_gets_one_call_for_each_wait_that_it_asks_for() -> None:
    for asked, calls in [(60.0, 30), (1.0, 1800), (1e9, 1)]:
        pacer = Pacer(100, 100, 1)
        provider = MovingLimit(1.0, asked)
        provider.call(pacer, 1, 1800, limit=0, begun=0, step=0.5)
        assert 1 <= provider.refused <= calls
