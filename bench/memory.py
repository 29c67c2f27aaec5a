"""Memory and cost as the list grows: neither may depend on its length, but for the cost of each person."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from bench.mailings import http_carrier
from bench.measuring import Line, Table, Target
from bench.newsletter import write_newsletter
from bench.process import Cost, work
from bench.scope import Scope
from bench.sinks import http_sink
from dispatch.providers import PROVIDERS

PEAK = Target(150, unit=" MB")
GROWTH = Target(20, unit=" MB")
LINEAR = Target(1.2)


def compare(scope: Scope) -> Table:
    """Import, freeze and sending of a short list and of a long one, each in a process of its own."""
    few = scope.pick(tiny=10, quick=2_000, usual=10_000)
    many = scope.pick(tiny=20, quick=50_000, usual=1_000_000, full=10_000_000)
    carrier = "mailgun" if "mailgun" in PROVIDERS else "postmark"
    with http_sink(scope.folder, carrier) as sink:
        settings = http_carrier(carrier, sink.port)
        small, large = (_costs(scope, people, settings) for people in (few, many))
    return Table(
        f"Memory and cost from {few:,} to {many:,}",
        "Each in a fresh process; the peak is that of the largest process at its largest. "
        f"Sent through {carrier} into a sink that accepts everything.",
        (f"{few:,}", f"{many:,}"),
        [line for act in small for line in _lines(act, small[act], few, large[act], many)],
    )


def _costs(scope: Scope, people: int, settings: str) -> dict[str, Cost]:
    folder = write_newsletter(scope.folder / "memory", people, settings)
    costs = {act: work(act, folder) for act in ("import_list", "freeze_mailing", "send")}
    shutil.rmtree(folder)
    return costs


def _lines(act: str, small: Cost, few: int, large: Cost, many: int) -> Iterator[Line]:
    name = act.partition("_")[0]
    short, long = small.peak / 1e6, large.peak / 1e6
    yield Line(f"{name}: peak", f"{short:.0f} MB", f"{long:.0f} MB", max(short, long), PEAK)
    yield Line(f"{name}: growth", "", "", max(0.0, long - short), GROWTH)
    each, each_of_many = small.cpu / few * 1e6, large.cpu / many * 1e6
    yield Line(f"{name}: CPU per 1,000", f"{each:.1f} ms", f"{each_of_many:.1f} ms", each_of_many / each, LINEAR)
