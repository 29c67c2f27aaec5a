"""What counts as a change of the newsletter, and what does not."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dispatch.preview import reload
from dispatch.preview.desk import Desk
from dispatch.preview.reload import changes
from dispatch.project import Project

Bursts = asyncio.Queue[frozenset[Path]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reload, "_PAUSE", 100)


@asynccontextmanager
async def watching(folder: Path) -> AsyncIterator[Bursts]:
    """The bursts of a folder, from a watch that is known to have begun."""
    bursts, end = Bursts(), asyncio.Event()

    async def watch() -> None:
        async for burst in changes(lambda: (folder, folder / "no-such-folder"), end):
            await bursts.put(burst)

    task = asyncio.create_task(watch())
    while bursts.empty():
        (folder / "begun").touch()
        await asyncio.sleep(0.05)
    (folder / "ready").touch()
    await until(bursts, "ready")
    yield bursts
    end.set()
    await asyncio.wait_for(task, 5)


async def until(bursts: Bursts, name: str) -> set[str]:
    """The names of all that changed, up to the one that is waited for."""
    names: set[str] = set()
    async with asyncio.timeout(5):
        while name not in names:
            names |= {path.name for path in await bursts.get()}
    return names


def test_a_file_in_a_new_folder_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with watching(tmp_path) as bursts:
            (tmp_path / "images").mkdir()
            await until(bursts, "images")
            (tmp_path / "images/map.png").write_text("x")
            # In a burst, or, where it came before the new folder was watched, in an empty one.
            assert {path.name for path in await asyncio.wait_for(bursts.get(), 5)} <= {"map.png", "images"}

    asyncio.run(scene())


def test_what_belongs_to_other_programs_is_not_told(tmp_path: Path) -> None:
    for folder in (".git", ".dispatch", "node_modules/x", "build"):
        (tmp_path / folder).mkdir(parents=True)

    async def scene() -> None:
        async with watching(tmp_path) as bursts:
            for name in (".git/i", ".dispatch/a", "node_modules/x/y.js", "build/a.html", ".issue.yaml.swp", "a.yaml~"):
                (tmp_path / name).write_text("x")
            (tmp_path / ".env").write_text("x=1")
            assert await until(bursts, ".env") <= {".env", "begun"}

    asyncio.run(scene())


def test_a_folder_that_comes_and_goes_does_not_end_the_watch(tmp_path: Path) -> None:
    async def scene() -> None:
        async with watching(tmp_path) as bursts:
            for _ in range(20):
                (tmp_path / "short").mkdir()
                (tmp_path / "short").rmdir()
            (tmp_path / "issue.yaml").write_text("x")
            await until(bursts, "issue.yaml")

    asyncio.run(scene())


def test_a_name_that_is_not_utf_8_does_not_end_the_watch(tmp_path: Path) -> None:
    async def scene() -> None:
        async with watching(tmp_path) as bursts:
            (tmp_path / os.fsdecode(b"caf\xe9")).mkdir()
            assert await asyncio.wait_for(bursts.get(), 5) == set()
            (tmp_path / "issue.yaml").write_text("x")
            await until(bursts, "issue.yaml")

    asyncio.run(scene())


def test_a_folder_that_is_taken_away_is_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "newsletter"
    folder.mkdir()

    async def scene() -> None:
        async with watching(folder) as bursts:
            folder.rename(tmp_path / "elsewhere")
            await asyncio.wait_for(bursts.get(), 5)
            folder.mkdir()
            await asyncio.wait_for(bursts.get(), 5)
            (folder / "issue.yaml").write_text("x")
            await until(bursts, "issue.yaml")

    asyncio.run(scene())


def test_issues_that_lie_elsewhere_are_watched_there(newsletter: Path, tmp_path: Path) -> None:
    (newsletter / "issues").rename(tmp_path / "texts")
    (newsletter / "issues").symlink_to(tmp_path / "texts")
    with Project.open(newsletter, environ={}) as project:
        assert set(Desk(project, {}).folders()) == {newsletter, tmp_path / "texts"}
