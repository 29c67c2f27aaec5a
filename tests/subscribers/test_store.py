"""Who is known, who may be mailed, and that a suppression wins in whatever order things happen."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import delete, insert, select

from dispatch.database.database import Database
from dispatch.database.schema import batch, mailing, receipt, recipient
from dispatch.errors import DatabaseTrouble, InvalidAddress
from dispatch.subscribers.store import SubscriberStore
from dispatch.subscribers.subscriber import Reason, Subscriber

KEY = b"the newsletter's oldest key"


def now() -> datetime:
    return datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def fill(store: SubscriberStore, file: Path, content: str) -> None:
    file.write_text(content)
    store.sync_file(file)


def test_candidates_come_in_order_of_id_and_the_list_in_order_of_address(store: SubscriberStore, file: Path) -> None:
    fill(store, file, "email\n" + "".join(f"p{number}@x.example\n" for number in range(50)))
    ids = [candidate.subscriber.id for candidate in store.candidates()]
    assert len(ids) == 50
    assert ids == sorted(ids)
    addresses = [candidate.subscriber.email for candidate in store.by_address()]
    assert addresses == sorted(addresses)


def test_candidates_may_be_read_within_a_transaction_that_writes(
    store: SubscriberStore, file: Path, database: Database
) -> None:
    fill(store, file, "email\n" + "".join(f"p{number}@x.example\n" for number in range(2_500)))
    with database.writing() as connection:
        for number, candidate in enumerate(store.candidates(connection)):
            store.suppressed([candidate.subscriber.id], connection)
            if number % 500 == 0:
                connection.execute(insert(mailing).values(mailing_row(number)))
    assert number == 2_499


def test_finding_somebody_asks_in_any_spelling(store: SubscriberStore, file: Path) -> None:
    fill(store, file, "email,first_name\nann@bücher.example,Ann\n")
    found = store.find(" ANN@xn--bcher-kva.example")
    assert isinstance(found, Subscriber)
    assert found.first_name == "Ann"
    assert store.find("bob@x.example") is None
    with pytest.raises(InvalidAddress):
        store.find("bob")


def test_leaving_is_recorded_once_for_somebody_and_for_nobody(store: SubscriberStore, file: Path) -> None:
    fill(store, file, "email\nann@x.example\n")
    for address in ("ann@x.example", "stranger@x.example"):
        person = store.id_of(address)
        assert store.suppressed([person]) == {}
        assert store.unsubscribe(person, "one-click hello.1")
        assert not store.unsubscribe(person, "one-click hello.2")
        assert store.suppressed([person]) == {person: "unsubscribed"}
        assert [entry.event for entry in store.history(person)][-1:] == ["unsubscribed"]
        suppression = store.suppression(person)
        assert suppression is not None
        assert suppression.source == "one-click hello.1"
        assert suppression.since == "2026-03-02T18:00:00Z"


def test_a_stronger_reason_takes_the_place_of_a_weaker_one(store: SubscriberStore) -> None:
    person = store.id_of("ann@x.example")
    changes = [
        store.suppress(person, reason, "a test") for reason in ("manual", "bounced", "complained", "unsubscribed")
    ]
    assert changes == [True, False, True, False]
    assert store.suppressed([person]) == {person: "complained"}
    with pytest.raises(ValueError, match="bored"):
        store.suppress(person, "bored", "a test")


def test_leaving_after_a_complaint_changes_the_subscriber_still(store: SubscriberStore, file: Path) -> None:
    fill(store, file, "email\nann@x.example\n")
    person = store.id_of("ann@x.example")
    store.suppress(person, "complained", "a test")
    assert store.unsubscribe(person, "one-click")
    assert not store.unsubscribe(person, "one-click")
    found = store.find("ann@x.example")
    assert found is not None
    assert found.status == "unsubscribed"


def test_a_hundred_clicks_at_once_are_one_change(store: SubscriberStore, file: Path) -> None:
    fill(store, file, "email\nann@x.example\n")
    person = store.id_of("ann@x.example")
    changes: list[bool] = []
    threads = [
        threading.Thread(target=lambda: changes.append(store.unsubscribe(person, "one-click"))) for _ in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(changes) == [False] * 99 + [True]
    assert [entry.event for entry in store.history(person)] == ["added", "unsubscribed"]


def test_more_people_may_be_asked_for_than_sqlite_takes_parameters(store: SubscriberStore) -> None:
    ids = [f"{number:032x}" for number in range(40_000)]
    store.suppress(ids[-1], "manual", "a test")
    assert store.suppressed(ids) == {ids[-1]: "manual"}


def test_a_database_belongs_to_one_oldest_key(store: SubscriberStore, database: Database) -> None:
    SubscriberStore(database, now, KEY)
    with pytest.raises(DatabaseTrouble) as caught:
        SubscriberStore(database, now, b"another key")
    assert "back as the last of `keys:`" in caught.value.problems[0].remedy
    assert "another key" not in str(caught.value)


# --- forgetting ---------------------------------------------------------------------------------


def mailing_row(number: int) -> dict[str, object]:
    return {
        "id": number + 1,
        "name": f"hello.{number}",
        "issue": "hello",
        "number": number,
        "nonce": "n",
        "created_at": "",
        "provider": "outbox",
        "audience": 1,
        "excluded": {},
        "content": b"",
        "content_sha256": "",
        "key_id": "",
    }


@pytest.mark.parametrize("database_url", ["sqlite:///.dispatch/dispatch.db"])
def test_the_forgotten_leave_no_trace_of_their_address_in_any_file(
    store: SubscriberStore, file: Path, database: Database, tmp_path: Path
) -> None:
    fill(store, file, "email,first_name,city\nann.secret@x.example,Annsecret,Secretville\nbob@x.example,Bob,\n")
    person, other = store.id_of("ann.secret@x.example"), store.id_of("bob@x.example")
    store.suppress(person, "bounced", "hello.1: <ann.secret@x.example> is unknown", "ann.secret@x.example")
    with database.writing() as connection:
        connection.execute(insert(mailing).values(mailing_row(0)))
        for position, (id_, address) in enumerate(
            [(person, "ann.secret@x.example"), (other, "bob@x.example")], start=1
        ):
            connection.execute(
                insert(recipient).values(
                    mailing_id=1,
                    position=position,
                    subscriber_id=id_,
                    address=address,
                    name="Annsecret",
                    values={"city": "Secretville"},
                )
            )
        connection.execute(
            insert(batch).values(
                mailing_id=1, first=1, last=1, positions="1", count=1, state="refused", updated_at="",
                code="550", detail="no such user: ann.secret@x.example",
            )
        )  # fmt: skip
        for position, address in enumerate(["ann.secret@x.example", "joann.secret@x.example"], start=1):
            connection.execute(
                insert(receipt).values(mailing_id=1, position=position, provider_id=f"{position}-{address}", at="")
            )
    assert store.forget("Ann.Secret@x.example")
    with database.writing() as connection:
        ids = connection.execute(select(receipt.c.provider_id).order_by(receipt.c.position)).scalars().all()
        assert ids == ["1-(forgotten)", "2-joann.secret@x.example"]
        connection.execute(delete(receipt))
    database.empty_log()

    assert store.find("ann.secret@x.example") is None
    assert store.suppressed([person]) == {person: "forgotten"}
    assert [(entry.event, entry.detail) for entry in store.history(person)] == [
        ("added", ""),
        ("bounced", ""),
        ("forgotten", "forget"),
    ]
    with database.reading() as connection:
        rows = connection.execute(
            select(recipient.c.address, recipient.c.name, recipient.c["values"]).order_by(recipient.c.position)
        ).all()
        assert [tuple(row) for row in rows] == [("", "", {}), ("bob@x.example", "Annsecret", {"city": "Secretville"})]
        assert connection.execute(select(batch.c.detail)).scalar() == "no such user: (forgotten)"
    for path in (tmp_path / ".dispatch").iterdir():
        content = path.read_bytes().lower()
        assert b"ann.secret" not in content, path
    assert store.find("bob@x.example") is not None


def test_forgetting_a_stranger_bars_them_too(store: SubscriberStore, file: Path) -> None:
    assert not store.forget("ann@x.example")
    fill(store, file, "email\nann@x.example\n")
    assert list(store.by_address()) == []
    assert not store.unsubscribe(store.id_of("ann@x.example"), "one-click")


# --- in whatever order --------------------------------------------------------------------------

ADDRESSES = ["ann@x.example", "Bob@x.example", "cid@bücher.example"]
addresses = st.sampled_from(ADDRESSES)


class SuppressionWins(RuleBasedStateMachine):
    """Import, leave, suppress, forget and edit in any order; compared with a model that is a few sets."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "subscribers.csv"
        self.database = Database.open("sqlite:///.dispatch/dispatch.db", folder=Path(self.folder.name))
        self.store = SubscriberStore(self.database, now, KEY)
        self.reasons: dict[str, Reason] = {}
        self.known: dict[str, str] = {}  # address to the status that the file gave last
        self.in_file: set[str] = set()

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def bar(self, address: str, reason: Reason) -> None:
        if address not in self.reasons or reason.outweighs(self.reasons[address]):
            self.reasons[address] = reason

    @rule(people=st.dictionaries(addresses, st.sampled_from(["", "subscribed", "unconfirmed", "unsubscribed"])))
    def import_a_file(self, people: dict[str, str]) -> None:
        lines = "".join(f"{address.swapcase()},{status}\n" for address, status in people.items())
        self.path.write_text(f"email,status\n{lines}", "utf-8")
        self.store.sync_file(self.path)
        self.in_file = set(people)
        for address, status in people.items():
            if status == "unsubscribed":
                self.bar(address, Reason.UNSUBSCRIBED)
            if self.reasons.get(address) is not Reason.FORGOTTEN:
                self.known[address] = status or "subscribed"

    @rule(address=addresses)
    def leave(self, address: str) -> None:
        self.store.unsubscribe(self.store.id_of(address), "a test")
        self.bar(address, Reason.UNSUBSCRIBED)

    @rule(address=addresses, reason=st.sampled_from([Reason.BOUNCED, Reason.MANUAL, Reason.COMPLAINED]))
    def suppress(self, address: str, reason: Reason) -> None:
        self.store.suppress(self.store.id_of(address), reason, "a test")
        self.bar(address, reason)

    @rule(address=addresses)
    def forget(self, address: str) -> None:
        self.store.forget(address)
        self.bar(address, Reason.FORGOTTEN)
        self.known.pop(address, None)

    @rule()
    def open_again(self) -> None:
        self.database.close()
        self.database = Database.open("sqlite:///.dispatch/dispatch.db", folder=Path(self.folder.name))
        self.store = SubscriberStore(self.database, now, KEY)

    @invariant()
    def who_may_not_be_mailed_is_not_mailed(self) -> None:
        found = {self.store.id_of(c.subscriber.email): c.exclusion for c in self.store.candidates()}
        assert found == {self.store.id_of(address): self.exclusion(address) for address in self.known}
        barred = self.store.suppressed([self.store.id_of(address) for address in ADDRESSES])
        for address in ADDRESSES:
            person = self.store.id_of(address)
            assert barred.get(person) == self.exclusion(address)

    def exclusion(self, address: str) -> str | None:
        if address in self.reasons:
            return self.reasons[address]
        if self.known.get(address) == "unconfirmed":
            return "unconfirmed"
        return "not_in_file" if address in self.known and address not in self.in_file else None


SuppressionWins.TestCase.settings = settings(stateful_step_count=12)
test_suppression_wins = SuppressionWins.TestCase
