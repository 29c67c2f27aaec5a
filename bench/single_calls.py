"""A carrier whose API takes one message a call, as several do: Postmark's, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dispatch.providers.outcome import Outcome
from dispatch.providers.postmark import Postmark
from dispatch.providers.provider import Batch, Begin, Capabilities

UNIT = 50  # messages a worker takes at a time, as over SMTP


class SingleCalls(Postmark):
    """Postmark with one message in each call, and an answer before the next begins."""

    @property
    def capabilities(self) -> Capabilities:
        """Message by message."""
        return replace(super().capabilities, max_messages=UNIT, lanes=1)

    def submit(self, batch: Batch, begin: Begin) -> Iterator[Outcome]:
        """A call for each message."""
        for message in batch.messages:
            yield from super().submit(Batch(f"{batch.key}.{message.position}", (message,)), begin)
