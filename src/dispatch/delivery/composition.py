"""Take the next row, leave out who may not be mailed now, and write the messages of one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from dispatch.delivery.ledger import Ledger
from dispatch.delivery.mailing import BatchRow, BatchState, Mailing
from dispatch.delivery.transitions import closed, may_repeat, returned, withdrawn
from dispatch.errors import Unsupported
from dispatch.messages.message import Message, Recipient
from dispatch.providers.outcome import Uncertain
from dispatch.providers.provider import Capabilities, Provider
from dispatch.subscribers.store import SubscriberStore

Personalize = Callable[[Recipient, datetime], Message]
"""The message for one person with its Date; the same input, the same bytes."""


@dataclass(frozen=True)
class Claim:
    """A row that this run has taken, and the people in it; without people nothing of it is left to do."""

    row: BatchRow
    recipients: tuple[Recipient, ...]  # in order


@dataclass(frozen=True)
class Call:
    """What is handed over at once: a row, its people, and a message for each, in order."""

    row: BatchRow
    recipients: tuple[Recipient, ...]
    messages: tuple[Message, ...]
    date: datetime

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
) -> Claim | datetime | None:
    """Take the next row; without one, the time at which to ask again, or None if this run has nothing left to take.

    In one transaction with the newest suppressions: whoever left before it began is withdrawn here. `paused_until` is
    when the provider may be called again.
    """
    with ledger.writing() as connection:
        wishes = ledger.refreshed(connection, mailing)
        if wishes.paused_at or wishes.cancelled_at:
            return None
        row = ledger.next_row(connection, mailing, now)
        if row is None:
            return ledger.next_due(connection, mailing)
        if paused_until:
            return paused_until
        if row.state is BatchState.SUBMITTING:
            return _claim_repeat(ledger, store, connection, row, capabilities, now)
        room = _room(ledger, connection, wishes, len(row.positions))
        return _claim_first(ledger, store, connection, row, room) if room else None


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
        return Call(row, claimed.recipients, calls[0], date)
    if repeats:
        doubt = Uncertain("changed", "no answer came, and the request cannot be made again as it was")
        parts = closed(row, doubt, repeat=None)
    elif unsupported:
        parts = withdrawn(returned(row, row.positions), unsupported)
    else:
        first, *others = (tuple(message.position for message in call) for call in calls)
        parts = [replace(row, positions=first), *(returned(row, positions) for positions in others)]
    with ledger.writing() as connection:
        ledger.exchange(connection, row, parts)
    if repeats or unsupported:
        return None
    return Call(parts[0], claimed.recipients[: len(calls[0])], calls[0], date)


def _claim_first(ledger: Ledger, store: SubscriberStore, connection: Connection, row: BatchRow, room: int) -> Claim:
    taken = replace(
        row, positions=row.positions[:room], state=BatchState.CLAIMED, claimed_by=_this_process(), code="", detail=""
    )
    rest = replace(row, positions=row.positions[room:])
    people = ledger.recipients(connection, taken)
    gone = store.suppressed([person.subscriber_id for person in people], connection)
    reasons = {person.position: (gone[person.subscriber_id], "") for person in people if person.subscriber_id in gone}
    parts = withdrawn(taken, reasons)
    ledger.exchange(connection, row, [*parts, rest] if rest.positions else parts)
    return Claim(parts[0], tuple(person for person in people if person.position not in reasons))


def _claim_repeat(
    ledger: Ledger,
    store: SubscriberStore,
    connection: Connection,
    row: BatchRow,
    capabilities: Capabilities,
    now: datetime,
) -> Claim:
    """Repeat the request as it was, or not at all: a call without one of its people would be another request."""
    people = ledger.recipients(connection, row)
    if store.suppressed([person.subscriber_id for person in people], connection):
        doubt = Uncertain("withdrawn_since", "no answer came, and somebody in the request has left since")
    elif not may_repeat(row, capabilities, now):
        doubt = Uncertain("too_old", "no answer came, and it is too late to repeat the request")
    else:
        again = replace(row, claimed_by=_this_process())
        ledger.exchange(connection, row, [again])
        return Claim(again, people)
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
    messages: list[Message] = []
    unsupported: dict[int, tuple[str, str]] = {}
    for person in people:
        try:
            messages.append(personalize(person, date))
        except Unsupported as error:
            unsupported[person.position] = ("unsupported", str(error))
    if unsupported:
        return [], unsupported
    try:
        return provider.plan(messages), {}
    except Unsupported:
        for message in messages:
            try:
                provider.plan([message])
            except Unsupported as error:
                unsupported[message.position] = ("unsupported", str(error))
        if not unsupported:
            raise
        return [], unsupported
