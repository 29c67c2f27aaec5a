"""A run, from its beginning to its end, and what ends it."""

from __future__ import annotations

import pytest

from dispatch.delivery.worker import divided
from dispatch.errors import AccountTrouble, AlreadySending, Interrupted, PostponedTooLong, ProviderUnreachable, Stopped
from dispatch.providers.outcome import UNREACHABLE, Postponed, Refused, Uncertain
from dispatch.providers.provider import FOREVER, Capabilities
from dispatch.testing.fakes import Act, FakeService

BATCH = Capabilities(max_messages=5, real=False)
SINGLE = Capabilities(max_messages=5, lanes=1, real=False)
IDEMPOTENT = Capabilities(max_messages=5, idempotency_seconds=FOREVER, real=False)


@pytest.mark.parametrize("capabilities", [BATCH, SINGLE, IDEMPOTENT], ids=["batch", "single", "idempotent"])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_everybody_gets_one(desk, capabilities, concurrency) -> None:
    service = FakeService(capabilities)
    mailing = desk.prepare(service)
    status = desk.send(mailing, service, concurrency=concurrency)
    assert status.state == "finished"
    assert status.accepted == status.audience == 12
    assert status.started
    assert status.finished
    assert set(service.taken.values()) == {1}
    assert len(service.taken) == 12
    assert desk.progress[-1].tally == desk.tally(mailing)


