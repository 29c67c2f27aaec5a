"""More processes that send beside this one: Python keeps one core busy with its threads, however many they are."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event

from dispatch.errors import Stopped
from dispatch.providers.provider import Capabilities

RECIPIENTS_EACH = 20_000
"""A process that has less to do than this takes longer to start than it saves."""

RECIPIENTS_EACH_OF_SHARED_BODIES = 400_000
"""The same where each person takes 25 µs and not a few hundred."""


def processes_for(configured: int | None, audience: int, capabilities: Capabilities) -> int:
    """How many processes send a mailing: as configured, else as many as there are cores and work for."""
    each = RECIPIENTS_EACH_OF_SHARED_BODIES if capabilities.shares_bodies else RECIPIENTS_EACH
    return configured or max(1, min(len(os.sched_getaffinity(0)), audience // each))


class Assistants:
    """Runs a command several times beside this process.

    An assistant goes on until nothing is left to send; it stops when its standard input ends, which the death of this
    process brings about as well. When it ends with a code other than 0, what it prints is the sentence that says why,
    as JSON: {"message", "remedy"}.
    """

    def __init__(self, command: Sequence[str], number: int, *, stop: Event, lock: int | None) -> None:
        """`stop` is set when one ends in trouble, and ends all when it is set; `lock` is a descriptor they inherit.

        The sender's lock is theirs too: as long as one of them lives, nobody else sends.
        """
        self._command = command
        self._number = number
        self._stop = stop
        self._inherited = () if lock is None else (lock,)
        self._trouble: Stopped | None = None

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let them work for the length of the block, and until they have ended; raises Stopped for one in trouble."""
        processes = [self._start() for _ in range(self._number)]
        watchers = [threading.Thread(target=self._watch, args=(process,)) for process in processes]
        stopper = threading.Thread(target=self._stop_all, args=(processes,), daemon=True)
        for thread in [*watchers, stopper]:
            thread.start()
        try:
            yield
        except BaseException:
            self._stop.set()
            raise
        finally:
            for watcher in watchers:
                watcher.join()
        if self._trouble:
            raise self._trouble

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - this very program
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=self._inherited
        )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - a pipe, see above
        told = process.stdout.read()
        if process.wait() != 0:
            self._trouble = self._trouble or _trouble_of(process.returncode, told)
            self._stop.set()

    def _stop_all(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        self._stop.wait()
        for process in processes:
            assert process.stdin is not None  # noqa: S101 - as above
            process.stdin.close()


def stop_with_standard_input(stop: Event) -> None:
    """In an assistant: set `stop` when nobody is there any more to work for."""

    def wait_for_end() -> None:
        while os.read(0, 1024):
            pass
        stop.set()

    threading.Thread(target=wait_for_end, daemon=True).start()


def _trouble_of(code: int, told: bytes) -> Stopped:
    try:
        sentence = json.loads(told)
        return Stopped(sentence["message"], remedy=sentence["remedy"])
    except (ValueError, KeyError, TypeError):
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return Stopped(f"One of the sending processes {how}", remedy="`dispatch resume` goes on.")
