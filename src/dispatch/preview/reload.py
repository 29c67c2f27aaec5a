"""Watches the newsletter's folder, and wakes those who wait for the next change."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, suppress
from pathlib import Path

from watchfiles import awatch
from watchfiles._rust_notify import WatchfilesRustInternalError

from dispatch.errors import DispatchError
from dispatch.issue_files import is_utf8
from dispatch.preview.desk import Desk

_STEP = 5
"""Milliseconds without a further change that end a burst: an editor's truncate, write and rename are one change.

A save is told after 1.5 of them on average; waking so often takes 1 % of a processor.
"""

_PAUSE = 1000
"""Milliseconds after which the watch looks up, changes or none."""

_NOT_OURS = frozenset({"__pycache__", "build", "dist", "node_modules", "venv"})
"""Folders that may lie in a repository and hold thousands of files, none of an issue; hidden ones are left out too."""


class Reloader:
    """Tells the desk what changed, and the browsers that something did."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wake = asyncio.Event()
        self._end = asyncio.Event()

    @property
    def ended(self) -> bool:
        """Whether nothing will be told any more."""
        return self._end.is_set()

    async def watch(self) -> None:
        """Runs until the end; raises DispatchError where the system cannot watch that many folders."""
        async for paths in changes(self._desk.folders, self._end):
            self._desk.changed(paths)
            self._wake_all()

    async def after(self, generation: int, *, within: float) -> bool:
        """Whether the desk is past a generation, or everything at its end, waiting so many seconds for it."""
        try:
            async with asyncio.timeout(within):
                while self._desk.generation == generation and not self.ended:
                    await self._wake.wait()
        except TimeoutError:
            return False
        return True

    def end(self) -> None:
        """Watch no longer, and let everybody go who waits."""
        self._end.set()
        self._wake_all()

    def _wake_all(self) -> None:
        self._wake.set()
        self._wake = asyncio.Event()


async def changes(folders: Callable[[], tuple[Path, ...]], end: asyncio.Event) -> AsyncIterator[frozenset[Path]]:
    """The files that changed in or below folders, burst by burst.

    Not a recursive watch, but one of every folder: a recursive one would go through `.git` and `.venv` as well.
    A folder that is taken away, or another in its place, is a change; it is waited for until it is back.
    """
    renewed = False
    while not end.is_set():
        roots = _identities(folders())
        watched = frozenset(_folders_below(folders()))
        async with aclosing(_bursts(watched, end)) as bursts:
            async for burst in bursts:
                replaced = roots != _identities(folders())
                if burst or renewed or replaced:  # what came into a new folder before it was watched is in no burst
                    yield burst
                renewed = False
                if replaced or (burst and watched != frozenset(_folders_below(folders()))):
                    break
        renewed = True


async def _bursts(folders: frozenset[Path], end: asyncio.Event) -> AsyncGenerator[frozenset[Path]]:
    """Empty ones where nothing has happened for a while. Ends when a folder is gone before it can be watched.

    It ends too when a file is touched whose name is not UTF-8, which the watch cannot tell; there is none without folders.
    """
    if not folders:
        with suppress(TimeoutError):
            await asyncio.wait_for(end.wait(), _PAUSE / 1000)
        return
    watching = awatch(
        *folders,
        watch_filter=lambda _change, path: _is_ours(Path(path).name),
        step=_STEP,
        stop_event=end,
        rust_timeout=_PAUSE,
        yield_on_timeout=True,
        recursive=False,
        ignore_permission_denied=True,
    )
    try:
        async with aclosing(watching):
            async for burst in watching:
                yield frozenset(Path(path) for _change, path in burst)
    except FileNotFoundError:
        await asyncio.sleep(_STEP / 1000)
    except ExceptionGroup as group:
        if not set(map(type, group.exceptions)) <= {WatchfilesRustInternalError}:
            raise
    except OSError as error:
        raise DispatchError(
            f"the newsletter's folder cannot be watched: {error}",
            remedy="Raise the limit fs.inotify.max_user_watches, or set WATCHFILES_FORCE_POLLING=1.",
        ) from error


def _folders_below(folders: tuple[Path, ...]) -> Iterator[Path]:
    for folder in folders:
        for path, names, _files in os.walk(folder):
            yield Path(path)
            names[:] = [name for name in names if _is_watched(name)]


def _is_watched(name: str) -> bool:
    return is_utf8(name) and not name.startswith(".") and name not in _NOT_OURS


def _identities(folders: tuple[Path, ...]) -> list[tuple[int, int] | None]:
    """What folders are by their numbers in the file system, None for those that are not there."""
    return [_identity(folder) for folder in folders]


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_ours(name: str) -> bool:
    return name == ".env" or not (name.startswith(".") or name.endswith("~"))
