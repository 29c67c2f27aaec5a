"""Whose message the author looks at: found in subscribers.csv, which is read anew and never kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dispatch.addresses import address_key
from dispatch.errors import DispatchError
from dispatch.messages.message import Recipient
from dispatch.subscribers.csv_import import read_subscribers
from dispatch.subscribers.csv_rows import Row
from dispatch.subscribers.subscriber import Subscriber, merge_values

MOST = 200
"""How many people one answer shows; typing finds the others."""

Values = tuple[tuple[str, str], ...]
"""Merge fields, each with its value."""

NOBODY = Recipient(1, "0" * 32, "nobody@example.invalid")
"""Has no value for any merge field, so that every fallback shows."""


@dataclass(frozen=True)
class Found:
    """The first people that fit, in the order of the file, and whether there are more."""

    people: tuple[Subscriber, ...]
    more: bool


def search(file: Path, query: str) -> Found:
    """Everybody in whom each word of the query occurs; raises NotFound and InvalidSubscribers.

    A list of 100,000 takes 0.8 s to its end.
    """
    words = _folded(query).split()
    people: list[Subscriber] = []
    for person in _everybody(file):
        if all(word in _folded(_known(person)) for word in words):
            if len(people) == MOST:
                return Found(tuple(people), more=True)
            people.append(person)
    return Found(tuple(people), more=False)


def find(file: Path, address: str) -> Subscriber | None:
    """The subscriber with an address; None where there is none, or no list that could be read."""
    try:
        status = file.stat()
        return _find(file, status.st_mtime_ns, status.st_size, address_key(address))
    except (DispatchError, OSError):
        return None


def recipient(person: Subscriber | None, made_up: Values = ()) -> Recipient:
    """Somebody, or nobody, as a mailing would address them, with values over their own that the author made up."""
    if not person:
        return NOBODY._replace(values=dict(made_up))
    return Recipient(1, person.id, person.email, person.name, values={**merge_values(person), **dict(made_up)})


@lru_cache(maxsize=8)
def _find(file: Path, _modified: int, _size: int, key: str) -> Subscriber | None:
    """Remembered for as long as the file stays as it is: every save of an issue asks for the same person."""
    return next((person for person in _everybody(file) if address_key(person.email) == key), None)


def _everybody(file: Path) -> Iterator[Subscriber]:
    """All but the rejected lines. The id is nobody's: an unsubscribe link in the preview is for looking at."""
    return (row.subscriber(id="0" * 32) for row in read_subscribers(file) if isinstance(row, Row))


def _known(person: Subscriber) -> str:
    return " ".join((person.email, person.name, person.language, *person.tags, *person.fields.values()))


def _folded(text: str) -> str:
    """Without case and accents: whoever looks for Elodie means Élodie too."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()
