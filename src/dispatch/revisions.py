"""Two states of a newsletter, opened side by side: which issues differ for the reader, and in what."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property, partial
from pathlib import Path, PurePosixPath

from dispatch.addresses import format_header
from dispatch.checks.check import Finding
from dispatch.checks.evidence import Evidence
from dispatch.checks.waivers import judge
from dispatch.comparison.difference import Difference, compare, of_new, of_old
from dispatch.comparison.letter import Letter, read_letter
from dispatch.config import Config, load_unfilled
from dispatch.content.blocks import Chart, Figure
from dispatch.content.issue import Cover, Issue
from dispatch.errors import DispatchError, InvalidIssue, NotFound, Problem
from dispatch.folder import now
from dispatch.inspection.checkout import Checkout
from dispatch.inspection.commit_range import Asked
from dispatch.inspection.commits import Repository
from dispatch.inspection.house_terms import NAME as TERMS
from dispatch.inspection.policy import policy_of
from dispatch.inspection.proofreading.proofreader import Proofreader
from dispatch.issue_files import Heads, issue_files, refused_files
from dispatch.location import Location, shown_name
from dispatch.newsroom import Newsroom
from dispatch.rendering.compiled import CompiledIssue, bytes_of
from dispatch.rendering.slots import fill
from dispatch.yaml_source import MAX_BYTES

WORKING_TREE = "the working tree"

Pair = tuple[str | None, str | None]
"""The files of an issue in both states, by their paths in the newsletter's folder; None: there is none."""


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
        """The file of each issue by its slug."""
        files = issue_files(self.folder)
        return {self.heads.of(path).slug: path.relative_to(self.folder).as_posix() for path in reversed(files)}

    def text(self, path: str) -> str:
        """The text of a file, as far as it is one."""
        try:
            return (self.folder / path).read_text("utf-8", errors="replace")
        except OSError:
            return ""


@contextmanager
def side_by_side(
    config: Config, repository: Repository, asked: Asked, *, proofread: bool = True
) -> Iterator[Revisions]:
    """Both states, opened; what commits hold lies in a temporary folder meanwhile."""
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
        opened = [_open(config, checkout, newsroom_of) for checkout in checkouts]
        yield Revisions(config, repository, opened[0], opened[1], proofread=proofread, notes=asked.notes)


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
        return replace(state, problems=tuple(map(_Here(state.folder, config.folder).problem, error.problems)))


def _is_always_needed(path: str, config_name: str) -> bool:
    folder, _, name = path.partition("/")
    is_issue = folder == "issues" and "/" not in name and (name.endswith(".yaml") or not name)
    return path in {config_name, TERMS} or is_issue or folder == "templates"


