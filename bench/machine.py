"""The machine that was measured on: what it is, how fast its disk makes things durable, and what else it is doing."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter


def facts(folder: Path, *, writes: int) -> Iterator[tuple[str, str]]:
    """What to know about the machine; `folder` is on the disk that databases are measured on, `writes` go to it."""
    processor = _found(r"model name\s*: (.+)", "/proc/cpuinfo")
    yield "CPU", f"{len(os.sched_getaffinity(0))} cores, {processor}"
    yield "memory", f"{int(_found(r'MemTotal: +(.+) kB', '/proc/meminfo', '0')) / 2**20:.0f} GiB"
    distribution = _found('PRETTY_NAME="(.+)"', "/etc/os-release")
    yield "system", f"{distribution}, Linux {platform.release()}"
    yield "Python", f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield "filesystem", _filesystem(folder)
    middle, high = durable_write(folder, writes)
    yield "fdatasync of 4 KiB", f"median {middle:.2f} ms, 95 % within {high:.2f} ms"


def load() -> float:
    """The average number of busy processes in the last minute."""
    return os.getloadavg()[0]


def durable_write(folder: Path, writes: int) -> tuple[float, float]:
    """How long a write of 4 KiB takes to be on the disk: median and 95th percentile, in ms."""
    path = folder / "durable"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    took = []
    try:
        for number in range(writes):
            start = perf_counter()
            os.pwrite(descriptor, bytes([number % 256]) * 4096, 4096 * number)
            os.fdatasync(descriptor)
            took.append((perf_counter() - start) * 1000)
    finally:
        os.close(descriptor)
        path.unlink()
    return median(took), quantiles(took, n=20)[-1]


def _found(pattern: str, file: str, otherwise: str = "unknown") -> str:
    match = re.search(pattern, Path(file).read_text("utf-8"))
    return match[1].strip() if match else otherwise


def _filesystem(folder: Path) -> str:
    """The type of the nearest mount above a folder."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    above = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(above, key=lambda mount: len(mount[0]))[1] if above else "unknown"
