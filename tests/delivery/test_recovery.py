"""After a death: what had not left is pending, what may have left is not sent again unless that is safe."""

from __future__ import annotations

import pytest

from dispatch.delivery.recovery import recover
from dispatch.providers.provider import FOREVER, Capabilities
from dispatch.testing.fakes import Act, Crash, FakeService

BATCH = Capabilities(max_messages=5, real=False)
SINGLE = Capabilities(max_messages=5, lanes=1, real=False)
OUTBOX = Capabilities(max_messages=5, idempotency_seconds=FOREVER, real=False)


def die(desk, capabilities: Capabilities, *acts: Act):
    service = FakeService(capabilities, acts)
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    return service, mailing


def test_what_was_only_claimed_is_pending_again(desk) -> None:
    service, mailing = die(desk, BATCH, Act(before=Crash()))
    assert desk.send(mailing, service).accepted == 12
    assert service.calls[0][0].endswith(".0"), "nothing had left, so the key may be used"


def test_an_unanswered_call_is_uncertain_and_not_made_again(desk) -> None:
    service, mailing = die(desk, BATCH, Act(after=Crash()))
    status = desk.send(mailing, service)
    assert (status.accepted, status.uncertain, status.state) == (7, 5, "finished_uncertain")
    assert set(service.taken.values()) == {1}


def test_one_by_one_one_message_is_uncertain(desk) -> None:
    service, mailing = die(desk, SINGLE, Act(), Act(), Act(after=Crash()))
    assert desk.fates(mailing)[2] == "accepted"
    status = desk.send(mailing, service)
    assert (status.accepted, status.uncertain) == (11, 1)
    assert desk.fates(mailing)[3] == "uncertain"


def test_where_a_repeat_is_no_second_copy_nothing_is_uncertain(desk) -> None:
    service, mailing = die(desk, OUTBOX, Act(after=Crash()))
    status = desk.send(mailing, service)
    assert (status.accepted, status.uncertain) == (12, 0)
    assert service.calls[0] == service.calls[1]
    assert set(service.taken.values()) == {1}


def test_recovering_twice_changes_nothing_more(desk) -> None:
    _, mailing = die(desk, SINGLE, Act(), Act(after=Crash()))
    recover(desk.ledger, desk.crew, mailing, SINGLE, desk.clock())
    once = desk.fates(mailing)
    recover(desk.ledger, desk.crew, mailing, SINGLE, desk.clock())
    assert desk.fates(mailing) == once


def test_status_and_resume_right_after_death_tell_the_truth(desk) -> None:
    _, mailing = die(desk, SINGLE, Act(), Act(after=Crash()))
    status = desk.status(mailing)
    assert (status.state, status.accepted, status.pending, status.uncertain) == ("stopped", 1, 11, 0)
