"""A disk that is full at the n-th write: a sentence and an exit code, and when there is room again, `resume` goes on."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from crash.carriers import wait_for
from crash.command import Kill
from crash.newsletter import SLUG
from crash.trial import Bench, Case
from sampling import sampled

Benches = Callable[[Case], Bench]

CASES = [Case("smtp", 1), Case("mailgun", 4), Case("outbox", 1)]
# While the tables are made, while the audience is frozen, while it is sent.
SOME = [(CASES[0], "commit", 1), (CASES[1], "commit", 5), (CASES[1], "request", 4), (CASES[2], "rename", 3)]


class Disk:
    """A small file system of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no room at all."""
        with self._filler.open("ab", buffering=0) as file:
            for block in (1 << 20, 1 << 12):
                try:
                    while True:
                        file.write(bytes(block))
                except OSError:
                    pass

    def make_room(self) -> None:
        """Until it is filled again."""
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here, which takes root: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", str(folder)], check=True)


def state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "gone"


def try_out(at: Bench, disk: Disk, kind: str, number: int) -> bool:
    """Fill the disk before the n-th commit, request or file; go on when there is room again. Whether there was one."""
    folder = at.new_folder(disk.folder / "newsletter")
    moment = Kill("before", kind, number, signal.SIGSTOP)
    sending = at.start(folder, "send", SLUG, "--yes", "--json", kill=moment)
    wait_for(lambda: state_of(sending.process) in {"T", "Z", "gone"}, "it is stopped, or at its end")
    if is_full := state_of(sending.process) == "T":
        disk.fill()
        sending.signal(signal.SIGCONT)
    run = sending.wait()
    if run.code not in (0, 4):  # what it still had to write may have found a place
        assert run.code in (1, 3), run
        assert re.search("(the disk|there) .*full|No space left on device", run.stderr), run
        assert "Traceback" not in run.stderr
    disk.make_room()
    while run.code in (1, 3):
        run = at.go_on(folder)
    at.audit(folder, killed=1)
    shutil.rmtree(folder)
    return is_full


@pytest.mark.parametrize(("case", "kind", "number"), sampled(SOME, every=2), ids=str)
def test_a_disk_that_is_full_loses_nobody(case: Case, kind: str, number: int, bench: Benches, disk: Disk) -> None:
    assert try_out(bench(case), disk, kind, number)


@pytest.mark.complete
@pytest.mark.parametrize(("case", "kind"), [*((case, "commit") for case in CASES), (CASES[2], "rename")], ids=str)
def test_a_disk_that_is_full_anywhere_loses_nobody(case: Case, kind: str, bench: Benches, disk: Disk) -> None:
    at = bench(case)
    numbers = count(1)
    while try_out(at, disk, kind, next(numbers)):
        pass
