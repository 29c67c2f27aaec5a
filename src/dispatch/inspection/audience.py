"""One pass over the people of an audience: what is known of them, and whose message is the largest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dispatch.checks.evidence import AudienceFacts
from dispatch.checks.readers import service_of
from dispatch.rendering.compiled import Slot, Slots, bytes_of, resolve
from dispatch.rendering.escaping import escape
from dispatch.rendering.slots import fill
from dispatch.subscribers.segments import Segment
from dispatch.subscribers.subscriber import Subscriber, merge_values


@dataclass(frozen=True)
class LargestHtml:
    """The size of the largest message's HTML part in bytes as it arrives, and whose it is (empty: there is nobody)."""

    size: int
    address: str


def survey(
    html: Slots,
    subscribers: Iterable[Subscriber],
    *,
    known_fields: Iterable[str],
    reserved: Mapping[str, str],
    segments: Mapping[str, Segment] | None = None,
    segment: str = "",
) -> tuple[AudienceFacts, LargestHtml]:
    """Read the list once, keeping nobody: memory does not grow with it, and no message is put together.

    `subscribers` are all who may be mailed; those of the segment that `segment` names are the audience.
    """
    measure = _HtmlSize(html, reserved)
    filled: Counter[str] = Counter()
    people, listed, largest = 0, 0, LargestHtml(measure.of({}), "")
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
        people += 1
        filled.update(name for name, value in values.items() if value.strip())
        services[service_of(subscriber.email)] += 1
        size = measure.of(values)
        if size > largest.size or not largest.address:
            largest = LargestHtml(size, subscriber.email)
    facts = AudienceFacts(people, tuple(known_fields), dict(filled), segment, listed, tuple(empty), dict(services))
    return facts, largest


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
