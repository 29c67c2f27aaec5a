"""A state of a newsletter: as of a commit, or as it lies in the working tree."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from dispatch.config import Config, load_unfilled
from dispatch.errors import DispatchError, Problem
from dispatch.folder import now
from dispatch.inspection.checkout import Checkout
from dispatch.inspection.commit_range import Asked
from dispatch.inspection.commits import Repository
from dispatch.inspection.house_terms import NAME as TERMS
from dispatch.inspection.proofreading.proofreader import Proofreader
from dispatch.issue_files import Heads, is_issue, issue_files, refusal
from dispatch.newsroom import Newsroom
from dispatch.revisions.here import Here
from dispatch.yaml_source import MAX_BYTES

WORKING_TREE = "the working tree"


class StateNewsroom(Newsroom):
    """A newsletter as it is or was, for the people and the day of now: so only what was written makes a difference."""

    def __init__(self, config: Config, *, people: Path, at: datetime, proofreader: Proofreader) -> None:
        super().__init__(config, clock=lambda: at)
        self._people = people
        self.proofreader = proofreader

    @property
    def subscribers_file(self) -> Path:
        """The list of now."""
        return self._people


@dataclass(frozen=True)
class State:
    """A state of a newsletter: as of a commit, or as it lies in the working tree."""

    name: str  # what whoever asked for it calls it
    commit: str  # its id; empty: the working tree
    folder: Path
    newsroom: StateNewsroom | None  # None: its dispatch.yaml cannot be read, or there is none
    problems: tuple[Problem, ...] = ()  # why
    checkout: Checkout | None = None  # None: it lies where it belongs
    heads: Heads = field(default_factory=Heads)

    @property
    def told(self) -> str:
        """Its name, and the commit's id where that is another."""
        return (
            self.name if not self.commit or self.commit.startswith(self.name) else f"{self.name} ({self.commit[:10]})"
        )

    def issues(self) -> dict[str, str]:
        """The file of each issue by its slug; of one that could not be brought here, by the name of the file."""
        files = [path.relative_to(self.folder).as_posix() for path in issue_files(self.folder)]
        return {self.heads.of(self.folder / path).slug: path for path in sorted({*files, *self.left_out}, reverse=True)}

    @cached_property
    def left_out(self) -> dict[str, Problem]:
        """Why issues of the commit could not be brought here, by their paths."""
        if not self.checkout:
            return {}
        issues = (
            path for path in self.checkout.entries if is_issue(path) and not refusal(self.folder / path, self.folder)
        )
        return {path: why for path in issues if (why := self.checkout.why_missing(path))}

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What else of the commit could not be brought here."""
        notes = self.checkout.notes.items() if self.checkout else ()
        return tuple(note for path, note in notes if path not in self.left_out)

    def text(self, path: str) -> str:
        """The text of a file, as far as it is one."""
        try:
            return (self.folder / path).read_text("utf-8", errors="replace")
        except OSError:
            return ""


@contextmanager
def opened(config: Config, repository: Repository, asked: Asked) -> Iterator[tuple[State, State]]:
    """Both states; what commits hold lies in a temporary folder meanwhile."""
    with (
        closing(Newsroom(config).proofreader) as proofreader,
        tempfile.TemporaryDirectory(prefix="dispatch-diff-") as scratch,
    ):
        root = Path(scratch).resolve()
        checkouts = [
            Checkout(repository, commit, root / name) if commit else None
            for name, commit in (("before", asked.before), ("after", asked.after))
        ]
        people = _people(config, [checkout for checkout in checkouts[::-1] if checkout])
        newsroom_of = partial(StateNewsroom, people=people, at=now(), proofreader=proofreader)
        before, after = (_open(config, checkout, newsroom_of) for checkout in checkouts)
        yield before, after


def _people(config: Config, checkouts: Iterable[Checkout]) -> Path:
    """The list as it lies there; where none does, as in a checkout of CI, that of the newest commit that has one."""
    own = config.folder / config.subscribers
    for checkout in () if own.exists() else checkouts:
        if config.subscribers in checkout.entries:
            checkout.write([config.subscribers])
            return checkout.folder / config.subscribers
    return own


def _open(config: Config, checkout: Checkout | None, newsroom_of: Callable[[Config], StateNewsroom]) -> State:
    """A state, with settings in which no reference is filled in: who wrote them may not be who compares them.

    The working tree is read in the same way, lest what is filled in should look like a change.
    """
    if not checkout:
        return _with_newsroom(State(WORKING_TREE, "", config.folder, None), config, newsroom_of)
    name, folder = config.file.name, checkout.folder
    checkout.write((path for path in checkout if _is_always_needed(path, name)), most=MAX_BYTES)
    checkout.note_modules(("issues", "templates"))
    state = State(checkout.commit.name, checkout.commit.id, folder, None, checkout=checkout)
    if name not in checkout.entries:
        problem = Problem(f"there was no {name} here as of {checkout.commit.name}", remedy="Name a newer commit.")
        return replace(state, problems=(problem,))
    state = _with_newsroom(state, config, newsroom_of)
    if state.newsroom:
        checkout.write([state.newsroom.config.theme.logo or ""])
    return state


def _with_newsroom(state: State, config: Config, newsroom_of: Callable[[Config], StateNewsroom]) -> State:
    try:
        return replace(state, newsroom=newsroom_of(load_unfilled(state.folder / config.file.name, config)))
    except DispatchError as error:
        return replace(state, problems=tuple(map(Here(state.folder, config.folder).problem, error.problems)))


def _is_always_needed(path: str, config_name: str) -> bool:
    return path in {config_name, TERMS, "issues"} or is_issue(path) or path.partition("/")[0] == "templates"
