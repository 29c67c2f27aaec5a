"""Killed before anything was submitted: the list, the audience and the way on are whole, or not there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from crash.command import KILLED, Kill, Launcher, Run
from crash.newsletter import ENVIRON, MAILING, READERS, SLUG, write_newsletter
from crash.trial import Bench, Case
from sampling import sampled

# More than one page of people, of whom few are handed over.
MANY = tuple(f"reader{number:04}@example.com" for number in range(1, 1201))
LIMIT = 5


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_newsletter(tmp_path / "newsletter", "outbox", readers=MANY)


def run(launcher: Launcher, folder: Path, *arguments: str, kill: Kill | None = None) -> Run:
    return launcher.run(folder, *arguments, environ=ENVIRON, kill=kill)


def numbers(folder: Path, *tables: str) -> list[int]:
    """How many rows each table has; none where the database has not come so far."""
    with closing(sqlite3.connect(folder / ".dispatch/dispatch.db")) as connection:
        known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        rows = [f"SELECT count(*) FROM {table}" if table in known else "SELECT 0" for table in tables]
        return [connection.execute(query).fetchone()[0] for query in rows]


def written(folder: Path) -> int:
    return len(list((folder / ".dispatch/outbox").rglob("*.eml")))


def go_on(launcher: Launcher, folder: Path) -> None:
    """A second `send` freezes what was not, or says that `resume` goes on; either way the mailing is the whole one."""
    mailings, recipients, people = numbers(folder, "mailing", "recipient", "subscriber")
    assert people in (0, len(MANY) + 2)
    assert recipients == (len(MANY) if mailings else 0)
    again = run(launcher, folder, "send", SLUG, "--yes", "--json", f"--limit={LIMIT}")
    if mailings:
        assert again.code == 1
        assert "has a mailing already" in again.stderr
        accepted = int(again.stderr.partition(f"recipients of {MAILING}, ")[2].split()[0])
        assert accepted in (0, LIMIT)
        remedy = f"`dispatch resume {MAILING}` goes on with it."
        assert remedy in again.stderr
    else:
        assert again.code == 3, again
        assert written(folder) == LIMIT
    status = run(launcher, folder, "status", "--json").json
    assert status["audience"] == len(MANY) == status["accepted"] + status["pending"]
    assert status["excluded"] == {"unconfirmed": 1, "unsubscribed": 1}


def kill_at(number: int, launcher: Launcher, folder: Path, when: str = "before") -> bool:
    """Kill the n-th statement; whether there was one."""
    kill = Kill(when, "statement", number)
    killed = run(launcher, folder, "send", SLUG, "--yes", f"--limit={LIMIT}", kill=kill).code == KILLED
    go_on(launcher, folder)
    return killed


@pytest.mark.parametrize("part", sampled([0.05, 0.2, 0.3, 0.45, 0.6, 0.75], every=3))
def test_killed_within_a_transaction(part: float, launcher: Launcher, folder: Path, tmp_path: Path) -> None:
    whole = run(launcher, write_newsletter(tmp_path / "whole", "outbox"), "send", SLUG, "--yes", f"--limit={LIMIT}")
    assert kill_at(1 + int(part * whole.counts["statement"]), launcher, folder)


@pytest.mark.complete
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_every_statement(when: str, launcher: Launcher, tmp_path: Path) -> None:
    for number in count(1):
        folder = write_newsletter(tmp_path / f"newsletter{number}", "outbox", readers=MANY)
        if not kill_at(number, launcher, folder, when):
            break


def test_killed_while_the_list_is_imported(launcher: Launcher, folder: Path) -> None:
    assert run(launcher, folder, "subscribers", "import").code == 0
    with (folder / "subscribers.csv").open("a") as file:
        file.write("new@example.com,New,subscribed,en\n")
    before = numbers(folder, "subscriber", "subscriber_event")
    for number in count(1):
        killed = run(launcher, folder, "subscribers", "import", kill=Kill("before", "statement", number)).code == KILLED
        if not killed:
            break
        assert numbers(folder, "subscriber", "subscriber_event") == before
    assert numbers(folder, "subscriber") == [before[0] + 1]
    assert number > 5


def test_killed_between_freeze_and_first_submission(
    bench: Callable[[Case], Bench], launcher: Launcher, tmp_path: Path
) -> None:
    at = bench(Case("smtp", 1))
    for number in count(1):  # the freeze is the first commit that leaves a mailing
        folder = at.new_folder(tmp_path / f"newsletter{number}")
        assert run(launcher, folder, "send", SLUG, "--yes", kill=Kill("after", "commit", number)).code == KILLED
        if numbers(folder, "mailing") == [1]:
            break
    assert numbers(folder, "recipient") == [len(READERS)]
    status = run(launcher, folder, "status", "--json").json
    assert (status["state"], status["pending"], status["started"]) == ("stopped", len(READERS), None)
    assert at.carrier.accepted(folder) == []
    again = run(launcher, folder, "send", SLUG, "--yes")
    assert again.code == 1
    assert f"dispatch resume {MAILING}" in again.stderr
    assert at.go_on(folder).code == 0
    assert at.audit(folder, killed=0) == 0
