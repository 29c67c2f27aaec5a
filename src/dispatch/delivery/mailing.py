"""What the ledger holds, as plain records: mailings, their batch rows, and the sums over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from dispatch.errors import DatabaseTrouble


class BatchState(StrEnum):
    """The common fate of the positions in one batch row."""

    PENDING = "pending"  # nothing of it has left
    CLAIMED = "claimed"  # a sender has taken it, nothing has left
    SUBMITTING = "submitting"  # the first `begun` may have left, of which the first `done` were accepted
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    WITHDRAWN = "withdrawn"  # left the audience after the freeze; the code says why


OPEN_STATES = frozenset({BatchState.PENDING, BatchState.CLAIMED, BatchState.SUBMITTING})
"""States that something still has to happen to."""


class MailingState(StrEnum):
    """Where a mailing stands; derived, never stored."""

    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    FINISHED_UNCERTAIN = "finished_uncertain"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Mailing:
    """One issue to one frozen audience, and what the operator wishes for it. Times are text as stored."""

    id: int
    name: str  # <slug>.<n>
    issue: str
    number: int
    nonce: str
    created_at: str
    provider: str
    segment: str
    audience: int  # recipients frozen
    excluded: Mapping[str, int]  # reason to number, before the freeze
    content_sha256: str
    commit: str
    clean: bool
    key_id: str
    started_at: str | None
    finished_at: str | None
    not_before: str | None
    paused_at: str | None
    cancelled_at: str | None
    pause_after: int | None  # `--limit`
    claim: str = ""  # the last one wished for in the git remote, as written there; empty: none
    says: Sequence[str] = ()  # digests of what the issue says, part by part
    news: int = -1  # the news number at the freeze (see database/news.py); -1: unknown
    fingerprint: str = ""  # of the issue as it was mailed (see Issue.fingerprint); empty: unknown


@dataclass(frozen=True)
class BatchRow:
    """A set of positions and their common fate; the rows of a mailing partition its audience.

    In order, the first `done` positions of a submitting row are accepted, those up to `begun` may have left without
    an answer on record, and the others have not left.
    """

    id: int
    mailing_id: int
    positions: tuple[int, ...]  # rising
    state: BatchState
    variant: int = 0
    begun: int = 0
    done: int = 0
    revision: int = 0
    attempts: int = 0
    request_sha256: str | None = None
    submitted_at: datetime | None = None  # the first submission, and the Date of its messages
    not_before: datetime | None = None
    claimed_by: str | None = None
    code: str = ""
    detail: str = ""
    provider_id: str = ""  # where all of an accepted row have the same
    version: int = 0  # rises with every change: whoever holds an older one is fenced off

    @property
    def accepted(self) -> tuple[int, ...]:
        """Positions of a submitting row whose acceptance is on record."""
        return self.positions[: self.done]

    @property
    def in_doubt(self) -> tuple[int, ...]:
        """Positions of a submitting row that may have left, without an answer on record."""
        return self.positions[self.done : self.begun]

    @property
    def not_begun(self) -> tuple[int, ...]:
        """Positions of which nothing has left."""
        return self.positions[self.begun :]


@dataclass(frozen=True)
class Tally:
    """Recipients of a mailing by what became of them; they add up to its audience."""

    accepted: int = 0
    refused: int = 0
    pending: int = 0
    uncertain: int = 0
    withdrawn: int = 0

    @property
    def audience(self) -> int:
        """All of them."""
        return self.accepted + self.refused + self.pending + self.uncertain + self.withdrawn

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{name: number + getattr(other, name) for name, number in asdict(self).items()})


def mailing_state(mailing: Mailing, tally: Tally, *, sending: bool, now: datetime) -> MailingState:
    """Where a mailing stands; `sending` says whether a live process is sending it."""
    if mailing.cancelled_at:
        return MailingState.CANCELLED
    if not tally.pending:
        return MailingState.FINISHED_UNCERTAIN if tally.uncertain else MailingState.FINISHED
    if mailing.paused_at or limit_reached(mailing, tally):
        return MailingState.PAUSED
    if sending:
        return MailingState.SENDING if mailing.started_at else MailingState.PREPARING
    if mailing.not_before and now < time_from(mailing.not_before):
        return MailingState.SCHEDULED
    return MailingState.STOPPED


def limit_reached(mailing: Mailing, tally: Tally) -> bool:
    """Whether as many as `--limit` allows are no longer pending."""
    return mailing.pause_after is not None and mailing.audience - tally.pending >= mailing.pause_after


def missing(mailing: Mailing, position: int) -> DatabaseTrouble:
    """What to raise where a recipient stands in no row, which nothing but damage brings about."""
    return DatabaseTrouble(
        f"position {position} of {mailing.name} is missing in the ledger", remedy="Restore the database from a backup."
    )


def time_text(moment: datetime) -> str:
    """A moment as it is stored: UTC, whole seconds, `2026-03-02T07:00:00Z`; its order is the order of time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def time_from(text: str) -> datetime:
    """What time_text wrote."""
    return datetime.fromisoformat(text)
