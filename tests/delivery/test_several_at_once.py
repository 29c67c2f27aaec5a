"""Where several processes send from one PostgreSQL: each row goes to one of them, and what they do together adds up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import update

from dispatch.database.database import Database
from dispatch.database.news import tell_news
from dispatch.database.schema import mailing as mailings
from dispatch.database.schema import worker
from dispatch.delivery.crew import Crew
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import BatchState, Mailing
from dispatch.delivery.recovery import recover
from dispatch.delivery.transitions import ended
from dispatch.errors import Fenced, SendRefused
from dispatch.providers.provider import Capabilities
from dispatch.testing.fakes import FakeService

CAPABILITIES = Capabilities(max_messages=5, real=False)

pytestmark = pytest.mark.parametrize("blank", ["postgresql"], indirect=True)


def at_once(*acts: Callable[[], object]) -> list[BaseException | None]:
    """Run each in a thread of its own; what each raised."""
    raised: list[BaseException | None] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        start.wait(30)
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - handed on
            raised[number] = error

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return raised


def note_wish(ledger: Ledger, mailing: Mailing, wish: str) -> None:
    """Past the group commit, whose thread is the one that is interrupted."""
    at = "2026-03-02T07:00:00Z"
    column = {"pause": "paused_at", "cancel": "cancelled_at"}[wish]
    with ledger.writing() as connection:
        connection.execute(update(mailings).where(mailings.c.id == mailing.id).values({column: at}))
        tell_news(connection)


def test_of_two_who_send_one_issue_at_once_one_makes_a_mailing(desk) -> None:
    service = FakeService(CAPABILITIES)
    raised = at_once(*[lambda: desk.prepare(service)] * 2)
    assert sorted(type(error).__name__ for error in raised) == ["NoneType", "SendRefused"]
    (refused,) = [error for error in raised if error]
    assert isinstance(refused, SendRefused)
    assert "has a mailing already: of 12 recipients of rivers.1" in str(refused)


def test_a_row_that_somebody_is_taking_is_passed_over(desk) -> None:
    mailing = desk.prepare(FakeService(CAPABILITIES))
    with desk.ledger.writing() as one:
        first = desk.ledger.next_row(one, mailing, desk.clock())
        taken = []

        def take() -> None:
            with desk.ledger.writing() as other:
                taken.append(desk.ledger.next_row(other, mailing, desk.clock()))

        assert at_once(take) == [None]
    assert (first.positions, taken[0].positions) == ((1, 2, 3, 4, 5), (6, 7, 8, 9, 10))


def test_a_row_that_somebody_is_taking_is_waited_for_at_the_end(desk) -> None:
    service = FakeService(CAPABILITIES)
    mailing = desk.prepare(service)
    running = threading.Thread(target=desk.sender(mailing, service, stop=threading.Event()).run)
    with desk.ledger.writing() as other:
        desk.ledger.next_row(other, mailing, desk.clock())
        running.start()
        running.join(2)
        assert running.is_alive()
    running.join(30)  # the other has died instead
    assert desk.status(mailing).accepted == 12


def test_two_who_close_the_last_two_rows_at_once_leave_a_finished_mailing(desk) -> None:
    mailing = desk.prepare(FakeService(CAPABILITIES))
    with desk.ledger.writing() as connection:
        *rows, last = desk.ledger.rows(connection, mailing, BatchState.PENDING)
        desk.ledger.exchange(connection, last, [ended(last, last.positions, BatchState.ACCEPTED)])
    closed = threading.Barrier(2)

    def close(row) -> None:
        with desk.ledger.writing() as connection:
            desk.ledger.exchange(connection, row, [ended(row, row.positions, BatchState.ACCEPTED)])
            closed.wait(30)  # neither has committed yet
        desk.ledger.note_end(mailing)

    assert at_once(*(lambda row=row: close(row) for row in rows)) == [None, None]
    status = desk.status(mailing)
    assert (status.state, status.accepted) == ("finished", 12)
    assert status.finished


def test_a_limit_holds_for_all_processes_together(desk) -> None:
    service = FakeService(CAPABILITIES)
    mailing = desk.prepare(service, limit=7)
    senders = [desk.sender(mailing, service, concurrency=2) for _ in range(3)]
    for sender in senders:
        sender._crew = Crew(desk.database)  # as another process has
    assert at_once(*(sender.run for sender in senders)) == [None] * 3
    assert sum(service.taken.values()) == 7
    assert desk.status(mailing).state == "paused"


def test_several_who_send_share_the_audience(desk) -> None:
    desk.join(*(f"person{number}@example.org" for number in range(1, 201)))
    service = FakeService(CAPABILITIES)
    mailing = desk.prepare(service)
    url = desk.database._writer.url.render_as_string(hide_password=False)
    with closing(Database.open(url.replace("+psycopg", ""), folder=desk.folder)) as elsewhere:
        other = desk.sender(mailing, service, concurrency=2)
        other._ledger = Ledger(elsewhere, desk.clock)
        other._crew = Crew(elsewhere)
        assert at_once(desk.sender(mailing, service, concurrency=2).run, other.run) == [None, None]
    assert set(service.taken.values()) == {1}
    assert len(service.taken) == 200
    assert desk.status(mailing).state == "finished"


def test_two_who_start_at_once_put_the_dead_ones_rows_in_order_once(desk) -> None:
    service = FakeService(CAPABILITIES)
    mailing = desk.prepare(service)
    with desk.ledger.writing() as connection:
        row = desk.ledger.next_row(connection, mailing, desk.clock())
        desk.ledger.exchange(connection, row, [replace(row, state=BatchState.CLAIMED, claimed_by="gone#1")])
    crews = [Crew(desk.database) for _ in range(2)]
    raised = at_once(
        *(lambda crew=crew: recover(desk.ledger, crew, mailing, CAPABILITIES, desk.clock()) for crew in crews)
    )
    assert raised == [None, None]
    assert set(desk.fates(mailing).values()) == {"pending"}


def test_who_was_stopped_past_the_lease_is_fenced_off(desk) -> None:
    mailing = desk.prepare(FakeService(CAPABILITIES))
    with desk.ledger.writing() as connection:
        row = desk.ledger.next_row(connection, mailing, desk.clock())
        (taken_over,) = desk.ledger.exchange(connection, row, [row])
    with pytest.raises(Fenced), desk.ledger.writing() as connection:
        desk.ledger.exchange(connection, row, [ended(row, row.positions, BatchState.ACCEPTED)])
    assert taken_over.version == row.version + 1


def test_a_hundred_who_leave_at_once_by_several_connections_are_one_change(desk) -> None:
    person = desk.store.id_of("person1@example.org")
    changed: list[bool] = []
    raised = at_once(*[lambda: changed.append(desk.store.unsubscribe(person, "one-click"))] * 20)
    assert raised == [None] * 20
    assert changed.count(True) == 1
    assert [entry.event for entry in desk.store.history(person)] == ["added", "unsubscribed"]


@pytest.mark.parametrize("wish", ["pause", "cancel"])
def test_a_wish_in_the_midst_of_a_claim_is_heeded_before_its_call(desk, wish: str) -> None:
    service = FakeService(CAPABILITIES)
    mailing = desk.prepare(service)
    operator = Ledger(desk.database, desk.clock)
    refreshed = desk.ledger.refreshed
    wishes = [lambda: note_wish(operator, mailing, wish)]

    def read_and_wish(connection, of):
        found = refreshed(connection, of)
        while wishes:
            assert at_once(wishes.pop()) == [None]
        return found

    desk.ledger.refreshed = read_and_wish
    desk.sender(mailing, service).run()
    assert not service.taken
    assert set(desk.fates(mailing).values()) == {"pending" if wish == "pause" else "withdrawn"}


@pytest.mark.parametrize("trouble", ["a beat fails", "other threads wait for a lock"])
def test_a_process_that_lives_keeps_its_lease(desk, monkeypatch: pytest.MonkeyPatch, trouble: str) -> None:
    """Or others would take its rows over, and what it is handing over would be in doubt."""
    monkeypatch.setattr("dispatch.delivery.crew._HEARTBEAT", 0.05)
    monkeypatch.setattr("dispatch.database.postgresql.LOCK_SECONDS", 1 if trouble == "a beat fails" else 30)
    mailing = desk.prepare(FakeService(CAPABILITIES))
    url = desk.database._writer.url.render_as_string(hide_password=False).replace("+psycopg", "")
    over = threading.Event()
    with closing(Database.open(url, folder=desk.folder)) as ours:
        crew = Crew(ours)
        with crew.enlisted(mailing):
            waiting = threading.Thread(target=ours.together, args=(lambda connection: over.wait(30),))
            if trouble == "other threads wait for a lock":
                waiting.start()
            with desk.ledger.writing() as other:
                other.execute(update(worker).values(alive_until=0.0))
                time.sleep(1.5 if trouble == "a beat fails" else 0)
            time.sleep(0.5)
            with desk.ledger.reading() as connection:
                lives = crew.sends(connection, mailing)
            over.set()
            if waiting.ident:
                waiting.join()
    assert lives
