"""The file is membership, in one transaction, and it re-subscribes nobody."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select

from dispatch.database.database import Database
from dispatch.database.schema import subscriber, subscriber_event
from dispatch.errors import InvalidSubscribers, NotFound
from dispatch.subscribers.csv_import import SubscribersFile, open_subscribers
from dispatch.subscribers.difference import write_portion
from dispatch.subscribers.membership import add_person
from dispatch.subscribers.store import SubscriberStore
from dispatch.subscribers.subscriber import Status

KEY = b"the newsletter's oldest key"


def exclusions(store: SubscriberStore) -> dict[str, str | None]:
    return {candidate.subscriber.email: candidate.exclusion for candidate in store.by_address()}


def events(store: SubscriberStore, address: str) -> list[str]:
    return [entry.event for entry in store.history(store.id_of(address))]


def test_a_file_becomes_the_list(store: SubscriberStore, file: Path) -> None:
    file.write_text(
        "email;first_name;tags;status;city\n"
        "ann@x.example;Ann;paid,beta;;Paris\nbob@x.example;Bob;;unconfirmed;\ncid@x.example;;;unsubscribed;\n"
    )
    report = store.sync_file(file, name="subscribers.csv")
    assert (report.people, report.added, report.updated, report.unchanged, report.left) == (3, 3, 0, 0, 0)
    assert (report.unsubscribed, report.suppressed, report.rejected) == (1, 0, ())
    assert (report.encoding, report.delimiter) == ("utf-8", ";")
    assert exclusions(store) == {
        "ann@x.example": None,
        "bob@x.example": "unconfirmed",
        "cid@x.example": "unsubscribed",
    }
    ann = store.find("ANN@x.example")
    assert ann is not None
    assert (ann.first_name, ann.tags, ann.fields, ann.origin) == ("Ann", ("paid", "beta"), {"city": "Paris"}, "file")
    assert store.merge_fields() == ("email", "name", "first_name", "language", "city")
    assert store.segment_fields() >= {"tags", "status", "city"}


def test_only_what_changed_is_written_and_told(
    store: SubscriberStore, file: Path, clock: Callable[[], datetime]
) -> None:
    file.write_text("email,city\nann@x.example,Paris\nbob@x.example,Oslo\ncid@x.example,Rome\n")
    store.sync_file(file)
    clock.move()  # type: ignore[attr-defined]
    file.write_text("city,email\nLyon,ann@x.example\nOslo,bob@x.example\nBern,dan@x.example\n")
    report = store.sync_file(file)
    assert (report.added, report.updated, report.unchanged, report.left) == (1, 1, 1, 1)
    assert exclusions(store) == {
        "ann@x.example": None,
        "bob@x.example": None,
        "cid@x.example": "not_in_file",
        "dan@x.example": None,
    }
    assert events(store, "ann@x.example") == ["added"]
    assert events(store, "cid@x.example") == ["added", "left_file"]


def test_who_comes_back_is_told_and_keeps_the_history(store: SubscriberStore, file: Path) -> None:
    for people in ("ann@x.example\nbob@x.example\n", "bob@x.example\n", "bob@x.example\nann@x.example\n"):
        file.write_text(f"email\n{people}")
        report = store.sync_file(file)
    assert (report.added, report.unchanged) == (0, 2)
    assert events(store, "ann@x.example") == ["added", "left_file", "came_back"]
    assert events(store, "bob@x.example") == ["added"]
    assert exclusions(store)["ann@x.example"] is None


def test_a_new_spelling_of_an_address_is_the_same_person(store: SubscriberStore, file: Path) -> None:
    file.write_text("email\nann@x.example\n")
    store.sync_file(file)
    file.write_text("email\nAnn@X.example\n")
    assert store.sync_file(file).updated == 1
    assert exclusions(store) == {"Ann@x.example": None}


@pytest.mark.parametrize("reason", ["bounced", "manual", "unsubscribed", "complained"])
def test_no_import_brings_back_who_may_not_be_mailed(store: SubscriberStore, file: Path, reason: str) -> None:
    person = store.id_of("ann@x.example")
    store.suppress(person, reason, "a test")
    file.write_text("email,status\nann@x.example,subscribed\nbob@x.example,\n")
    report = store.sync_file(file)
    assert (report.added, report.suppressed) == (2, 1)
    assert exclusions(store) == {"ann@x.example": reason, "bob@x.example": None}
    assert store.suppressed([person, store.id_of("bob@x.example")]) == {person: reason}


def test_who_left_by_a_click_stays_away_whatever_the_file_says_later(store: SubscriberStore, file: Path) -> None:
    file.write_text("email,status\nann@x.example,subscribed\n")
    store.sync_file(file)
    assert store.unsubscribe(store.id_of("ann@x.example"), "one-click hello.1")
    for city in ("Paris", "Lyon"):
        file.write_text(f"email,status,city\nann@x.example,subscribed,{city}\n")
        report = store.sync_file(file)
        assert (report.updated, report.suppressed, report.unsubscribed) == (1, 1, 0)
        assert exclusions(store) == {"ann@x.example": "unsubscribed"}
    ann = store.find("ann@x.example")
    assert ann is not None
    assert (ann.status, ann.fields) == (Status.UNSUBSCRIBED, {"city": "Lyon"})
    assert events(store, "ann@x.example") == ["added", "unsubscribed"]


def test_a_line_that_says_unsubscribed_suppresses_even_when_it_is_mended_later(
    store: SubscriberStore, file: Path
) -> None:
    file.write_text("email,status\nann@x.example,subscribed\n")
    store.sync_file(file)
    file.write_text("email,status\nann@x.example,unsubscribed\n")
    assert store.sync_file(file, name="/home/joy/news/subscribers.csv").unsubscribed == 1
    suppression = store.suppression(store.id_of("ann@x.example"))
    assert suppression is not None
    assert (suppression.reason, suppression.source) == ("unsubscribed", "subscribers.csv:2")
    file.write_text("email,status\nann@x.example,subscribed\n")
    report = store.sync_file(file)
    assert (report.unsubscribed, report.suppressed) == (0, 1)
    assert exclusions(store) == {"ann@x.example": "unsubscribed"}
    assert events(store, "ann@x.example") == ["added", "unsubscribed"]


def test_a_line_that_says_unsubscribed_outweighs_a_bounce_and_not_a_complaint(
    store: SubscriberStore, file: Path
) -> None:
    store.suppress(store.id_of("ann@x.example"), "bounced", "a test")
    store.suppress(store.id_of("bob@x.example"), "complained", "a test")
    file.write_text("email,status\nann@x.example,unsubscribed\nbob@x.example,unsubscribed\n")
    report = store.sync_file(file)
    assert (report.unsubscribed, report.suppressed) == (1, 0)
    assert exclusions(store) == {"ann@x.example": "unsubscribed", "bob@x.example": "complained"}


def test_the_file_may_confirm_and_doubt_somebody(store: SubscriberStore, file: Path) -> None:
    for status in ("unconfirmed", "subscribed", "unconfirmed"):
        file.write_text(f"email,status\nann@x.example,{status}\n")
        store.sync_file(file)
    assert events(store, "ann@x.example") == ["added", "subscribed", "unconfirmed"]


def test_the_forgotten_are_not_stored_again(store: SubscriberStore, file: Path) -> None:
    file.write_text("email\nann@x.example\nbob@x.example\n")
    store.sync_file(file)
    assert store.forget("ann@x.example")
    # In the file as it was, and in a new one.
    for content in (
        "email\nann@x.example\nbob@x.example\n",
        "email,status\nann@x.example,unsubscribed\nbob@x.example,\n",
    ):
        file.write_text(content)
        report = store.sync_file(file)
        assert (report.people, report.added, report.left) == (2, 0, 0)
        assert exclusions(store) == {"bob@x.example": None}
    assert report.unchanged == 1


@pytest.mark.parametrize("database_url", ["sqlite:///.dispatch/dispatch.db"])
def test_a_file_that_is_in_already_is_not_written_but_its_rejected_lines_are_told(
    store: SubscriberStore, file: Path, database: Database
) -> None:
    file.write_text("email,status\nann@x.example,subscribed\nnobody,\nbob@x.example,\n")
    first = store.sync_file(file, name="people.csv")
    store.unsubscribe(store.id_of("ann@x.example"), "a test")
    with closing(sqlite3.connect(database.path)) as other:
        version = other.execute("PRAGMA data_version").fetchone()
        again = store.sync_file(file, name="people.csv")
        assert other.execute("PRAGMA data_version").fetchone() == version
    assert again.rejected == first.rejected
    assert str(again.problems()[0]).startswith("people.csv:3: 'nobody' is not an address to mail to")
    assert (again.people, again.added, again.unchanged, again.suppressed) == (2, 0, 2, 1)


def test_a_dry_run_tells_the_same_and_writes_nothing(store: SubscriberStore, file: Path) -> None:
    file.write_text("email,status\nann@x.example,\nbob@x.example,\n")
    store.sync_file(file)
    file.write_text("email,status\nann@x.example,unsubscribed\ncid@x.example,\nnobody,\n")
    before = exclusions(store)
    dry = store.sync_file(file, dry_run=True)
    assert exclusions(store) == before
    assert store.suppression(store.id_of("ann@x.example")) is None
    assert store.sync_file(file) == dry
    assert (dry.added, dry.left, dry.unsubscribed, len(dry.rejected)) == (1, 1, 1, 1)


def test_a_bad_header_and_a_missing_file_write_nothing(store: SubscriberStore, file: Path) -> None:
    file.write_text("email\nann@x.example\n")
    store.sync_file(file)
    file.write_text("name\nAnn\n")
    with pytest.raises(InvalidSubscribers):
        store.sync_file(file)
    file.unlink()
    with pytest.raises(NotFound):
        store.sync_file(file)
    assert exclusions(store) == {"ann@x.example": None}


def test_an_import_that_breaks_off_leaves_everything_as_it_was(
    store: SubscriberStore, file: Path, database: Database
) -> None:
    file.write_text("email\nann@x.example\nbob@x.example\n")
    store.sync_file(file)
    file.write_text("email\nbob@x.example\ncid@x.example\n")

    def break_off(*arguments: object) -> None:
        if str(arguments[2]).startswith("INSERT INTO setting"):  # the last step
            raise KeyboardInterrupt

    event.listen(database._writer, "before_cursor_execute", break_off)
    with pytest.raises(KeyboardInterrupt):
        store.sync_file(file)
    event.remove(database._writer, "before_cursor_execute", break_off)
    assert exclusions(store) == {"ann@x.example": None, "bob@x.example": None}
    assert store.sync_file(file).left == 1


def test_more_people_than_one_chunk(store: SubscriberStore, file: Path) -> None:
    file.write_text("email\n" + "".join(f"p{number}@x.example\n" for number in range(10_001)))
    assert store.sync_file(file).added == 10_001
    assert sum(candidate.exclusion is None for candidate in store.candidates()) == 10_001


@pytest.mark.parametrize(
    ("first", "second"), [("a@x.example", "A@X.example"), ("a@bücher.example", "a@xn--bcher-kva.example")]
)
def test_the_second_line_of_an_address_is_rejected(store: SubscriberStore, file: Path, first: str, second: str) -> None:
    file.write_text(f"email,name\n{first},One\nb@x.example,\n{second},Two\n", "utf-8")
    for report in (store.sync_file(file), store.sync_file(file)):
        (rejected,) = report.rejected
        assert (rejected.line, rejected.text) == (4, f"{second},Two")
        assert rejected.reason.endswith("stands on line 2 already")
        assert report.people == 2
    assert [candidate.subscriber.name for candidate in store.by_address()] == ["One", ""]


def rows_of(database: Database) -> list[tuple[object, ...]]:
    """What is known, without the times and numbers of its writing."""
    with database.reading() as connection:
        people = connection.execute(select(subscriber).order_by(subscriber.c.id)).all()
        events = select(subscriber_event.c.subscriber_id, subscriber_event.c.event, subscriber_event.c.detail)
        return [*map(tuple, people), *sorted(map(tuple, connection.execute(events)))]


def test_a_large_import_that_breaks_off_anywhere_is_finished_by_the_next(
    store: SubscriberStore, file: Path, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.subscribers.difference.PORTION", 7)
    before = "".join(f"p{number}@x.example,subscribed,Rome\n" for number in range(40))
    after = "".join(
        f"p{number}@x.example,{'unsubscribed' if number % 9 == 0 else 'subscribed'},Oslo\n" for number in range(20, 60)
    )
    with closing(Database.open("sqlite:///whole.db", folder=tmp_path)) as other:
        whole = SubscriberStore(other, lambda: datetime(2026, 3, 2, 18, 0, tzinfo=UTC), KEY)
        for content in (before, after):
            file.write_text(f"email,status,city\n{content}")
            whole.sync_file(file)
        expected = rows_of(other)
    file.write_text(f"email,status,city\n{before}")
    store.sync_file(file)
    file.write_text(f"email,status,city\n{after}")
    breaks = 0
    while True:  # each attempt gets one commit further than the one before
        passed = 0

        def break_later(_connection: object, limit: int = 1 + breaks) -> None:
            nonlocal passed
            passed += 1
            if passed == limit:
                raise KeyboardInterrupt

        event.listen(database._writer, "commit", break_later)
        try:
            store.sync_file(file)
        except KeyboardInterrupt:
            breaks += 1
            continue
        finally:
            event.remove(database._writer, "commit", break_later)
        break
    assert breaks > (0 if database.several_senders else 2)  # PostgreSQL takes one transaction
    assert rows_of(database) == expected


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_waits_for_the_end_of_a_large_import_to_leave(
    store: SubscriberStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large list takes minutes, and who waits longer than lock_timeout has not left."""
    monkeypatch.setattr("dispatch.subscribers.difference.PORTION", 7)
    file.write_text("email\n" + "".join(f"p{number}@x.example\n" for number in range(40)))
    store.sync_file(file)
    leaving = [
        threading.Thread(target=store.unsubscribe, args=(store.id_of(f"p{n}@x.example"), "link")) for n in (1, 2)
    ]
    have_left = []

    def write_and_leave(*arguments: object, **options: object) -> None:
        write_portion(*arguments, **options)
        if leaving and store.candidate("p50@x.example") is None:  # nothing of it is to be seen yet
            leaving[-1].start()
            leaving[-1].join(10)
            have_left.append(not leaving.pop().is_alive())

    monkeypatch.setattr("dispatch.subscribers.file_sync.write_portion", write_and_leave)
    file.write_text("email\n" + "".join(f"p{number}@x.example\n" for number in range(80)))
    assert store.sync_file(file).added == 40
    assert have_left == [True, True]
    assert {store.candidate(f"p{n}@x.example").exclusion for n in (1, 2)} == {"unsubscribed"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_who_is_forgotten_while_an_import_adds_them_is_not_known_afterwards(
    store: SubscriberStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("email\nann@x.example\nbob@x.example\n")
    forgetting = threading.Thread(target=store.forget, args=("ann@x.example",))

    def write_and_forget(*arguments: object, **options: object) -> None:
        write_portion(*arguments, **options)
        forgetting.start()
        forgetting.join(0.5)

    monkeypatch.setattr("dispatch.subscribers.file_sync.write_portion", write_and_forget)
    store.sync_file(file)
    forgetting.join(30)
    assert store.find("ann@x.example") is None
    assert store.find("bob@x.example")


def test_a_file_that_was_replaced_meanwhile_is_not_brought_in_over_the_one_in_its_place(
    store: SubscriberStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when two add somebody at once: one has opened the file, and the other writes a new one and brings it in."""
    file.write_text("email\nann@x.example\n")

    @contextmanager
    def open_and_be_late(path: Path, name: str = "") -> Iterator[SubscribersFile]:
        monkeypatch.undo()
        with open_subscribers(path, name) as old:
            add_person(store, path, "bob@x.example", {})
            yield old

    monkeypatch.setattr("dispatch.subscribers.store.open_subscribers", open_and_be_late)
    assert store.sync_file(file).people == 2
    assert exclusions(store) == {"ann@x.example": None, "bob@x.example": None}
