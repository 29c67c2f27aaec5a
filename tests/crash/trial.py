"""One trial: a mailing whose sender is killed, `resume`, and then the ledger before the carrier's own truth."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from crash.carriers import Carrier
from crash.command import KILLED, Kill, Launcher, Run, Running
from crash.newsletter import ENVIRON, EXCLUDED, MAILING, READERS, REFUSED, SLUG, write_newsletter
from dispatch.delivery.mailing import BatchState
from dispatch.explanation import explain
from dispatch.project import Project

GOES_ON = (KILLED, 3)

# Several calls in flight with 60 recipients: as if the carriers took fewer messages at a time than they do.
SETTINGS: Mapping[str, object] = {
    "dispatch.providers.outbox:_UNIT": 16,
    "dispatch.providers.mailgun:_MAX_MESSAGES": 7,
    "dispatch.providers.postmark:_MAX_MESSAGES": 7,
    "dispatch.providers.smtp:_UNIT": 9,
}
REQUEST = {"outbox": 16, "mailgun": 7, "postmark": 7, "smtp": 1}  # messages in one request
LOSES = 7  # a server that loses replies loses each 7th


@dataclass(frozen=True)
class Case:
    """What a trial is made under."""

    carrier: str
    concurrency: int
    loses_replies: bool = False
    words: str = ""  # in the issue, for whose sake nobody can share a call with another
    database: str = ""  # else SQLite
    processes: int = 1
    variants: bool = False  # whether some readers get another one
    latency: float = 0.0  # seconds before each reply of the server: so that several have their part in it

    def __str__(self) -> str:
        several = f"{self.processes}-processes" if self.processes > 1 else ""
        facts = (self.database, several, "own-bodies" if self.words else "")
        facts += ("variants" if self.variants else "", "losing" if self.loses_replies else "")
        return "-".join([self.carrier, str(self.concurrency), *filter(None, facts)])

    @property
    def can_lose(self) -> bool:
        """Whether there are replies, and the same words for everybody."""
        return self.carrier != "outbox" and not self.words

    @property
    def kinds(self) -> tuple[str, str]:
        """What the sender can be killed at."""
        return ("commit", "rename" if self.carrier == "outbox" else "request")


@dataclass(frozen=True)
class Verdict:
    """How a trial ended; lost and twice are always 0, or it would have failed."""

    killed: int  # times
    uncertain: int  # recipients
    counts: Mapping[str, int]  # what the first command did, where it was not killed


class Bench:
    """Where trials of one case are made."""

    def __init__(
        self, case: Case, launcher: Launcher, carrier: Carrier, folder: Path, new_database: Callable[[], str] = str
    ) -> None:
        """`new_database` gives the URL of one in which nothing is; none: a file in the newsletter's folder."""
        self.case = case
        self.launcher = launcher
        self.carrier = carrier
        self._folder = folder
        self._new_database = new_database
        self._turns = count()

    def try_out(self, *kills: Kill, assistant: bool = False) -> Verdict:
        """Send, with the first commands killed as told; go on until the end; raise AssertionError for any untruth.

        `assistant`: it is not the command that is killed, but the first of the processes that it has beside it.
        """
        folder = self.new_folder(self._folder)
        told = list(kills)
        kill = told.pop(0) if told else None
        first = run = self.run(folder, "send", SLUG, "--yes", "--json", kill=kill, kills_assistant=assistant)
        killed = int(has_lost_a_process(run))
        while run.code in GOES_ON:
            run = self.go_on(folder, told.pop(0) if told else None)
            killed += has_lost_a_process(run)
        uncertain = self.audit(folder, killed)
        assert run.code == (4 if uncertain else 0), run
        shutil.rmtree(folder)
        return Verdict(killed, uncertain, first.counts)

    def new_folder(self, folder: Path) -> Path:
        """A newsletter nobody has sent yet."""
        self.carrier.mark()
        return write_newsletter(
            folder,
            self.carrier.name,
            port=self.carrier.port,
            concurrency=self.case.concurrency,
            processes=self.case.processes,
            words=self.case.words,
            variants=self.case.variants,
            database=self._new_database(),
        )

    def go_on(self, folder: Path, kill: Kill | None = None) -> Run:
        """What a person does after a crash: resume; and where nothing was frozen, send."""
        run = self.run(folder, "resume", MAILING, "--json", kill=kill)
        if run.code == 1:
            assert "There is no mailing" in run.stderr, run
            run = self.run(folder, "send", SLUG, "--yes", "--json", kill=kill)
        return run

    def audit(self, folder: Path, killed: int) -> int:
        """Compare ledger and truth; gives the number of uncertain recipients."""
        truth = Counter(self.carrier.accepted(folder))
        with opened(folder) as project:
            readers = fates_of(project)
            requests = uncertain_requests(project, self.carrier, REQUEST[self.carrier.name])
            # All were compared with the ledger's rows; what `why` makes of them takes ten times as long for each.
            some = (*READERS, *EXCLUDED)[next(self._turns) % _OF_EACH :: _OF_EACH]
            assert {address: fate_of(project, address) for address in some} == {
                address: readers.get(address, "") for address in some
            }
        assert readers.keys() == {*READERS}
        assert not {address: times for address, times in truth.items() if times > 1}, "nobody gets two copies"
        assert truth.keys() <= readers.keys(), "nobody gets it who was excluded"
        for address, fate in readers.items():
            assert fate in _POSSIBLE[address in truth], (address, fate, truth[address])
        assert {address for address, fate in readers.items() if fate == "refused"} <= {*REFUSED}
        status = self.run(folder, "status", "--json")
        numbers = Counter(readers.values())
        assert status.code == 0, status
        assert {name: status.json[name] for name in _FATES} == {name: numbers[name] for name in _FATES}
        assert status.json["audience"] == len(READERS)
        assert status.json["state"] == ("finished_uncertain" if numbers["uncertain"] else "finished")
        assert status.json["started"] <= status.json["finished"]
        self._check_why(folder, readers)
        at_once = self.case.concurrency // self.case.processes
        at_most = killed * at_once if self.carrier.name != "outbox" else 0
        assert requests <= at_most, f"{requests} requests are uncertain, and {at_most} were in flight"
        return numbers["uncertain"]

    def _check_why(self, folder: Path, fates: Mapping[str, str]) -> None:
        """The command itself for one of them, each time of another fate; its records for all were compared already."""
        of_each = sorted({fate: address for address, fate in fates.items()}.items())
        fate, address = of_each[next(self._turns) % len(of_each)]
        why = self.run(folder, "why", address, "--json")
        assert why.code == 0, why
        (told,) = why.json["mailings"]
        assert told["fate"] == fate, why

    def run(self, folder: Path, *arguments: str, **kill: Any) -> Run:
        """A command in the newsletter's folder, from its start to its end."""
        return self.start(folder, *arguments, **kill).wait()

    def start(
        self, folder: Path, *arguments: str, settings: Mapping[str, object] | None = None, **kill: Any
    ) -> Running:
        """The same, while it is under way; with `settings` of its own."""
        beside = self.case.processes - 1 if arguments[0] in {"send", "resume"} else 0
        options = {"environ": ENVIRON, "settings": {**SETTINGS, **(settings or {})}, "assistants": beside}
        return self.launcher.start(folder, *arguments, **options, **kill)


