"""One remote, several clones and restored ledgers: one sends, the others stop with the facts and send nothing.

What was sent is for the server to say. Seconds are without those in which other processes had the CPU.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from clones import claims, clone, git, share
from crash.carriers import Server
from crash.command import KILLED, Kill, Launcher, Run
from crash.newsletter import ENVIRON, MAILING, READERS, REFUSED, SLUG, write_newsletter
from sampling import sampled

FEW = 20
MAILED = {*READERS} - {*REFUSED}


class Shared:
    """A newsletter that is shared by git, and the server that all its clones send to."""

    def __init__(self, folder: Path, launcher: Launcher, server: Server) -> None:
        self._folder = folder
        self._launcher = launcher
        self.server = server
        self._numbers = count(1)
        server.mark()
        self.first = write_newsletter(folder / "first", "smtp", port=server.port)
        self.remote = share(self.first, folder / "remote.git")

    def clone(self) -> Path:
        return clone(self.remote, self._folder / f"clone{next(self._numbers)}")

    def run(self, folder: Path, *arguments: str, kill: Kill | None = None, **settings: object) -> Run:
        return self._launcher.run(folder, *arguments, environ=ENVIRON, kill=kill, settings=settings)

    def start_sends(self, folders: list[Path]) -> list[Run]:
        sends = [self._launcher.start(folder, "send", SLUG, "--yes", environ=ENVIRON) for folder in folders]
        return [send.wait() for send in sends]

    def send(self, folder: Path, *options: str) -> Run:
        return self.run(folder, "send", SLUG, "--yes", *options)

    def check_nobody_has_two(self) -> None:
        accepted = self.server.accepted(self.first)
        assert len(accepted) == len(set(accepted))
        assert set(accepted) == MAILED


@pytest.fixture
def shared(tmp_path: Path, launcher: Launcher, server: Callable[..., Server]) -> Shared:
    return Shared(tmp_path, launcher, server("smtp"))


def stopped(run: Run, *words: str, code: int) -> None:
    """It said so within two seconds."""
    assert run.code == code, run
    assert all(word in run.stderr for word in words), run.stderr
    assert run.seconds - run.waited < 2


def test_a_clone_does_not_send_what_another_sends(shared: Shared) -> None:
    assert shared.send(shared.first, f"--limit={FEW}").code == 3
    held = claims(shared.remote)[MAILING]
    assert (held["state"], held["epoch"]) == ("paused", 2)
    second = shared.clone()
    for options in ((), ("--new-subscribers",), ("--again",), ("--dry-run",)):
        other = shared.send(second, *options)
        stopped(other, f"claimed by {socket.gethostname()} (process {held['process']})", "was paused then", code=1)
    assert len(shared.server.accepted(second)) == FEW - 1  # one of them is refused
    assert claims(shared.remote) == {MAILING: held}
    assert shared.run(shared.first, "resume").code == 0
    stopped(shared.send(second), "is finished", code=1)
    shared.check_nobody_has_two()


@pytest.mark.parametrize("number", sampled([2, 4], every=2))
def test_of_clones_that_send_at_once_one_does(number: int, shared: Shared) -> None:
    folders = [shared.first, *(shared.clone() for _ in range(number - 1))]
    ends = shared.start_sends(folders)
    assert min(end.code for end in ends) == 0
    others = [end for end in ends if end.code]
    assert len(others) == number - 1
    for end in others:
        stopped(end, f"{MAILING} was claimed by", code=end.code)
        assert end.code in (1, 3)
    shared.check_nobody_has_two()
    for folder, end in zip(folders, ends, strict=True):
        if end.code == 3:  # frozen before the other's claim was there
            stopped(shared.run(folder, "resume"), "Another ledger has sent this issue", code=3)
            assert shared.run(folder, "cancel", MAILING, "--yes").code == 0
    shared.check_nobody_has_two()


def test_a_ledger_from_before_the_mailing(shared: Shared) -> None:
    assert shared.run(shared.first, "subscribers", "import").code == 0
    backup = shutil.copytree(shared.first / ".dispatch", shared.first.parent / "backup")
    assert shared.send(shared.first).code == 0
    restore(backup, shared.first)
    stopped(
        shared.send(shared.first),
        "this ledger does not know of",
        "is finished",
        "`dispatch subscribers suppress`",
        code=1,
    )
    stopped(shared.send(shared.first, "--new-subscribers"), "who has it is not known here", code=1)
    assert shared.run(shared.first, "resume", MAILING).code == 1
    shared.check_nobody_has_two()


def test_a_ledger_from_the_middle_of_the_mailing(shared: Shared) -> None:
    assert shared.send(shared.first, f"--limit={FEW}").code == 3
    backup = shutil.copytree(shared.first / ".dispatch", shared.first.parent / "backup")
    assert shared.run(shared.first, "resume").code == 0
    restore(backup, shared.first)
    held = claims(shared.remote)[MAILING]
    assert held["state"] == "finished"
    for command in (("resume",), ("resume", MAILING)):
        stopped(shared.run(shared.first, *command), "is older than what was sent", "--after-restore", code=3)
    with (shared.first / "subscribers.csv").open("a") as file:
        file.write("late@example.com,Late,subscribed,en\n")
    stopped(shared.send(shared.first, "--new-subscribers"), "is older than what was sent", code=1)
    assert claims(shared.remote)[MAILING] == held
    restored = shared.run(shared.first, "resume", "--after-restore", "--json")
    assert restored.code == 4, restored
    assert restored.json["uncertain"] == len(READERS) - FEW
    assert restored.json["pending"] == 0
    assert claims(shared.remote)[MAILING]["epoch"] > held["epoch"]
    shared.check_nobody_has_two()
    assert shared.run(shared.first, "settle", "--resend").code == 0  # at a person's word only
    assert shared.run(shared.first, "resume").code == 0
    assert len(shared.server.accepted(shared.first)) == len(MAILED) + len(READERS) - FEW - 1


def test_of_two_copies_of_a_ledger_one_goes_on(shared: Shared) -> None:
    assert shared.send(shared.first, f"--limit={FEW}").code == 3
    second = shared.clone()
    restore(shared.first / ".dispatch", second)
    assert shared.run(second, "resume").code == 0
    stopped(shared.run(shared.first, "resume"), "is older than what was sent", "is finished", code=3)
    shared.check_nobody_has_two()


def test_a_lost_ledger(shared: Shared) -> None:
    assert shared.send(shared.first, f"--limit={FEW}").code == 3
    shutil.rmtree(shared.first / ".dispatch")
    stopped(shared.send(shared.first), "does not know of", "--again --after-restore", code=1)
    stopped(shared.send(shared.first, "--again"), "does not know of", code=1)
    assert len(shared.server.accepted(shared.first)) == FEW - 1
    assert shared.send(shared.first, "--again", "--after-restore").code == 0
    assert sorted(claims(shared.remote)) == [MAILING, f"{SLUG}.2"]
    assert claims(shared.remote)[f"{SLUG}.2"]["state"] == "finished"


def test_a_run_of_ci_that_is_run_again(shared: Shared) -> None:
    assert shared.send(shared.clone()).code == 0
    again = shared.clone()
    stopped(shared.send(again), "is finished", "--again", code=1)
    shared.check_nobody_has_two()
    assert shared.send(again, "--again").code == 0
    assert sorted(claims(shared.remote)) == [MAILING, f"{SLUG}.2"]


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a machine that lets one connect and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_remote_that_is_down_stops_it_before_anything_is_frozen(shared: Shared, silent: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    for url, patience in (
        (f"http://joy:secret@127.0.0.1:{closed}/x.git", 20.0),
        (f"git://127.0.0.1:{silent}/x.git", 0.5),
        ("/nowhere/x.git", 20.0),
    ):
        git(shared.first, "remote", "set-url", "origin", url)
        run = shared.run(shared.first, "send", SLUG, "--yes", **{"dispatch.inspection.remote:_LONGEST": patience})
        stopped(run, "the git remote origin", "cannot be asked", "nothing was sent", code=3)
        assert "secret" not in run.stderr
    assert shared.run(shared.first, "status").code == 1  # there is no mailing
    assert shared.server.accepted(shared.first) == []
    git(shared.first, "remote", "set-url", "origin", str(shared.remote))
    assert shared.send(shared.first).code == 0


def test_a_remote_that_goes_down_between_freeze_and_claim(shared: Shared) -> None:
    hook = shared.remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho read only today >&2\nexit 1\n")
    hook.chmod(0o755)
    run = shared.send(shared.first)
    stopped(run, "does not take the claim", f"dispatch resume {MAILING}", code=3)
    assert shared.server.accepted(shared.first) == []
    hook.unlink()
    assert shared.run(shared.first, "resume").code == 0
    assert claims(shared.remote)[MAILING]["state"] == "finished"
    shared.check_nobody_has_two()


def restore(backup: Path, folder: Path) -> None:
    """Put a copy of the ledger into the place of the newer one."""
    shutil.rmtree(folder / ".dispatch", ignore_errors=True)
    shutil.copytree(backup, folder / ".dispatch")


def killed_and_resumed(shared: Shared, folder: Path, kill: Kill) -> bool:
    """Kill a send once, and go on; whether it came so far."""
    shared.server.mark()
    first = shared.run(folder, "send", SLUG, "--yes", kill=kill)
    if first.code != KILLED:
        return False
    run = shared.run(folder, "resume", MAILING)
    if "There is no mailing" in run.stderr:
        run = shared.send(folder)
    assert run.code in (0, 4), (kill, run)
    accepted = shared.server.accepted(folder)
    uncertain = shared.run(folder, "status", "--json").json["uncertain"]
    assert len(accepted) == len(set(accepted))
    assert len(MAILED) - uncertain <= len(accepted) <= len(MAILED)
    return True


@pytest.mark.parametrize("part", sampled([0.35, 0.5, 0.6, 0.7, 0.8, 0.9], every=3))
def test_killed_around_questions_to_git(part: float, shared: Shared) -> None:
    whole = shared.run(shared.clone(), "send", SLUG, "--yes")
    git(shared.remote, "update-ref", "-d", f"refs/dispatch/{MAILING}")
    kill = Kill("before", "command", int(part * whole.counts["command"]))
    assert killed_and_resumed(shared, shared.clone(), kill)
    assert claims(shared.remote)[MAILING]["state"].startswith("finished")


@pytest.mark.complete
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_every_question_to_git(when: str, shared: Shared) -> None:
    """Between freeze and claim, between the record of the claim and its push, between push and first byte, at the end."""
    epochs = set()
    for number in count(1):
        if not killed_and_resumed(shared, shared.clone(), Kill(when, "command", number)):
            break
        held = claims(shared.remote)[MAILING]
        assert held["state"].startswith("finished")
        epochs.add(held["epoch"])
        git(shared.remote, "update-ref", "-d", f"refs/dispatch/{MAILING}")
    assert number > 15
    assert epochs >= {2, 3}, "killed before its claim was there, and after"


@pytest.mark.parametrize("number", sampled([1, 2, 3, 4], every=2))
def test_killed_around_the_first_commits(number: int, shared: Shared) -> None:
    assert killed_and_resumed(shared, shared.first, Kill("after", "commit", number))
    assert claims(shared.remote)[MAILING]["state"].startswith("finished")
