"""What became of one message that was handed over: four answers, and no fifth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Suppress = Literal["", "bounced", "complained", "unsubscribed"]


@dataclass(frozen=True)
class Accepted:
    """The provider said yes and is responsible for it now. It does not mean the inbox."""

    provider_id: str  # the provider's id, or the SMTP reply; may be empty when it gave none
    detail: str = ""


@dataclass(frozen=True)
class Refused:
    """The provider said no to this message for good."""

    code: str
    detail: str
    # Why nothing more should be sent to this address, by whomever; empty: it is about this message.
    suppress: Suppress = ""
    of_call: bool = False  # it refused a call, and perhaps one message in it is why: the others are tried without it


UNREACHABLE = "unreachable"
"""The code of a Postponed message for which there was no connection at all."""


@dataclass(frozen=True)
class Postponed:
    """Surely not accepted, and worth another try."""

    code: str
    detail: str
    retry_after: float | None = None  # seconds, where the provider says


@dataclass(frozen=True)
class Uncertain:
    """It may have been accepted or not; nobody can tell from here."""

    code: str
    detail: str


Outcome = Accepted | Refused | Postponed | Uncertain


def legible(text: str, limit: int = 500) -> str:
    """A server's words as they may be shown and stored: one line, no control characters, at most `limit` characters."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())[:limit]
