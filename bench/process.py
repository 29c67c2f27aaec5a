"""One piece of work in a process of its own, and what it took: time, CPU time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

ROOT = Path(__file__).parents[1]
_GLANCE = 0.02  # seconds between two looks at the memory


@dataclass(frozen=True)
class Cost:
    """What a piece of work took; of its process and all those it started."""

    seconds: float
    cpu: float  # seconds
    peak: int  # bytes: the resident memory of the largest process at its largest
    processes: int
    told: dict[str, Any]  # what the work says of itself


class Failed(Exception):
    """A piece of work ended badly."""


def work(what: str, *arguments: object) -> Cost:
    """Do a piece of bench.work in a process of its own; raises Failed."""
    words = [what, *map(str, arguments)]
    process = start(words)
    peaks: dict[int, int] = {}
    while process.poll() is None:
        _look(process.pid, peaks)
        sleep(_GLANCE)
    output, talk = process.communicate()
    if process.returncode:
        raise Failed(f"{' '.join(words)} ended with {process.returncode}:\n{talk}")
    told = json.loads(output.splitlines()[-1])
    peaks[process.pid] = told.pop("peak")
    return Cost(told.pop("seconds"), told.pop("cpu"), max(peaks.values()), len(peaks), told)


def in_fresh_interpreter(words: Sequence[str]) -> subprocess.Popen[str]:
    """Begin a piece of work where nothing was imported or done before."""
    command = [sys.executable, "-m", "bench.work", *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


start = in_fresh_interpreter
"""How a process is begun. Tests, which want no figures, fork instead: importing everything takes a second."""


def _look(process: int, peaks: dict[int, int]) -> None:
    """Note the largest memory (VmHWM never falls) of a process and all below it."""
    try:
        for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                peaks[process] = int(line.split()[1]) * 1024
        children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    except OSError:  # it has ended
        return
    for child in children:
        _look(int(child), peaks)
