"""Who may be mailed is looked up when a call is written; and one row is one call."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.errors import Unsupported
from dispatch.providers.outcome import Postponed, Refused, Uncertain
from dispatch.providers.provider import Capabilities
from dispatch.testing.fakes import Act, Crash, FakeProvider, FakeService, write_messages

BATCH = Capabilities(max_messages=5, real=False)
SINGLE = Capabilities(max_messages=5, lanes=1, real=False)
DAY = Capabilities(max_messages=5, idempotency_seconds=86400, real=False)


def test_whoever_left_after_the_freeze_is_withdrawn_with_the_reason(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    desk.leave(desk.address(mailing, 2))
    desk.store.suppress(desk.store.id_of(desk.address(mailing, 4)), "complained", "postmark webhook")
    status = desk.send(mailing, service)
    assert (status.accepted, status.withdrawn, status.state) == (10, 2, "finished")
    with desk.ledger.reading() as connection:
        reasons = {row.positions: row.code for row in desk.ledger.rows(connection, mailing, "withdrawn")}
    assert reasons == {(2,): "unsubscribed", (4,): "complained"}


def test_a_row_of_nobody_but_the_withdrawn_does_not_end_the_mailing(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    for position in (1, 2, 3, 4, 5, 11, 12):
        desk.leave(desk.address(mailing, position))
    status = desk.send(mailing, service)
    assert (status.accepted, status.withdrawn, status.state) == (5, 7, "finished")


def test_if_everybody_left_the_mailing_is_finished(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    for position in range(1, 13):
        desk.leave(desk.address(mailing, position))
    status = desk.send(mailing, service)
    assert (status.withdrawn, status.state, service.calls) == (12, "finished", [])
    assert status.finished


@pytest.mark.parametrize("capabilities", [BATCH, SINGLE], ids=["batch", "single"])
def test_whoever_leaves_between_the_claim_and_the_first_byte_is_not_mailed(desk, capabilities) -> None:
    service = FakeService(capabilities)
    mailing = desk.prepare(service)
    address = desk.address(mailing, 3)
    service.on_call = lambda batch: desk.leave(address)
    status = desk.send(mailing, service)
    assert service.taken[address] == 0
    assert (status.accepted, status.withdrawn) == (11, 1)


def test_whoever_is_forgotten_in_the_middle_is_not_mailed(desk) -> None:
    service = FakeService(SINGLE)
    mailing = desk.prepare(service)
    address = desk.address(mailing, 7)
    service.on_call = lambda batch: desk.store.forget(address)
    status = desk.send(mailing, service)
    assert service.taken[address] == 0
    assert (status.accepted, status.withdrawn) == (11, 1)


def test_whoever_cannot_be_carried_is_withdrawn_and_told_why(desk) -> None:
    service = FakeService(BATCH)

    class Picky(FakeProvider):
        def plan(self, messages):
            if any(message.position == 3 for message in messages):
                raise Unsupported("the message is too large")
            return super().plan(messages)

    def picky_personalize(people, date):
        if any(person.position == 9 for person in people):
            raise Unsupported("no header can hold the address", remedy="Ask for another.")
        return write_messages(people, date)

    service.open = lambda: Picky(service)
    mailing = desk.prepare(service)
    sender = desk.sender(mailing, service)
    sender._personalize = picky_personalize
    sender.run()
    fates = desk.fates(mailing)
    assert [position for position, fate in fates.items() if fate == "withdrawn"] == [3, 9]
    assert sum(service.taken.values()) == 10
    with desk.ledger.reading() as connection:
        rows = desk.ledger.rows(connection, mailing, "withdrawn")
    assert {(row.positions, row.code, row.detail) for row in rows} == {
        ((3,), "unsupported", "the message is too large"),
        ((9,), "unsupported", "no header can hold the address. Ask for another."),
    }


def test_a_row_that_does_not_fit_into_one_call_is_split(desk) -> None:
    service = FakeService(BATCH)

    class Narrow(FakeProvider):
        def plan(self, messages):
            return [tuple(messages[start : start + 2]) for start in range(0, len(messages), 2)]

    service.open = lambda: Narrow(service)
    mailing = desk.prepare(service)
    assert desk.send(mailing, service).accepted == 12
    assert max(len(positions) for _, positions in service.calls) == 2
    assert len({key for key, _ in service.calls}) == len(service.calls)


def test_a_lost_answer_is_repeated_with_the_same_key_and_the_same_bytes(desk) -> None:
    service = FakeService(DAY, [Act((Uncertain("no answer", "reset"),) * 5), Act(after=Crash())])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    desk.clock.advance(3600)
    status = desk.send(mailing, service)  # FakeService asserts that repeats have the same bytes, Date included
    assert (status.accepted, status.uncertain) == (12, 0)
    assert set(service.taken.values()) == {1}
    keys = [key for key, _ in service.calls]
    assert len(keys) == 5
    assert len(set(keys)) == 3


def test_a_request_is_not_repeated_once_somebody_in_it_has_left(desk) -> None:
    service = FakeService(DAY, [Act(after=Crash())])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    desk.leave(desk.address(mailing, 2))
    status = desk.send(mailing, service)
    assert (status.accepted, status.uncertain, status.withdrawn) == (7, 5, 0)
    assert len(service.calls) == 3


def test_a_request_is_not_repeated_after_the_life_of_its_key(desk) -> None:
    service = FakeService(DAY, [Act(after=Crash())])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    desk.clock.advance(80_000)
    assert desk.send(mailing, service).uncertain == 5
    assert len(service.calls) == 3


def test_a_key_that_dies_while_its_request_waits_is_not_used_again(desk) -> None:
    service = FakeService(DAY, [Act((Uncertain("no answer", "reset"),) * 5)])
    mailing = desk.prepare(service)
    service.on_call = lambda batch: desk.clock.advance(80_000 if service.calls else 0)
    status = desk.send(mailing, service)
    assert (status.accepted, status.uncertain) == (7, 5)
    assert len(service.calls) == 3


def test_a_request_that_can_no_longer_be_made_the_same_way_is_not_repeated(desk) -> None:
    service = FakeService(DAY, [Act(after=Crash())])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    sender = desk.sender(mailing, service)
    sender._personalize = lambda people, date: write_messages(people, date + timedelta(seconds=1))
    sender.run()
    assert desk.tally(mailing).uncertain == 5
    assert set(service.taken.values()) == {1}


def test_what_a_repeat_is_told_says_nothing_about_the_first_attempt(desk) -> None:
    postponed, refused = Act((Postponed("429", "too fast"),) * 5), Act((Refused("403", "no"),) * 5)
    service = FakeService(DAY, [Act(after=Crash()), postponed, Act(), Act(), refused])
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    status = desk.send(mailing, service)
    assert (status.accepted, status.refused) == (12, 0)
    assert set(service.taken.values()) == {1}
    assert len(service.calls) == 6
