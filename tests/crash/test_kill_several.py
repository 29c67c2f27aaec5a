"""SIGKILL of one of four that send one mailing, at any commit or request: as with one, nobody is lost or gets two copies."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from crash.command import KILLED, Kill
from crash.newsletter import MAILING
from crash.trial import Bench, Case, Verdict, freeze
from sampling import sampled

Benches = Callable[[Case], Bench]

PROCESSES = Case("postmark", 4, processes=4, latency=0.03)  # on one machine, from SQLite
WORKERS = Case("postmark", 1, database="postgresql", latency=0.03)  # each as if on a machine of its own

HERE_AND_THERE = [Kill("before", "commit", 1), Kill("before", "commit", 3), Kill("after", "request", 2)]
EVERYWHERE = [(when, kind) for when in ("before", "after") for kind in ("commit", "request")]
WHO = pytest.mark.parametrize("assistant", [False, True], ids=["the first", "another"])


def try_out_workers(at: Bench, kill: Kill, folder: Path) -> Verdict:
    """Four workers send a mailing that was frozen before; what the one leaves that is killed, the others do."""
    freeze(at, folder)
    workers = [
        at.start(folder, "worker", MAILING, kill=kill if first else None) for first in (True, False, False, False)
    ]
    victim, *others = [worker.wait() for worker in workers]
    uncertain = at.audit(folder, int(victim.code == KILLED))
    assert all(other.code in (0, 4) for other in others), others
    return Verdict(int(victim.code == KILLED), uncertain, victim.counts)


def everywhere(when: str, kind: str, try_out: Callable[[Kill], Verdict]) -> None:
    """Until there is no such moment: of several, one may get less to do this time, and more the next time."""
    missed = 0
    for number in count(1):
        missed = 0 if try_out(Kill(when, kind, number)).killed else missed + 1
        if missed == 2:
            break


@pytest.mark.parametrize("kill", sampled(HERE_AND_THERE, every=3), ids=str)
def test_one_of_four_processes_is_killed(kill: Kill, bench: Benches) -> None:
    assert bench(PROCESSES).try_out(kill, assistant=True).killed == 1


@pytest.mark.parametrize("kill", sampled(HERE_AND_THERE, every=3), ids=str)
def test_one_of_four_workers_is_killed(kill: Kill, bench: Benches, tmp_path: Path) -> None:
    assert try_out_workers(bench(WORKERS), kill, tmp_path / "newsletter").killed == 1


@pytest.mark.complete
@WHO
@pytest.mark.parametrize(("when", "kind"), EVERYWHERE)
def test_one_of_four_processes_is_killed_everywhere(when: str, kind: str, assistant: bool, bench: Benches) -> None:
    at = bench(PROCESSES)
    everywhere(when, kind, lambda kill: at.try_out(kill, assistant=assistant))


@pytest.mark.complete
@pytest.mark.parametrize(("when", "kind"), EVERYWHERE)
def test_one_of_four_workers_is_killed_everywhere(when: str, kind: str, bench: Benches, tmp_path: Path) -> None:
    at = bench(WORKERS)
    numbers = count(1)
    everywhere(when, kind, lambda kill: try_out_workers(at, kill, tmp_path / f"newsletter{next(numbers)}"))
