"""What can be said about a mailing and about one person in it, all of it derived from the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from dispatch.delivery.crew import Leases
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.lock import SenderLock
from dispatch.delivery.mailing import BatchRow, BatchState, Mailing, MailingState, Tally, mailing_state
from dispatch.messages.template import MessageTemplate
from dispatch.rendering.readership import Readership
from dispatch.rendering.readership_words import in_words


@dataclass(frozen=True)
class VariantStatus:
    """Where those stand who get one variant: whose it is (see Readership), and numbers as of the whole."""

    segments: tuple[str, ...]
    language: str
    audience: int
    accepted: int
    refused: int
    pending: int
    uncertain: int
    withdrawn: int


@dataclass(frozen=True)
class Status:
    """Where a mailing stands: the object that `status --json` prints, key by key.

    `audience` is always `accepted + refused + pending + uncertain + withdrawn`; `excluded` is before the freeze.
    """

    mailing: str
    issue: str
    state: MailingState
    audience: int
    accepted: int
    refused: int
    pending: int
    uncertain: int
    withdrawn: int
    excluded: Mapping[str, int]  # reason to number
    provider: str
    started: str | None  # UTC, ISO 8601
    finished: str | None
    variants: tuple[VariantStatus, ...] = ()  # where not all get the same; they add up to the numbers above

    def as_json(self) -> dict[str, object]:
        """The same as JSON has it."""
        return asdict(self)


@dataclass(frozen=True)
class Trace:
    """What one mailing's records say about one person."""

    mailing: str
    issue: str
    frozen: str  # when the audience was, UTC
    segment: str = ""  # of which it was; empty: of everybody
    position: int | None = None  # None: not a recipient
    fate: str = ""  # accepted | refused | pending | submitting | uncertain | withdrawn
    code: str = ""  # why so; of somebody who is no recipient: why not, where that is known
    detail: str = ""
    at: str = ""  # when they were accepted; of others, when the row in which they stand last changed
    provider_ids: tuple[str, ...] = ()
    readers: Readership | None = None  # whose variant they get; None: everybody gets the same
    variant: str = ""  # the same in words


def status(ledger: Ledger, lock: SenderLock | Leases | None, mailing: Mailing, now: datetime) -> Status:
    """Where the mailing stands at this moment; no lock is asked where it is known that nobody is sending it."""
    sending = lock is not None and lock.sends(mailing)
    with ledger.reading() as connection:
        fresh = ledger.refreshed(connection, mailing)
        tallies = ledger.tallies(connection, fresh)
    tally, readerships = sum(tallies.values(), Tally()), _readerships(ledger, mailing, tallies)
    return Status(
        mailing=fresh.name,
        issue=fresh.issue,
        state=mailing_state(fresh, tally, sending=sending, now=now),
        audience=fresh.audience,
        **asdict(tally),
        excluded=fresh.excluded,
        provider=fresh.provider,
        started=fresh.started_at,
        finished=fresh.finished_at,
        variants=tuple(
            VariantStatus(**asdict(readerships[number]), audience=each.audience, **asdict(each))
            for number, each in (tallies.items() if readerships else ())
        ),
    )


def why(ledger: Ledger, subscriber_id: str, issue: str | None = None) -> list[Trace]:
    """What every mailing (of an issue) says about a person, the oldest first."""
    with ledger.reading() as connection:
        return [_trace(ledger, connection, mailing, subscriber_id) for mailing in ledger.mailings(connection, issue)]


def _readerships(ledger: Ledger, mailing: Mailing, variants: Collection[int]) -> tuple[Readership, ...]:
    """Whom the variants of a mailing are for, in order of their numbers; nothing where everybody gets the same."""
    if len(variants) < 2:
        return ()
    return tuple(variant.readers for variant in MessageTemplate.from_bytes(ledger.content(mailing)).variants)


def _trace(ledger: Ledger, connection: Connection, mailing: Mailing, subscriber_id: str) -> Trace:
    position = ledger.position_of(connection, mailing, subscriber_id)
    if position is None:
        return Trace(mailing.name, mailing.issue, mailing.created_at, mailing.segment)
    row, at = ledger.row_of(connection, mailing, position)
    readerships = _readerships(ledger, mailing, ledger.tallies(connection, mailing))
    fate = _fate(row, position)
    accepted = fate == BatchState.ACCEPTED
    receipts = ledger.receipts(connection, mailing, position)
    return Trace(
        mailing=mailing.name,
        issue=mailing.issue,
        frozen=mailing.created_at,
        segment=mailing.segment,
        position=position,
        fate=fate,
        code="" if accepted else row.code,  # of a row that goes on after it was postponed, say
        detail="" if accepted else row.detail,
        at=min(receipts.values(), default=at) if accepted else at,
        provider_ids=tuple(filter(None, receipts)),
        readers=readerships[row.variant] if readerships else None,
        variant=in_words(readerships[row.variant], of=readerships) if readerships else "",
    )


def _fate(row: BatchRow, position: int) -> str:
    """Within a row that is being submitted everybody has a fate of their own."""
    if row.state is BatchState.SUBMITTING:
        if position in row.accepted:
            return BatchState.ACCEPTED
        return BatchState.SUBMITTING if position in row.in_doubt else BatchState.PENDING
    return BatchState.PENDING if row.state is BatchState.CLAIMED else row.state
