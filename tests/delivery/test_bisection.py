"""A call that is refused because of one message in it: that one is found, and everybody else gets theirs once."""

from __future__ import annotations

from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.provider import Capabilities
from dispatch.testing.fakes import FakeProvider, FakeService

CALLS = Capabilities(max_messages=12, real=False)


class Strict(FakeService):
    """Refuses a whole call in which there is somebody it does not like; counts all calls."""

    def __init__(self, *bad: int, capabilities: Capabilities = CALLS, answers=None) -> None:
        super().__init__(capabilities)
        self.bad, self.asked, self.answers = {*bad}, [], answers or {}

    def open(self) -> FakeProvider:
        return StrictProvider(self)


class StrictProvider(FakeProvider):
    def submit(self, batch, begin):
        service = self.service
        begin(len(batch.messages), "sha")
        positions = [message.position for message in batch.messages]
        service.asked.append(positions)
        answer = service.answers.get(len(service.asked))
        if answer is None and service.bad & {*positions}:
            answer = Refused("400", "to parameter is not a valid address", of_call=True)
        if answer is None:
            for message in batch.messages:
                service.take(batch, message)
            answer = Accepted("one id for all")
        yield from [answer] * len(positions)


def test_one_bad_address_among_a_thousand_takes_thirteen_calls(desk) -> None:
    desk.join(*(f"reader{number:04}@example.org" for number in range(1000)))
    for bad in (1, 2, 500, 501, 999, 1000):
        service = Strict(bad, capabilities=Capabilities(max_messages=1000, real=False))
        mailing = desk.prepare(service, issue=f"issue-{bad}")
        status = desk.send(mailing, service)
        assert (status.accepted, status.refused, status.pending) == (999, 1, 0)
        assert desk.fates(mailing)[bad] == "refused"
        assert max(service.taken.values()) == 1
        assert len(service.asked) <= 13


def test_several_bad_ones_are_all_found(desk) -> None:
    service = Strict(2, 3, 7, 12)
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    fates = desk.fates(mailing)
    assert [position for position, fate in fates.items() if fate == "refused"] == [2, 3, 7, 12]
    assert (status.accepted, status.refused) == (8, 4)
    assert max(service.taken.values()) == 1


def test_a_call_that_was_refused_for_what_has_passed_refuses_nobody(desk) -> None:
    service = Strict(answers={1: Refused("408", "the request took too long", of_call=True)})
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    assert (status.accepted, status.refused) == (12, 0)
    assert max(service.taken.values()) == 1


def test_everybody_bad_ends_too(desk) -> None:
    service = Strict(*range(1, 13))
    assert desk.send(desk.prepare(service), service).refused == 12


def test_a_doubt_in_the_midst_of_the_search_ends_it_and_nobody_gets_two(desk) -> None:
    service = Strict(5, answers={2: Uncertain("no answer", "reset")})
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    assert (status.accepted, status.refused, status.uncertain) == (6, 0, 6)
    assert max(service.taken.values()) == 1


def test_a_wait_in_the_midst_of_the_search_loses_nobody(desk) -> None:
    service = Strict(5, answers={2: Postponed("429", "slower", 3.0)})
    mailing = desk.prepare(service)
    status = desk.send(mailing, service)
    assert (status.accepted, status.refused) == (11, 1)
    assert max(service.taken.values()) == 1


def test_a_single_message_that_is_refused_is_not_searched(desk) -> None:
    desk.join("only@example.org")
    service = Strict(1)
    assert desk.send(desk.prepare(service), service).refused == 1
    assert len(service.asked) == 1
