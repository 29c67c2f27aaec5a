"""What becomes of a row: nobody is lost, nobody is in two rows, accepted ones come first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.delivery.mailing import BatchRow, BatchState
from dispatch.delivery.transitions import answered, closed, may_repeat, next_attempt, returned, withdrawn
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.provider import FOREVER, Capabilities

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
DOUBT = Uncertain("no answer", "")
OUTCOMES = st.sampled_from([Accepted("a"), Refused("5", ""), Postponed("4", ""), Postponed("4", "", 60.0), DOUBT])


@st.composite
def live_rows(draw) -> BatchRow:
    positions = tuple(sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=12))))
    begun = draw(st.integers(0, len(positions)))
    done = draw(st.integers(0, begun))
    return BatchRow(7, 1, positions, BatchState.SUBMITTING, begun=begun, done=done, submitted_at=NOW)


@given(live_rows(), st.data())
def test_answers_take_nobody_away_and_keep_the_order(row: BatchRow, data) -> None:
    outcomes = data.draw(st.lists(OUTCOMES, max_size=len(row.positions) - row.done))
    asked = row.positions[row.done : row.done + len(outcomes)]
    stays, leaving = answered(row, outcomes, NOW)
    everybody = chain(stays.positions, *(part.positions for part in leaving))
    assert sorted(everybody) == list(row.positions)
    kinds = dict(zip(asked, (type(outcome) for outcome in outcomes), strict=True))
    assert set(stays.accepted) == {*row.accepted, *(position for position in asked if kinds[position] is Accepted)}
    assert stays.done <= stays.begun <= len(stays.positions)
    assert set(stays.in_doubt) == set(row.in_doubt) - set(asked), "whoever was answered is in doubt no longer"
    for part in leaving:
        expected = {BatchState.REFUSED: Refused, BatchState.PENDING: Postponed, BatchState.UNCERTAIN: Uncertain}
        assert {kinds[position] for position in part.positions} == {expected[part.state]}


@given(live_rows(), st.booleans())
def test_closing_takes_nobody_away(row: BatchRow, repeat: bool) -> None:
    parts = closed(row, DOUBT, repeat=NOW if repeat else None)
    by_state = {part.state: part.positions for part in parts}
    assert len(by_state) == len(parts)
    assert all(part.positions for part in parts)
    assert by_state.get(BatchState.ACCEPTED, ()) == row.accepted
    assert by_state.get(BatchState.PENDING, ()) == row.not_begun
    in_doubt = BatchState.SUBMITTING if repeat else BatchState.UNCERTAIN
    assert by_state.get(in_doubt, ()) == row.in_doubt
    if repeat and row.in_doubt:
        assert parts[0].state is BatchState.SUBMITTING, "the first keeps the id, which is part of the key"
        assert parts[0].revision == row.revision
        assert parts[0].submitted_at == NOW


def test_a_request_that_surely_was_not_accepted_gets_a_new_key() -> None:
    row = BatchRow(7, 1, (1, 2), BatchState.SUBMITTING, begun=2, submitted_at=NOW, request_sha256="a")
    _, (postponed,) = answered(row, [Postponed("429", "")] * 2, NOW)
    assert (postponed.revision, postponed.request_sha256, postponed.submitted_at) == (1, None, None)
    claimed = BatchRow(7, 1, (1, 2), BatchState.CLAIMED, claimed_by="process 1")
    assert returned(claimed, (1, 2)).revision == 0, "nothing had left under the old one"


def test_waiting_doubles_and_retry_after_is_the_least() -> None:
    row = BatchRow(7, 1, (1,), BatchState.PENDING)
    waits = [next_attempt(BatchRow(7, 1, (1,), row.state, attempts=n), NOW) - NOW for n in range(14)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert waits[-1] == timedelta(hours=1)
    assert next_attempt(row, NOW, 60.0) == NOW + timedelta(seconds=60)
    assert next_attempt(row, NOW + timedelta(seconds=0.2), 0.5) == NOW + timedelta(seconds=2), "never too early"


@pytest.mark.parametrize("absurd", [1e9, -5.0, float("inf"), float("nan")])
def test_an_absurd_retry_after_waits_an_hour_at_most(absurd: float) -> None:
    wait = next_attempt(BatchRow(7, 1, (1,), BatchState.PENDING), NOW, absurd) - NOW
    assert timedelta(seconds=1) <= wait <= timedelta(hours=1)


def test_only_the_same_request_within_the_lifetime_of_its_key_may_be_repeated() -> None:
    row = BatchRow(7, 1, (1, 2), BatchState.SUBMITTING, begun=2, submitted_at=NOW)
    day = Capabilities(max_messages=5, idempotency_seconds=86400)
    assert may_repeat(row, day, NOW + timedelta(hours=21))
    assert not may_repeat(row, day, NOW + timedelta(hours=22))
    assert may_repeat(row, Capabilities(max_messages=5, idempotency_seconds=FOREVER), NOW + timedelta(days=999))
    assert not may_repeat(row, Capabilities(max_messages=5), NOW)
    part = BatchRow(7, 1, (1, 2), BatchState.SUBMITTING, begun=2, done=1, submitted_at=NOW)
    assert not may_repeat(part, day, NOW), "a part of a call is another call"
    single = Capabilities(max_messages=5, lanes=1, idempotency_seconds=86400)
    assert may_repeat(part, single, NOW)


@pytest.mark.parametrize("back", [timedelta(seconds=1), timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_was_set_back_makes_nothing_repeatable(back: timedelta) -> None:
    row = BatchRow(7, 1, (1, 2), BatchState.SUBMITTING, begun=2, submitted_at=NOW)
    assert not may_repeat(row, Capabilities(max_messages=5), NOW - back)
    assert not may_repeat(row, Capabilities(max_messages=5, idempotency_seconds=86400), NOW - back)
    assert may_repeat(row, Capabilities(max_messages=5, idempotency_seconds=FOREVER), NOW - back)


def test_the_withdrawn_get_a_row_for_each_reason() -> None:
    row = BatchRow(7, 1, (1, 2, 3, 4), BatchState.CLAIMED, claimed_by="process 1")
    parts = withdrawn(row, {1: ("bounced", ""), 2: ("unsubscribed", ""), 4: ("bounced", "")})
    assert [(part.positions, part.state, part.code) for part in parts] == [
        ((3,), "claimed", ""),
        ((1, 4), "withdrawn", "bounced"),
        ((2,), "withdrawn", "unsubscribed"),
    ]
    assert withdrawn(row, dict.fromkeys(row.positions, ("forgotten", "")))[0].state is BatchState.WITHDRAWN