_FATES = ("accepted", "refused", "pending", "uncertain", "withdrawn")
# By whether the truth has them: what the ledger may say at the end of somebody in the audience.
_POSSIBLE = {True: ("accepted", "uncertain"), False: ("refused", "uncertain")}
_OF_EACH = 8  # so many people one is asked about


def freeze(at: Bench, folder: Path) -> Path:
    """A new newsletter with a mailing that one reader has, and that goes on when somebody sends it."""
    at.new_folder(folder)
    assert at.run(folder, "send", SLUG, "--yes", "--limit=1").code == 3
    with opened(folder) as project:
        project.ledger.resume(project.mailing(MAILING))
    return folder


def has_lost_a_process(run: Run) -> bool:
    """Whether it was killed, or stopped because one of the processes beside it was."""
    return run.code == KILLED or "was ended by signal 9" in run.stderr


@contextmanager
def opened(folder: Path) -> Iterator[Project]:
    """The newsletter, to look into."""
    project = Project.open(folder, environ=ENVIRON)
    try:
        yield project
    finally:
        project.close()


def fates_of(project: Project) -> dict[str, str]:
    """What became of everybody in the audience, by the rows of the ledger."""
    mailing = project.mailing(MAILING)
    with project.ledger.reading() as connection:
        return {
            person.address: row.state.value
            for row in project.ledger.rows(connection, mailing, *BatchState)
            for person in project.ledger.recipients(connection, row)
        }


def fate_of(project: Project, address: str) -> str:
    """What `why ADDRESS --json` says, without a process for each."""
    (told,) = explain(project, address, SLUG).mailings
    assert bool(told.provider_ids) == (told.fate == "accepted"), told
    return told.fate


def uncertain_requests(project: Project, carrier: Carrier, size: int) -> int:
    """Of the requests on record as uncertain, those that a kill must have left so: the carrier lost no reply to them.

    `size` messages go in a request.
    """
    mailing = project.mailing(MAILING)
    unheard = carrier.unheard()
    requests = 0
    with project.ledger.reading() as connection:
        for row in project.ledger.rows(connection, mailing, BatchState.UNCERTAIN):
            lost = sum(person.address in unheard for person in project.ledger.recipients(connection, row))
            requests += -(-len(row.positions) // size) - -(-lost // size)
    return requests


def spread(counts: Mapping[str, int], kinds: Iterable[str], number: int, shift: float) -> Iterator[Kill]:
    """So many kills, at moments spread over a run with these counts."""
    places = [(when, kind) for kind in kinds for when in ("before", "after")]
    for index in range(number):
        when, kind = places[index % len(places)]
        part = (index + shift) / number
        yield Kill(when, kind, 1 + int(part * counts[kind]))
