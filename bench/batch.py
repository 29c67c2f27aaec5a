"""A mailing through a batch API, against `json.dumps` and a socket that send as many bytes in as many calls."""

from __future__ import annotations

from bench.mailings import FrozenMailing, http_carrier
from bench.measuring import Line, Table, Target, in_turns, paired
from bench.process import work
from bench.scope import Scope
from bench.sinks import Missing, http_sink
from dispatch.providers import PROVIDERS

TARGET = Target(1.6)


def compare_own_bodies(scope: Scope) -> Table:
    """Postmark's shape: every message has its own body."""
    people = scope.pick(tiny=50, quick=2_000, usual=10_000, full=100_000)
    return _compare(scope, "postmark", people, "Batch mode, own bodies", "every message with its body (Postmark)")


def compare_shared_bodies(scope: Scope) -> Table:
    """Mailgun's shape: one body, and everybody's values."""
    if "mailgun" not in PROVIDERS:
        raise Missing("there is no carrier with a shared body")
    people = scope.pick(tiny=50, quick=50_000, usual=200_000)
    return _compare(scope, "mailgun", people, "Batch mode, shared body", "everybody's values beside one body (Mailgun)")


def _compare(scope: Scope, carrier: str, people: int, title: str, shape: str) -> Table:
    sample = scope.folder / f"{carrier}.sample"
    with http_sink(scope.folder, carrier, sample=sample) as first:
        mailing = FrozenMailing.make(scope, carrier, people, http_carrier(carrier, first.port))
        mailing.send()  # warms up, and leaves a call to repeat
    calls = first.counts["calls"]
    with http_sink(scope.folder, carrier) as sink:
        mailing.settle(http_carrier(carrier, sink.port))
        ours, theirs = in_turns(scope.rounds, mailing.send, lambda: work("replay", sample, sink.port, calls))
    each = first.counts["bytes"] / people
    cpu = paired([cost.cpu / people for cost in ours], [cost.cpu / cost.told["recipients"] for cost in theirs])
    pace = paired([people / cost.seconds for cost in ours], [cost.told["recipients"] / cost.seconds for cost in theirs])
    return Table(
        title,
        f"The real sender with its ledger in SQLite (synchronous = FULL), {people:,} recipients in {calls:,} calls, "
        f"{shape}, {each:,.0f} bytes a recipient, into a sink that accepts everything; against `json.dumps` and a "
        "socket with the same payload in as many calls. CPU of the client alone; that of the sender's beginning and end, "
        "about 0.2 s whatever the audience, is counted.",
        ("dispatch", "json.dumps + socket"),
        [
            Line(
                "CPU per 1,000 recipients", f"{cpu.ours * 1e6:.1f} ms", f"{cpu.theirs * 1e6:.1f} ms", cpu.ratio, TARGET
            ),
            Line("recipients a second", f"{pace.ours:,.0f}", f"{pace.theirs:,.0f}", pace.ratio),
            Line("peak memory of a process", f"{max(cost.peak for cost in ours) / 1e6:.0f} MB"),
        ],
    )
