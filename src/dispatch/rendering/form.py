"""Text with open merge fields as it travels: all but the fields is encoded once, and filling it is a join."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from json.encoder import encode_basestring_ascii
from operator import itemgetter
from typing import AnyStr, Generic

from dispatch.rendering.compiled import Slot, Slots
from dispatch.rendering.escaping import escape_all, escaper

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
        self._fields: list[tuple[Slot, str, Callable[[str], str], dict[str, AnyStr]]] = [
            (slot, slot.name, escaper(slot.context), {}) for slot in distinct
        ]
        self.names = frozenset(slot.name for slot in distinct)
        self.places = [distinct.index(slot) for slot in slots.slots]  # of the filling, for each slot in order
        self._spread: Callable[[Sequence[AnyStr]], Iterable[AnyStr]] = (
            itemgetter(*self.places) if len(self.places) > 1 else iter
        )

    def filling(self, values: Mapping[str, str]) -> list[AnyStr]:
        """What a person fills in: one piece for each distinct slot, their value or its fallback where that is blank."""
        filling: list[AnyStr] = []
        for slot, name, escape, known in self._fields:
            value = values.get(name, "")
            encoded = known.get(value)
            if encoded is None:
                encoded = self._encode(escape(value if value.strip() else slot.fallback))
                if len(known) < _REMEMBERED and len(value) < _SHORT:
                    known[value] = encoded
            filling.append(encoded)
        return filling

    def pieces(self, values: Mapping[str, str]) -> list[AnyStr]:
        """The text for one person, in pieces."""
        pieces = self._pieces.copy()
        pieces[1::2] = self._spread(self.filling(values))
        return pieces

    def pieces_of_all(self, columns: Mapping[str, list[str]]) -> Iterator[list[AnyStr]]:
        """The same for many people, one after the other: `columns` has everybody's values, field by field.

        Without a merge field it is the same for everybody, and has no end.
        """
        filled = [self._column(slot, columns[name], known) for slot, name, _, known in self._fields]
        for filling in zip(*filled, strict=True) if filled else repeat(()):
            pieces = self._pieces.copy()
            pieces[1::2] = self._spread(filling)
            yield pieces

    def _column(self, slot: Slot, values: list[str], known: dict[str, AnyStr]) -> list[AnyStr]:
        """A piece for each of the values, in order; those that were not met before are escaped together."""
        new = list(dict.fromkeys(value for value in values if value not in known))
        found = dict(zip(new, map(self._encode, _escaped(slot, new)), strict=True)) if new else {}
        column = [found[value] if value in found else known[value] for value in values]
        for value in new[: max(0, _REMEMBERED - len(known))]:
            if len(value) < _SHORT:
                known[value] = found[value]
        return column

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
    return json_text(text).encode("ascii")


def json_text(text: str) -> str:
    """The same as characters, all of them US-ASCII."""
    return encode_basestring_ascii(text)[1:-1]


def json_texts(texts: list[str]) -> list[str]:
    """The same for many; those texts themselves where that changes nothing."""
    together = "".join(texts)
    if together.isascii() and together.isprintable() and '"' not in together and "\\" not in together:
        return texts
    return list(map(json_text, texts))


def json_columns(slots: Sequence[Slot], columns: Mapping[str, list[str]]) -> list[list[str]]:
    """What many people fill in, as it stands within JSON strings: for each slot a text for each of them, in order.

    `columns` has everybody's values, field by field. Takes a tenth of the time that it takes one after another.
    """
    occurring = {name: list(set(column)) for name, column in columns.items()}
    written = {slot: _column(slot, columns[slot.name], occurring[slot.name]) for slot in set(slots)}
    return [written[slot] for slot in slots]


def _column(slot: Slot, values: list[str], occurring: list[str]) -> list[str]:
    if len(occurring) > len(values) // 2:
        return json_texts(_escaped(slot, values))
    texts = dict(zip(occurring, json_texts(_escaped(slot, occurring)), strict=True))
    return [texts[value] for value in values]


def _escaped(slot: Slot, values: list[str]) -> list[str]:
    if "" in values or any(map(str.isspace, values)):
        values = [value if value.strip() else slot.fallback for value in values]
    return escape_all(values, slot.context)
