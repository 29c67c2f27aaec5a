"""One bar while a mailing is sent, on a terminal only; and Ctrl-C, which ends it in order."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from dispatch.cli.terminal import say
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.worker import Progress as Run

_STDERR = 2


@contextmanager
def sending_progress(
    mailing: Mailing, *, silent: bool = False
) -> Iterator[tuple[threading.Event, Callable[[Run], None]]]:
    """An event that Ctrl-C sets, and what to call with how far the run is.

    The first Ctrl-C (or SIGTERM) lets the calls under way finish; the second ends the process at once, as a crash
    would, and `resume` puts that in order.
    """
    stop = threading.Event()

    def finish_up(number: int, frame: FrameType | None) -> None:
        del frame
        stop.set()
        signal.signal(number, signal.SIG_DFL)
        # Past Python's buffers, in the midst of whose work a signal may come.
        if not silent:
            os.write(_STDERR, b"\nFinishing the calls under way. Once more ends at once.\n")

    before = {number: signal.signal(number, finish_up) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with nullcontext(_say_nothing) if silent else _bar(mailing) as show:
            yield stop, show
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _bar(mailing: Mailing) -> Iterator[Callable[[Run], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _log()
        return
    columns = (
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, expand=True) as progress:
        task = progress.add_task("", total=mailing.audience)

        def show(run: Run) -> None:
            progress.update(task, completed=mailing.audience - run.tally.pending, description=_in_words(run))

        yield show


def _say_nothing(run: Run) -> None:
    """Whoever started this process shows how far the mailing is."""


def _log() -> Callable[[Run], None]:
    """A bar in a log file would be noise; a quarter of an hour without a word is a riddle."""
    told: set[str] = set()

    def show(run: Run) -> None:
        if run.waits_until and run.reason not in told:
            told.add(run.reason)
            say(f"Waiting until {run.waits_until:%H:%M:%S} UTC: {run.reason or 'the provider asks for it'}")

    return show


def _in_words(run: Run) -> str:
    tally = run.tally
    words = f"accepted {tally.accepted:,}"
    if tally.refused:
        words += f" · refused {tally.refused:,}"
    if tally.uncertain:
        words += f" · uncertain {tally.uncertain:,}"
    if run.waits_until:
        words += f" · waiting until {run.waits_until:%H:%M:%S} UTC {escape(run.reason)}"
    return words


class _Rate(ProgressColumn):
    """Recipients a second."""

    def render(self, task: Task) -> Text:
        """Nothing while there is nothing to go by."""
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")
