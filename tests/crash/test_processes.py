"""Several processes send one mailing: any of them may die, and nobody is lost and nobody gets two copies."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from crash.carriers import Server, wait_for
from crash.command import KILLED, Launcher, Run
from crash.newsletter import ENVIRON, MAILING, READERS, REFUSED, SLUG, write_newsletter

PROCESSES = 4
CONNECTIONS = 8


@pytest.fixture
def slow(server: Callable[..., Server]) -> Server:
    """Slow enough for the processes to start beside the first one."""
    running = server("smtp", "--latency=0.1")
    running.mark()
    return running


@pytest.fixture
def folder(slow: Server, tmp_path: Path) -> Path:
    options = {"concurrency": CONNECTIONS, "processes": PROCESSES}
    return write_newsletter(tmp_path / "newsletter", "smtp", port=slow.port, **options)


def at_work(folder: Path) -> list[int]:
    """The numbers of the processes that are enlisted."""
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection:
        return [process for (process,) in connection.execute("SELECT process FROM worker")]


def start(launcher: Launcher, folder: Path, *arguments: str, forks: int = PROCESSES - 1):
    """The command; those beside it are forks, or with 0 `forks` processes as outside, each of which has to import it."""
    settings = {"dispatch.providers.smtp:_UNIT": 2}
    return launcher.start(folder, *arguments, environ=ENVIRON, settings=settings, assistants=forks)


def wait_until_all_send(folder: Path) -> None:
    database = folder / ".dispatch/dispatch.db"

    def all_are_there() -> bool:
        try:
            return database.exists() and len(at_work(folder)) == PROCESSES
        except sqlite3.OperationalError:
            return False

    wait_for(all_are_there, "all processes are at work")


def check_truth(slow: Server, folder: Path, end: Run, *, uncertain: int) -> None:
    truth = Counter(slow.accepted(folder))
    assert max(truth.values()) == 1, "nobody gets two copies"
    numbers = end.json
    assert numbers["audience"] == len(READERS)
    assert numbers["accepted"] + numbers["uncertain"] >= len(truth) >= numbers["accepted"]
    assert numbers["refused"] <= len(REFUSED)
    assert numbers["pending"] == numbers["withdrawn"] == 0
    assert numbers["uncertain"] <= uncertain
    assert at_work(folder) == [], "who is gone is not enlisted"


def test_four_processes_send_one_mailing(launcher: Launcher, slow: Server, folder: Path) -> None:
    live = start(launcher, folder, "send", SLUG, "--yes", "--json", forks=0)
    wait_until_all_send(folder)
    assert len({*at_work(folder)}) == PROCESSES
    end = live.wait()
    assert end.code == 0, end
    check_truth(slow, folder, end, uncertain=0)


def test_the_death_of_the_first_ends_the_others_in_order(launcher: Launcher, slow: Server, folder: Path) -> None:
    live = start(launcher, folder, "send", SLUG, "--yes")
    wait_until_all_send(folder)
    assert live.kill().code == KILLED
    end = start(launcher, folder, "resume", MAILING, "--json").wait()
    assert end.code in (0, 4), end
    check_truth(slow, folder, end, uncertain=CONNECTIONS // PROCESSES)


def test_the_death_of_another_stops_the_mailing_and_it_can_be_resumed(
    launcher: Launcher, slow: Server, folder: Path
) -> None:
    live = start(launcher, folder, "send", SLUG, "--yes", "--json")
    wait_until_all_send(folder)
    other = next(process for process in at_work(folder) if process != live.process)
    os.kill(other, signal.SIGKILL)
    stopped = live.wait()
    assert stopped.code == 3, stopped
    assert "was ended by signal 9" in stopped.stderr
    assert f"dispatch resume {MAILING}" in stopped.stderr
    end = start(launcher, folder, "resume", MAILING, "--json").wait()
    assert end.code in (0, 4), end
    check_truth(slow, folder, end, uncertain=CONNECTIONS // PROCESSES)


def test_ctrl_c_ends_all_of_them_in_order(launcher: Launcher, slow: Server, folder: Path) -> None:
    live = start(launcher, folder, "send", SLUG, "--yes", "--json")
    wait_until_all_send(folder)
    live.signal(signal.SIGINT)
    stopped = live.wait()
    assert stopped.code == 130, stopped
    assert stopped.json["uncertain"] == 0
    assert at_work(folder) == []
    end = start(launcher, folder, "resume", MAILING, "--json").wait()
    check_truth(slow, folder, end, uncertain=0)
