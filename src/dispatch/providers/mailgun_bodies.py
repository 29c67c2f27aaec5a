"""What a call to Mailgun says: bodies with its words in the places of merge fields, and everybody's values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from dispatch.addresses import Mailbox, format_header
from dispatch.messages.message import Edition, Message, Recipient, columns_of, tokens_of
from dispatch.messages.template import Variant
from dispatch.messages.tokens import TOKEN_LENGTH
from dispatch.rendering.compiled import Slot, Slots
from dispatch.rendering.form import json_columns, json_text, json_texts

MAX_OPTIONS = 16_384
"""Bytes of all o:, h:, v: and t: fields of a call together."""

_TOKEN = "x" * TOKEN_LENGTH  # stands for anybody's

# What Mailgun replaces wherever it stands: %recipient.key%, %recipient%, %unsubscribe_url%, %tag_unsubscribe_url%,
# %mailing_list_unsubscribe_url%, and the same with _email. It puts in values first where a template wants them
# (user-manual/sending-messages/batch-sending: `v:name=%recipient.name%`), so nothing that is put in is sure to stay as
# it is: in HTML an entity hides the percent sign; elsewhere a character without a width parts it from what follows.
_WORDS = r"(?:recipient|unsubscribe|tag_unsubscribe|mailing_list)[\w.-]*"
_REPLACED = re.compile(rf"%(?={_WORDS}%)", re.IGNORECASE)
_APART = "%\u200c"  # zero width non-joiner
# At the end of a literal, what follows may complete it; and the end of a key may begin it.
_DANGEROUS = re.compile(rf"%(?={_WORDS}%)|%(?=[\w.-]*\Z)", re.IGNORECASE)
_COMPLETING = re.compile(rf"{_WORDS}(?:%|\Z)", re.IGNORECASE)
_RAW = re.compile(r"<style\b.*?</style>|<!--.*?-->", re.IGNORECASE | re.DOTALL)  # entities mean nothing in there


class Bodies:
    """The bodies of a variant with Mailgun's words in the places of merge fields."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self._links_of: Edition | None = None  # what _judge_links was asked last, and its answer
        self._links, self._can_share = 0, False
        self._keys: list[str] = []
        self._slots: list[Slot] = []  # what is put into the place of each key
        parts = (variant.subject, variant.text, variant.html)
        self._finished = (
            any(_DANGEROUS.search(literal) for part in parts[:2] for literal in part.literals)
            or any(_REPLACED.search(raw[0]) for raw in _RAW.finditer("".join(variant.html.literals)))
            or any(_COMPLETING.match(literal) for part in parts for literal in part.literals[1:])
        )
        self.shared = [
            ("subject", self._with_keys("s", variant.subject, variant.subject.literals)),
            ("text", self._with_keys("t", variant.text, variant.text.literals)),
            ("html", self._with_keys("h", variant.html, map(_entities, variant.html.literals))),
        ]
        slots = [slot for part in parts for slot in set(part.slots)]
        self._uses = Counter(slot.name for slot in slots)
        self._most_uses = max(self._uses.values(), default=0)
        self._fallbacks = sum(len(slot.fallback) + 2 for slot in slots)  # and 24 bytes for the key and its quotes
        self.weight = sum(len(value.encode()) for _, value in self.shared) + 2 * MAX_OPTIONS

    def judge(self, edition: Edition, people: Sequence[Recipient]) -> tuple[int, bool]:
        """The most bytes that some people's parts of a call can take, and whether all of them can go with others.

        They cannot where the text or somebody's values hold what Mailgun would replace.
        """
        if self._links_of is not edition:
            self._links_of, (self._links, self._can_share) = edition, self._judge_links(edition)
        texts = [text for person in people for text in person.values.values()]
        can_share = self._can_share and not ("%" in "".join(texts) and any(map(_DANGEROUS.search, texts)))
        # JSON takes up to 12 bytes for a character beyond US-ASCII; escaping makes up to 12 of one, which take a byte.
        characters = sum(len(person.name) + 2 * len(person.address) + self._links for person in people)
        characters += sum(map(len, texts)) * self._most_uses
        return 1000 * len(people) + 12 * characters, can_share

    def _judge_links(self, edition: Edition) -> tuple[int, bool]:
        """How many characters at most dispatch adds to everybody's values, and whether people can share a call at all."""
        added = {name: value for name, value in edition.filled_in(_TOKEN).items() if name in self._uses}
        characters = sum(len(value) * self._uses[name] for name, value in added.items())
        return self._fallbacks + characters, not self._finished and not any(map(_DANGEROUS.search, added.values()))

    def own(self, message: Message) -> list[tuple[str, str]]:
        """The finished bodies of one message, in which Mailgun finds nothing to replace."""
        # Entities mean nothing in raw text: what is apart in there is left alone by what comes after.
        html = _REPLACED.sub("&#37;", _RAW.sub(lambda raw: _apart(raw[0]), message.html))
        return [("subject", _apart(message.subject)), ("text", _apart(message.text)), ("html", html)]

    def variables(self, messages: Sequence[Message], *, shared: bool) -> str:
        """What is put into the places of the keys: a JSON object with one for each person, in it each key, and text."""
        edition, people = messages[0].edition, [message.recipient for message in messages]
        tokens = tokens_of(messages)
        addresses, references = json_texts([one.address for one in people]), json_texts(edition.references(people))
        entry: list[str | list[str]] = [addresses, '":{"leave":"']
        entry += _around(tokens, map(json_text, edition.way_out_parts))
        entry += ['","reference":"', references]
        for key, pieces in zip(self._keys, self._values(messages, tokens), strict=True) if shared else ():
            entry += [f'","{key}":"', *pieces]
        return _entries('{"', entry, '"},"', '"}}')

    def _values(self, messages: Sequence[Message], tokens: list[str]) -> Iterator[list[str | list[str]]]:
        """What stands under each key: columns, and texts that are the same for everybody, as they stand within JSON.

        Of what dispatch fills in, links end in somebody's token, which is written alike in each context, and all else
        is the same for everybody.
        """
        edition = messages[0].edition
        filled_in = edition.filled_in(_TOKEN)
        own = {slot for slot in self._slots if slot.name not in filled_in}
        columns = columns_of(messages, tokens, {slot.name for slot in own})
        written = dict(zip(own, json_columns([*own], columns), strict=True))
        for slot in self._slots:
            if slot in own:
                yield [written[slot]]
            else:
                ((text,),) = json_columns([slot], {slot.name: [filled_in[slot.name]]})
                yield _around(tokens, [text] if slot.name in edition.fixed else text.rsplit(_TOKEN, 1))

    def _with_keys(self, beginning: str, slots: Slots, literals: Iterable[str]) -> str:
        distinct = list(dict.fromkeys(slots.slots))
        keys = {slot: f"{beginning}{number}" for number, slot in enumerate(distinct)}
        self._keys += keys.values()
        self._slots += distinct
        places = [f"%recipient.{keys[slot]}%" for slot in slots.slots]
        return "".join(piece for pair in zip(literals, [*places, ""], strict=True) for piece in pair)


