"""What all providers inherit: planning."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dispatch.messages.message import Message
from dispatch.providers.outcome import legible
from dispatch.providers.provider import Capabilities, Provider
from dispatch.testing.messages import make_message


class Van(Provider):
    """A carrier that weighs a message by its subject's length."""

    name = "van"

    def __init__(self, capabilities: Capabilities) -> None:
        self._capabilities = capabilities

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def weight(self, message: Message) -> int:
        return len(message.subject)

    def submit(self, batch: object, begin: object) -> object:  # type: ignore[override]
        raise NotImplementedError


@given(
    st.lists(st.integers(1, 30), max_size=30),
    st.integers(1, 7),
    st.none() | st.integers(30, 90),
)
def test_planning_drops_nothing_reorders_nothing_and_keeps_the_limits(
    weights: list[int], most: int, room: int | None
) -> None:
    messages = [make_message(number, subject="x" * weight) for number, weight in enumerate(weights, 1)]
    calls = Van(Capabilities(max_messages=most, max_bytes=room)).plan(messages)
    assert [message for call in calls for message in call] == messages
    assert all(1 <= len(call) <= most for call in calls)
    assert all(room is None or sum(len(message.subject) for message in call) <= room for call in calls)
    for call, following in pairwise(calls):  # no call is smaller than it has to be
        fuller = sum(len(message.subject) for message in (*call, following[0]))
        assert len(call) == most or (room is not None and fuller > room)


@given(st.text())
def test_a_servers_words_can_be_shown(text: str) -> None:
    shown = legible(text, 20)
    assert shown.isprintable()
    assert len(shown) <= 20
