"""The engines' process, as those see it who ask: it starts with the first question, and again where it has died."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from queue import Queue
from threading import Event, Lock, Thread
from typing import IO

from dispatch.inspection.proofreading.engine import Match

WORKER = (sys.executable, "-P", "-m", "dispatch.inspection.proofreading.worker")
"""-P: no module in the newsletter's folder takes the place of one of ours."""

PATIENCE = 30.0
"""Seconds for one text, and for an engine that is loaded for it."""


class Lost(Exception):
    """The process died over a question, or its engine failed."""

    def __init__(self, cause: str, *, lasting: bool = False) -> None:
        """`lasting`: it would be lost each time, and asking again costs time."""
        super().__init__(cause)
        self.lasting = lasting


class Late(Lost):
    """No answer came in time: it is the text's fault, or that of a busy machine."""


class EngineProcess:
    """A process with its engines, of which threads ask one question at a time. It dies with whoever started it."""

    def __init__(self, command: Sequence[str] = WORKER, *, patience: float = PATIENCE) -> None:
        self._command = command
        self._patience = patience
        self._asking = Lock()
        self._closed = False
        self._running: subprocess.Popen[bytes] | None = None
        self._ended = Event()

    def ask(self, language: str, text: str) -> list[Match]:
        """What is wrong in a text; raises Lost, which may be Late."""
        question = json.dumps({"language": language, "text": text}).encode() + b"\n"
        with self._asking:
            if self._closed:
                raise Lost("nobody is asked any more")
            try:
                process = self._started()
                answer = json.loads(_exchanged(process, question, self._patience))
            except (OSError, ValueError) as error:
                self._end()
                raise (Late if isinstance(error, TimeoutError) else Lost)(str(error)) from None
        if "matches" not in answer:
            raise Lost(str(answer.get("trouble")), lasting=bool(answer.get("lasting")))
        matches: list[Match] = answer["matches"]
        return matches

    def close(self) -> None:
        """End the process, if there is one, also in the midst of a question: that is lost, and so are all later ones."""
        self._closed = True
        if running := self._running:
            running.kill()
        with self._asking:
            self._end()

    @property
    def pid(self) -> int:
        """Of the process that runs; 0 where none does."""
        return self._running.pid if self._running else 0

    def _started(self) -> subprocess.Popen[bytes]:
        if self._running is None or self._running.poll() is not None:
            self._end()
            self._running, self._ended = _born((*self._command, str(os.getpid())))
            if self._closed:  # meanwhile: `close` may have seen no process
                raise OSError("nobody is asked any more")
        return self._running

    def _end(self) -> None:
        running, self._running = self._running, None
        if running:
            running.kill()
            running.wait()
            self._ended.set()
            for pipe in (running.stdin, running.stdout):
                with suppress(OSError):
                    _open(pipe).close()


def _born(command: Sequence[str]) -> tuple[subprocess.Popen[bytes], Event]:
    """A process, and what to set when it is gone.

    A thread of its own starts it and stays for as long: Linux ends a process with the thread that it comes from.
    """
    born: Queue[subprocess.Popen[bytes] | OSError] = Queue()
    gone = Event()

    def bear() -> None:
        try:
            pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
            born.put(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere, bufsize=0))  # noqa: S603 - ours
        except OSError as error:
            born.put(error)
        else:
            gone.wait()

    Thread(target=bear, daemon=True).start()
    process = born.get()
    if isinstance(process, OSError):
        raise process
    return process, gone


def _exchanged(process: subprocess.Popen[bytes], question: bytes, patience: float) -> bytes:
    """The line that answers a line; OSError where none comes in time, or the process is gone."""
    deadline = time.monotonic() + patience
    asked, told = _open(process.stdin), _open(process.stdout)
    os.set_blocking(asked.fileno(), False)  # a pipe takes 64 KiB, and more only when somebody reads
    answer = b""
    with selectors.DefaultSelector() as ready:
        ready.register(asked, selectors.EVENT_WRITE)
        ready.register(told, selectors.EVENT_READ)
        while not answer.endswith(b"\n"):
            able = {key.fileobj for key, _ in ready.select(max(deadline - time.monotonic(), 0))}
            if not able:
                raise TimeoutError(f"no answer within {patience:g} seconds")
            if told in able:
                piece = os.read(told.fileno(), 65536)
                if not piece:
                    raise OSError(f"the process ended with {process.wait()}")
                answer += piece
            elif asked in able:
                question = question[os.write(asked.fileno(), question) :]
                if not question:
                    ready.unregister(asked)
    return answer


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - both are pipes
    return pipe
