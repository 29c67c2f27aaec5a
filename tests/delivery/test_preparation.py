"""The freeze: everybody who is known is a recipient or excluded for a reason."""

from __future__ import annotations

import pytest

from delivery.conftest import MIXED
from dispatch.delivery import settlement
from dispatch.delivery.preparation import prepare
from dispatch.errors import SendRefused
from dispatch.location import Location
from dispatch.providers.provider import Capabilities
from dispatch.rendering.readership import EVERYBODY, Readership
from dispatch.subscribers.segments import parse_segment
from dispatch.subscribers.sorting import Sorter
from dispatch.testing.fakes import FakeService

SERVICE = FakeService(Capabilities(max_messages=5, real=False))


def test_everybody_is_frozen_once_in_rows_of_the_providers_size(desk) -> None:
    mailing = desk.prepare(SERVICE)
    assert (mailing.name, mailing.audience, mailing.excluded) == ("rivers.1", 12, {})
    with desk.ledger.reading() as connection:
        rows = desk.ledger.rows(connection, mailing, "pending")
        people = [person for row in rows for person in desk.ledger.recipients(connection, row)]
    assert [row.positions for row in rows] == [(1, 2, 3, 4, 5), (6, 7, 8, 9, 10), (11, 12)]
    assert [person.position for person in people] == list(range(1, 13))
    assert {person.address for person in people} == {f"person{number}@example.org" for number in range(1, 13)}
    assert desk.status(mailing).state == "stopped"


def test_rows_hold_those_who_get_one_variant_and_stand_in_their_order(desk) -> None:
    assert desk.survey(SERVICE, **MIXED).readerships == {EVERYBODY: 9, Readership(("some",)): 3}
    mailing = desk.prepare(SERVICE, **MIXED)
    with desk.ledger.reading() as connection:
        rows = desk.ledger.rows(connection, mailing, "pending")
        people = {row.variant: desk.ledger.recipients(connection, row) for row in rows}
    assert [(row.variant, row.positions) for row in rows] == [
        (0, (1, 2, 3, 4, 5)),
        (0, (6, 7, 8, 9)),
        (1, (10, 11, 12)),
    ]
    some = {"person3@example.org", "person4@example.org", "person11@example.org"}
    assert {person.address for person in people[1]} == some
    assert {person.variant for person in people[1]} == {1}
    desk.fates(mailing)


def test_over_many_pages_each_variant_has_its_own(desk) -> None:
    towns = ("", "Cork", "Lagos")
    desk.join(*(f"p{number}@example.org,{towns[number % 3]}" for number in range(3_500)), header="email,town")
    segments = {town: parse_segment(f'town == "{town}"', Location("s")) for town in towns[1:]}
    readerships = tuple(Readership((town,) if town else ()) for town in towns)
    plan = {"sorter": Sorter(segments, lambda language: language), "readerships": readerships}
    mailing = desk.prepare(FakeService(Capabilities(max_messages=500, real=False)), **plan)
    desk.fates(mailing)
    with desk.ledger.reading() as connection:
        rows = desk.ledger.rows(connection, mailing, "pending")
        for row in rows:
            town = towns[row.variant]
            assert all(
                int(person.address[1:].partition("@")[0]) % 3 == towns.index(town)
                for person in desk.ledger.recipients(connection, row)
            )
        assert {number: each.audience for number, each in desk.ledger.tallies(connection, mailing).items()} == {
            0: 1167,
            1: 1167,
            2: 1166,
        }


def test_who_gets_what_nobody_got_before_stops_the_freeze(desk) -> None:
    with pytest.raises(SendRefused, match="somebody gets the blocks for `some` now"):
        desk.prepare(SERVICE, **{**MIXED, "readerships": (EVERYBODY,)})
    with desk.ledger.reading() as connection:
        assert desk.ledger.mailings(connection) == []


def test_a_large_provider_does_not_make_rows_larger_than_a_thousand(desk) -> None:
    desk.join(*(f"person{number}@example.org" for number in range(1, 1204)))
    mailing = desk.prepare(FakeService(Capabilities(max_messages=5000, real=False)))
    with desk.ledger.reading() as connection:
        rows = desk.ledger.rows(connection, mailing, "pending")
    assert [len(row.positions) for row in rows] == [1000, 203]
    assert mailing.audience == 1203


def test_every_reason_is_counted(desk) -> None:
    desk.join(
        "stays@example.org,en,",
        "other@example.org,fr,",
        "gone@example.org,en,unsubscribed",
        "unsure@example.org,en,unconfirmed",
        "bounced@example.org,en,",
        "почта@example.org,en,",
        header="email,language,status",
    )
    desk.store.suppress(desk.store.id_of("bounced@example.org"), "bounced", "postmark")
    english = parse_segment('language == "en"', Location("dispatch.yaml", 1, 1))
    plan = {"segment": english, "segment_name": "english", "rejected": 3}
    expected = {
        "bounced": 1,
        "not_in_file": 12,
        "not_in_segment": 1,
        "rejected": 3,
        "unconfirmed": 1,
        "unsubscribed": 1,
        "unsupported_address": 1,
    }
    audience = desk.survey(SERVICE, **plan)
    assert (audience.count, audience.excluded) == (1, expected)
    mailing = desk.prepare(SERVICE, **plan)
    assert (mailing.audience, mailing.excluded, mailing.segment) == (1, expected, "english")
    assert desk.address(mailing, 1) == "stays@example.org"


