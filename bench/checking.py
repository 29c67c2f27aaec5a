"""`dispatch check` of the sample issue, in a process that has just been started."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.measuring import Line, Table, Target
from bench.newsletter import SAMPLE, copy_sample
from bench.scope import Scope

TARGET = Target(1)  # second


def compare(scope: Scope) -> Table:
    """Time and CPU time of the whole command, its pictures made before."""
    folder = copy_sample(scope.folder / "check")
    rounds = scope.pick(tiny=1, quick=5, usual=15)
    if rounds > 1:
        _check(folder)  # makes the pictures, and the bytecode where there is none
    times, cpu = zip(*(_check(folder) for _ in range(rounds)), strict=True)
    return Table(
        "Check",
        f"`dispatch check {SAMPLE}`: from the start of the process to its end, offline, its pictures made before. The "
        "time is what an author waits, on a machine that has nothing else to do.",
        lines=[
            Line("CPU time, s", f"{median(cpu):.2f}", result=median(cpu), target=TARGET),
            Line("time, s", f"{median(times):.2f}", result=median(times), target=TARGET),
        ],
    )


def _check(folder: Path) -> tuple[float, float]:
    """One check; time and CPU time in seconds."""
    command = [sys.executable, "-m", "dispatch", "check", SAMPLE]
    # Bytecode is kept, as it is where authors work, also where the bench is told to leave none behind.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began, spent = perf_counter(), _children()
    subprocess.run(command, cwd=folder, env=kept, check=True, capture_output=True)
    return perf_counter() - began, _children() - spent


def _children() -> float:
    """The CPU time of all processes that this one has started and seen end, in seconds."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
