"""Take the next row, leave out who may not be mailed now, and write the messages of one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from sqlalchemy import Connection

from dispatch.database.news import news_number
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import BatchRow, BatchState, Mailing
from dispatch.delivery.transitions import closed, may_repeat, returned, withdrawn
from dispatch.errors import Unsupported
from dispatch.messages.message import Message, Recipient
from dispatch.providers.outcome import Uncertain, legible
from dispatch.providers.provider import Capabilities, Provider
from dispatch.subscribers.store import SubscriberStore

_LOOK_AGAIN = -1  # in the place of the news' number, which it never is
_CLAIMS = count(1)  # the same process may lose a row and take it again: that is another claim

Personalize = Callable[[Sequence[Recipient], datetime], list[Message]]
"""The messages for some people with their Date, in order, or Unsupported; the same input, the same bytes."""


@dataclass(frozen=True)
class Claim:
    """A row that this run has taken, and the people in it; without people nothing of it is left to do."""

    row: BatchRow
    recipients: tuple[Recipient, ...]  # in order
    news: int = -1  # the news number at which none of them had left, and nobody wished us to stop


@dataclass(frozen=True)
class Call:
    """What is handed over at once: a row, its people, and a message for each, in order."""

    row: BatchRow
    recipients: tuple[Recipient, ...]
    messages: tuple[Message, ...]
    date: datetime
    news: int = -1  # the news number at which none of the people had left

    def part(self, row: BatchRow) -> Call:
        """The same for some of its people, who stand in a row of their own now."""
        wanted = set(row.positions)
        people = tuple(person for person in self.recipients if person.position in wanted)
        messages = tuple(message for message in self.messages if message.position in wanted)
        return replace(self, row=row, recipients=people, messages=messages)

    @property
    def repeats(self) -> bool:
        """Whether the request was made before and its answer is not known."""
        return self.row.state is BatchState.SUBMITTING


def claim(
    ledger: Ledger,
    store: SubscriberStore,
    mailing: Mailing,
    capabilities: Capabilities,
    now: datetime,
    paused_until: datetime | None = None,
    by: str = "",
) -> Claim | datetime | None:
    """Take the next row; without one, the time at which to ask again, or None if this run has nothing left to take.

    In one transaction with the newest suppressions: whoever left before it began is withdrawn here. `paused_until` is
    when the provider may be called again; `by` is who takes it.
    """

    taken_by = f"{by or _this_process()}#{next(_CLAIMS)}"
    attempts = 0

    def take(connection: Connection) -> Claim | datetime | None:
        nonlocal attempts
        attempts += 1
        if attempts > 1 and (taken := ledger.claimed(connection, mailing, taken_by)):  # the COMMIT's answer was lost
            return Claim(taken, ledger.recipients(connection, taken), _LOOK_AGAIN)
        news = news_number(connection)  # first: on PostgreSQL others may tell some between two statements
        wishes = ledger.refreshed(connection, mailing)
        if wishes.paused_at or wishes.cancelled_at:
            return None
        if wishes.pause_after is not None:
            ledger.held(connection, mailing)  # of two processes, the second counts whom the first has taken
        row = ledger.next_row(connection, mailing, now)
        if row is None:
            return ledger.next_due(connection, mailing)
        if paused_until:
            return paused_until
        if row.state is BatchState.SUBMITTING:
            return _claim_repeat(ledger, store, connection, row, capabilities, now, taken_by, news)
        room = _room(ledger, connection, wishes, len(row.positions))
        return _claim_first(ledger, store, connection, row, room, wishes, taken_by, news) if room else None

    return ledger.together(take)


def compose(ledger: Ledger, claimed: Claim, provider: Provider, personalize: Personalize, now: datetime) -> Call | None:
    """Write the messages of a claim and reduce it to what goes into one call; all else is pending again.

    Where somebody cannot be carried they are withdrawn, and the others wait for another claim: None.
    """
    if not claimed.recipients:
        return None
    row, repeats = claimed.row, claimed.row.state is BatchState.SUBMITTING
    date = row.submitted_at or now
    calls, unsupported = _calls(claimed.recipients, date, provider, personalize)
    if not unsupported and len(calls) == 1:
        return Call(row, claimed.recipients, calls[0], date, claimed.news)
    if repeats:
        doubt = Uncertain("changed", "no answer came, and the request cannot be made again as it was")
        parts = closed(row, doubt, repeat=None)
    elif unsupported:
        parts = withdrawn(returned(row, row.positions), unsupported)
    else:
        first, *others = (tuple(message.position for message in call) for call in calls)
        parts = [replace(row, positions=first), *(returned(row, positions) for positions in others)]
    stored = ledger.together(lambda connection: ledger.exchange(connection, row, parts))
    if repeats or unsupported:
        return None
    return Call(stored[0], claimed.recipients[: len(calls[0])], calls[0], date, claimed.news)


def _claim_first(
    ledger: Ledger,
    store: SubscriberStore,
    connection: Connection,
    row: BatchRow,
    room: int,
    wishes: Mailing,
    taken_by: str,
    news: int,
) -> Claim:
    taken = replace(row, positions=row.positions[:room], state=BatchState.CLAIMED, claimed_by=taken_by)
    taken = replace(taken, code="", detail="")
    rest = replace(row, positions=row.positions[room:])
    people = ledger.recipients(connection, taken)
    reasons: dict[int, tuple[str, str]] = {}
    if news != wishes.news:  # else nobody has left since the freeze, and asking for each takes longer than mailing them
        gone = store.suppressed([person.subscriber_id for person in people], connection)
        reasons = {
            person.position: (gone[person.subscriber_id], "") for person in people if person.subscriber_id in gone
        }
    parts = withdrawn(taken, reasons)
    stored = ledger.exchange(connection, row, [*parts, rest] if rest.positions else parts)
    return Claim(stored[0], tuple(person for person in people if person.position not in reasons), news)


def _claim_repeat(
    ledger: Ledger,
    store: SubscriberStore,
    connection: Connection,
    row: BatchRow,
    capabilities: Capabilities,
    now: datetime,
    taken_by: str,
    news: int,
) -> Claim:
    """Repeat the request as it was, or not at all: a call without one of its people would be another request."""
    people = ledger.recipients(connection, row)
    if store.suppressed([person.subscriber_id for person in people], connection):
        doubt = Uncertain("withdrawn_since", "no answer came, and somebody in the request has left since")
    elif not may_repeat(row, capabilities, now):
        doubt = Uncertain("too_old", "no answer came, and it is too late to repeat the request")
    else:
        (again,) = ledger.exchange(connection, row, [replace(row, claimed_by=taken_by)])
        return Claim(again, people, news)
    ledger.exchange(connection, row, closed(row, doubt, repeat=None))
    return Claim(row, ())


def _room(ledger: Ledger, connection: Connection, wishes: Mailing, wanted: int) -> int:
    """How many people may be taken before `--limit` is reached, should all that is under way succeed."""
    if wishes.pause_after is None:
        return wanted
    taken = wishes.audience - ledger.untaken(connection, wishes)
    return max(0, min(wanted, wishes.pause_after - taken))


def _this_process() -> str:
    return f"process {os.getpid()}"


def _calls(
    people: Sequence[Recipient], date: datetime, provider: Provider, personalize: Personalize
) -> tuple[list[tuple[Message, ...]], dict[int, tuple[str, str]]]:
    """The messages, call by call, and who cannot be carried (position to code and detail)."""
    try:
        return provider.plan(personalize(people, date)), {}
    except Unsupported:
        unsupported: dict[int, tuple[str, str]] = {}
        for person in people:
            try:
                provider.plan(personalize((person,), date))
            except Unsupported as error:
                unsupported[person.position] = ("unsupported", _in_one_line(error))
        if not unsupported:
            raise
        return [], unsupported


def _in_one_line(error: Unsupported) -> str:
    problem = error.problems[0]
    return legible(". ".join(filter(None, (problem.message, problem.remedy))))
