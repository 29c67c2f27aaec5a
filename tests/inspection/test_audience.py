"""The survey of an audience, held against messages that are put together."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from dispatch.inspection.audience import LargestHtml, survey
from dispatch.location import Location
from dispatch.rendering.compiled import Context, Slot, Slots
from dispatch.rendering.slots import fill
from dispatch.subscribers.segments import parse_segment
from dispatch.subscribers.subscriber import Subscriber, merge_values

RESERVED = {"unsubscribe_url": "https://example.org/u/" + "A" * 56}
HTML = Slots(
    (
        "<p title='",
        "'>Dear ",
        ", of ",
        "</p>\n<a href='https://example.org/?n=",
        "'>é</a><a href='",
        "'>x</a><a href='",
        "'>",
    ),
    (
        Slot("first_name", "reader", Context.ATTRIBUTE),
        Slot("first_name", "reader", Context.TEXT),
        Slot("town", "", Context.TEXT),
        Slot("first_name", "", Context.URL_PART),
        Slot("site", "https://example.org", Context.URL),
        Slot("unsubscribe_url", "", Context.URL),
    ),
)


def person(number: int, first_name: str = "", **fields: str) -> Subscriber:
    return Subscriber(f"{number:032x}", f"person{number}@example.org", first_name=first_name, fields=fields)


people = st.lists(
    st.builds(
        lambda first_name, fields: (first_name, fields),
        st.text(max_size=12) | st.sampled_from(["<&\"'>", "🌉\u200d", "O’Neil", " "]),
        st.dictionaries(st.sampled_from(["town", "site"]), st.text(max_size=12) | st.just("https://é.example/ü?a&b")),
    ),
    max_size=6,
)


@given(people)
def test_the_largest_message_is_as_large_as_when_it_is_put_together(found: list[tuple[str, dict[str, str]]]) -> None:
    audience = [person(number, name, **fields) for number, (name, fields) in enumerate(found)]
    filled = {who.email: fill(HTML, {**merge_values(who), **RESERVED}) for who in audience}
    sizes = {address: len(html.replace("\n", "\r\n").encode()) for address, html in filled.items()}
    _, largest = survey(HTML, audience, known_fields=(), reserved=RESERVED)
    if audience:
        assert largest.size == max(sizes.values()) == sizes[largest.address]
    else:
        assert largest == LargestHtml(len(fill(HTML, RESERVED).encode()) + 1, "")


def test_people_and_their_values_are_counted() -> None:
    audience = [person(1, "Amara", town="Lagos"), person(2, "  "), person(3, "Zoë")]
    facts, _ = survey(HTML, audience, known_fields=("email", "first_name", "town"), reserved={}, segment="french")
    assert (facts.people, facts.segment, facts.known_fields) == (3, "french", ("email", "first_name", "town"))
    assert facts.services == {"other": 3}
    assert facts.filled == {"email": 3, "first_name": 2, "town": 1}


def test_a_segment_narrows_the_audience_and_segments_of_nobody_are_named() -> None:
    people = [person(1, "Amara", town="Lagos"), person(2, "Zoë", town="Cork"), person(3, "Kim", town="Lagos")]
    towns = {town: parse_segment(f'town == "{town}"', Location("dispatch.yaml")) for town in ("Lagos", "Cork", "Oslo")}
    facts, largest = survey(HTML, people, known_fields=(), reserved=RESERVED, segments=towns, segment="Lagos")
    assert (facts.people, facts.listed, facts.empty_segments) == (2, 3, ("Oslo",))
    assert facts.filled["town"] == 2
    assert largest.address != people[1].email


def test_memory_does_not_grow_with_the_audience() -> None:
    def many(count: int) -> Iterator[Subscriber]:
        return (person(number, f"Name {number}", town="Lagos") for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        survey(HTML, many(count), known_fields=(), reserved=RESERVED)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(5_000) < peak(500) + 20_000
