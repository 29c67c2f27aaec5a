"""What is said about a mailing and about a person is true at every moment."""

from __future__ import annotations

import json

from delivery.conftest import MIXED
from dispatch.delivery.report import why
from dispatch.providers.outcome import Postponed, Refused, Uncertain
from dispatch.providers.provider import Capabilities
from dispatch.rendering.readership import Readership
from dispatch.testing.fakes import Act, FakeService

SINGLE = Capabilities(max_messages=5, lanes=1, real=False)
BATCH = Capabilities(max_messages=5, real=False)


def test_status_is_the_object_of_the_design(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service, rejected=2)
    desk.send(mailing, service)
    assert json.loads(json.dumps(desk.status(mailing).as_json())) == {
        "mailing": "rivers.1",
        "issue": "rivers",
        "state": "finished",
        "audience": 12,
        "accepted": 12,
        "refused": 0,
        "pending": 0,
        "uncertain": 0,
        "withdrawn": 0,
        "excluded": {"rejected": 2},
        "provider": "fake",
        "started": "2026-03-02T07:00:00Z",
        "finished": "2026-03-02T07:00:00Z",
        "variants": [],
    }


def test_status_adds_up_in_the_middle_of_a_call(desk) -> None:
    service = FakeService(SINGLE, [Act(), Act((Refused("550", "no"),))])
    mailing = desk.prepare(service)
    seen = []
    begun = service.begun
    service.begun = lambda *arguments: (begun(*arguments), seen.append(desk.status(mailing)))
    desk.send(mailing, service)
    for status in seen:
        assert status.state == "sending"
        assert status.audience == sum(
            (status.accepted, status.refused, status.pending, status.uncertain, status.withdrawn)
        )
    assert [status.accepted for status in seen] == [0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert [status.refused for status in seen[:4]] == [0, 0, 1, 1]


def test_why_tells_each_ones_fate_within_a_row_that_is_being_submitted(desk) -> None:
    service = FakeService(SINGLE)
    mailing = desk.prepare(service)
    seen = {}
    begun = service.begun

    def look(*arguments) -> None:
        begun(*arguments)
        if len(service.calls) == 3:
            for position in range(1, 6):
                (trace,) = why(desk.ledger, desk.store.id_of(desk.address(mailing, position)))
                seen[position] = trace.fate

    service.begun = look
    desk.send(mailing, service)
    assert seen == {1: "accepted", 2: "accepted", 3: "submitting", 4: "pending", 5: "pending"}


def test_why_gives_the_answer_the_time_and_the_receipt(desk) -> None:
    answers = (Refused("406", "inactive recipient"), Uncertain("no answer", "reset"))
    service = FakeService(BATCH, [Act(answers)])
    mailing = desk.prepare(service)
    desk.clock.advance(5)
    desk.send(mailing, service)
    refused, uncertain, accepted = (
        why(desk.ledger, desk.store.id_of(desk.address(mailing, position)))[0] for position in (1, 2, 3)
    )
    assert (refused.fate, refused.code, refused.detail) == ("refused", "406", "inactive recipient")
    assert (uncertain.fate, uncertain.detail, uncertain.provider_ids) == ("uncertain", "reset", ())
    assert (accepted.fate, accepted.provider_ids, accepted.position) == ("accepted", ("fake-3",), 3)
    assert (accepted.frozen, accepted.at) == ("2026-03-02T07:00:00Z", "2026-03-02T07:00:05Z")


def test_why_says_of_a_postponed_one_what_they_wait_for(desk) -> None:
    service = FakeService(SINGLE, [Act((Postponed("450", "greylisted", 30.0),))])
    mailing = desk.prepare(service)
    ids = [desk.store.id_of(desk.address(mailing, 1))]
    seen = []
    begun = service.begun
    service.begun = lambda *arguments: (begun(*arguments), seen.append(why(desk.ledger, ids[0])[0]))
    desk.send(mailing, service)
    assert (seen[1].fate, seen[1].code, seen[1].detail) == ("pending", "450", "greylisted")


def test_why_of_somebody_who_was_no_recipient(desk) -> None:
    desk.prepare(FakeService(BATCH))
    desk.prepare(FakeService(BATCH), issue="roads")
    everything = why(desk.ledger, desk.store.id_of("stranger@example.org"))
    assert [(trace.mailing, trace.position, trace.fate) for trace in everything] == [
        ("rivers.1", None, ""),
        ("roads.1", None, ""),
    ]
    assert [trace.mailing for trace in why(desk.ledger, "0" * 32, "roads")] == ["roads.1"]


def test_numbers_of_variants_add_up_to_those_of_the_mailing(desk) -> None:
    service = FakeService(BATCH, [Act((Refused("550", "no"), Refused("550", "no")))])
    mailing = desk.prepare(service, **MIXED)
    desk.leave("person11@example.org")
    where = desk.send(mailing, service)
    everybody, some = where.variants
    assert (everybody.segments, some.segments) == ((), ("some",))
    assert (everybody.audience, everybody.accepted, everybody.refused) == (9, 7, 2)
    assert (some.audience, some.accepted, some.withdrawn) == (3, 2, 1)
    for name in ("audience", "accepted", "refused", "pending", "uncertain", "withdrawn"):
        assert getattr(where, name) == getattr(everybody, name) + getattr(some, name)
    [trace] = why(desk.ledger, desk.store.id_of("person3@example.org"))
    assert (trace.readers, trace.variant) == (Readership(("some",)), "the blocks for `some`")
    [trace] = why(desk.ledger, desk.store.id_of("person1@example.org"))
    assert trace.variant == "the blocks for everybody"
