"""What becomes of a batch row: from the row and what happened to it, the rows that take its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dispatch.delivery.mailing import BatchRow, BatchState
from dispatch.providers.outcome import Accepted, Outcome, Postponed, Refused, Uncertain
from dispatch.providers.provider import FOREVER, Capabilities

LONGEST_WAIT = 3600.0
"""Seconds; a Retry-After beyond this is taken for this (RFC 9110 §10.2.3 sets no bound)."""


def answered(row: BatchRow, outcomes: Sequence[Outcome], now: datetime) -> tuple[BatchRow, list[BatchRow]]:
    """A submitting row after answers to the next of its messages, in order: what stays in it, and what leaves it.

    Accepted ones stay and count as done; the others leave for rows of their own, one for each fate. The row may be
    left without positions.
    """
    first = row.done
    if all(isinstance(outcome, Accepted) for outcome in outcomes):  # the usual case, and no position moves
        done = first + len(outcomes)
        return replace(row, done=done, begun=max(row.begun, done)), []
    asked = row.positions[first : first + len(outcomes)]
    accepted = []
    leaving: dict[BatchRow, list[int]] = {}
    for position, outcome in zip(asked, outcomes, strict=True):
        if isinstance(outcome, Accepted):
            accepted.append(position)
        else:
            leaving.setdefault(_fate(row, outcome, now), []).append(position)
    done = first + len(accepted)
    still_in_doubt = max(0, len(row.in_doubt) - len(outcomes))
    stays = replace(
        row,
        positions=(*row.positions[:first], *accepted, *row.positions[first + len(outcomes) :]),
        done=done,
        begun=done + still_in_doubt,
    )
    return stays, [replace(fate, positions=tuple(positions)) for fate, positions in leaving.items()]


def closed(row: BatchRow, doubt: Uncertain, *, repeat: datetime | None) -> list[BatchRow]:
    """A row whose call is over: accepted ones are accepted, what never left is pending, the rest is in doubt.

    `repeat` is when the request for what is in doubt may be made again: it stays submitting, under the row's own id,
    which is part of the idempotency key. None: a repeat might be a second copy, so it is uncertain.
    """
    if repeat:
        in_doubt = replace(
            row,
            positions=row.in_doubt,
            begun=len(row.in_doubt),
            done=0,
            attempts=row.attempts + 1,
            not_before=repeat,
            claimed_by=None,
        )
    else:
        in_doubt = ended(row, row.in_doubt, BatchState.UNCERTAIN, doubt.code, doubt.detail)
    accepted = replace(ended(row, row.accepted, BatchState.ACCEPTED), provider_id=row.provider_id)
    return [part for part in (in_doubt, accepted, returned(row, row.not_begun)) if part.positions]


def may_repeat(row: BatchRow, capabilities: Capabilities, now: datetime) -> bool:
    """Whether the provider takes a repeat of what is in doubt for the same request, byte for byte, and no second copy.

    A tenth of the key's lifetime is left as a margin for clocks and for the time that the repeat takes.
    """
    if row.submitted_at is None:
        return False
    same_request = capabilities.answers_each or row.in_doubt == row.positions
    age = (now - row.submitted_at).total_seconds()
    lifetime = capabilities.idempotency_seconds
    # A clock that was set back makes the age negative, which says nothing about the key's.
    return same_request and (lifetime == FOREVER or 0 <= age < 0.9 * lifetime)


def ended(row: BatchRow, positions: Sequence[int], state: BatchState, code: str = "", detail: str = "") -> BatchRow:
    """Some of a row's positions, in a state that nothing more happens to by itself."""
    return replace(
        row,
        positions=tuple(positions),
        state=state,
        begun=0,
        done=0,
        not_before=None,
        claimed_by=None,
        code=code,
        detail=detail,
        provider_id="",
    )


def returned(row: BatchRow, positions: Sequence[int]) -> BatchRow:
    """Some of a row's positions, surely not accepted, back where they can be claimed.

    Their next request is another one, so it gets another idempotency key.
    """
    return replace(
        row,
        positions=tuple(positions),
        state=BatchState.PENDING,
        begun=0,
        done=0,
        revision=row.revision + (row.state is not BatchState.CLAIMED),
        request_sha256=None,
        submitted_at=None,
        claimed_by=None,
        provider_id="",
    )


def kept(row: BatchRow, positions: Sequence[int]) -> BatchRow:
    """Some of a row's positions, surely not accepted, still in the hands of who has the row: for another request."""
    return replace(returned(row, positions), state=BatchState.CLAIMED, claimed_by=row.claimed_by)


def withdrawn(row: BatchRow, reasons: Mapping[int, tuple[str, str]]) -> list[BatchRow]:
    """A row of which nothing has left, without those who may not be mailed (position to code and detail)."""
    stays = replace(row, positions=tuple(position for position in row.positions if position not in reasons))
    leaving: dict[tuple[str, str], list[int]] = {}
    for position, reason in reasons.items():
        leaving.setdefault(reason, []).append(position)
    parts = [stays, *(ended(row, positions, BatchState.WITHDRAWN, *reason) for reason, positions in leaving.items())]
    return [part for part in parts if part.positions]


def next_attempt(row: BatchRow, now: datetime, retry_after: float | None = None) -> datetime:
    """When to try a row again: when the provider says, and each time at least twice as late (1, 2, 4 … seconds)."""
    seconds = min(max(2.0 ** min(row.attempts, 12), retry_after or 0.0), LONGEST_WAIT)
    return (now + timedelta(seconds=seconds, microseconds=999_999)).replace(microsecond=0)  # as stored, never earlier


def _fate(row: BatchRow, outcome: Refused | Postponed | Uncertain, now: datetime) -> BatchRow:
    """The row for messages with this answer, still without positions."""
    match outcome:
        case Postponed():
            return replace(
                returned(row, ()),
                attempts=row.attempts + 1,
                not_before=next_attempt(row, now, outcome.retry_after),
                code=outcome.code,
                detail=outcome.detail,
            )
        case Refused():
            return ended(row, (), BatchState.REFUSED, outcome.code, outcome.detail)
        case Uncertain():
            return ended(row, (), BatchState.UNCERTAIN, outcome.code, outcome.detail)
