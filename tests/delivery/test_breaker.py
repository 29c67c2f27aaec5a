"""A mailing stops by itself when everybody is refused, or when too much is uncertain."""

from __future__ import annotations

import pytest

from dispatch.delivery.breaker import Breaker
from dispatch.errors import Stopped
from dispatch.providers.outcome import Accepted, Postponed, Refused, Uncertain
from dispatch.providers.provider import Capabilities
from dispatch.testing.fakes import Act, FakeService

NO, YES, DOUBT = Refused("550", "blocked"), Accepted("1"), Uncertain("no answer", "")
SINGLE = Capabilities(max_messages=50, lanes=1, real=False)


def test_a_server_that_refuses_everybody_does_not_burn_the_list(desk) -> None:
    desk.join(*(f"reader{number:03}@example.org" for number in range(200)))
    service = FakeService(SINGLE, [Act((NO,)) for _ in range(200)])
    mailing = desk.prepare(service)
    with pytest.raises(Stopped, match=r"the last 20 recipients were all refused \(550 blocked\)") as stopped:
        desk.send(mailing, service)
    assert "dispatch resume rivers.1" in str(stopped.value)
    status = desk.status(mailing)
    assert (status.refused, status.pending, status.state) == (20, 180, "stopped")


def test_some_refusals_are_no_reason() -> None:
    breaker = Breaker(1000)
    breaker.learn([YES, *[NO] * 49, Postponed("450", "later")])
    assert not breaker.reason
    breaker.learn([YES, *[NO] * 49])
    assert not breaker.reason
    breaker.learn([NO])
    assert breaker.reason


@pytest.mark.parametrize(("audience", "most"), [(100, 20), (20_000, 20), (1_000_000, 1000)])
def test_doubts_are_counted_though_they_are_not_in_a_row(audience: int, most: int) -> None:
    breaker = Breaker(audience)
    for _ in range(most):
        breaker.learn([DOUBT, YES])
    assert not breaker.reason
    breaker.learn([DOUBT])
    assert f"{most + 1} messages" in breaker.reason
