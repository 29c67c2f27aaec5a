"""What a person decides about a mailing: cancel it, or settle what nobody can know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dispatch.delivery.crew import Crew, Leases
from dispatch.delivery.ledger import Ledger
from dispatch.delivery.lock import SenderLock
from dispatch.delivery.mailing import BatchState, Mailing
from dispatch.delivery.recovery import end_cancelled
from dispatch.delivery.transitions import ended, returned
from dispatch.errors import AlreadySending, SendRefused, Unsupported
from dispatch.messages.message import Recipient
from dispatch.providers.provider import Provider


@dataclass(frozen=True)
class Doubt:
    """A recipient of whom nobody knows whether they were mailed, and why not."""

    recipient: Recipient
    code: str
    detail: str


def cancel(ledger: Ledger, lock: SenderLock | Leases, crew: Crew, mailing: Mailing) -> bool:
    """Stop a mailing for good; False where a live sender sees to the rest when the calls under way are answered.

    Raises SendRefused for a mailing that is at its end.
    """
    if mailing.finished_at:
        raise SendRefused(f"{mailing.name} is finished, so there is nothing left to cancel")
    ledger.cancel(mailing)  # a sender that starts from here on finds the wish before it takes anything
    try:
        with lock.hold(mailing.name):
            ledger.together(lambda connection: crew.muster(connection, locked=True))
            end_cancelled(ledger, crew, mailing)
    except AlreadySending:
        end_cancelled(ledger, crew, mailing)
    with ledger.reading() as connection:
        return ledger.refreshed(connection, mailing).finished_at is not None


def doubts(ledger: Ledger, mailing: Mailing) -> list[Doubt]:
    """Everybody whose outcome is uncertain, in order of rows."""
    with ledger.reading() as connection:
        return [
            Doubt(person, row.code, row.detail)
            for row in ledger.rows(connection, mailing, BatchState.UNCERTAIN)
            for person in ledger.recipients(connection, row)
        ]


def resend(ledger: Ledger, mailing: Mailing) -> int:
    """Make everybody in doubt pending again, though some may get a second copy; gives their number.

    Only ever at a person's word, and under the sender's lock. Raises SendRefused for a cancelled mailing.
    """
    if mailing.cancelled_at:
        raise SendRefused(f"{mailing.name} was cancelled, so nobody can be mailed again")
    count = 0
    with ledger.writing() as connection:
        for row in ledger.rows(connection, mailing, BatchState.UNCERTAIN):
            again = replace(returned(row, row.positions), attempts=0, code="resent", detail=row.detail)
            ledger.exchange(connection, row, [again])
            count += len(row.positions)
    return count


def ask_provider(
    ledger: Ledger, mailing: Mailing, provider: Provider, reference_for: Callable[[int], str]
) -> tuple[int, int]:
    """Look everybody in doubt up, by call, by the reference for their position: how many were found, and how many not.

    Those found are accepted; not having been found proves nothing, so the others stay in doubt. To be called under the
    sender's lock. Raises Unsupported, and whatever the provider raises.
    """
    if not provider.capabilities.can_look_up:
        raise Unsupported(
            f"{provider.name} cannot look messages up",
            remedy="Decide yourself: `dispatch settle --hold` or `--resend`.",
        )
    found = missing = 0
    with ledger.reading() as connection:
        rows = ledger.rows(connection, mailing, BatchState.UNCERTAIN)
    for row in rows:
        with ledger.reading() as connection:
            people = ledger.recipients(connection, row)
        references = {reference_for(person.position): person.position for person in people}
        hits = provider.reconcile({reference_for(person.position): person.address for person in people})
        receipts = {references[reference]: provider_id for reference, provider_id in hits.items()}
        others = tuple(position for position in row.positions if position not in receipts)
        parts = [ended(row, sorted(receipts), BatchState.ACCEPTED), replace(row, positions=others)]
        if receipts:
            with ledger.writing() as connection:
                ledger.exchange(connection, row, [part for part in parts if part.positions], receipts)
        found, missing = found + len(receipts), missing + len(others)
    return found, missing
