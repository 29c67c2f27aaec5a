"""What the mailings hold of a person who wants to be forgotten, and how it is taken out."""

from __future__ import annotations

from sqlalchemy import Connection, exists, func, or_, select, union_all, update

from dispatch.database.schema import batch, receipt, recipient, subscriber


def blank_mailings(connection: Connection, person: str, address: str) -> bool:
    """Take a subscriber's address, name and values out of all mailings; whether any had them.

    To be called while the subscriber is still known: by every spelling of the address that is on record.
    """
    _redact_answers(connection, person, address)
    theirs = update(recipient).where(recipient.c.subscriber_id == person)
    return connection.execute(theirs.values(address="", name="", values={})).rowcount > 0


def _redact_answers(connection: Connection, person: str, address: str) -> None:
    """Providers quote the address in their answers and receipts, which are kept beside the batches."""
    theirs = recipient.c.subscriber_id == person
    mailings = list(connection.execute(select(recipient.c.mailing_id).distinct().where(theirs)).scalars())
    spellings = union_all(
        select(recipient.c.address).where(theirs), select(subscriber.c.email).where(subscriber.c.id == person)
    )
    their_receipt = exists().where(
        theirs, recipient.c.mailing_id == receipt.c.mailing_id, recipient.c.position == receipt.c.position
    )
    known = {address, *connection.execute(spellings).scalars()} - {""}
    for spelling in known | {spelling.lower() for spelling in known}:
        blanked = {
            column.name: func.replace(column, spelling, "(forgotten)")
            for column in (batch.c.detail, batch.c.provider_id)
        }
        quoted = or_(*(batch.c[name] != without for name, without in blanked.items()))
        connection.execute(update(batch).where(batch.c.mailing_id.in_(mailings), quoted).values(blanked))
        connection.execute(
            update(receipt)
            .where(their_receipt)
            .values(provider_id=func.replace(receipt.c.provider_id, spelling, "(forgotten)"))
        )
