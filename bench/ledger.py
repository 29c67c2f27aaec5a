"""What the ledger takes of a mailing through a batch API."""

from __future__ import annotations

from statistics import median

from bench.mailings import FrozenMailing, http_carrier
from bench.measuring import Line, Table, Target
from bench.scope import Scope
from bench.sinks import http_sink
from dispatch.providers import PROVIDERS


def compare(scope: Scope) -> Table:
    """CPU time within transactions, of all that a mailing takes."""
    carrier = "mailgun" if "mailgun" in PROVIDERS else "postmark"
    people = scope.pick(tiny=20, quick=10_000, usual=100_000) // (1 if carrier == "mailgun" else 20)
    with http_sink(scope.folder, carrier) as sink:
        mailing = FrozenMailing.make(scope, "ledger", people, http_carrier(carrier, sink.port, processes=1))
        costs = [mailing.send("send_watching") for _ in range(scope.rounds)]
    everything = median(cost.cpu for cost in costs)
    transactions = median(cost.told["transactions"] for cost in costs)
    recipients = median(cost.told["recipients"] for cost in costs)
    record = transactions - recipients
    share = Target(10, unit=" %")
    return Table(
        "Share of the ledger",
        f"{people:,} recipients through {carrier}, SQLite with synchronous = FULL: CPU time within transactions, and "
        "without that of reading the recipients, which any sender has to do.",
        ("within", "of"),
        [
            Line("transactions", f"{transactions:.2f} s", f"{everything:.2f} s", 100 * transactions / everything),
            Line("the record alone", f"{record:.2f} s", f"{everything:.2f} s", 100 * record / everything, share),
        ],
    )
