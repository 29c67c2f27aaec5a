"""What nobody is at work on is put in order: the first step of every run, and the last of a cancelled mailing."""

from __future__ import annotations

from datetime import datetime

from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import OPEN_STATES, BatchState, Mailing
from dispatch.delivery.transitions import closed, ended, may_repeat
from dispatch.providers.outcome import Uncertain
from dispatch.providers.provider import Capabilities


def recover(ledger: Ledger, mailing: Mailing, capabilities: Capabilities, now: datetime) -> None:
    """Close the rows that an earlier run was at work on; to be called under the sender's lock.

    What had not left is pending, what is in doubt is repeated at once where the provider tells a repeat from a second
    copy, and uncertain everywhere else.
    """
    doubt = Uncertain("interrupted", "dispatch ended before an answer was on record")
    with ledger.writing() as connection:
        for row in ledger.rows(connection, mailing, BatchState.CLAIMED, BatchState.SUBMITTING):
            repeat = now if may_repeat(row, capabilities, now) else None
            ledger.exchange(connection, row, closed(row, doubt, repeat=repeat))


def end_cancelled(ledger: Ledger, mailing: Mailing) -> None:
    """Close all rows of a cancelled mailing for good; to be called where nobody is sending it.

    Those to whom nothing had left are withdrawn; what is in doubt can be repeated no longer, so it is uncertain.
    """
    doubt = Uncertain("cancelled", "the mailing was cancelled before an answer was on record")
    with ledger.writing() as connection:
        for row in ledger.rows(connection, mailing, *OPEN_STATES):
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
