"""The ledger's verbs: a row is only ever exchanged for what it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from dispatch.database.schema import mailing as mailings
from dispatch.delivery.mailing import BatchState
from dispatch.delivery.transitions import ended
from dispatch.errors import DatabaseTrouble, NotFound, Stopped
from dispatch.providers.provider import Capabilities
from dispatch.testing.fakes import FakeService

SERVICE = FakeService(Capabilities(max_messages=5, real=False))


def first_row(desk, mailing):
    with desk.ledger.reading() as connection:
        return desk.ledger.rows(connection, mailing, BatchState.PENDING)[0]


@pytest.mark.parametrize(
    "parts",
    [[(1, 2, 3, 4)], [(1, 2, 3), (3, 4, 5)], [(1, 2, 3, 4, 5, 6)], [(5, 4, 3, 2, 1)], [], [(1, 2), (4, 5)]],
)
def test_parts_that_do_not_make_up_the_row_are_not_recorded(desk, parts) -> None:
    mailing = desk.prepare(SERVICE)
    row = first_row(desk, mailing)
    with pytest.raises(AssertionError, match="do not divide"), desk.ledger.writing() as connection:
        desk.ledger.exchange(connection, row, [replace(row, positions=positions) for positions in parts])
    assert set(desk.fates(mailing).values()) == {"pending"}


def test_of_two_who_read_the_same_row_only_one_gets_further(desk) -> None:
    mailing = desk.prepare(SERVICE)
    row = first_row(desk, mailing)
    with desk.ledger.writing() as connection:
        desk.ledger.exchange(connection, row, [replace(row, state=BatchState.CLAIMED, claimed_by="process 1")])
    with pytest.raises(Stopped, match="changed by another process"), desk.ledger.writing() as connection:
        desk.ledger.exchange(connection, row, [replace(row, state=BatchState.CLAIMED, claimed_by="process 2")])
    with desk.ledger.reading() as connection:
        (claimed,) = desk.ledger.rows(connection, mailing, BatchState.CLAIMED)
    assert claimed.claimed_by == "process 1"


def test_the_last_row_that_ends_finishes_the_mailing_and_one_that_opens_again_reopens_it(desk) -> None:
    mailing = desk.prepare(SERVICE)
    with desk.ledger.reading() as connection:
        rows = desk.ledger.rows(connection, mailing, BatchState.PENDING)
    for row in rows:
        assert desk.status(mailing).finished is None
        with desk.ledger.writing() as connection:
            (uncertain,) = desk.ledger.exchange(connection, row, [ended(row, row.positions, BatchState.UNCERTAIN)])
    assert desk.status(mailing).finished
    with desk.ledger.writing() as connection:
        desk.ledger.exchange(connection, uncertain, [replace(uncertain, state=BatchState.PENDING)])
    assert desk.status(mailing).finished is None


def test_what_was_tampered_with_is_not_sent(desk) -> None:
    mailing = desk.prepare(SERVICE)
    with desk.ledger.writing() as connection:
        connection.execute(update(mailings).values(content=b"another"))
    with pytest.raises(DatabaseTrouble, match=r"frozen for rivers\.1 has changed"):
        desk.ledger.content(mailing)


def test_mailings_are_found_by_name_by_issue_and_as_the_latest(desk) -> None:
    with pytest.raises(NotFound):
        desk.ledger.latest()
    first = desk.prepare(SERVICE)
    desk.send(first, SERVICE)
    second = desk.prepare(SERVICE, repetition="again")
    other = desk.prepare(SERVICE, issue="roads")
    assert desk.ledger.find("rivers.1").id == first.id
    assert desk.ledger.find("rivers") == second
    assert desk.ledger.latest() == other
    desk.send(other, SERVICE)
    assert desk.ledger.latest(unfinished=True) == second
    with pytest.raises(NotFound, match="no mailing bridges"):
        desk.ledger.find("bridges")


def test_a_wish_keeps_the_time_of_its_first_utterance(desk) -> None:
    mailing = desk.prepare(SERVICE)
    desk.ledger.pause(mailing)
    desk.clock.advance(60)
    desk.ledger.pause(mailing)
    assert desk.ledger.find("rivers").paused_at == "2026-03-02T07:00:00Z"
    desk.ledger.resume(mailing)
    assert desk.ledger.find("rivers").paused_at is None
