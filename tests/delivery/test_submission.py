"""One call: intent before bytes, answers after them, and providers that cannot count."""

from __future__ import annotations

import pytest

from dispatch.errors import DatabaseTrouble, Stopped
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.provider import FOREVER, Capabilities
from dispatch.testing.fakes import Act, Crash, FakeProvider, FakeService

BATCH = Capabilities(max_messages=5, real=False)
SINGLE = Capabilities(max_messages=5, lanes=1, real=False)
THREE = Capabilities(max_messages=5, lanes=3, real=False)
IDEMPOTENT = Capabilities(max_messages=5, idempotency_seconds=FOREVER, real=False)


def submitting(desk, mailing):
    with desk.ledger.reading() as connection:
        return desk.ledger.rows(connection, mailing, "submitting")


def test_the_intent_is_on_record_before_bytes_leave(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    seen = []
    begun = service.begun
    service.begun = lambda *arguments: (begun(*arguments), seen.append(submitting(desk, mailing)))
    desk.send(mailing, service)
    (row,) = seen[0]
    assert (row.positions, row.begun, row.done) == ((1, 2, 3, 4, 5), 5, 0)
    assert row.request_sha256
    assert row.submitted_at == desk.clock()


def test_one_by_one_only_one_message_is_ever_in_doubt(desk) -> None:
    service = FakeService(SINGLE, [Act(), Act((Refused("550", "no"),))])
    mailing = desk.prepare(service)
    seen = []
    begun = service.begun
    service.begun = lambda *arguments: (begun(*arguments), seen.extend(submitting(desk, mailing)))
    desk.send(mailing, service)
    assert [(row.accepted, row.in_doubt) for row in seen[:4]] == [
        ((), (1,)),
        ((1,), (2,)),
        ((1,), (3,)),
        ((1, 3), (4,)),
    ]
    assert all(len(row.in_doubt) == 1 for row in seen)


def test_with_lanes_only_a_round_is_ever_in_doubt(desk) -> None:
    service = FakeService(THREE, [Act(), Act((Accepted("2-1"), Refused("550", "no")))])
    mailing = desk.prepare(service)
    seen = []
    begun = service.begun
    service.begun = lambda *arguments: (begun(*arguments), seen.extend(submitting(desk, mailing)))
    desk.send(mailing, service, concurrency=3)
    assert [positions for _, positions in service.calls] == [(1, 2, 3), (4, 5), (6, 7, 8), (9, 10), (11, 12)]
    assert [(row.accepted, row.in_doubt) for row in seen] == [
        ((), (1, 2, 3)),
        ((1, 2, 3), (4, 5)),
        ((), (6, 7, 8)),
        ((6, 7, 8), (9, 10)),
        ((), (11, 12)),
    ]
    assert [position for position, fate in desk.fates(mailing).items() if fate != "accepted"] == [5]


def test_after_an_answer_that_is_no_acceptance_a_round_goes_on(desk) -> None:
    service = FakeService(THREE, [Act((Accepted("1"), Postponed("450", "later"), Uncertain("no answer", "reset")))])
    mailing = desk.prepare(service)
    status = desk.send(mailing, service, concurrency=3)
    assert [positions for _, positions in service.calls][:2] == [(1, 2, 3), (4, 5)]
    assert (status.accepted, status.uncertain) == (11, 1)
    assert desk.fates(mailing)[3] == "uncertain"


@pytest.mark.parametrize("counts", [(2, 2), (4,)])
def test_a_provider_that_has_more_under_way_than_it_may_is_stopped(desk, counts: tuple[int, ...]) -> None:
    service = FakeService(THREE)

    class Hasty(FakeProvider):
        def submit(self, batch, begin):
            for count in counts:
                begin(count)
            yield from [Accepted("id")] * sum(counts)

    service.open = lambda: Hasty(service)
    mailing = desk.prepare(service)
    with pytest.raises(Stopped, match="failed in a way it should not"):
        desk.send(mailing, service, concurrency=3)
    assert desk.tally(mailing).uncertain == (2 if len(counts) > 1 else 0)


def test_every_acceptance_has_a_receipt(desk) -> None:
    service = FakeService(SINGLE, [Act(), Act((Refused("550", "no"),))])
    mailing = desk.prepare(service)
    desk.send(mailing, service)
    with desk.ledger.reading() as connection:
        assert desk.ledger.receipts(connection, mailing, 1) == {"fake-1": "2026-03-02T07:00:00Z"}
        assert desk.ledger.receipts(connection, mailing, 2) == {}
        assert desk.ledger.receipts(connection, mailing, 12) == {"fake-12": "2026-03-02T07:00:00Z"}


def test_missing_answers_are_uncertain(desk) -> None:
    service = FakeService(BATCH, [Act(answers=-2)])
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    assert (status.accepted, status.uncertain) == (10, 2)
    assert [position for position, fate in desk.fates(mailing).items() if fate == "uncertain"] == [4, 5]


def test_too_many_answers_make_the_whole_call_uncertain_and_stop(desk) -> None:
    service = FakeService(BATCH, [Act(answers=1)])
    mailing = desk.prepare(service)
    with pytest.raises(Stopped, match="more answers than there were messages"):
        desk.send(mailing, service)
    assert (desk.tally(mailing).uncertain, desk.tally(mailing).pending) == (5, 7)


def test_an_acceptance_of_what_had_not_begun_is_not_believed(desk) -> None:
    service = FakeService(SINGLE, [Act(), Act(answers=1)])
    mailing = desk.prepare(service)
    with pytest.raises(Stopped):
        desk.send(mailing, service)
    fates = desk.fates(mailing)
    assert (fates[1], fates[2], fates[3], fates[4]) == ("accepted", "uncertain", "uncertain", "pending")


def test_a_skipped_answer_is_not_taken_for_the_one_before(desk) -> None:
    service = FakeService(SINGLE, [Act(answers=-1), Act((Refused("550", "no"),))])
    mailing = desk.prepare(service)
    with pytest.raises(Stopped, match="failed in a way it should not"):
        desk.send(mailing, service)
    assert desk.fates(mailing)[1] == "uncertain"
    assert desk.tally(mailing).pending == 11


def test_what_is_refused_before_it_began_needs_no_intent(desk) -> None:
    service = FakeService(SINGLE)

    class Choosy(FakeProvider):
        def submit(self, batch, begin):
            for message in batch.messages:
                if message.position % 2:
                    yield Refused("550 to RCPT", "no such user")
                elif message.position % 3 == 0 and self.service.taken[message.envelope.rcpt_to] == 0:
                    begin(1)
                    self.service.take(batch, message)
                    yield Accepted("id")
                else:
                    yield Postponed("450 to RCPT", "later") if message.position == 2 else Refused("551", "moved")

    service.open = lambda: Choosy(service)
    mailing = desk.prepare(service)
    with pytest.raises(Stopped):
        desk.send(mailing, service)
    fates = desk.fates(mailing)
    assert [position for position, fate in fates.items() if fate == "accepted"] == [6, 12]
    assert fates[2] == "pending"
    assert list(fates.values()).count("refused") == 9


def test_answers_are_saved_before_a_wait(desk) -> None:
    service = FakeService(SINGLE)
    mailing = desk.prepare(service)
    seen = []
    sender = desk.sender(mailing, service, rate=1.0)
    wait = sender._stop.wait
    sender._stop.wait = lambda seconds: (seen.append(desk.tally(mailing).accepted), wait(seconds))[1]
    sender.run()
    assert sorted(set(seen)) == list(range(1, 12))


def test_a_database_that_fails_stops_before_the_next_message(desk) -> None:
    service = FakeService(SINGLE)
    mailing = desk.prepare(service)
    advance = desk.ledger.advance

    def full_disk(step):
        if step.begun == 3:
            raise DatabaseTrouble("the disk is full", remedy="Make room.")
        return advance(step)

    desk.ledger.advance = full_disk
    with pytest.raises(Stopped, match="the disk is full"):
        desk.send(mailing, service)
    desk.ledger.advance = advance
    assert sum(service.taken.values()) == 2
    assert desk.tally(mailing).accepted == 2
    assert desk.send(mailing, service).accepted == 12


def test_an_uncertain_answer_to_a_whole_idempotent_call_is_asked_again(desk) -> None:
    service = FakeService(IDEMPOTENT, [Act((Uncertain("500", "oops"),) * 5, takes=False)])
    mailing = desk.prepare(service)
    assert desk.send(mailing, service).accepted == 12
    assert service.calls[0] in service.calls[1:]


def test_a_part_of_an_idempotent_call_is_not_asked_again(desk) -> None:
    service = FakeService(IDEMPOTENT, [Act((Accepted("a"), Uncertain("500", "oops")))])
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    assert (status.accepted, status.uncertain) == (11, 1)


def test_a_call_that_begins_in_two_steps_is_in_doubt_as_a_whole(desk) -> None:
    service = FakeService(BATCH)

    class TwoSteps(FakeProvider):
        def submit(self, batch, begin):
            begin(2)
            begin(3)
            raise Crash
            yield

    service.open = lambda: TwoSteps(service)
    mailing = desk.prepare(service)
    with pytest.raises(Crash):
        desk.send(mailing, service)
    (row,) = submitting(desk, mailing)
    assert row.in_doubt == (1, 2, 3, 4, 5)


@pytest.mark.parametrize("capabilities", [BATCH, SINGLE], ids=["batch", "single"])
def test_whom_the_provider_does_not_mail_any_more_is_suppressed_here_too(desk, capabilities) -> None:
    refused = Refused("406", "inactive: a spam complaint", suppress="complained")
    acts = [Act((Accepted("1"), refused, Refused("300", "too long")))] if capabilities is BATCH else []
    acts = acts or [Act(), Act((refused,)), Act((Refused("300", "too long"),))]
    service = FakeService(capabilities, acts)
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    assert (status.accepted, status.refused, status.uncertain) == (10, 2, 0)
    ids = {position: desk.store.id_of(desk.address(mailing, position)) for position in range(1, 13)}
    assert desk.store.suppressed(ids.values()) == {ids[2]: "complained"}
    assert "rivers.1: fake says 406" in desk.store.suppression(ids[2]).source


def test_a_server_that_knows_nobody_suppresses_nobody(desk) -> None:
    refused = Refused("550", "5.1.1 no such user", suppress="bounced")
    service = FakeService(SINGLE, [Act((refused,))] * 12)
    mailing = desk.prepare(service)
    assert desk.send(mailing, service).refused == 12
    assert desk.store.suppressed([desk.store.id_of(desk.address(mailing, 5))]) == {}
