"""What all tests share: how hard hypothesis looks, and a newsletter folder to work in."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from dispatch.database.database import Database
from dispatch.project import Project
from dispatch.testing.databases import PostgresServer
from newsletter import write_newsletter

# The commands that tests start by the hundred are compiled once, and not by each of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Reading proofs takes a second and half a gigabyte: tests that want it ask for it.
os.environ["DISPATCH_PROOFREADING"] = "off"

# What tests write lies in memory where there is room: there a PostgreSQL database is made in a tenth of the time.
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)

# A run in a shell's background ignores Ctrl-C, and so would the commands that are to be interrupted here.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Without deadlines: the machine may be busy.
settings.register_profile("sample", deadline=None, max_examples=12)
settings.register_profile("complete", deadline=None, max_examples=50)


def pytest_configure(config: pytest.Config) -> None:
    """Let hypothesis look harder where what is marked `complete` is run; `--hypothesis-profile` counts for more."""
    settings.load_profile("sample" if config.option.markexpr == "not complete" else "complete")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; not for the whole session, because Playwright's event loop stands in the way of others."""
    # The whole browser does as well where it is all there is, but opens a page for six times the CPU.
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


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
