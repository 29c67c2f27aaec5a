"""The soak: mailings whose senders are killed at random moments, hundreds of times, and then ledger before truth.

    make soak              or: python -m crash.soak --kills 200 --seed 1 --write

Unlike the kill points, nobody chooses the moment: a sender lives for a random time, then it or one of the processes
beside it gets SIGKILL, and `resume` goes on, until the mailing is at its end. The servers lose one reply in 200.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, cycle, product
from pathlib import Path
from typing import NamedTuple

from crash.carriers import Carrier, Outbox, Server, wait_for
from crash.command import KILLED, Launcher, Running
from crash.newsletter import ENVIRON, MAILING, REFUSED, SLUG, write_newsletter
from crash.trial import fates_of, opened, uncertain_requests
from dispatch.delivery.mailing import BatchState

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reliability.md"
HEADING = "## The last run\n"

CARRIERS = ("outbox", "smtp", "postmark", "mailgun")
READERS = tuple(f"reader{number:02}@example.com" for number in range(1, 2001))
RATE = 300  # messages per second: a mailing takes seven seconds at least, and the kills hit its midst
LATENCY = {"smtp": 0.004, "postmark": 0.03, "mailgun": 0.03}  # seconds before each reply: calls are under way to be hit
LOSES = 200  # each so-manieth call is taken, and its reply lost
LIFE = (0.0, 1.5)  # seconds between the first claim of a sender and its death
MOST = 17  # kills in one mailing; then it may end
HELD = 6  # times in one mailing that the dead one's assistants may still be ending
EARLY = 0.1  # of the deaths come before that: at the import, at the freeze, at the recovery
SETTINGS = {
    "dispatch.providers.outbox:_UNIT": 16,
    "dispatch.providers.mailgun:_MAX_MESSAGES": 20,
    "dispatch.providers.postmark:_MAX_MESSAGES": 20,
}
REQUEST = {"outbox": 16, "mailgun": 20, "postmark": 20, "smtp": 1}  # messages in one request


class Way(NamedTuple):
    """How a mailing is sent."""

    concurrency: int
    processes: int


WAYS = (Way(1, 1), Way(4, 1), Way(8, 4))


@dataclass
class Line:
    """What became of the mailings by one carrier in one way."""

    mailings: int = 0
    kills: int = 0
    recipients: int = 0
    lost: int = 0
    twice: int = 0
    uncertain: int = 0
    delivered: int = 0  # of the uncertain, by the server's truth

    def __add__(self, other: Line) -> Line:
        return Line(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


Table = dict[tuple[str, Way], Line]


class Soak:
    """Mailings one after the other, in one folder, by one chain of random numbers."""

    def __init__(self, launcher: Launcher, folder: Path, seed: int) -> None:
        self._launcher = launcher
        self._folder = folder
        self._random = random.Random(seed)
        self._numbers = count(1)

    def mail(self, carrier: Carrier, way: Way) -> Line:
        """One mailing to its end; AssertionError where more is uncertain than can have been under way."""
        carrier.mark()
        folder = write_newsletter(
            self._folder / f"{next(self._numbers)}",
            carrier.name,
            port=carrier.port,
            concurrency=way.concurrency,
            processes=way.processes,
            rate=f"{RATE}/s",
            readers=READERS,
        )
        kills = self._send(folder, way)
        line = judge(carrier, folder, kills, way)
        shutil.rmtree(folder)
        return line

    def _send(self, folder: Path, way: Way) -> int:
        """Send, kill, go on, until it is at its end; how often something was killed."""
        kills = held = 0
        command: tuple[str, ...] = ("send", SLUG, "--yes")
        while True:
            running = self._launcher.start(folder, *command, environ=ENVIRON, settings=SETTINGS)
            if kills < MOST:
                self._live(running, folder, way)
                kills += self._kill_one(running, folder)
            end = running.wait()
            if end.code in (0, 4):
                return kills
            if end.code == 1 and "There is no mailing" in end.stderr:
                command = ("send", SLUG, "--yes")
                continue
            if end.code == 1 and "is being sent by process" in end.stderr:
                held += 1  # on a loaded machine those who worked for a dead one take longer than it is waited for
                assert held < HELD, end
            else:
                assert end.code in (KILLED, 3), end
            command = ("resume", MAILING)

    def _live(self, running: Running, folder: Path, way: Way) -> None:
        """Let it send for a moment."""
        process = running.process
        if self._random.random() >= EARLY:
            wait_for(lambda: process in enlisted(folder) or not is_alive(process), "it sends")
        time.sleep(self._random.uniform(*LIFE) * (1 if way.processes == 1 else 2))  # the others have to start

    def _kill_one(self, running: Running, folder: Path) -> bool:
        """Kill the sender, or one of the processes beside it; False where it was at its end."""
        choice = self._random.random()
        others = [process for process in enlisted(folder) if process != running.process]
        victim = others[int(choice * 2 * len(others))] if others and choice < 0.5 else running.process
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True


def enlisted(folder: Path) -> list[int]:
    """The processes that send, as the database has it; some may be dead."""
    database = folder / ".dispatch/dispatch.db"
    if not database.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT process FROM worker ORDER BY process").fetchall()
    except sqlite3.OperationalError:  # the tables are just being made
        return []
    return [process for (process,) in found if is_alive(process)]


def is_alive(process: int) -> bool:
    """Whether it runs: of one that has ended, and is not buried yet, nothing is left but its number."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def judge(carrier: Carrier, folder: Path, kills: int, way: Way) -> Line:
    """The ledger before the server's own truth."""
    truth = Counter(carrier.accepted(folder))
    with opened(folder) as project:
        fates = fates_of(project)
        requests = uncertain_requests(project, carrier, REQUEST[carrier.name])
    assert truth.keys() <= {*READERS}, "nobody gets it who is not in the audience"
    untrue = {address for address, fate in fates.items() if fate == BatchState.ACCEPTED and address not in truth}
    wrong = {address for address, fate in fates.items() if fate == BatchState.REFUSED and address not in REFUSED}
    missing = {address for address in READERS if fates.get(address) not in _ENDS}
    silent = {address for address in truth if fates.get(address) not in (BatchState.ACCEPTED, BatchState.UNCERTAIN)}
    uncertain = {address for address, fate in fates.items() if fate == BatchState.UNCERTAIN}
    in_flight = kills * way.concurrency if carrier.name != "outbox" else 0
    assert requests <= in_flight, f"{requests} requests are uncertain, and {in_flight} were under way"
    return Line(
        mailings=1,
        kills=kills,
        recipients=len(READERS),
        lost=len(untrue | wrong | missing | silent),
        twice=sum(times > 1 for times in truth.values()),
        uncertain=len(uncertain),
        delivered=len(uncertain & truth.keys()),
    )


