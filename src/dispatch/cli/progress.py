"""One bar while a mailing is sent, on a terminal only; and Ctrl-C, which ends it in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dispatch.cli.terminal import say
from dispatch.delivery.mailing import Mailing
from dispatch.delivery.worker import Progress as Run


@contextmanager
def sending_progress(mailing: Mailing) -> Iterator[tuple[threading.Event, Callable[[Run], None]]]:
    """An event that Ctrl-C sets, and what to call with how far the run is.

    The first Ctrl-C (or SIGTERM) lets the calls under way finish; the second ends the process at once, as a crash
    would, and `resume` puts that in order.
    """
    stop = threading.Event()

    def finish_up(number: int, frame: FrameType | None) -> None:
        del frame
        stop.set()
        signal.signal(number, signal.SIG_DFL)
        say("\nFinishing the calls under way. Once more ends at once.")

    before = {number: signal.signal(number, finish_up) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with _bar(mailing) as show:
            yield stop, show
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore(_run: Run) -> None:
    """A bar in a log file would be noise."""


@contextmanager
def _bar(mailing: Mailing) -> Iterator[Callable[[Run], None]]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _ignore
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=mailing.audience)

        def show(run: Run) -> None:
            tally = run.tally
            words = f"accepted {tally.accepted:,} · refused {tally.refused:,} · uncertain {tally.uncertain:,}"
            if run.waits_until:
                words += f" · waiting until {run.waits_until:%H:%M:%S} UTC {run.reason}"
            progress.update(task, completed=mailing.audience - tally.pending, description=words)

        yield show
