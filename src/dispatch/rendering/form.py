"""Text with open merge fields as it travels: all but the fields is encoded once, and filling it is a join."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import AnyStr, Generic

from dispatch.rendering.compiled import Slots
from dispatch.rendering.escaping import escaper

_REMEMBERED = 500  # values of a merge field, and no more of one where all are different: first names and cities recur

_SHORT = 100  # characters


class Form(Generic[AnyStr]):
    """A text to be filled in for one person after another."""

    def __init__(self, slots: Slots, literals: Iterable[AnyStr], encode: Callable[[str], AnyStr]) -> None:
        """Take the literals as they travel, one more than there are slots, and what makes an (escaped) value travel."""
        self._nothing: AnyStr = encode("")
        self._pieces: list[AnyStr] = [piece for literal in literals for piece in (literal, self._nothing)][:-1]
        distinct = list(dict.fromkeys(slots.slots))  # what stands in several places is escaped and encoded once
        self._encode: Callable[[str], AnyStr] = encode
        self._fields: list[tuple[str, str, Callable[[str], str], dict[str, AnyStr]]] = [
            (slot.name, slot.fallback, escaper(slot.context), {}) for slot in distinct
        ]
        self.places = [distinct.index(slot) for slot in slots.slots]  # of the filling, for each slot in order
        self._spread: Callable[[list[AnyStr]], Iterable[AnyStr]] = (
            itemgetter(*self.places) if len(self.places) > 1 else iter
        )

    def filling(self, values: Mapping[str, str]) -> list[AnyStr]:
        """What a person fills in: one piece for each distinct slot, their value or its fallback where that is blank."""
        filling: list[AnyStr] = []
        for name, fallback, escape, known in self._fields:
            value = values.get(name, "")
            encoded = known.get(value)
            if encoded is None:
                encoded = self._encode(escape(value if value.strip() else fallback))
                if len(known) < _REMEMBERED and len(value) < _SHORT:
                    known[value] = encoded
            filling.append(encoded)
        return filling

    def pieces(self, values: Mapping[str, str]) -> list[AnyStr]:
        """The text for one person, in pieces."""
        pieces = self._pieces.copy()
        pieces[1::2] = self._spread(self.filling(values))
        return pieces

    def fill(self, values: Mapping[str, str]) -> AnyStr:
        """The text for one person."""
        pieces: list[AnyStr] = self.pieces(values)
        return self._nothing.join(pieces)


def as_characters(slots: Slots) -> Form[str]:
    """Text that does not travel yet."""
    return Form(slots, slots.literals, str)


def as_utf8(slots: Slots) -> Form[bytes]:
    """Text as it is stored and shown."""
    return Form(slots, map(str.encode, slots.literals), str.encode)


def as_json(slots: Slots) -> Form[bytes]:
    """Text inside a JSON string, between its quotes: US-ASCII, as json.dumps writes it."""
    return Form(slots, map(within_json, slots.literals), within_json)


def within_json(text: str) -> bytes:
    """Text as it stands between the quotes of a JSON string."""
    return json.dumps(text)[1:-1].encode("ascii")
