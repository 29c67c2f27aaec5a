"""What was learnt about a provider's pace, in the database: for the next run, and for processes beside this one."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, text, update

from dispatch.database.schema import pace
from dispatch.delivery.pacing import Pace, Pacer

_SLOWEST = 0.1  # recipients per second
_FIRST = text("INSERT INTO pace VALUES (:provider, :rate, :until, :now) ON CONFLICT DO NOTHING")  # another was first


def share_pace(
    connection: Connection, provider: str, pacer: Pacer, change: float, pause: float, processes: int, now: float
) -> Pace:
    """Add what this process has learnt to what all have; gives what all know now.

    `change` is in recipients per second, `pause` in seconds from now, which is in seconds since 1970. A provider that was never slower than its limit
    has no row: a limit that is raised in dispatch.yaml counts at once.
    """
    here = pace.c.provider == provider
    known = connection.execute(select(pace).where(here).with_for_update()).one_or_none()
    rate = max(_SLOWEST, min(pacer.limit, (known.rate if known else pacer.start) + change))
    paused_until = max(known.paused_until if known else 0.0, now + pause if pause else 0.0)
    if rate == pacer.limit and paused_until <= now:
        if known:
            connection.execute(delete(pace).where(here))
    elif known:
        connection.execute(update(pace).where(here).values(rate=rate, paused_until=paused_until, updated_at=now))
    elif change or pause:
        connection.execute(_FIRST, {"provider": provider, "rate": rate, "until": paused_until, "now": now})
    return Pace(rate, max(0.0, paused_until - now), processes)
