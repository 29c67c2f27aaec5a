"""How many processes send a mailing."""

from __future__ import annotations

import os

import pytest

from dispatch.delivery.assistants import processes_for
from dispatch.providers.provider import Capabilities


@pytest.mark.parametrize(
    ("configured", "audience", "shares_bodies", "processes"),
    [
        (None, 10, False, 1),
        (None, 59_999, False, 2),
        (None, 60_000, False, 3),
        (None, 10**7, False, 4),
        (None, 60_000, True, 1),
        (None, 800_000, True, 2),
        (2, 10, True, 2),
    ],
)
def test_as_many_processes_as_there_is_work_for(
    monkeypatch: pytest.MonkeyPatch, configured: int | None, audience: int, shares_bodies: bool, processes: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1, 2, 3})
    capabilities = Capabilities(max_messages=500, shares_bodies=shares_bodies)
    assert processes_for(configured, audience, capabilities) == processes
