"""Everything that is frozen with a mailing: what its messages are made of, as canonical bytes."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from dispatch.addresses import Mailbox
from dispatch.errors import DatabaseTrouble
from dispatch.rendering.compiled import CompiledIssue, Context, Picture, Slot, Slots
from dispatch.rendering.form import Form, as_characters
from dispatch.rendering.readership import EVERYBODY, Readership

_FORMAT = 2
_WITHOUT_READERS = 1  # each variant with its pictures in it


@dataclass(frozen=True)
class Variant:
    """What some of a mailing's recipients get: subject and both bodies with open merge fields."""

    subject: Slots
    html: Slots
    text: Slots
    pictures: tuple[Picture, ...] = ()  # those that travel inside each message
    readers: Readership = EVERYBODY  # who they are

    @classmethod
    def of(cls, issue: CompiledIssue, readers: Readership = EVERYBODY) -> Variant:
        """A compiled issue as it is mailed to some readers; hosted pictures stay outside."""
        return cls(issue.subject, issue.html, issue.text, issue.pictures if issue.embedded else (), readers)

    @cached_property
    def subject_form(self) -> Form[str]:
        """The subject, ready to be filled."""
        return as_characters(self.subject)

    @cached_property
    def html_form(self) -> Form[str]:
        """The HTML body, ready to be filled."""
        return as_characters(self.html)

    @cached_property
    def text_form(self) -> Form[str]:
        """The text body, ready to be filled."""
        return as_characters(self.text)


@dataclass(frozen=True)
class MessageTemplate:
    """A mailing's messages but for the recipient: with the keys, all that decides their bytes."""

    mailing: str  # <slug>.<n>
    nonce: str  # drawn once for the mailing; Message-IDs come from it
    key_id: str  # the key that signs, KeyRing.key_id at the time of the freeze
    from_: Mailbox
    reply_to: Mailbox | None
    domain: str  # the right side of Message-IDs, lower-case A-labels
    list_id: str  # see list_headers.list_id()
    feedback_id: str  # see list_headers.feedback_id()
    unsubscribe_url: str  # where tokens are put at the end, https://…/u/
    unsubscribe_mailto: str  # an address, or nothing
    view_online_url: str  # the issue on the web, or nothing
    archive_url: str  # all issues on the web, or nothing
    help_url: str  # about the newsletter, or nothing
    variants: tuple[Variant, ...]

    def to_bytes(self) -> bytes:
        """Canonical JSON: the same template, the same bytes. A picture stands there once, however many variants have it."""
        pictures = {picture.name: asdict(picture) for variant in self.variants for picture in variant.pictures}
        variants = [
            {**asdict(replace(variant, pictures=())), "pictures": [picture.name for picture in variant.pictures]}
            for variant in self.variants
        ]
        content = {"format": _FORMAT, **asdict(replace(self, variants=())), "pictures": pictures, "variants": variants}
        return json.dumps(content, sort_keys=True, separators=(",", ":"), default=_base64).encode("ascii")

    @classmethod
    def from_bytes(cls, content: bytes) -> MessageTemplate:
        """What to_bytes() wrote; raises DatabaseTrouble for anything else."""
        try:
            record = json.loads(content)
            form = record.pop("format")
            if form not in {_FORMAT, _WITHOUT_READERS}:
                raise DatabaseTrouble(
                    "This mailing was frozen by a newer dispatch", remedy="Go on with the version that began it."
                )
            reply_to = record.pop("reply_to")
            pictures = {name: _picture(one) for name, one in record.pop("pictures", {}).items()}
            return cls(
                from_=Mailbox(**record.pop("from_")),
                reply_to=Mailbox(**reply_to) if reply_to else None,
                variants=tuple(_variant(one, pictures) for one in record.pop("variants")),
                **record,
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise DatabaseTrouble(
                "What was frozen for this mailing cannot be read back", remedy="Restore the database from a backup."
            ) from error


def _variant(record: Mapping[str, Any], pictures: Mapping[str, Picture]) -> Variant:
    readers = record.get("readers", {"segments": (), "language": ""})  # not in the first format
    return Variant(
        subject=_slots(record["subject"]),
        html=_slots(record["html"]),
        text=_slots(record["text"]),
        pictures=tuple(pictures[one] if isinstance(one, str) else _picture(one) for one in record["pictures"]),
        readers=Readership(tuple(readers["segments"]), readers["language"]),
    )


def _picture(record: Mapping[str, Any]) -> Picture:
    return Picture(**{**record, "content": base64.b64decode(record["content"])})


def _slots(record: Mapping[str, Any]) -> Slots:
    slots = (Slot(slot["name"], slot["fallback"], Context(slot["context"])) for slot in record["slots"])
    return Slots(tuple(record["literals"]), tuple(slots))


def _base64(content: object) -> str:
    """JSON has no bytes; a picture's content is the only place with some."""
    assert isinstance(content, bytes)  # noqa: S101
    return base64.b64encode(content).decode()