def _around(column: list[str], texts: Iterable[str]) -> list[str | list[str]]:
    """The texts, and the column between each two of them."""
    return [piece for text in texts for piece in (column, text)][1:]


def _entries(first: str, entry: Sequence[str | list[str]], between: str, last: str) -> str:
    """Entry after entry: texts that stand in each of them, and columns that have one for each.

    One join of all pieces: joining each entry and then the entries takes five times as long.
    """
    texts, columns = [between], []
    for piece in entry:
        if isinstance(piece, str):
            texts[-1] += piece
        else:
            columns.append(piece)
            texts.append("")
    count, width = len(columns[0]), len(texts) + len(columns)
    pieces = [""] * (count * width)
    for place, text in enumerate(texts):
        pieces[2 * place :: width] = [text] * count
    for place, column in enumerate(columns):
        pieces[2 * place + 1 :: width] = column
    pieces[0] = first + pieces[0].removeprefix(between)
    return "".join([*pieces, last])


def _apart(text: str) -> str:
    """The text as it reads, in which no percent sign begins anything."""
    return _REPLACED.sub(_APART, text)


def mailbox_header(mailbox: Mailbox) -> str:
    """A mailbox as a header value, in whose name no percent sign begins anything."""
    return format_header(replace(mailbox, name=_apart(mailbox.name)) if "%" in mailbox.name else mailbox)


def to_header(message: Message) -> str:
    """The same for a recipient."""
    return mailbox_header(message.to) if "%" in message.recipient.name else message.to_header


def header_value(text: str) -> str:
    """A header's value in which no percent sign begins anything."""
    return _REPLACED.sub("% ", text)


def _entities(html: str) -> str:
    """HTML that reads the same, in which no percent sign begins anything."""
    return _DANGEROUS.sub("&#37;", html)
