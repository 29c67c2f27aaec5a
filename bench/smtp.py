"""A mailing over SMTP with a durable intent for every message, against postfix's smtp-source."""

from __future__ import annotations

import resource
import subprocess
from contextlib import AbstractContextManager
from time import perf_counter

from bench.mailings import FrozenMailing, smtp_carrier
from bench.measuring import Line, Table, Target, in_turns, paired
from bench.scope import Scope
from bench.sinks import Sink, fast_smtp_sink, postfix_sink, tool

CONNECTIONS = 8


def compare(scope: Scope) -> Table:
    """Into postfix's smtp-sink, and into a sink that is faster than its clients."""
    source = tool("smtp-source", "postfix")
    lines: list[Line] = []
    people = scope.pick(tiny=50, quick=4_000, usual=20_000)
    with fast_smtp_sink(scope.folder) as first:
        mailing = FrozenMailing.make(scope, "smtp", people, smtp_carrier(first.port, concurrency=CONNECTIONS))
        mailing.send()  # warms up, and tells the size
    size = first.counts["bytes"] // people
    for name, sink, target in (
        ("postfix smtp-sink", postfix_sink(), Target(0.9, at_least=True)),
        ("fast sink", fast_smtp_sink(scope.folder), Target(0.6, at_least=True)),
    ):
        lines += _lines(scope, mailing, name, sink, size, target, source)
    return Table(
        "SMTP",
        f"The real sender, {CONNECTIONS} connections, the intent of every message durable before its final dot "
        f"(SQLite, synchronous = FULL), {people:,} messages of {size:,} bytes; against "
        f"`smtp-source -d -s {CONNECTIONS}`, which keeps no account of anything. Whole machine: client and sink share it.",
        ("dispatch", "smtp-source"),
        lines,
    )


def _lines(
    scope: Scope,
    mailing: FrozenMailing,
    name: str,
    server: AbstractContextManager[Sink],
    size: int,
    target: Target,
    source: str,
) -> list[Line]:
    people = mailing.people
    with server as sink:
        mailing.settle(smtp_carrier(sink.port, concurrency=CONNECTIONS))
        ours, theirs = in_turns(scope.rounds, mailing.send, lambda: _smtp_source(source, sink.port, people, size))
    pace = paired([people / cost.seconds for cost in ours], [people / seconds for seconds, _ in theirs])
    cpu = paired([cost.cpu / people for cost in ours], [used / people for _, used in theirs])
    return [
        Line(f"messages a second into {name}", f"{pace.ours:,.0f}", f"{pace.theirs:,.0f}", pace.ratio, target),
        Line(
            f"CPU per 1,000 messages into {name}", f"{cpu.ours * 1e6:.0f} ms", f"{cpu.theirs * 1e6:.0f} ms", cpu.ratio
        ),
    ]


def _smtp_source(program: str, port: int, messages: int, size: int) -> tuple[float, float]:
    """Seconds, and seconds of CPU."""
    command = [program, "-d", "-s", str(CONNECTIONS), "-m", str(messages), "-l", str(size)]
    command += ["-f", "news@crossings.example", "-t", "reader@example.org", f"127.0.0.1:{port}"]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run(command, check=True)
    seconds, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
