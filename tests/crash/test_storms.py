"""A server that says 429: its Retry-After is obeyed, up to an hour, and a limit that moves is followed; by the real sender."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from crash.carriers import wait_for
from crash.command import Launcher
from crash.newsletter import ENVIRON, READERS, SLUG, write_newsletter
from dispatch.testing.postmark_server import PostmarkServer
from sampling import sampled

CONCURRENCY = 4
SMALL_CALLS = {"dispatch.providers.postmark:_MAX_MESSAGES": 7}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostmarkServer]:
    with PostmarkServer(tmp_path / "truth") as server:
        yield server


def check_that_all_have_one(server: PostmarkServer) -> None:
    assert sorted(entry["recipient"] for entry in server.truth.entries()) == sorted(READERS)


@pytest.mark.parametrize("words", ["seconds", "date"])
def test_retry_after_is_obeyed(words: str, server: PostmarkServer, launcher: Launcher, tmp_path: Path) -> None:
    folder = write_newsletter(tmp_path / "newsletter", "postmark", port=server.port, concurrency=CONCURRENCY)
    server.limit.shut(3, "3" if words == "seconds" else None)
    sent = launcher.run(folder, "send", SLUG, "--yes", "--json", environ=ENVIRON, settings=SMALL_CALLS)
    assert (sent.code, sent.json["accepted"]) == (0, len(READERS)), sent
    assert 1 <= server.limit.refused <= CONCURRENCY, "those that were under way at once"
    check_that_all_have_one(server)


@pytest.mark.parametrize("nonsense", sampled(["soon", "-5", "1e9", "Tue, 99 Foo 2026 00:00:00 GMT"], every=2))
def test_nonsense_asks_for_nothing_and_is_not_hammered(
    nonsense: str, server: PostmarkServer, launcher: Launcher, tmp_path: Path
) -> None:
    folder = write_newsletter(tmp_path / "newsletter", "postmark", port=server.port, concurrency=CONCURRENCY)
    server.limit.shut(3, nonsense)
    sent = launcher.run(folder, "send", SLUG, "--yes", "--json", environ=ENVIRON, settings=SMALL_CALLS)
    assert (sent.code, sent.json["accepted"]) == (0, len(READERS)), sent
    rows = -(-len(READERS) // 7)
    assert 1 <= server.limit.refused <= 3 * rows, "each waits a second, then two"
    check_that_all_have_one(server)


def test_more_than_an_hour_is_taken_for_an_hour(server: PostmarkServer, launcher: Launcher, tmp_path: Path) -> None:
    folder = write_newsletter(tmp_path / "newsletter", "postmark", port=server.port, concurrency=CONCURRENCY)
    server.limit.shut(3600, "9999999999")
    begun = datetime.now(UTC)
    sent = launcher.run(folder, "send", SLUG, "--yes", "--json", environ=ENVIRON, settings=SMALL_CALLS)
    assert (sent.code, sent.json["pending"]) == (3, len(READERS)), sent
    told = sent.stderr.partition("is not to be asked before ")[2][:19]
    until = datetime.fromisoformat(told).replace(tzinfo=UTC)
    assert timedelta(minutes=59) < until - begun < timedelta(minutes=61)
    refused = server.limit.refused
    assert refused <= CONCURRENCY
    again = launcher.run(folder, "resume", "--json", environ=ENVIRON, settings=SMALL_CALLS)
    assert (again.code, server.limit.refused) == (3, refused), "it is not asked before"
    assert f"is not to be asked before {told[:16]}" in again.stderr


class Part(NamedTuple):
    """What a server did while it had one limit."""

    room: float  # calls
    taken: int
    refused: int


def follow(
    limits: tuple[float, ...], seconds: float, server: PostmarkServer, launcher: Launcher, tmp_path: Path
) -> list[Part]:
    """A mailing of calls of one message, while the limit moves; it begins at the first, which the run before has learnt."""
    readers = tuple(f"r{number:05}@example.com" for number in range(int(sum(limits) * seconds * 1.1)))
    options = {"port": server.port, "concurrency": CONCURRENCY, "rate": "null", "readers": readers}
    folder = write_newsletter(tmp_path / "newsletter", "postmark", **options)
    assert launcher.run(folder, "subscribers", "import", environ=ENVIRON).code == 0
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection, connection:
        connection.execute("INSERT INTO pace VALUES ('postmark', ?, 0, 0)", [limits[0]])
    limit = server.limit
    limit.calls_per_second = limits[0]
    one_by_one = {"dispatch.providers.postmark:_MAX_MESSAGES": 1}
    sending = launcher.start(folder, "send", SLUG, "--yes", environ=ENVIRON, settings=one_by_one)
    wait_for(lambda: limit.taken > 0, "it begins")
    parts = []
    for calls_per_second in limits:
        limit.calls_per_second = calls_per_second
        taken, refused, begun = limit.taken, limit.refused, time.monotonic()
        time.sleep(seconds)
        room = calls_per_second * (time.monotonic() - begun)
        parts.append(Part(room, limit.taken - taken, limit.refused - refused))
    sending.signal(signal.SIGINT)
    end = sending.wait()
    assert end.code == 130, end
    truth = [entry["recipient"] for entry in server.truth.entries()]
    assert len(truth) == len({*truth}), "nobody gets two copies"
    return parts


@pytest.mark.complete  # it takes half a minute; the rule itself is proved in tests/delivery/test_pacing.py
def test_a_limit_that_falls_and_rises_is_followed(server: PostmarkServer, launcher: Launcher, tmp_path: Path) -> None:
    # So few calls that a busy machine makes them too.
    # The rate falls a step a second, from as high as nobody refused it.
    high, *_, low, again = follow((20, 10, 10, 10, 20), 5, server, launcher, tmp_path)
    assert low.taken < 0.85 * high.taken
    assert again.taken > 1.05 * low.taken
    assert low.refused < 0.3 * (low.taken + low.refused), "who does not slow down is refused half of it"
