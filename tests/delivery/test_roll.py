"""The list of who got what: everybody once, in order, with what `status` and `why` say of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from dispatch.database.schema import batch, recipient
from dispatch.delivery import roll, settlement
from dispatch.delivery.mailing import BatchState
from dispatch.errors import DatabaseTrouble
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.provider import Capabilities
from dispatch.testing.fakes import Act, FakeService

SINGLE = Capabilities(max_messages=5, lanes=1, real=False)
BATCH = Capabilities(max_messages=5, real=False)


def told(desk, mailing, *only: str) -> list[tuple]:
    """The list without what is another one in every test."""
    return [
        (fate.position, fate.state, fate.code, fate.detail, *fate.provider_ids) for fate in desk.roll(mailing, *only)
    ]


def test_everybody_with_address_answer_time_and_receipt(desk) -> None:
    answers = (Refused("550", "no such user"), Uncertain("no_answer", "reset"), Accepted("id-3"), Accepted(""))
    service = FakeService(BATCH, [Act(answers)])
    mailing = desk.prepare(service)
    desk.leave(desk.address(mailing, 12))
    desk.clock.advance(5)
    desk.send(mailing, service)
    assert told(desk, mailing) == [
        (1, "refused", "550", "no such user"),
        (2, "uncertain", "no_answer", "reset"),
        (3, "accepted", "", "", "id-3"),
        (4, "accepted", "", ""),
        *((position, "accepted", "", "", f"fake-{position}") for position in range(5, 12)),
        (12, "withdrawn", "unsubscribed", ""),
    ]
    for fate in desk.roll(mailing):
        assert fate.address == desk.address(mailing, fate.position)
        assert fate.subscriber_id == desk.store.id_of(fate.address)
        assert fate.at == "2026-03-02T07:00:05Z"


def test_nobody_is_called_before_the_freeze_has_an_end(desk) -> None:
    mailing = desk.prepare(FakeService(BATCH))
    assert told(desk, mailing) == [(position, "pending", "", "") for position in range(1, 13)]


def test_it_adds_up_in_the_middle_of_a_call_and_says_when_each_was_accepted(desk) -> None:
    service = FakeService(SINGLE, [Act(), Act((Refused("550", "no"),))])
    mailing = desk.prepare(service)
    seen = []
    begun = service.begun

    def look(*arguments) -> None:
        begun(*arguments)
        desk.clock.advance(60)
        desk.fates(mailing)  # compares it with the sums
        seen.append({fate.position: (fate.state, fate.at[11:16]) for fate in desk.roll(mailing)})

    service.begun = look
    desk.send(mailing, service)
    assert len(seen) == 12
    assert [seen[3][position] for position in (1, 2, 3, 4, 12)] == [
        ("accepted", "07:01"),
        ("refused", "07:02"),
        ("accepted", "07:03"),
        ("pending", "07:03"),
        ("pending", "07:00"),
    ]
    at_the_end = {fate.position: fate.at[11:16] for fate in desk.roll(mailing)}
    assert at_the_end[1] == "07:01", "the row was closed minutes later"


def test_rows_that_lie_in_each_other(desk) -> None:
    """Postponed, resent, refused and withdrawn ones leave their rows, which go on around them."""
    outcomes = (Accepted("a"), Postponed("450", "later"), Uncertain("no_answer", "reset"), Refused("550", "no"))
    service = FakeService(BATCH, [Act(outcomes)] * 6)
    mailing = desk.prepare(service, limit=5)
    desk.send(mailing, service)
    states = [state for _, state, *_ in told(desk, mailing)]
    assert states[:4] == ["accepted", "pending", "uncertain", "refused"]
    settlement.resend(desk.ledger, mailing)
    assert told(desk, mailing)[2] == (3, "pending", "resent", "reset")
    desk.ledger.resume(mailing)
    desk.send(mailing, service)
    desk.fates(mailing)
    settlement.resend(desk.ledger, mailing)
    settlement.cancel(desk.ledger, desk.lock, desk.crew, mailing)
    desk.fates(mailing)
    assert {"accepted", "refused", "withdrawn"} == {state for _, state, *_ in told(desk, mailing)}


def test_some_fates_only(desk) -> None:
    service = FakeService(BATCH, [Act((Refused("550", "no"), Accepted("a"), Refused("550", "no"), Accepted("b")))])
    mailing = desk.prepare(service, limit=4)
    desk.send(mailing, service)
    everybody = desk.roll(mailing)
    for state in roll.FATES:
        assert desk.roll(mailing, state) == [fate for fate in everybody if fate.state == state]
    assert desk.roll(mailing, "refused", "pending") == [f for f in everybody if f.state in {"refused", "pending"}]


def test_whoever_is_forgotten_has_no_address_and_is_not_quoted(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    address = desk.address(mailing, 2)
    service._acts = iter([Act((Accepted("x"), Refused("550", f"<{address}> is unknown")))])
    desk.send(mailing, service)
    before = desk.roll(mailing)
    desk.store.forget(address)
    after = desk.roll(mailing)
    assert after[1] == before[1]._replace(address="", detail="<(forgotten)> is unknown")
    assert [*after[:1], *after[2:]] == [*before[:1], *before[2:]]


def test_pages_show_the_same(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    service = FakeService(BATCH, [Act((Refused("550", "no"), Accepted("a"), Uncertain("no_answer", "reset")))])
    mailing = desk.prepare(service, limit=5)
    desk.send(mailing, service)
    whole = desk.roll(mailing), desk.roll(mailing, "pending")
    for size in (1, 2, 5, 11, 12, 13):
        monkeypatch.setattr(roll, "_PAGE", size)
        assert (desk.roll(mailing), desk.roll(mailing, "pending")) == whole


@pytest.mark.parametrize("table", [batch, recipient], ids=["row", "recipient"])
def test_a_ledger_that_has_lost_somebody_is_told(desk, table) -> None:
    mailing = desk.prepare(FakeService(BATCH))
    with desk.ledger.writing() as connection:
        if table is recipient:
            connection.execute(delete(recipient).where(recipient.c.position == 7))
        else:
            connection.execute(update(batch).where(batch.c["first"] == 6).values(positions="6,8-10"))
    with pytest.raises(DatabaseTrouble, match=r"position 7 of rivers\.1 is missing in the ledger"):
        desk.roll(mailing)


def test_it_is_of_one_moment(desk) -> None:
    """Whatever becomes of somebody while the list is read stands in the next one."""
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    with desk.ledger.reading() as connection:
        fates = roll.call_roll(connection, mailing)
        first = next(fates)
        with desk.ledger.writing() as other:
            for row in desk.ledger.rows(other, mailing, BatchState.PENDING):
                desk.ledger.exchange(other, row, [replace(row, state=BatchState.WITHDRAWN, code="cancelled")])
        assert {fate.state for fate in (first, *fates)} == {"pending"}
    assert {fate.state for fate in desk.roll(mailing)} == {"withdrawn"}
