"""The promise: nobody is mailed twice, nobody is lost, what cannot be known is uncertain; whatever happens when."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.conftest import MIXED
from dispatch.errors import AccountTrouble, PostponedTooLong, ProviderUnreachable, Stopped
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.provider import FOREVER, Batch, Capabilities
from dispatch.testing.fakes import Act, Crash, FakeService, MortalDatabase
from sampling import sampled

CARRIERS = {
    "batches": Capabilities(max_messages=5, real=False),
    "one at a time": Capabilities(max_messages=5, lanes=1, real=False),
    "three at once": Capabilities(max_messages=5, lanes=3, real=False),
    "idempotent batches": Capabilities(max_messages=5, idempotency_seconds=FOREVER, real=False),
    "idempotent one at a time": Capabilities(max_messages=5, lanes=1, idempotency_seconds=FOREVER, real=False),
}


def check(desk, mailing, service: FakeService) -> dict[int, str]:
    """What the ledger says is true of what the service took."""
    fates = desk.fates(mailing)
    for position, fate in fates.items():
        copies = service.taken[desk.address(mailing, position)]
        assert copies <= 1, f"{position} was mailed {copies} times"
        if fate == "accepted":
            assert copies == 1
        if fate in {"refused", "withdrawn"}:
            assert copies == 0
    return fates


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("first", sampled([1, 2, 3, 4], every=4))
def test_death_at_any_commit_mails_nobody_twice_and_loses_nobody(
    open_desk, blank, carrier: str, before: bool, first: int
) -> None:
    capabilities = CARRIERS[carrier]
    for n in range(first, 80, 4) if blank.is_quick else range(4 * first, 80, 16):
        desk = open_desk(wrap=MortalDatabase)
        mortal = desk.ledger._database
        service = FakeService(capabilities, [Act((Refused("550", "no"),))])
        mailing = desk.prepare(service)
        mortal.die_at, mortal.before, mortal.commits = n, before, 0
        try:
            desk.send(mailing, service, concurrency=max(1, capabilities.lanes))
        except Crash:
            check(desk, mailing, service)
            desk.send(mailing, service)
        else:
            break
        fates = check(desk, mailing, service)
        uncertain = [position for position, fate in fates.items() if fate == "uncertain"]
        assert len(uncertain) <= (0 if capabilities.idempotent else capabilities.lanes or 5)
        # Whoever is not uncertain was mailed or refused, and what is uncertain had left.
        assert sum(service.taken.values()) + list(fates.values()).count("refused") + len(uncertain) >= 12
        assert desk.status(mailing).pending == 0
        desk.close()
    else:
        pytest.fail("it never got through")
    assert n > 5


OUTCOMES = st.sampled_from(
    [
        Accepted("x"),
        Refused("550", "no such user"),
        Postponed("450", "later"),
        Postponed("429", "too fast", 3.0),
        Uncertain("no answer", "reset"),
    ]
)
ERRORS = st.sampled_from([Crash(), ProviderUnreachable("away"), AccountTrouble("no"), ValueError("a bug"), None, None])
ACTS = st.builds(
    Act,
    outcomes=st.lists(OUTCOMES, max_size=5).map(tuple),
    takes=st.booleans(),
    before=ERRORS | st.none(),
    after=ERRORS | st.none(),
    answers=st.sampled_from([0, 0, 0, 0, -1, 1, -5]),
)


@dataclass(frozen=True)
class Happening:
    """Something that somebody does when a call is about to begin."""

    call: int
    deed: str  # leave | pause
    position: int


HAPPENINGS = st.builds(Happening, st.integers(1, 8), st.sampled_from(["leave", "leave", "pause"]), st.integers(1, 12))
STORIES = {
    "acts": st.lists(ACTS, max_size=10),
    "happenings": st.lists(HAPPENINGS, max_size=4),
    "concurrency": st.sampled_from([1, 1, 3]),
    "plan": st.sampled_from([{}, MIXED]),
    "deaths": st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=3),
}
AT_LENGTH = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.mark.parametrize("blank", ["sqlite"], indirect=True)
@pytest.mark.parametrize("carrier", CARRIERS)
@settings(max_examples=8, **AT_LENGTH)
@given(**STORIES)
def test_whatever_happens_nobody_is_mailed_twice_and_nobody_is_lost(
    blank, carrier: str, acts, happenings, concurrency, plan, deaths
) -> None:
    live_through(blank, carrier, acts, happenings, concurrency, plan, deaths)


@pytest.mark.complete
@pytest.mark.parametrize("blank", ["sqlite"], indirect=True)
@pytest.mark.parametrize("carrier", CARRIERS)
@settings(max_examples=300, **AT_LENGTH)
@given(**STORIES)
def test_whatever_else_happens(blank, carrier: str, acts, happenings, concurrency, plan, deaths) -> None:
    live_through(blank, carrier, acts, happenings, concurrency, plan, deaths)


@pytest.mark.complete
@pytest.mark.parametrize("blank", ["postgresql"], indirect=True)
@pytest.mark.parametrize("carrier", CARRIERS)
@settings(max_examples=60, **AT_LENGTH)  # each takes a second or two
@given(**STORIES)
def test_whatever_else_happens_to_a_mailing_in_postgresql(
    blank, carrier: str, acts, happenings, concurrency, plan, deaths
) -> None:
    live_through(blank, carrier, acts, happenings, concurrency, plan, deaths)


def live_through(blank, carrier: str, acts, happenings, concurrency: int, plan, deaths) -> None:
    """Run after run until the mailing is finished; after each, the ledger must be true."""
    service = FakeService(CARRIERS[carrier], acts)
    with tempfile.TemporaryDirectory() as folder, blank.copied_to(Path(folder), wrap=MortalDatabase) as desk:
        mortal = desk.ledger._database
        mailing = desk.prepare(service, **plan)
        gone: dict[str, int] = {}  # who has left, and the copies they had got by then
        calls = 0

        def on_call(batch: Batch) -> None:
            nonlocal calls
            calls += 1
            for happening in (happening for happening in happenings if happening.call == calls):
                if happening.deed == "pause":
                    desk.ledger.pause(mailing)
                else:
                    address = f"person{happening.position}@example.org"
                    desk.leave(address)
                    gone.setdefault(address, service.taken[address])

        service.on_call = on_call
        fates = {}
        for _ in range(40):
            mortal.commits = 0
            mortal.die_at, mortal.before = deaths.pop() if deaths else (0, True)
            try:
                desk.send(mailing, service, concurrency=concurrency)
            except PostponedTooLong:
                desk.clock.advance(3600)
            except (Crash, Stopped):
                pass
            mortal.die_at = 0
            fates = check(desk, mailing, service)
            if concurrency == 1:  # else their call may have begun before they left
                assert all(service.taken[address] == copies for address, copies in gone.items())
            if desk.status(mailing).finished:
                break
            desk.ledger.resume(mailing)
        assert desk.status(mailing).finished
        assert "pending" not in fates.values()
        withdrawn = {desk.address(mailing, position) for position, fate in fates.items() if fate == "withdrawn"}
        assert withdrawn <= set(gone)