_ENDS = (BatchState.ACCEPTED, BatchState.REFUSED, BatchState.UNCERTAIN)


def soak(kills: int, seed: int, carriers: Sequence[str]) -> Iterator[Table]:
    """The table after each mailing: by every carrier in every way, and on until so many were killed."""
    table: Table = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="soak")))
        launcher = stack.enter_context(Launcher(folder / "notes"))
        known: dict[str, Carrier] = {}
        for name in carriers:
            known[name] = Outbox() if name == "outbox" else _server(stack, name, folder / name)
        at = Soak(launcher, folder, seed)
        for way, name in cycle(product(WAYS, known)):
            if len(table) == len(WAYS) * len(known) and sum(line.kills for line in table.values()) >= kills:
                return
            table[name, way] = table.get((name, way), Line()) + at.mail(known[name], way)
            yield table


def _server(stack: ExitStack, name: str, folder: Path) -> Server:
    folder.mkdir()
    server = Server(name, folder, f"--lose-reply-every={LOSES}", f"--latency={LATENCY[name]}")
    stack.callback(server.stop)
    return server


def written(table: Table) -> str:
    """The table as it stands in the page."""
    lines = [
        "| carrier | connections | processes | mailings | kills | recipients | lost | twice | uncertain | of these delivered |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (carrier, way), line in sorted(table.items()):
        lines.append(f"| {carrier} | {way.concurrency} | {way.processes} | {_cells(line)} |")
    lines.append(f"| **all** | | | {_cells(sum(table.values(), Line()))} |")
    return "\n".join(lines) + "\n"


def _cells(line: Line) -> str:
    return " | ".join(f"{number:,}" for number in vars(line).values())


def this_commit() -> str:
    """The commit that is soaked."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def circumstances(seed: int, commit: str, begun: float, load: float) -> str:
    """Under what the table came about, in a paragraph."""
    return (
        f"Seed {seed}, commit `{commit}`, {datetime.now(UTC):%Y-%m-%d}, {(time.monotonic() - begun) / 60:.0f} minutes on "
        f"{len(os.sched_getaffinity(0))} cores with a load of {load:.1f} before and {os.getloadavg()[0]:.1f} after; "
        f"{len(READERS):,} recipients a mailing, one reply in {LOSES} lost.\n"
    )


def main() -> int:
    """Exit 1 where anybody was lost or got two copies."""
    parser = argparse.ArgumentParser(prog="python -m crash.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at least so many (default: 200)")
    parser.add_argument("--seed", type=int, default=1, help="of the random moments (default: 1)")
    parser.add_argument("--carriers", nargs="+", default=CARRIERS, choices=CARRIERS)
    parser.add_argument("--write", action="store_true", help="keep the table in docs/reliability.md")
    options = parser.parse_args()
    begun, load, commit = time.monotonic(), os.getloadavg()[0], this_commit()
    table: Table = {}
    for table in soak(options.kills, options.seed, options.carriers):
        all_in_all = sum(table.values(), Line())
        sys.stderr.write(f"{time.monotonic() - begun:5.0f} s  {all_in_all}\n")
    told = f"{circumstances(options.seed, commit, begun, load)}\n{written(table)}"
    sys.stdout.write(told)
    if options.write:
        words = PAGE.read_text("utf-8").partition(HEADING)[0]
        PAGE.write_text(f"{words}{HEADING}\n{told}", "utf-8")
    all_in_all = sum(table.values(), Line())
    return 1 if all_in_all.lost or all_in_all.twice else 0


if __name__ == "__main__":
    sys.exit(main())
