"""The same history on SQLite and on PostgreSQL: whoever asks afterwards is told the same, to the letter."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from dispatch.delivery import settlement
from dispatch.delivery.report import why
from dispatch.errors import DispatchError
from dispatch.explanation import explain
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.providers.provider import FOREVER, Batch, Capabilities
from dispatch.subscribers.csv_export import export_rows, write_csv, write_json
from dispatch.testing.fakes import Act, Crash, FakeService, MortalDatabase

CARRIERS = [
    Capabilities(max_messages=3, real=False),
    Capabilities(max_messages=4, lanes=1, real=False),
    Capabilities(max_messages=3, idempotency_seconds=FOREVER, real=False),
    Capabilities(max_messages=3, can_look_up=True, real=False),
]
PEOPLE = [
    "person1@example.org",
    "person2@example.org",
    "Person12@example.org",
    "zoe.z@example.org",
    "o'neill+news@example.org",
    "_under@example.org",
    "10@example.org",
    "elodie@bücher.example",
]


# --- what may happen --------------------------------------------------------------------------


@dataclass(frozen=True)
class Import:
    rows: tuple[tuple[str, str, str, str, str], ...]  # email, status, name, tags, city

    def on(self, desk) -> object:
        path = desk.folder / "subscribers.csv"
        lines = (
            ",".join(f'"{cell}"' for cell in row) for row in [("email", "status", "name", "tags", "city"), *self.rows]
        )
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return desk.store.sync_file(path, name="subscribers.csv")


@dataclass(frozen=True)
class Departure:
    address: str
    reason: str  # of a suppression; "forget"

    def on(self, desk) -> object:
        if self.reason == "forget":
            return desk.store.forget(self.address)
        return desk.store.suppress(desk.store.id_of(self.address), self.reason, "somebody's click")


@dataclass(frozen=True)
class Run:
    """A mailing that is made and sent, or gone on with; it may die at a commit, and somebody may act meanwhile."""

    new: str  # none | again | new_subscribers; empty: go on
    carrier: int
    acts: tuple[Act, ...]
    limit: int | None
    dies_at: int
    before: bool
    meanwhile: tuple[int, str] | None  # at which call what is done: leave | pause | cancel

    def on(self, desk) -> object:
        service = FakeService(CARRIERS[self.carrier], self.acts)
        mortal = desk.ledger._database
        mortal.die_at = 0
        mailing = (
            desk.prepare(service, repetition=self.new, limit=self.limit, fields=frozenset({"name", "city"}))
            if self.new
            else desk.ledger.latest(unfinished=True)
        )
        calls = 0

        def on_call(batch: Batch) -> None:
            nonlocal calls
            calls += 1
            if self.meanwhile and self.meanwhile[0] == calls:
                act_meanwhile(desk, mailing, self.meanwhile[1], batch.messages[-1].envelope.rcpt_to)

        service.on_call = on_call
        if not self.new:
            desk.ledger.resume(mailing)
        mortal.die_at, mortal.before, mortal.commits = self.dies_at, self.before, 0
        try:
            desk.send(mailing, service)
        except Crash:
            return "died", mortal.commits, sorted(service.taken.items())
        finally:
            mortal.die_at = 0
        return mortal.commits, sorted(service.taken.items())


def act_meanwhile(desk, mailing, what: str, address: str) -> None:
    if what == "leave":
        desk.leave(address)
    elif what == "pause":
        desk.ledger.pause(mailing)
    else:
        desk.ledger.cancel(mailing)


@dataclass(frozen=True)
class Word:
    """What an operator says of the latest mailing."""

    word: str  # pause | cancel | resend | ask

    def on(self, desk) -> object:
        mailing = desk.ledger.latest()
        if self.word == "pause":
            return desk.ledger.pause(mailing)
        if self.word == "cancel":
            return settlement.cancel(desk.ledger, desk.lock, desk.crew, mailing)
        if self.word == "resend":
            return settlement.resend(desk.ledger, mailing)
        provider = FakeService(CARRIERS[3]).open()
        return settlement.ask_provider(desk.ledger, mailing, provider, lambda position: f"rivers.{position}")


@dataclass(frozen=True)
class Later:
    seconds: int

    def on(self, desk) -> object:
        return desk.clock.advance(self.seconds)


TEXTS = st.text(st.sampled_from("aZzé ßø_-0%.'漢😀\\"), max_size=6).map(str.strip)
ADDRESSES = st.sampled_from(PEOPLE)
ROWS = st.tuples(
    ADDRESSES,
    st.sampled_from(["", "", "subscribed", "unconfirmed", "unsubscribed"]),
    TEXTS,
    st.sampled_from(["", "paid", "paid,new"]),
    TEXTS,
)
IMPORTS = st.builds(Import, st.lists(ROWS, min_size=1, max_size=8, unique_by=lambda row: row[0].lower()).map(tuple))
DEPARTURES = st.builds(
    Departure, ADDRESSES, st.sampled_from(["unsubscribed", "unsubscribed", "bounced", "complained", "manual", "forget"])
)
OUTCOMES: SearchStrategy[Outcome] = st.sampled_from(
    [
        Accepted("x"),
        Refused("550", "no such user"),
        Refused("550", "<person1@example.org> is unknown"),
        Postponed("450", "later"),
        Postponed("429", "too fast", 3.0),
        Uncertain("no_answer", "the connection was reset"),
    ]
)
ACTS = st.builds(Act, outcomes=st.lists(OUTCOMES, max_size=4).map(tuple), takes=st.booleans())
RUNS = st.builds(
    Run,
    new=st.sampled_from(["none", "new_subscribers", "again", "", "", ""]),
    carrier=st.integers(0, len(CARRIERS) - 1),
    acts=st.lists(ACTS, max_size=4).map(tuple),
    limit=st.sampled_from([None, None, None, 2, 5]),
    dies_at=st.sampled_from([0, 0, 1, 2, 3, 5, 8]),
    before=st.booleans(),
    meanwhile=st.none() | st.tuples(st.integers(1, 3), st.sampled_from(["leave", "leave", "pause", "cancel"])),
)
WORDS = st.builds(Word, st.sampled_from(["pause", "cancel", "resend", "ask"]))
LATER = st.builds(Later, st.sampled_from([1, 60, 3600, 90_000]))


@st.composite
def histories(draw: DrawFn) -> list[object]:
    """They begin with people and a mailing, else little can happen."""
    first: list[object] = [draw(IMPORTS), replace(draw(RUNS), new="none")]
    others: list[object] = draw(st.lists(IMPORTS | DEPARTURES | RUNS | RUNS | WORDS | LATER, min_size=2, max_size=9))
    return [*first, *others]


# --- what is told -----------------------------------------------------------------------------


def told(desk) -> Iterator[tuple[str, object]]:
    """All that status, why and export print, as they print it, and who got what."""
    records = SimpleNamespace(store=desk.store, ledger=desk.ledger, slug=str)
    with desk.ledger.reading() as connection:
        mailings = desk.ledger.mailings(connection)
    for mailing in mailings:
        yield mailing.name, json.dumps(desk.status(mailing).as_json())
        desk.fates(mailing)
        yield f"who got {mailing.name}", desk.roll(mailing)
        check_against_why(desk, mailing)
    for address in PEOPLE:
        explanation = explain(records, address, None)
        yield address, json.dumps(explanation.as_json())
        yield f"{address} in words", list(explanation.paragraphs())
    for kind, write in (("json", write_json), ("csv", write_csv)):
        stream = io.StringIO(newline="")
        columns = [desk.store.merge_fields()] if kind == "csv" else []
        write(export_rows(desk.store.by_address()), stream, *columns)
        yield kind, stream.getvalue()
    yield "order of the freeze", [candidate.subscriber.email for candidate in desk.store.candidates()]


def check_against_why(desk, mailing) -> None:
    """Of each recipient, the whole list says what `why` says of that one."""
    for fate in desk.roll(mailing):
        trace = next(trace for trace in why(desk.ledger, fate.subscriber_id) if trace.mailing == mailing.name)
        assert fate.state == trace.fate.replace("submitting", "pending")
        assert fate[4:] == (trace.code, trace.detail, trace.provider_ids, trace.at)
        assert fate.position == trace.position


def carried_out(step, desk) -> str:
    """What a step says, its errors too."""
    try:
        return str(step.on(desk))
    except DispatchError as error:
        return f"{type(error).__name__}: {error}".replace(str(desk.folder), "")


def live_through(blanks, history: list[object]) -> None:
    with ExitStack() as stack:
        desks = []
        for blank in blanks:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            desk = stack.enter_context(blank.copied_to(folder, wrap=MortalDatabase))
            desk.database._dialect.now = lambda _, desk=desk: desk.clock().timestamp()  # the same clock for both
            desks.append(desk)
        for step in history:
            here, there = (carried_out(step, desk) for desk in desks)
            note(f"{step}: {here}")
            event(f"{type(step).__name__}: {here.partition(':')[0] if ': ' in here[:30] else 'done'}")
            assert here == there
            assert desks[0].clock() == desks[1].clock()
            for (name, one), (_, other) in zip(told(desks[0]), told(desks[1]), strict=True):
                assert one == other, f"{name} after {step}"


AT_LENGTH = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}


@settings(max_examples=3, **AT_LENGTH)
@given(history=histories())
def test_the_same_history_is_told_in_the_same_words(blanks, history) -> None:
    live_through(blanks, history)


@pytest.mark.complete
@settings(max_examples=40, **AT_LENGTH)
@given(history=histories())
def test_many_histories_are_told_in_the_same_words(blanks, history) -> None:
    live_through(blanks, history)
