"""Several senders at once: one works, the others say so within a second, and nobody gets two copies.

The second runs from the fork of a command that is imported already to its end, without the time in which other
processes had the CPU: how long importing takes and what else runs depends on the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from crash.carriers import Server, wait_for
from crash.command import Launcher, Run
from crash.newsletter import ENVIRON, MAILING, READERS, REFUSED, SLUG, write_newsletter

SLOW = "--latency=0.008"  # seconds before each reply: a mailing takes two


@pytest.fixture
def slow(server: Callable[..., Server]) -> Server:
    running = server("smtp", SLOW)
    running.mark()
    return running


def said_no(other: Run) -> bool:
    """Whether it found somebody else at work."""
    return other.code == 1 and "is being sent by process" in other.stderr


def check_truth(slow: Server, folder: Path) -> None:
    accepted = slow.accepted(folder)
    assert len(accepted) == len(set(accepted))
    assert set(accepted) == {*READERS} - {*REFUSED}


@pytest.mark.parametrize("number", [2, 8])
def test_of_many_sends_one_works(number: int, launcher: Launcher, slow: Server, tmp_path: Path) -> None:
    folder = write_newsletter(tmp_path / "newsletter", "smtp", port=slow.port)
    sends = [launcher.start(folder, "send", SLUG, "--yes", "--json", environ=ENVIRON) for _ in range(number)]
    ends = [send.wait() for send in sends]
    (worked,) = [end for end in ends if end.code == 0]
    others = [end for end in ends if end is not worked]
    assert all(said_no(other) for other in others), others
    assert max(other.seconds - other.waited for other in others) < 1
    assert worked.json["accepted"] == len(READERS) - len(REFUSED)
    assert worked.json["refused"] == len(REFUSED)
    check_truth(slow, folder)


def test_resume_and_send_beside_a_live_sender(launcher: Launcher, slow: Server, tmp_path: Path) -> None:
    folder = write_newsletter(tmp_path / "newsletter", "smtp", port=slow.port)
    live = launcher.start(folder, "send", SLUG, "--yes", "--json", environ=ENVIRON)
    wait_for(lambda: len(slow.accepted_so_far()) > 3, "the mailing is under way")
    commands = [("resume",), ("resume", MAILING), ("send", SLUG, "--yes"), ("send", SLUG, "--yes", "--again")]
    others = [launcher.start(folder, *command, environ=ENVIRON) for command in commands]
    for other in [other.wait() for other in others]:
        assert said_no(other), other
        assert f"{MAILING} is being sent by process {live.process}" in other.stderr
        assert other.seconds - other.waited < 1
    status = launcher.run(folder, "status", "--json", environ=ENVIRON).json
    assert status["state"] == "sending"
    assert status["audience"] == sum(status[name] for name in ("accepted", "refused", "pending"))
    assert live.wait().code == 0
    check_truth(slow, folder)


def test_a_killed_sender_leaves_no_lock(launcher: Launcher, slow: Server, tmp_path: Path) -> None:
    folder = write_newsletter(tmp_path / "newsletter", "smtp", port=slow.port)
    live = launcher.start(folder, "send", SLUG, "--yes", environ=ENVIRON)
    wait_for(lambda: len(slow.accepted_so_far()) > 3, "the mailing is under way")
    live.kill()
    resumed = launcher.run(folder, "resume", "--json", environ=ENVIRON)
    assert resumed.code in (0, 4)
    assert resumed.json["accepted"] + resumed.json["refused"] + resumed.json["uncertain"] == len(READERS)
    assert resumed.json["uncertain"] <= 1
