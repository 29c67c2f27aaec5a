"""A limit that moves while a mailing is under way: how much of it is used, and how many calls it refuses."""

from __future__ import annotations

import math
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from bench.mailings import FrozenMailing, http_carrier
from bench.measuring import Line, Table, Target
from bench.scope import Scope
from dispatch.testing.postmark_server import PostmarkServer

LIMITS = (50, 20, 80)  # calls per second
USED = Target(0.9, at_least=True)
REFUSED = Target(2, unit=" %")


def compare(scope: Scope) -> Table:
    """The real sender, one message a call, against a server with that limit; it ends with what is left, unlimited."""
    seconds = scope.pick(tiny=1, quick=30, usual=100)
    with PostmarkServer(scope.folder / "pace.truth") as server, ThreadPoolExecutor(1) as beside:
        settings = http_carrier("postmark", server.port, rate="null")
        mailing = FrozenMailing.make(scope, "pace", sum(LIMITS) * seconds, settings, act="freeze_single")
        with closing(sqlite3.connect(mailing.folder / "frozen" / "dispatch.db")) as connection, connection:
            connection.execute("INSERT INTO pace VALUES ('postmark', ?, 0, 0)", [LIMITS[0]])
        limit = server.limit
        limit.calls_per_second = LIMITS[0]
        sending = beside.submit(mailing.send, "send_single")
        while not limit.taken and not sending.done():
            time.sleep(0.01)
        lines = []
        taken = refused = 0
        room = 0.0
        for calls_per_second in LIMITS:
            limit.calls_per_second = calls_per_second
            before, begun = (limit.taken, limit.refused), time.monotonic()
            time.sleep(seconds)
            part = limit.taken - before[0], limit.refused - before[1], calls_per_second * (time.monotonic() - begun)
            lines.append(
                Line(f"calls at {calls_per_second} a second", f"{part[0]:,}", f"{part[2]:,.0f}", part[0] / part[2])
            )
            taken, refused, room = taken + part[0], refused + part[1], room + part[2]
        limit.calls_per_second = math.inf
        sending.result()
    return Table(
        "Pace under a limit that moves",
        f"The real sender, one message a call on 4 connections, against a server that takes {LIMITS[0]}, then {LIMITS[1]}, "
        f"then {LIMITS[2]} calls a second, for {seconds} s each, and answers 429 to what is more. It begins with the pace "
        "that a mailing before has learnt.",
        ("taken", "limit"),
        [
            *lines,
            Line("all (used)", f"{taken:,}", f"{room:,.0f}", taken / room, USED),
            Line(
                "refused, of all calls",
                f"{refused:,}",
                f"{taken + refused:,}",
                100 * refused / (taken + refused),
                REFUSED,
            ),
        ],
    )
