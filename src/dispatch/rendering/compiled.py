"""An issue rendered once, the same for all, with its merge fields still open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Context(StrEnum):
    """Where a merge field stands, which decides how its value is escaped."""

    TEXT = "text"  # between HTML tags
    ATTRIBUTE = "attribute"  # inside a quoted HTML attribute
    URL = "url"  # the beginning of a URL attribute: the scheme is checked
    URL_PART = "url_part"  # further on in a URL attribute: percent-encoded
    PLAIN = "plain"  # the text part
    HEADER = "header"  # the subject


@dataclass(frozen=True)
class Slot:
    """An open merge field: which field, what stands in for it, and where it is."""

    name: str
    fallback: str
    context: Context


@dataclass(frozen=True)
class Slots:
    """Text with open merge fields: literals[0] slots[0] literals[1] … literals[n]."""

    literals: tuple[str, ...]
    slots: tuple[Slot, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The merge fields that occur."""
        return frozenset(slot.name for slot in self.slots)


@dataclass(frozen=True)
class Picture:
    """A picture ready to be shown: its bytes, and the name they are known by.

    `name` is `<sha256>.<ext>`, the path below `/media/`. `told` are the figures of a chart, a row in a line.
    """

    name: str
    content_type: str
    content: bytes = field(repr=False)
    width: int
    height: int
    told: str = ""

    @property
    def content_id(self) -> str:
        """What the HTML calls it by (`cid:…`) when it travels inside the message: an addr-spec (RFC 2392)."""
        return f"{self.name}@pictures"


@dataclass(frozen=True)
class CompiledIssue:
    """What every recipient gets, but for the merge fields (DESIGN §2)."""

    slug: str
    title: str
    language: str
    direction: str  # ltr | rtl
    subject: Slots
    preheader: str
    html: Slots
    text: Slots
    pictures: tuple[Picture, ...]  # in order of appearance, without repetition
    embedded: bool  # True: the HTML refers to the pictures by cid:, they travel with each message

    @property
    def names(self) -> frozenset[str]:
        """The merge fields that occur anywhere."""
        return self.subject.names | self.html.names | self.text.names


RESERVED_FIELDS: frozenset[str] = frozenset({"unsubscribe_url", "view_online_url", "preferences_url"})
"""Merge fields that dispatch itself fills for every recipient."""


def bytes_of(text: str) -> int:
    """How many bytes of UTF-8 a part of a message has as it arrives: there each line ends in two (RFC 5322 §2.1)."""
    return len(text.encode()) + text.count("\n")


def resolve(slot: Slot, values: Mapping[str, str]) -> str:
    """The value of a slot before escaping: the recipient's, or the fallback where it is missing or blank."""
    value = values.get(slot.name, "")
    return value if value.strip() else slot.fallback
