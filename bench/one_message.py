"""One message a call, against requests as its documentation shows it."""

from __future__ import annotations

from functools import partial

from bench.mailings import FrozenMailing, http_carrier
from bench.measuring import Line, Table, Target, in_turns, paired
from bench.process import work
from bench.scope import Scope
from bench.sinks import http_sink

TARGET = Target(0.55)


def compare(scope: Scope) -> Table:
    """The provider alone, and the real sender with its ledger."""
    people = scope.pick(tiny=20, quick=2_000, usual=4_000)
    sample = scope.folder / "single.sample"
    with http_sink(scope.folder, "postmark", sample=sample) as first:
        mailing = FrozenMailing.make(scope, "single", people, http_carrier("postmark", first.port), act="freeze_single")
        work("submit_single", mailing.folder, 1)
    with http_sink(scope.folder, "postmark") as sink:
        mailing.settle(http_carrier("postmark", sink.port))
        theirs = partial(work, "post", sample, sink.port, people)
        alone, posted = in_turns(scope.rounds, partial(work, "submit_single", mailing.folder, people), theirs)
        whole, posted_again = in_turns(scope.rounds, partial(mailing.send, "send_single"), theirs)
    lines = []
    for what, costs, others in (
        ("CPU per 1,000 messages, the provider alone", alone, posted),
        ("CPU per 1,000 messages, the real sender with its ledger", whole, posted_again),
    ):
        pair = paired([cost.cpu / people * 1e6 for cost in costs], [cost.cpu / people * 1e6 for cost in others])
        lines.append(Line(what, f"{pair.ours:.0f} ms", f"{pair.theirs:.0f} ms", pair.ratio, TARGET))
    return Table(
        "One message a call",
        f"{people:,} messages of {first.counts['bytes']:,} bytes, each in a call of its own: filled, encoded, posted, "
        "its answer read; against `session.post(url, json=fields)` and `answer.json()` with fields that are ready. "
        "The real sender has the intent of every message durable (SQLite, synchronous = FULL) before it leaves.",
        ("dispatch", "requests"),
        lines,
    )
