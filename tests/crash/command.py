"""The other side of launcher.py: starts the command in a newsletter's folder, and tells how it ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from crash.newsletter import write_newsletter

KILLED = -signal.SIGKILL


class Kill(NamedTuple):
    """When the command dies: before or after the n-th (from 1) commit, request, rename or statement."""

    when: str
    kind: str
    number: int
    signal: int = signal.SIGKILL  # or SIGSTOP

    def __str__(self) -> str:
        return f"{self.when} {self.kind} {self.number}"


@dataclass(frozen=True)
class Run:
    """A command that has ended."""

    arguments: tuple[str, ...]
    code: int  # KILLED where it was
    stdout: str
    stderr: str
    seconds: float  # from its fork to its end
    waited: float  # seconds of these in which other processes had the CPU; 0 where it was killed
    counts: Mapping[str, int]  # what it did; empty where it was killed

    @property
    def json(self) -> Any:
        """The one object on stdout."""
        return json.loads(self.stdout)


class Running:
    """A command that was started."""

    def __init__(self, launcher: Launcher, number: int, arguments: tuple[str, ...], notes: Path) -> None:
        self._launcher, self._number, self._arguments, self._notes = launcher, number, arguments, notes
        self.process: int = launcher.fact(number)["process"]

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.process, number)

    def kill(self) -> Run:
        """Let it die without a chance to tidy up."""
        self.signal(signal.SIGKILL)
        return self.wait()

    def wait(self) -> Run:
        """Wait for its end."""
        end = self._launcher.fact(self._number)
        notes = self._notes.with_suffix(".notes")
        noted = json.loads(notes.read_text()) if notes.exists() else {"waited": 0.0, "counts": {}}
        return Run(
            self._arguments,
            end["code"],
            self._notes.with_suffix(".stdout").read_text(),
            self.stderr,
            end["seconds"],
            **noted,
        )

    @property
    def stderr(self) -> str:
        """What it has said so far."""
        return self._notes.with_suffix(".stderr").read_text()


class Launcher:
    """A process that has imported the command, from `with` on. `notes` is a folder for what the commands print."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        self._numbers = count(1)
        self._facts: dict[int, list[dict[str, Any]]] = {}

    def __enter__(self) -> Self:
        folder = write_newsletter(self._notes / "warm-up", "outbox")
        command = [sys.executable, str(Path(__file__).with_name("launcher.py")), str(folder)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._read() == {"ready": True}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def start(
        self,
        folder: Path,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        kill: Kill | None = None,
        kills_assistant: bool = False,
        assistants: int = 0,
        settings: Mapping[str, object] | None = None,
    ) -> Running:
        """Start a command; `settings` gives constants of modules (`module:NAME`) another value in its process.

        `assistants` is how many processes it may start to send beside it; the first of them dies where
        `kills_assistant` says so.
        """
        number = next(self._numbers)
        notes = self._notes / f"{number:05}"
        notes.with_suffix(".stderr").touch()
        job = {
            "id": number,
            "arguments": arguments,
            "folder": str(folder),
            "environ": {"PATH": os.environ["PATH"], "HOME": str(self._notes), **(environ or {})},
            "kill": kill,
            "kills_assistant": kills_assistant,
            "assistants": assistants,
            "settings": settings or {},
            **{name: str(notes.with_suffix(f".{name}")) for name in ("stdout", "stderr", "notes")},
        }
        assert self._process.stdin
        self._process.stdin.write(json.dumps(job).encode() + b"\n")
        self._process.stdin.flush()
        return Running(self, number, arguments, notes)

    def run(self, folder: Path, *arguments: str, **options: Any) -> Run:
        """Start a command and wait for its end."""
        return self.start(folder, *arguments, **options).wait()

    def fact(self, number: int) -> dict[str, Any]:
        """The next thing that is told about a job: its process, then its end."""
        while not self._facts.get(number):
            told = self._read()
            self._facts.setdefault(told["id"], []).append(told)
        return self._facts[number].pop(0)

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the launcher has ended"
        told: dict[str, Any] = json.loads(line)
        return told
