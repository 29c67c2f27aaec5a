"""One sender at a time: a lock on a file, which the system releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dispatch.delivery.mailing import Mailing
from dispatch.errors import AlreadySending

_PATIENCE = 0.3  # seconds; a killed process lets go a moment after it is gone, and `holder` locks for an instant
_PATIENCE_AFTER_DEATH = 10.0  # seconds; the processes that worked for a dead one end their calls first


@dataclass(frozen=True)
class Holder:
    """Who is sending: its process, and the mailing it said it would send (an issue's slug while it freezes)."""

    process: int
    mailing: str

    @property
    def is_alive(self) -> bool:
        """Whether the process is there; one that has not signed yet is."""
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


class SenderLock:
    """The lock that whoever freezes, sends or settles a mailing holds."""

    def __init__(self, path: Path) -> None:
        """`path` is made where it is missing; its folder must be there."""
        self._path = path
        self._descriptor: int | None = None

    @contextmanager
    def hold(self, mailing: str) -> Iterator[None]:
        """Hold the lock; raises AlreadySending within a second where somebody else does.

        May be nested in the thread that holds it: the freeze and the sending that follows are under one lock.
        """
        if self._descriptor is not None:
            _sign(self._descriptor, mailing)
            yield
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._acquire(descriptor)
            self._descriptor = descriptor
            _sign(descriptor, mailing)
            yield
        finally:
            self._descriptor = None
            os.close(descriptor)

    def sends(self, mailing: Mailing) -> bool:
        """Whether a process sends it now."""
        holder = self.holder()
        return holder is not None and holder.mailing == mailing.name

    @property
    def descriptor(self) -> int | None:
        """The descriptor that holds it, for processes that work for whoever has it; None while nobody here does."""
        return self._descriptor

    def holder(self) -> Holder | None:
        """Who holds the lock now; a process of 0 is one that has not signed yet."""
        try:
            descriptor = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _signature(descriptor)
        else:
            return None
        finally:
            os.close(descriptor)

    def _acquire(self, descriptor: int) -> None:
        begun = time.monotonic()
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                other = _signature(descriptor)
                if time.monotonic() - begun > (_PATIENCE if other.is_alive else _PATIENCE_AFTER_DEATH):
                    raise _already_sending(other) from None
                time.sleep(0.02)
            else:
                return


def _already_sending(other: Holder) -> AlreadySending:
    what = other.mailing or "A mailing"
    if other.is_alive:
        return AlreadySending(
            f"{what} is being sent by process {other.process or 'unknown'}",
            remedy="Wait until it has finished; `dispatch status` shows how far it is.",
        )
    return AlreadySending(
        f"{what} was being sent by process {other.process}, which is gone, "
        "but processes that worked for it still wait for an answer from the provider",
        remedy="Wait a few minutes and repeat the command; they end by themselves.",
    )


def _sign(descriptor: int, mailing: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} {mailing}\n".encode(), 0)


def _signature(descriptor: int) -> Holder:
    match = re.fullmatch(r"(\d+) (.+)\n", os.pread(descriptor, 1000, 0).decode(errors="replace"))
    return Holder(int(match[1]), match[2]) if match else Holder(0, "")
