"""Merge fields in finished HTML and text: where each one stands, and how it is filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from dispatch.rendering.compiled import Context, Slot, Slots
from dispatch.rendering.form import as_characters
from dispatch.rendering.html_syntax import ATTRIBUTE, TOKEN
from dispatch.rendering.sentinels import Sentinels

URL_ATTRIBUTES = frozenset({"href", "src"})
TEXT_ATTRIBUTES = frozenset({"alt", "title", "aria-label", "aria-description"})

# What may stand before a field inside a URL: a scheme and a whole host, or an address scheme. A field in the host
# would let a value choose where the link goes.
_URL_WITH_HOST = re.compile(r"(?:https?://[^/?#]+[/?#]|mailto:|tel:|cid:|#).*", re.IGNORECASE | re.DOTALL)
_URL_IN_TEXT = re.compile(r"(?:https?://|mailto:)\S*\Z", re.IGNORECASE)


class MisplacedField(Exception):
    """A merge field stands where no value can be made safe."""

    def __init__(self, name: str, place: str) -> None:
        super().__init__(f"the merge field {{{{{name}|…}}}} stands {place}")
        self.name = name
        self.place = place


@dataclass(frozen=True)
class _Region:
    """A stretch of HTML in which every merge field has the same context, or none."""

    start: int
    end: int
    context: Context | None
    place: str


def find_slots(html: str, sentinels: Sentinels) -> Slots:
    """Cut finished HTML at its merge fields; raises MisplacedField."""
    tokens = TOKEN.finditer(html)
    token = next(tokens, None)

    def context_of(match: re.Match[str], name: str) -> Context:
        nonlocal token
        while token and token.end() < match.end():
            token = next(tokens, None)
        if not token or match.end() <= token.start():
            return Context.TEXT
        region = next(region for region in _regions(token) if region.end >= match.end())
        if region.context is None or match.start() < region.start:
            raise MisplacedField(name, region.place)
        if region.context is Context.URL:
            return _url_context(name, html[region.start : match.start()], html[match.end() : region.end], sentinels)
        return region.context

    return _cut(html, sentinels, context_of)


def find_plain_slots(text: str, sentinels: Sentinels) -> Slots:
    """Cut the text part at its merge fields; inside a URL they are percent-encoded, elsewhere plain."""

    def context_of(match: re.Match[str], _name: str) -> Context:
        return Context.URL_PART if _URL_IN_TEXT.search(text, 0, match.start()) else Context.PLAIN

    return _cut(text, sentinels, context_of)


def find_header_slots(text: str, sentinels: Sentinels) -> Slots:
    """Cut a header's value at its merge fields."""
    return _cut(text, sentinels, lambda _match, _name: Context.HEADER)


def fill(slots: Slots, values: Mapping[str, str]) -> str:
    """The text for one person: every slot filled with the escaped value, or its fallback."""
    return as_characters(slots).fill(values)


def _cut(text: str, sentinels: Sentinels, context_of: Callable[[re.Match[str], str], Context]) -> Slots:
    literals, slots, end = [], [], 0
    for match in sentinels.pattern.finditer(text):
        field = sentinels.slot(match[0], Context.TEXT)
        slots.append(Slot(field.name, field.fallback, context_of(match, field.name)))
        literals.append(text[end : match.start()])
        end = match.end()
    return Slots((*literals, text[end:]), tuple(slots))


def _url_context(name: str, before: str, after: str, sentinels: Sentinels) -> Context:
    if not before:
        if after and after[0] not in "/?#&":  # & begins &amp;, in a URL that already had its query
            raise MisplacedField(name, "in a URL's host or scheme")
        return Context.URL
    first = sentinels.pattern.match(before)
    known = f"https://host{before[first.end() :]}" if first else before
    if not _URL_WITH_HOST.fullmatch(known):
        raise MisplacedField(name, "in a URL's host or scheme")
    return Context.URL_PART


def _regions(token: re.Match[str]) -> Iterator[_Region]:
    """All of a token in order, first to last character."""
    if token["comment"]:
        # To one client this is markup, to all others nothing: no escaper is right in both.
        yield _Region(token.start(), token.end(), None, "in a comment for Outlook")
    elif token["raw"]:
        yield _Region(token.start(), token.end(), None, f"inside <{token['raw'].lower()}>")
    else:
        yield from _tag_regions(token)


def _tag_regions(token: re.Match[str]) -> Iterator[_Region]:
    tag, end = token["tag"].lower(), token.start()
    for attribute in ATTRIBUTE.finditer(token.string, token.start("attributes"), token.end("attributes")):
        name = attribute[1].lower()
        place = f"in the attribute {name} of <{tag}>"
        group = 2 if attribute[2] is not None else 3
        if attribute[group] is None:
            yield _Region(end, attribute.end(), None, f"{place}, which has no quotes" if attribute[4] else place)
        else:
            yield _Region(end, attribute.start(group), None, f"in the name of an attribute of <{tag}>")
            yield _Region(*attribute.span(group), _attribute_context(name), place)
        end = attribute.end(group) if attribute[group] is not None else attribute.end()
    yield _Region(end, token.end(), None, f"in the tag <{tag}>")


def _attribute_context(name: str) -> Context | None:
    if name in URL_ATTRIBUTES:
        return Context.URL
    return Context.ATTRIBUTE if name in TEXT_ATTRIBUTES else None