class Revisions:
    """Two states of a newsletter."""

    def __init__(
        self,
        config: Config,
        repository: Repository,
        before: State,
        after: State,
        *,
        proofread: bool,
        notes: tuple[Problem, ...] = (),
    ) -> None:
        self._config = config
        self._notes = notes
        self._proofread = proofread
        self._repository = repository
        self.before = before
        self.after = after

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What could not be looked at of either state."""
        checkouts = (self.before.checkout, self.after.checkout)
        notes = (note for checkout in checkouts if checkout for note in checkout.notes.values())
        refused = (problem for state in (self.before, self.after) for problem in self._refused(state))
        return (*self._notes, *self.before.problems, *self.after.problems, *notes, *dict.fromkeys(refused))

    def _refused(self, state: State) -> Iterator[Problem]:
        """Why files are no issues of a state."""
        return map(_Here(state.folder, self._config.folder).problem, refused_files(state.folder).values())

    def pairs(self, names: Iterable[str] = ()) -> list[Pair]:
        """The issues of these names, else all that may differ; by slug. Raises NotFound."""
        pairs = self._paired()
        chosen = [self._named(name, pairs) for name in names]
        return [*dict.fromkeys(chosen)] if chosen else [pair for pair in pairs if self._may_differ(pair)]

    def difference(self, pair: Pair) -> Difference:
        """What changes for the reader of an issue."""
        before, after = pair
        # Of words that nobody has touched the proof-reader says what it said before.
        proofread = self._proofread and (before != after or bool({after, TERMS} & self._changed))
        old, old_problems = self._letter(self.before, before, proofread=proofread) if before else (None, ())
        new, new_problems = self._letter(self.after, after, proofread=proofread) if after else (None, ())
        if old and new:
            difference = compare(old, new)
        elif new and not before:
            difference = of_new(new)
        elif old and not after:
            difference = of_old(old)
        else:
            difference = Difference(old, new)
        name = PurePosixPath(after or before or "").stem
        return replace(difference, name=name, problems_before=old_problems, problems_after=new_problems)

    # --- which issues ------------------------------------------------------------------------------

    def _paired(self) -> list[Pair]:
        before, after = self.before.issues(), self.after.issues()
        pairs: dict[str, Pair] = {slug: (before.get(slug), path) for slug, path in after.items()}
        gone = {slug: path for slug, path in before.items() if slug not in after}
        for slug, (old, new) in pairs.items():
            if new and not old and (other := self._renamed(gone, new)):
                pairs[slug] = (gone.pop(other), new)
        pairs |= {slug: (path, None) for slug, path in gone.items()}
        return [pairs[slug] for slug in sorted(pairs)]

    def _renamed(self, gone: Mapping[str, str], new: str) -> str | None:
        """The slug by which an issue went before: that of the same file, or of one with most of its blocks."""
        for slug, path in gone.items():
            if path == new:
                return slug
        says = self._digests(self.after, new) if gone else frozenset()
        return next((slug for slug, path in gone.items() if _is_most(says, self._digests(self.before, path))), None)

    def _digests(self, state: State, path: str) -> frozenset[str]:
        try:
            return (
                frozenset(state.newsroom.read_issue(str(state.folder / path)).digests())
                if state.newsroom
                else frozenset()
            )
        except InvalidIssue:
            return frozenset()

    def _named(self, name: str, pairs: Iterable[Pair]) -> Pair:
        slugs: dict[str, Pair] = {}
        for pair in pairs:
            for state, path in zip((self.before, self.after), pair, strict=True):
                if path:
                    slugs |= dict.fromkeys((state.heads.of(state.folder / path).slug, PurePosixPath(path).stem), pair)
                    slugs[os.path.relpath(self._config.folder / path)] = pair
        wanted = os.path.relpath(name) if name.endswith(".yaml") else name
        if wanted not in slugs:
            near = get_close_matches(name, slugs, n=1)
            issues = (
                f"Did you mean {shown_name(near[0])}?"
                if near
                else f"There are: {', '.join(shown_name(name) for name in sorted(slugs) if '/' not in name)}."
            )
            raise NotFound(
                f"there is no issue {name}, nor a commit", remedy=f"{issues} {self._repository.remedy_for_missing}"
            )
        return slugs[wanted]

    def _may_differ(self, pair: Pair) -> bool:
        """Whether anything was changed that an issue is made of."""
        before, after = pair
        if not before or not after or before != after or after in self._changed or self._everything_changed:
            return True
        text = self.after.text(after)
        return any(PurePosixPath(path).name in text for path in self._changed)

    @cached_property
    def _changed(self) -> set[str]:
        """The paths of files that differ, or may."""
        old, new = self.before.checkout, self.after.checkout
        assert old  # noqa: S101 - the state before is a commit
        if not new:
            return self._repository.changed_since(old.commit)
        return {
            path for path in old.entries.keys() | new.entries.keys() if old.entries.get(path) != new.entries.get(path)
        }

    @property
    def _everything_changed(self) -> bool:
        """Whether something was changed of which every issue is made: the theme, the settings."""
        logos = {state.newsroom.config.theme.logo for state in (self.before, self.after) if state.newsroom}
        return any(
            path in {self._config.file.name, TERMS, *logos} or path.startswith("templates/") for path in self._changed
        )

    # --- one issue ---------------------------------------------------------------------------------

    def _letter(self, state: State, path: str, *, proofread: bool) -> tuple[Letter | None, tuple[Problem, ...]]:
        """An issue as a reader gets it, or why that cannot be known; problems may only be those of its checks."""
        if not state.newsroom:
            return None, state.problems
        here = _Here(state.folder, self._config.folder)
        letter = None
        try:
            newsroom = state.newsroom
            issue = newsroom.read_issue(str(state.folder / path))
            if state.checkout:
                state.checkout.write(_files_of(issue))
                state.checkout.borrow(_files_of(issue), self._config.folder)
            compiled, marked = newsroom.compile_marked(issue, embed=newsroom.embeds())
            letter = read_letter(
                issue,
                compiled,
                marked,
                sender=format_header(newsroom.config.from_),
                file=here.text(issue.source.file),
                fixed=newsroom.reserved_values(issue),
                segments=newsroom.config.segments,
            )
            policy = policy_of(newsroom.config)
            proofs = newsroom.proofread(issue) if proofread else None
            evidence = newsroom.evidence(issue, compiled, marked, proofs=proofs)
            letter = replace(letter, findings=tuple(map(here.finding, judge(evidence, policy).findings)))
            return _with_largest(letter, issue, compiled, evidence[0], newsroom), ()
        except DispatchError as error:
            return letter, tuple(map(here.problem, error.problems))


def _with_largest(
    letter: Letter, issue: Issue, compiled: CompiledIssue, evidence: Evidence, newsroom: Newsroom
) -> Letter:
    """The letter with the sizes of the largest message that somebody on the list gets, which need not have all blocks."""
    shown = issue.shown_to(evidence.largest_html_segments)
    text = (compiled if shown is issue else newsroom.compile(shown, embed=compiled.embedded)).text
    text_bytes = bytes_of(fill(text, newsroom.reserved_values(issue)))
    return replace(letter, html_bytes=evidence.largest_html_bytes, text_bytes=text_bytes)


def _files_of(issue: Issue) -> Iterator[str]:
    """The pictures and figures that an issue names."""
    for each in (issue.cover, *issue.every_block()):
        if isinstance(each, Cover | Figure):
            yield each.image
        elif isinstance(each, Chart) and each.csv:
            yield each.csv


def _is_most(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) * 2 > max(len(one), len(other))


@dataclass(frozen=True)
class _Here:
    """Tells the places of a temporary folder as those of the newsletter's own."""

    folder: Path
    newsletter: Path

    def text(self, text: str) -> str:
        """A text that may name files."""
        own = os.path.relpath(self.newsletter)
        own = "" if own == "." else f"{own}/"
        for shown in (f"{os.path.relpath(self.folder)}/", f"{self.folder}/"):
            text = text.replace(shown, own) if self.folder != self.newsletter else text
        text = text.replace(str(self.folder), str(self.newsletter))
        return "\n".join(map(shown_name, text.split("\n")))

    def place(self, place: Location) -> Location:
        """A place."""
        return replace(place, file=self.text(place.file))

    def problem(self, problem: Problem) -> Problem:
        """A problem."""
        location = self.place(problem.location) if problem.location else None
        return Problem(self.text(problem.message), location, self.text(problem.remedy))

    def finding(self, finding: Finding) -> Finding:
        """A finding."""
        message, hint = self.text(finding.message), self.text(finding.hint)
        return replace(finding, location=self.place(finding.location), message=message, hint=hint)
