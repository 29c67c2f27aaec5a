"""A subscriber, and the words for who may be mailed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from dispatch.addresses import address_key


class Status(StrEnum):
    """What somebody has said about being mailed."""

    UNCONFIRMED = "unconfirmed"
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"


class Reason(StrEnum):
    """Why an address may not be mailed, the weakest first: a stronger reason takes the place of a weaker one."""

    BOUNCED = "bounced"
    MANUAL = "manual"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    FORGOTTEN = "forgotten"

    def outweighs(self, other: Reason) -> bool:
        """Whether this one takes the place of the other."""
        strength = list(Reason)
        return strength.index(self) > strength.index(other)


NOT_IN_FILE = "not_in_file"
"""The exclusion of somebody who stands no longer in the file and never signed up through a form."""

STANDARD_COLUMNS = (
    "email",
    "name",
    "first_name",
    "language",
    "tags",
    "status",
    "consent_source",
    "consent_at",
)
"""What dispatch itself knows about everybody; every other column of the file is a merge field of its own."""

MERGE_COLUMNS = ("email", "name", "first_name", "language")
"""The standard columns that an issue may name as merge fields."""


@dataclass(frozen=True)
class Subscriber:
    """A person on the list."""

    id: str  # 32 hex digits, see subscriber_id
    email: str
    name: str = ""
    first_name: str = ""
    language: str = ""  # BCP 47: fr, pt-BR
    tags: tuple[str, ...] = ()
    status: Status = Status.SUBSCRIBED
    fields: Mapping[str, str] = field(default_factory=dict)  # every other column that is not empty
    consent_source: str = ""
    consent_at: str = ""  # ISO 8601: a date, or a time in UTC
    origin: str = "file"  # file | form


@dataclass(frozen=True)
class Candidate:
    """A known subscriber, and why a mailing leaves them out (None: it does not)."""

    subscriber: Subscriber
    exclusion: str | None  # a Reason, unsubscribed, unconfirmed, or not_in_file


@dataclass(frozen=True)
class Suppression:
    """Why somebody may not be mailed, since when, and what did it."""

    reason: Reason
    since: str
    source: str


@dataclass(frozen=True)
class HistoryEntry:
    """Something that happened to a subscriber."""

    at: str
    event: str
    detail: str


def merge_values(subscriber: Subscriber) -> dict[str, str]:
    """The text for each merge field that a subscriber can fill."""
    return {
        "email": subscriber.email,
        "name": subscriber.name,
        "first_name": subscriber.first_name,
        "language": subscriber.language,
        **subscriber.fields,
    }


def subscriber_id(address: str, key: bytes) -> str:
    """32 hex digits that stand for an address: the same in every clone, and telling nobody the address.

    `key` is the newsletter's oldest one (DESIGN §6). Two spellings of one mailbox have one id; raises InvalidAddress.
    """
    return id_maker(key)(address_key(address))


def id_maker(key: bytes) -> Callable[[str], str]:
    """The same for what `address_key` gave, for many addresses: HMAC (RFC 2104 §2) whose key is worked in only once.

    A quarter of the time that hmac.digest takes, which counts for a million.
    """
    block = (key if len(key) <= 64 else sha256(key).digest()).ljust(64, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))

    def make(identity: str) -> str:
        inside, outside = inner.copy(), outer.copy()
        inside.update(identity.encode())
        outside.update(inside.digest())
        return outside.hexdigest()[:32]

    return make
