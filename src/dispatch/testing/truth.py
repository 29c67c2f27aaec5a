"""What a fake server knows that nobody else does: what it has accepted, and how it is to misbehave."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any


class Truth:
    """A file with a line of JSON for each message accepted, durable before the server says so.

    It outlives the server and the sender, whoever is killed when.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("ab")
        self._lock = Lock()

    def accept(self, *entries: dict[str, Any], unheard: bool = False) -> None:
        """Write down in one stroke what is accepted; `unheard`: the client will never be told."""
        more = {"unheard": True} if unheard else {}
        lines = b"".join(json.dumps(entry | more).encode() + b"\n" for entry in entries)
        with self._lock:
            self._file.write(lines)
            self._file.flush()
            os.fsync(self._file.fileno())

    def entries(self) -> list[dict[str, Any]]:
        """All that was accepted, in order."""
        return read_truth(self._path)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_truth(path: Path) -> list[dict[str, Any]]:
    """The entries of a truth file; a last line that a killed server left unfinished was accepted from nobody."""
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


@dataclass
class _Fault:
    stage: str
    action: str
    match: str
    times: int  # left; -1: for ever
    every: int = 1
    seen: int = 0


class Faults:
    """How a server is to misbehave: at which stage, in which way, how often."""

    def __init__(self) -> None:
        self._faults: list[_Fault] = []
        self._lock = Lock()

    def add(self, stage: str, action: str, *, match: str = "", times: int = 1) -> None:
        """Do `action` the next `times` times (-1: always) that `stage` is reached with `match` in its argument."""
        with self._lock:
            self._faults.append(_Fault(stage, action, match, times))

    def add_every(self, stage: str, action: str, every: int) -> None:
        """Do `action` each n-th time that `stage` is reached."""
        with self._lock:
            self._faults.append(_Fault(stage, action, "", -1, every))

    def take(self, stage: str, argument: str = "") -> str:
        """What to do at this stage; empty: behave."""
        with self._lock:
            for fault in self._faults:
                if fault.stage != stage or fault.match not in argument or not fault.times:
                    continue
                fault.seen += 1
                if fault.seen % fault.every == 0:
                    fault.times -= 1
                    return fault.action
        return ""
