"""The CPU time that several threads spend within one function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from time import thread_time
from typing import Any


class Stopwatch:
    """Adds up the CPU time of all threads; what is called within itself counts once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._lock = threading.Lock()
        self._inside = threading.local()

    @contextmanager
    def running(self) -> Iterator[None]:
        """The time of this block in this thread."""
        if getattr(self._inside, "is_set", False):
            yield
            return
        self._inside.is_set = True
        start = thread_time()
        try:
            yield
        finally:
            self._inside.is_set = False
            with self._lock:
                self.seconds += thread_time() - start

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, watched."""

        @wraps(function)
        def watched(*arguments: Any, **named: Any) -> Any:
            with self.running():
                return function(*arguments, **named)

        return watched

    def around_block(self, function: Callable[..., AbstractContextManager[Any]]) -> Callable[..., Any]:
        """The context manager, watched from its beginning to its end."""

        @contextmanager
        def watched(*arguments: Any, **named: Any) -> Iterator[Any]:
            with self.running(), function(*arguments, **named) as given:
                yield given

        return watched
