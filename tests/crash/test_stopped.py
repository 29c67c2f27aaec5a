"""A process that is stopped (SIGSTOP), for longer than it is waited for, and continued: nobody gets two copies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from crash.carriers import wait_for
from crash.command import Kill, Run, Running
from crash.newsletter import MAILING
from crash.trial import Bench, Case, freeze
from sampling import sampled

Benches = Callable[[Case], Bench]

PROCESSES = Case("postmark", 4, processes=4, latency=0.03)
WORKERS = Case("postmark", 1, database="postgresql", latency=0.03)
# Seconds; in the same order as those that hold outside.
SHORT = {
    "dispatch.delivery.crew:_HEARTBEAT": 0.3,
    "dispatch.delivery.crew:LEASE": 3.0,
    "dispatch.database.postgresql:IDLE_SECONDS": 2,
    "dispatch.database.postgresql:LOCK_SECONDS": 10,
}


def stop(when: str, kind: str, number: int) -> Kill:
    return Kill(when, kind, number, signal.SIGSTOP)


def told(path: str) -> str:
    """What the system says of a process; nothing where it has ended meanwhile."""
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def is_stopped(process: int) -> bool:
    return told(f"/proc/{process}/stat").rpartition(")")[2].split()[:1] == ["T"]


def has_ended(running: Running) -> bool:
    return not told(f"/proc/{running.process}/stat")


def stopped_of(running: Running) -> list[int]:
    """It and the processes beside it, as far as they are stopped."""
    beside = told(f"/proc/{running.process}/task/{running.process}/children").split()
    return [process for process in (running.process, *map(int, beside)) if is_stopped(process)]


@pytest.mark.parametrize("number", sampled([2, 3, 4, 5], every=2))
def test_what_a_stopped_worker_has_not_committed_is_given_up(number: int, bench: Benches, tmp_path: Path) -> None:
    come_back_too_late(stop("before", "commit", number), bench, tmp_path)


def test_a_worker_that_comes_back_to_its_call_after_its_lease_is_fenced_off(bench: Benches, tmp_path: Path) -> None:
    end = come_back_too_late(stop("after", "request", 2), bench, tmp_path)
    assert end.code == 3
    assert "was changed by another process while this one was sending" in end.stderr


def come_back_too_late(moment: Kill, bench: Benches, tmp_path: Path) -> Run:
    """Another worker does what the stopped one has left; then that one goes on. Its end, after the audit."""
    at = bench(WORKERS)
    folder = freeze(at, tmp_path / "newsletter")
    worker = at.start(folder, "worker", MAILING, kill=moment, settings=SHORT)
    wait_for(lambda: stopped_of(worker), "it is stopped")
    other = at.run(folder, "worker", MAILING, "--json", settings=SHORT)
    assert other.code in (0, 4), other
    assert other.json["pending"] == 0
    worker.signal(signal.SIGCONT)
    end = worker.wait()
    assert end.code in (0, 3, 4), end
    assert "Traceback" not in end.stderr
    at.audit(folder, killed=1)
    return end


@pytest.mark.parametrize("assistant", sampled([False, True], every=2), ids=["the first", "another"])
@pytest.mark.parametrize("moment", [stop("after", "request", 2), stop("before", "commit", 3)], ids=str)
def test_one_of_four_processes_pauses(moment: Kill, assistant: bool, bench: Benches, tmp_path: Path) -> None:
    at = bench(PROCESSES)
    for attempt in range(5):  # an assistant that starts late may find nothing left to do, and no moment comes
        folder = freeze(at, tmp_path / f"newsletter{attempt}")
        sending = at.start(folder, "resume", MAILING, "--json", kill=moment, kills_assistant=assistant)
        wait_for(lambda sending=sending: stopped_of(sending) or has_ended(sending), "one is stopped")
        if not has_ended(sending):
            break
    (process,) = stopped_of(sending)
    other = at.run(folder, "resume", MAILING)
    assert other.code == 1
    assert f"is being sent by process {sending.process}" in other.stderr
    os.kill(process, signal.SIGCONT)
    end = sending.wait()
    assert (end.code, end.json["pending"]) == (0, 0), end
    assert at.audit(folder, killed=0) == 0