def test_only_the_merge_fields_of_the_issue_are_frozen(desk) -> None:
    desk.join("kim@example.org,Kim,Paris,7", header="email,first_name,city,number")
    mailing = desk.prepare(SERVICE, fields=frozenset({"first_name", "city", "unsubscribe_url", "language"}))
    with desk.ledger.reading() as connection:
        (row,) = desk.ledger.rows(connection, mailing, "pending")
        (kim,) = desk.ledger.recipients(connection, row)
    assert kim.values == {"first_name": "Kim", "city": "Paris"}
    assert kim.subscriber_id == desk.store.id_of("Kim@example.org")


def test_nobody_to_mail_is_an_error_that_says_why(desk) -> None:
    desk.join("gone@example.org,unsubscribed", header="email,status")
    with pytest.raises(SendRefused, match="Nobody would get rivers: 12 not in file, 1 unsubscribed"):
        desk.prepare(SERVICE)
    with pytest.raises(SendRefused):
        desk.survey(SERVICE)
    with desk.ledger.reading() as connection:
        assert desk.ledger.mailings(connection) == []


def test_an_issue_is_not_sent_twice_by_accident(desk) -> None:
    mailing = desk.prepare(SERVICE)
    with pytest.raises(SendRefused, match=r"0 are accepted and 12 pending") as unfinished:
        desk.prepare(SERVICE)
    assert "dispatch resume rivers.1" in str(unfinished.value)
    desk.send(mailing, SERVICE)
    with pytest.raises(SendRefused, match=r"rivers\.1, 12 are accepted and 0 pending") as finished:
        desk.survey(SERVICE)
    assert "--new-subscribers" in str(finished.value)
    assert desk.prepare(SERVICE, repetition="again").name == "rivers.2"
    assert desk.prepare(SERVICE, issue="roads").name == "roads.1"


def test_new_subscribers_only_are_those_in_no_mailing_of_the_issue(desk) -> None:
    desk.prepare(SERVICE)
    desk.prepare(SERVICE, issue="roads")
    desk.join(*(f"person{number}@example.org" for number in range(11, 15)))
    mailing = desk.prepare(SERVICE, repetition="new_subscribers")
    assert (mailing.name, mailing.audience) == ("rivers.2", 2)
    assert mailing.excluded == {"already_mailed": 2, "not_in_file": 10}
    with pytest.raises(SendRefused, match="Nobody"):
        desk.prepare(SERVICE, repetition="new_subscribers")


def test_everybody_once_more_waits_until_the_earlier_mailing_is_at_its_end(desk) -> None:
    first = desk.prepare(SERVICE, limit=3)
    with pytest.raises(SendRefused, match=r"dispatch resume rivers\.1.*dispatch cancel rivers\.1"):
        desk.prepare(SERVICE, repetition="again")
    settlement.cancel(desk.ledger, desk.lock, desk.crew, first)
    assert desk.prepare(SERVICE, repetition="again").name == "rivers.2"


def test_whoever_was_withdrawn_is_in_no_mailing_of_the_issue(desk) -> None:
    desk.join(*(f"person{number}@example.org" for number in range(1, 8)))
    first = desk.prepare(SERVICE, limit=3)
    mailed = desk.send(first, FakeService(SERVICE.capabilities)).accepted
    settlement.cancel(desk.ledger, desk.lock, desk.crew, first)
    second = desk.prepare(SERVICE, repetition="new_subscribers")
    assert (second.audience, second.excluded["already_mailed"]) == (7 - mailed, mailed)


def test_an_audience_that_has_grown_since_it_was_confirmed_is_refused(desk) -> None:
    plan = desk.plan(SERVICE)
    with pytest.raises(SendRefused, match="grown from 11 to 12"):
        prepare(desk.ledger, desk.store, plan, lambda name: b"", confirmed=11)
    with desk.ledger.reading() as connection:
        assert desk.ledger.mailings(connection) == [], "nothing is recorded"
    assert prepare(desk.ledger, desk.store, plan, lambda name: b"", confirmed=12).audience == 12


def test_a_freeze_that_fails_leaves_nothing(desk) -> None:
    class Full(Exception):
        pass

    def fail(*_: object) -> None:
        raise Full

    desk.ledger.complete = fail
    with pytest.raises(Full):
        desk.prepare(SERVICE)
    with desk.ledger.reading() as connection:
        assert desk.ledger.mailings(connection) == []
        assert desk.ledger.already_mailed(connection, "rivers", [desk.store.id_of("person1@example.org")]) == set()


def test_what_is_frozen_comes_back_the_same(desk) -> None:
    plan = desk.plan(SERVICE, commit="4f2a", clean=True, limit=3)
    mailing = prepare(desk.ledger, desk.store, plan, lambda name: f"template of {name}".encode())
    assert desk.ledger.content(mailing) == b"template of rivers.1"
    assert (mailing.commit, mailing.clean, mailing.pause_after, mailing.key_id) == ("4f2a", True, 3, "k")
    assert desk.ledger.find("rivers") == mailing
