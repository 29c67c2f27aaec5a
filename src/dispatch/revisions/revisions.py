"""Which issues differ for the reader between two states of a newsletter, and in what."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import PurePosixPath

from dispatch.comparison.difference import Difference, compare, of_new, of_old
from dispatch.config import Config
from dispatch.counts import agreeing
from dispatch.errors import InvalidIssue, NotFound, Problem
from dispatch.inspection.commit_range import Asked
from dispatch.inspection.commits import Repository
from dispatch.inspection.house_terms import NAME as TERMS
from dispatch.issue_files import is_issue, refused_files
from dispatch.location import shown_name
from dispatch.revisions.here import Here
from dispatch.revisions.letters import Letters
from dispatch.revisions.state import State, opened

_MOST_TOLD = 5  # files by name

Pair = tuple[str | None, str | None]
"""The files of an issue in both states, by their paths in the newsletter's folder; None: there is none."""


@contextmanager
def side_by_side(
    config: Config, repository: Repository, asked: Asked, *, proofread: bool = True
) -> Iterator[Revisions]:
    """Both states, opened until it is left."""
    with opened(config, repository, asked) as (before, after):
        yield Revisions(config, repository, before, after, proofread=proofread, notes=asked.notes)


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
        self._letters = Letters(config)
        self._notes = notes
        self._proofread = proofread
        self._repository = repository
        self.before = before
        self.after = after

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What could not be looked at of either state."""
        states = (self.before, self.after)
        borrowed = (path for state in states if state.checkout for path in state.checkout.borrowed)
        refused = (problem for state in states for problem in self._refused(state))
        return (
            *self._notes,
            *self.before.problems,
            *self.after.problems,
            *self.before.notes,
            *self.after.notes,
            *_told_borrowed(sorted({*borrowed})),
            *dict.fromkeys(refused),
        )

    def _refused(self, state: State) -> Iterator[Problem]:
        """Why files are no issues of a state."""
        return map(Here(state.folder, self._config.folder).problem, refused_files(state.folder).values())

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
        old, old_problems = self._letters.read(self.before, before, proofread=proofread) if before else (None, ())
        new, new_problems = self._letters.read(self.after, after, proofread=proofread) if after else (None, ())
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
                if state.newsroom and path not in state.left_out
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
        if after in self.after.left_out:  # nobody knows what it names
            return not all(map(is_issue, self._changed))
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


def _told_borrowed(paths: Sequence[str]) -> Iterator[Problem]:
    """That files are those of now in every state, if any are."""
    if paths:
        more = f" and {len(paths) - _MOST_TOLD:,} more" if len(paths) > _MOST_TOLD else ""
        names = ", ".join(map(shown_name, paths[:_MOST_TOLD]))
        where = agreeing(len(paths), "is not in this repository, or was not", "are not in this repository, or were not")
        message = f"{names}{more} {where}: what lies in the folder now is looked at instead"
        them = agreeing(len(paths), "it", "them")
        yield Problem(message, remedy=f"Put {them} into this repository, and what changes in {them} is told as well.")


def _is_most(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) * 2 > max(len(one), len(other))
