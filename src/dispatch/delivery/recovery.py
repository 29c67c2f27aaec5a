"""What nobody is at work on is put in order: the first step of every run, and the last of a cancelled mailing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from dispatch.delivery.crew import Crew
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import OPEN_STATES, BatchState, Mailing
from dispatch.delivery.transitions import closed, ended, may_repeat
from dispatch.providers.outcome import Uncertain
from dispatch.providers.provider import Capabilities


def recover(
    ledger: Ledger, crew: Crew, mailing: Mailing, capabilities: Capabilities, now: datetime, *, locked: bool = True
) -> None:
    """Close the rows that nobody is at work on any more; `locked` says that we have just got the sender's lock.

    What had not left is pending, what is in doubt is repeated at once where the provider tells a repeat from a second
    copy, and uncertain everywhere else.
    """
    doubt = Uncertain("interrupted", "dispatch ended before an answer was on record")

    def take_over(connection: Connection) -> None:
        ledger.alone(connection, "recovery")  # of two who start at once, the second finds it done
        crew.muster(connection, locked=locked)
        taken = ledger.rows(connection, mailing, BatchState.CLAIMED, BatchState.SUBMITTING)
        for row in crew.abandoned(connection, [row for row in taken if row.claimed_by]):
            repeat = now if may_repeat(row, capabilities, now) else None
            ledger.exchange(connection, row, closed(row, doubt, repeat=repeat))

    ledger.together(take_over)


def end_cancelled(ledger: Ledger, crew: Crew, mailing: Mailing) -> None:
    """Close all rows of a cancelled mailing for good, but for those that a process is at work on.

    Those to whom nothing had left are withdrawn; what is in doubt can be repeated no longer, so it is uncertain.
    """
    doubt = Uncertain("cancelled", "the mailing was cancelled before an answer was on record")

    def end(connection: Connection) -> None:
        ledger.alone(connection, "recovery")
        for row in crew.abandoned(connection, ledger.rows(connection, mailing, *OPEN_STATES)):
            parts = closed(row, doubt, repeat=None)
            ledger.exchange(
                connection,
                row,
                [
                    ended(part, part.positions, BatchState.WITHDRAWN, "cancelled")
                    if part.state in OPEN_STATES
                    else part
                    for part in parts
                ],
            )

    ledger.together(end)


def doubt_rest(ledger: Ledger, mailing: Mailing) -> int:
    """After a restore: nobody knows who was mailed since the backup, so all who were waiting then are uncertain.

    Gives their number. To be called where nobody is sending the mailing.
    """
    doubt = Uncertain("restored", "the ledger was restored from a backup, and the mailing may have gone on since")

    def end(connection: Connection) -> int:
        rows = ledger.rows(connection, mailing, *OPEN_STATES)
        for row in rows:
            rest = row.positions[row.done :]
            parts = [
                ended(row, row.accepted, BatchState.ACCEPTED),
                ended(row, rest, BatchState.UNCERTAIN, doubt.code, doubt.detail),
            ]
            ledger.exchange(connection, row, [part for part in parts if part.positions])
        return sum(len(row.positions) - row.done for row in rows)

    return ledger.together(end)
