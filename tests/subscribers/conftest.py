"""A store on a real database file, and a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatch.database.database import Database
from dispatch.subscribers.store import SubscriberStore

KEY = b"the newsletter's oldest key"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self) -> None:
        self.now += timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url: str, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(database_url, folder=tmp_path)
    yield database
    database.close()


@pytest.fixture
def store(database: Database, clock: Clock) -> SubscriberStore:
    return SubscriberStore(database, clock, KEY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "subscribers.csv"
