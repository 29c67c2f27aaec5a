"""Runs the command in this process, and plays the person at its terminal."""

from __future__ import annotations

import json
import os
import pty
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import pytest

from dispatch.cli.group import run


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """What stands on stdout, all of it."""
        return json.loads(self.stdout)


class Command:
    """Runs the command."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.terminal: Terminal | None = None

    def __call__(self, *arguments: str) -> Run:
        """Run it to its end, which must be an orderly one."""
        self._capsys.readouterr()
        with self._streams(), pytest.raises(SystemExit) as end:
            run([*arguments])
        printed = self._capsys.readouterr()
        assert isinstance(end.value.code, int)
        assert "Traceback" not in printed.err
        return Run(end.value.code, printed.out, printed.err)

    @contextmanager
    def _streams(self) -> Iterator[None]:
        if not self.terminal:
            yield
            return
        before = sys.stdin, sys.stderr
        sys.stdin, sys.stderr = self.terminal.stdin, self.terminal.stderr
        try:
            yield
        finally:
            sys.stdin, sys.stderr = before


class Terminal:
    """A real terminal without a process: what is typed waits in it, what is said on stderr is read off it."""

    def __init__(self) -> None:
        self._keyboard, screen = pty.openpty()
        self.stdin = os.fdopen(os.dup(screen), "r", encoding="utf-8")
        self.stderr = os.fdopen(screen, "w", encoding="utf-8", buffering=1)
        self._read: list[bytes] = []
        self._reader = threading.Thread(target=self._drain, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.said()
        os.close(self._keyboard)

    def types(self, text: str) -> None:
        """Type it before anybody asks."""
        os.write(self._keyboard, text.encode())

    def said(self) -> str:
        """All that was shown, to the end; there is no more use for the terminal then."""
        self.stdin.close()
        self.stderr.close()
        self._reader.join()
        return b"".join(self._read).decode().replace("\r\n", "\n")

    def _drain(self) -> None:
        while True:
            try:
                chunk = os.read(self._keyboard, 4096)
            except OSError:  # EIO: nobody holds the other end any more (pty(7))
                return
            self._read.append(chunk)
