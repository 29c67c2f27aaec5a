"""What all tests share: how hard hypothesis looks, and a newsletter folder to work in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dispatch.database.database import Database
from dispatch.project import Project
from dispatch.testing.databases import PostgresServer
from newsletter import write_newsletter

# `--hypothesis-profile=complete` looks harder. Without deadlines: the machine may be busy.
settings.register_profile("moderate", deadline=None, max_examples=50)
settings.register_profile("complete", deadline=None, max_examples=500)
settings.load_profile("moderate")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real server, with the database `blank` that has our tables in it."""
    with PostgresServer() as server:
        server.run("CREATE DATABASE blank")
        Database.open(server.url("blank"), folder=Path()).close()
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a new database for one test, which runs on both kinds."""
    if request.param == "sqlite":
        yield "sqlite:///.dispatch/dispatch.db"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        name = server.make("blank")
        yield server.url(name)
        server.drop(name)


@pytest.fixture(scope="session")
def blank_newsletter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A newsletter folder with an empty database: made once, for making it takes longer than most tests."""
    folder = write_newsletter(tmp_path_factory.mktemp("blank") / "newsletter")
    with Project.open(folder, environ={}) as project:
        assert project.ledger
    return folder


@pytest.fixture
def folder(blank_newsletter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A newsletter of five people and one issue, which is the working directory."""
    folder = tmp_path / "newsletter"
    shutil.copytree(blank_newsletter, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    """The newsletter in `folder`, opened."""
    with Project.open(folder, environ=os.environ) as project:
        yield project
