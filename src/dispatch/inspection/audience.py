"""One pass over the people of an audience: what is known of them, and whose message is the largest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from dispatch.checks import weight
from dispatch.checks.evidence import AudienceFacts
from dispatch.checks.readers import service_of
from dispatch.rendering.compiled import Slot, Slots, bytes_of, resolve
from dispatch.rendering.escaping import escape
from dispatch.rendering.readership import EVERYBODY, MOST_CHOICES, Readership
from dispatch.rendering.slots import fill
from dispatch.subscribers.segments import Segment
from dispatch.subscribers.sorting import Sorter
from dispatch.subscribers.subscriber import Subscriber, merge_values

HtmlOf = Callable[[Readership], Slots]
"""Compiles the HTML that some readers get."""

_WORDS_OF_THE_THEME = 8_192
"""Bytes by which the HTML for readers of two languages differs at most: more than all that a theme says in one."""


@dataclass(frozen=True)
class LargestHtml:
    """The size of the largest message's HTML part in bytes as it arrives, and whose it is.

    Where there is nobody the address is empty, and the readers are those who would get every block.
    """

    size: int
    address: str
    readers: Readership = EVERYBODY


def survey(
    html: Slots,
    subscribers: Iterable[Subscriber],
    *,
    known_fields: Iterable[str],
    reserved: Mapping[str, str],
    segments: Mapping[str, Segment] | None = None,
    segment: str = "",
    sorter: Sorter | None = None,
    html_of: HtmlOf | None = None,
    conditions: tuple[str, ...] = (),
) -> tuple[AudienceFacts, LargestHtml]:
    """Read the list once, keeping nobody: memory does not grow with it, and no message is put together.

    `subscribers` are all who may be mailed; those of the segment that `segment` names are the audience. `html` is that
    of the whole issue, for who is in all the segments of `conditions`; with a `sorter` each is measured by what
    `html_of` gives for their variant.
    """
    scales = _Scales(html, reserved, html_of, conditions)
    filled: Counter[str] = Counter()
    readerships: Counter[Readership] = Counter()
    filled_in: defaultdict[str, Counter[str]] = defaultdict(Counter)
    largest: dict[Readership, LargestHtml] = {}
    listed = 0
    empty = dict(segments or {})  # until somebody is found in each
    chosen = empty.get(segment)
    services: Counter[str] = Counter()
    for subscriber in subscribers:
        listed += 1
        for name in [name for name, each in empty.items() if each.matches(subscriber)]:
            del empty[name]
        if chosen and not chosen.matches(subscriber):
            continue
        values = merge_values(subscriber)
        present = [name for name, value in values.items() if value.strip()]
        filled.update(present)
        services[service_of(subscriber.email)] += 1
        readers = sorter.readership_of(subscriber) if sorter else EVERYBODY
        readerships[readers] += 1
        for name in readers.segments:
            filled_in[name].update(present)
        size = scales.of(readers.segments).of(values)
        if readers not in largest or size > largest[readers].size:
            largest[readers] = LargestHtml(size, subscriber.email, readers)
    facts = AudienceFacts(
        people=readerships.total(),
        known_fields=tuple(known_fields),
        filled=dict(filled),
        segment=segment,
        listed=listed,
        empty_segments=tuple(empty),
        services=dict(services),
        readerships=dict(readerships),
        filled_in={name: dict(counts) for name, counts in filled_in.items()},
    )
    found = largest.values() or [LargestHtml(scales.whole.of({}), "", Readership(conditions))]
    return facts, max(scales.told_apart(found), key=lambda each: each.size)


class _Scales:
    """What measures the HTML of each choice of blocks: of many choices the first ones, the others as the whole issue."""

    def __init__(
        self, html: Slots, reserved: Mapping[str, str], html_of: HtmlOf | None, conditions: tuple[str, ...]
    ) -> None:
        self.whole = _HtmlSize(html, reserved)
        self._reserved = reserved
        self._html_of = html_of
        self._of = {conditions: self.whole}

    def of(self, segments: tuple[str, ...]) -> _HtmlSize:
        """What measures the messages of those who get the blocks for these segments, all in the issue's language."""
        if segments not in self._of:
            one_more = self._html_of and len(self._of) < MOST_CHOICES
            self._of[segments] = self._measure(Readership(segments)) if one_more else self.whole
        return self._of[segments]

    def told_apart(self, largest: Iterable[LargestHtml]) -> Iterable[LargestHtml]:
        """The same with the theme's words as each reads them, where it might be those that make a message too large."""
        near = weight.NEAR_THE_CLIP - _WORDS_OF_THE_THEME
        return [self._in_their_language(each) if each.size >= near else each for each in largest]

    def _in_their_language(self, largest: LargestHtml) -> LargestHtml:
        if not self._html_of or not largest.readers.language:
            return largest
        theirs, measured = self._measure(largest.readers), self.of(largest.readers.segments)
        return replace(largest, size=largest.size + theirs.of({}) - measured.of({}))

    def _measure(self, readers: Readership) -> _HtmlSize:
        assert self._html_of  # noqa: S101 - who asks has seen it
        return _HtmlSize(self._html_of(readers), self._reserved)


class _HtmlSize:
    """The size of the HTML for one person, from the sizes of its pieces."""

    def __init__(self, html: Slots, reserved: Mapping[str, str]) -> None:
        own = Counter(slot for slot in html.slots if slot.name not in reserved)
        nobody = bytes_of(fill(html, reserved))
        self._own = tuple(own.items())
        self._fixed = nobody - sum(times * _size(slot, {}) for slot, times in self._own)

    def of(self, values: Mapping[str, str]) -> int:
        """Bytes for somebody with these merge values."""
        return self._fixed + sum(times * _size(slot, values) for slot, times in self._own)


def _size(slot: Slot, values: Mapping[str, str]) -> int:
    return bytes_of(escape(resolve(slot, values), slot.context))
