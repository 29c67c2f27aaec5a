"""What a person decides: to cancel, to send again, to ask the provider."""

from __future__ import annotations

import pytest

from dispatch.delivery.lock import SenderLock
from dispatch.delivery.settlement import ask_provider, cancel, doubts, resend
from dispatch.errors import SendRefused, Unsupported
from dispatch.providers.outcome import Uncertain
from dispatch.providers.provider import FOREVER, Capabilities
from dispatch.testing.fakes import Act, Crash, FakeService

BATCH = Capabilities(max_messages=5, real=False)
FINDER = Capabilities(max_messages=5, real=False, can_look_up=True)
OUTBOX = Capabilities(max_messages=5, idempotency_seconds=FOREVER, real=False)
LOST = Act((Uncertain("no answer", "reset"),) * 5)


def test_cancelling_what_nobody_sends_withdraws_the_rest_at_once(desk) -> None:
    service = FakeService(BATCH, [Act(), Act(after=Crash())])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    assert cancel(desk.ledger, desk.lock, desk.crew, mailing)
    status = desk.status(mailing)
    assert (status.accepted, status.uncertain, status.withdrawn, status.pending) == (5, 5, 2, 0)
    assert status.state == "cancelled"
    assert status.finished


def test_a_cancelled_call_is_not_repeated_even_where_it_could_be(desk) -> None:
    service = FakeService(OUTBOX, [Act(after=Crash())])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    desk.ledger.cancel(mailing)
    status = desk.send(mailing, service)
    assert (status.uncertain, status.withdrawn) == (5, 7)
    assert len(service.calls) == 1


@pytest.mark.parametrize("blank", ["sqlite"], indirect=True)
def test_cancelling_what_is_being_sent_leaves_it_to_the_sender(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    told = []
    other = SenderLock(desk.lock._path)

    def cancel_elsewhere(batch) -> None:
        if service.calls and not told:
            told.append(cancel(desk.ledger, other, desk.crew, mailing))

    service.on_call = cancel_elsewhere
    status = desk.send(mailing, service)
    assert told == [False]
    assert (status.state, status.accepted, status.withdrawn) == ("cancelled", 5, 7)


@pytest.mark.parametrize("blank", ["sqlite"], indirect=True)
def test_another_mailing_that_is_being_sent_does_not_keep_one_from_being_cancelled(desk) -> None:
    mailing = desk.prepare(FakeService(BATCH))
    with desk.lock.hold("roads.1"):
        assert cancel(desk.ledger, SenderLock(desk.lock._path), desk.crew, mailing)
    assert desk.tally(mailing).withdrawn == 12


def test_what_is_finished_cannot_be_cancelled(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    desk.send(mailing, service)
    with pytest.raises(SendRefused, match="finished"):
        cancel(desk.ledger, desk.lock, desk.crew, desk.ledger.find("rivers"))


def test_whoever_is_in_doubt_is_listed_with_the_reason(desk) -> None:
    service = FakeService(BATCH, [LOST])
    mailing = desk.prepare(service)
    desk.send(mailing, service)
    listed = doubts(desk.ledger, mailing)
    assert [doubt.recipient.position for doubt in listed] == [1, 2, 3, 4, 5]
    assert {(doubt.code, doubt.detail) for doubt in listed} == {("no answer", "reset")}


def test_sending_again_is_another_request_and_leaves_out_who_has_left(desk) -> None:
    service = FakeService(BATCH, [LOST])
    mailing = desk.prepare(service)
    assert desk.send(mailing, service).state == "finished_uncertain"
    desk.leave(desk.address(mailing, 1))
    assert resend(desk.ledger, mailing) == 5
    status = desk.status(mailing)
    assert (status.state, status.pending, status.finished) == ("stopped", 5, None)
    status = desk.send(mailing, service)
    assert (status.accepted, status.withdrawn, status.state) == (11, 1, "finished")
    keys = [key for key, _ in service.calls]
    assert len(set(keys)) == len(keys)


def test_a_cancelled_mailing_is_not_sent_again(desk) -> None:
    service = FakeService(BATCH, [LOST])
    mailing = desk.prepare(service)
    service.on_call = lambda batch: desk.ledger.cancel(mailing) if service.calls else None
    desk.send(mailing, service)
    with pytest.raises(SendRefused, match="cancelled"):
        resend(desk.ledger, desk.ledger.find("rivers"))


def test_one_that_is_found_is_accepted_and_one_that_is_not_found_stays_in_doubt(desk) -> None:
    service = FakeService(FINDER, [Act(after=Crash())])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    desk.send(mailing, service)
    del service.messages[1:3]  # the provider does not find everybody
    found, missing = ask_provider(
        desk.ledger, mailing, service.open(), lambda position: f"rivers.1.{position}.{position:020x}"
    )
    assert (found, missing) == (3, 2)
    status = desk.status(mailing)
    assert (status.accepted, status.uncertain, status.state) == (10, 2, "finished_uncertain")
    with desk.ledger.reading() as connection:
        assert desk.ledger.receipts(connection, mailing, 1) == {"fake-1": "2026-03-02T07:00:00Z"}


def test_a_provider_without_a_look_up_is_not_asked(desk) -> None:
    mailing = desk.prepare(FakeService(BATCH))
    with pytest.raises(Unsupported, match="cannot look messages up"):
        ask_provider(desk.ledger, mailing, FakeService(BATCH).open(), str)