def test_a_finished_mailing_stays_as_it_is(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    first = desk.send(mailing, service)
    desk.clock.advance(60)
    assert desk.send(mailing, service) == first
    assert len(service.calls) == 3


def test_every_answer_gets_to_whom_it_belongs(desk) -> None:
    answers = (Refused("406", "inactive"), Uncertain("no answer", "reset"), Postponed("450", "grey"))
    service = FakeService(BATCH, [Act(answers)])
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    fates = desk.fates(mailing)
    assert (fates[1], fates[2], fates[3]) == ("refused", "uncertain", "accepted")
    assert (status.accepted, status.refused, status.uncertain, status.state) == (10, 1, 1, "finished_uncertain")
    postponed = [key for key, positions in service.calls if positions == (3,)]
    assert postponed, "whoever is postponed is tried again, in a call of their own"
    assert len({key for key, _ in service.calls}) == len(service.calls), "each request has a key of its own"


def test_retry_after_is_obeyed_by_everyone(desk) -> None:
    service = FakeService(BATCH, [Act((Postponed("429", "too fast", 40.0),) * 5)])
    mailing = desk.prepare(service)
    times = []
    service.on_call = lambda _: times.append(desk.clock())
    assert desk.send(mailing, service).accepted == 12
    assert (times[1] - times[0]).total_seconds() >= 40
    waiting = [progress for progress in desk.progress if progress.waits_until]
    assert waiting[0].reason == "too fast"


def test_patience_ends_after_fifteen_minutes_and_names_the_time(desk) -> None:
    service = FakeService(BATCH, [Act((Postponed("429", "quota", 1800.0),) * 5)])
    mailing = desk.prepare(service)
    with pytest.raises(PostponedTooLong, match=r"07:30:0\d UTC: quota"):
        desk.send(mailing, service)
    assert desk.status(mailing).state == "stopped"
    desk.clock.advance(1800)
    assert desk.send(mailing, service).accepted == 12


def test_whoever_is_always_postponed_does_not_keep_the_run_for_ever(desk) -> None:
    service = FakeService(SINGLE, [Act((Postponed("451", "busy"),)) for _ in range(1000)])
    mailing = desk.prepare(service)
    begun = desk.clock()
    with pytest.raises(PostponedTooLong):
        desk.send(mailing, service)
    assert (desk.clock() - begun).total_seconds() <= 910
    assert 12 <= len(service.calls) < 100


def test_lost_answers_in_a_row_stop_the_mailing_before_all_of_it_is_uncertain(desk) -> None:
    service = FakeService(SINGLE, [Act((Uncertain("500", "oops"),)) for _ in range(12)])
    mailing = desk.prepare(service)
    with pytest.raises(Stopped, match="no clear answer several times in a row"):
        desk.send(mailing, service)
    assert desk.tally(mailing).uncertain == 5
    assert desk.status(mailing).state == "stopped"


@pytest.mark.parametrize("error", [AccountTrouble("key refused"), ProviderUnreachable("wrong certificate")])
def test_trouble_before_the_call_leaves_everybody_pending(desk, error) -> None:
    service = FakeService(BATCH, [Act(before=error)])
    mailing = desk.prepare(service)
    with pytest.raises(type(error)):
        desk.send(mailing, service)
    assert desk.tally(mailing).pending == 12
    assert desk.send(mailing, service).accepted == 12


def test_trouble_after_the_call_began_leaves_doubt(desk) -> None:
    service = FakeService(BATCH, [Act(after=AccountTrouble("quota"))])
    mailing = desk.prepare(service)
    with pytest.raises(AccountTrouble):
        desk.send(mailing, service)
    assert (desk.tally(mailing).uncertain, desk.tally(mailing).pending) == (5, 7)


def test_a_bug_in_a_provider_is_told_in_a_sentence(desk) -> None:
    service = FakeService(BATCH, [Act(after=KeyError("MessageID"))])
    mailing = desk.prepare(service)
    with pytest.raises(Stopped, match="fake failed in a way it should not: KeyError: 'MessageID'"):
        desk.send(mailing, service)
    assert desk.tally(mailing).uncertain == 5


def test_ctrl_c_finishes_the_calls_under_way_and_says_how_to_go_on(desk, real_stop) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    begun = service.begun

    def press_while_under_way(*arguments) -> None:
        begun(*arguments)
        real_stop.set()

    service.begun = press_while_under_way
    with pytest.raises(Interrupted, match="7 of 12 are still pending") as caught:
        desk.send(mailing, service, stop=real_stop)
    assert "dispatch resume rivers.1" in str(caught.value)
    assert desk.tally(mailing).accepted == 5
    assert desk.send(mailing, service).accepted == 12


def test_a_pause_is_seen_before_the_next_call(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    service.on_call = lambda batch: desk.ledger.pause(mailing) if len(service.calls) == 1 else None
    status = desk.send(mailing, service)
    assert (status.state, status.accepted, status.pending) == ("paused", 5, 7)
    assert desk.send(mailing, service).accepted == 5, "paused until somebody resumes it"
    desk.ledger.resume(mailing)
    service.on_call = lambda batch: None
    assert desk.send(mailing, service).state == "finished"


def test_a_cancelled_mailing_withdraws_the_rest_for_good(desk) -> None:
    service = FakeService(SINGLE)
    mailing = desk.prepare(service)
    service.on_call = lambda batch: desk.ledger.cancel(mailing) if len(service.calls) == 5 else None
    status = desk.send(mailing, service)
    assert (status.state, status.accepted, status.withdrawn, status.pending) == ("cancelled", 5, 7, 0)
    desk.ledger.resume(mailing)
    assert desk.send(mailing, service).accepted == 5


def test_a_cancel_during_a_long_wait_is_seen(desk) -> None:
    service = FakeService(BATCH, [Act((Postponed("429", "too fast", 600.0),) * 5)])
    mailing = desk.prepare(service)
    begun = desk.clock()
    desk.progress = Cancelling(desk, mailing)
    assert desk.send(mailing, service).state == "cancelled"
    assert (desk.clock() - begun).total_seconds() < 10


class Cancelling(list):
    """Progress that is watched by somebody impatient."""

    def __init__(self, desk, mailing) -> None:
        self.desk, self.mailing = desk, mailing

    def append(self, progress) -> None:
        if progress.waits_until:
            self.desk.ledger.cancel(self.mailing)


@pytest.mark.parametrize("limit", [1, 5, 7, 12, 50])
def test_a_limit_is_kept_to_the_person(desk, limit) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service, limit=limit)
    status = desk.send(mailing, service, concurrency=3)
    assert status.accepted == min(limit, 12)
    assert status.state == ("paused" if limit < 12 else "finished")
    desk.ledger.resume(mailing)
    assert desk.send(mailing, service).accepted == 12


def test_the_rate_is_kept(desk) -> None:
    service = FakeService(SINGLE)
    mailing = desk.prepare(service)
    begun = desk.clock()
    desk.send(mailing, service, rate=2.0)
    assert 5.0 <= (desk.clock() - begun).total_seconds() <= 6.0


@pytest.mark.parametrize("blank", ["sqlite"], indirect=True)
def test_a_second_sender_is_turned_away_within_a_second(desk) -> None:
    service = FakeService(BATCH)
    mailing = desk.prepare(service)
    errors = []

    def try_to_send_as_well(batch) -> None:
        service.on_call = lambda _: None
        rival = desk.sender(mailing, service)
        rival._lock = type(desk.lock)(desk.lock._path)
        try:
            rival.run()
        except AlreadySending as error:
            errors.append(str(error))

    service.on_call = try_to_send_as_well
    assert desk.send(mailing, service).accepted == 12
    assert len(errors) == 1
    assert "rivers.1 is being sent by process" in errors[0]


def test_all_providers_are_closed(desk) -> None:
    service = FakeService(BATCH, [Act(before=AccountTrouble("no"))])
    opened = []
    mailing = desk.prepare(service)
    sender = desk.sender(mailing, service)
    sender._open_provider = lambda: opened.append(service.open()) or opened[-1]
    with pytest.raises(AccountTrouble):
        sender.run()
    assert opened
    assert all(provider.closed for provider in opened)


def test_a_provider_that_is_never_reached_is_told_of_at_once(desk) -> None:
    service = FakeService(SINGLE, [Act((Postponed(UNREACHABLE, "no such host"),)) for _ in range(100)])
    mailing = desk.prepare(service)
    begun = desk.clock()
    with pytest.raises(ProviderUnreachable, match="no such host"):
        desk.send(mailing, service)
    assert (desk.clock() - begun).total_seconds() < 10
    assert desk.status(mailing).pending == 12


def test_a_provider_that_was_reached_and_is_not_any_more_is_waited_for(desk) -> None:
    gone = [Act((Postponed(UNREACHABLE, "connection refused"),)) for _ in range(3)]
    service = FakeService(SINGLE, [Act(), *gone])
    mailing = desk.prepare(service)
    assert desk.send(mailing, service).accepted == 12


@pytest.mark.parametrize(
    ("concurrency", "lanes", "threads", "each"),
    [(1, 0, 1, 1), (4, 0, 4, 1), (4, 1, 4, 1), (4, 4, 1, 4), (8, 4, 2, 4), (6, 4, 2, 3), (5, 4, 2, 2), (2, 4, 1, 2)],
)
def test_threads_and_lanes_never_make_more_connections_than_wished(
    concurrency: int, lanes: int, threads: int, each: int
) -> None:
    assert divided(concurrency, lanes) == (threads, each)
    assert threads * each <= concurrency
