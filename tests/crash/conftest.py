"""The launcher, the servers, and a bench for trials."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crash.carriers import Carrier, Outbox, Server
from crash.command import Launcher
from crash.trial import LOSES, Bench, Case
from dispatch.testing.databases import PostgresServer


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """Starts commands."""
    with Launcher(tmp_path_factory.mktemp("notes")) as launcher:
        yield launcher


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """A running server of a kind, with options; one for all that want the same."""
    servers: dict[tuple[str, ...], Server] = {}

    def running(*kind_and_options: str) -> Server:
        if kind_and_options not in servers:
            kind, *options = kind_and_options
            servers[kind_and_options] = Server(kind, tmp_path_factory.mktemp(kind), *options)
        return servers[kind_and_options]

    yield running
    for started in servers.values():
        started.stop()


@pytest.fixture(scope="session")
def new_database(postgres: PostgresServer) -> Callable[[], str]:
    """Empties the one database on PostgreSQL that all trials share, and gives its URL."""
    name = postgres.make("blank")
    postgres.keep(name)

    def emptied() -> str:
        postgres.reset(name)
        return postgres.url(name)

    return emptied


@pytest.fixture
def bench(
    launcher: Launcher, server: Callable[..., Server], tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[Case], Bench]:
    """A bench for trials of a case."""

    def at(case: Case) -> Bench:
        options = [f"--lose-reply-every={LOSES}"] if case.loses_replies else []
        options += [f"--latency={case.latency}"] if case.latency else []
        carrier: Carrier = Outbox() if case.carrier == "outbox" else server(case.carrier, *options)
        databases = [request.getfixturevalue("new_database")] if case.database else []
        return Bench(case, launcher, carrier, tmp_path / "newsletter", *databases)

    return at
