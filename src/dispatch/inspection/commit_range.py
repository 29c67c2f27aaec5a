"""What the words of `dispatch diff` mean: two states of the newsletter, and issues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dispatch.errors import NotFound, Problem, UsageMistake
from dispatch.inspection.commits import Commit, Repository

_MAILING = re.compile(r"[a-z0-9-]+\.[0-9]+")


@dataclass(frozen=True)
class Asked:
    """What is to be compared."""

    before: Commit
    after: Commit | None  # None: the working tree
    issues: tuple[str, ...]  # none: all that differ
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Mailed:
    """A mailing, as far as git goes."""

    issue: str
    commit: str  # empty: it was mailed from no repository
    clean: bool  # nothing was mailed but what is in the commit


class CommitRange:
    """Reads words: commits and mailings first, at most two or one `A..B` or `A...B`, then issues."""

    def __init__(self, repository: Repository, known: Iterable[str], mailed: Callable[[str], Mailed | None]) -> None:
        """`known` are names of issues, to notice words that may mean either; `mailed` finds a mailing by its name."""
        self._repository = repository
        self._known = known
        self._mailed = mailed
        self._notes: list[Problem] = []
        self._of_mailings: list[str] = []

    def read(self, words: Iterable[str], issues: Iterable[str]) -> Asked:
        """What words mean; `issues` are such for certain. Raises UsageMistake and NotFound."""
        commits: list[Commit] = []
        named: list[str] = []
        for word in words:
            if ".." in word and not commits and not named:
                commits = self._range(word)
                continue
            found = self._state(word)
            if not found:
                named.append(word)
            elif named:
                self._must_be_issues(named)
                raise UsageMistake(f"the commit {word} stands behind an issue", remedy="Write the commits first.")
            else:
                commits.append(found)
        if len(commits) > 2:
            raise UsageMistake(f"{commits[2].name} is a third commit", remedy="Two are compared at a time.")
        before, after = [*commits, None, None][:2]
        chosen = (*named, *issues) or tuple(dict.fromkeys(self._of_mailings))
        return Asked(before or self._repository.must_have("HEAD"), after, chosen, tuple(self._notes))

    def _range(self, word: str) -> list[Commit]:
        one, dots, other = word.partition("...") if "..." in word else word.partition("..")
        ends = [self._repository.must_have(end or "HEAD") for end in (one, other)]
        return [self._repository.where_parted(*ends), ends[1]] if dots == "..." else ends

    def _state(self, word: str) -> Commit | None:
        """The commit that a word means, or None if it is to be an issue."""
        commit = self._repository.commit(word)
        if commit and word in set(self._known):
            raise UsageMistake(
                f"{word} is a commit and an issue",
                remedy=f"Write `--issue {word}` for the issue, `{word}~0` for the commit.",
            )
        mailed = self._mailed(word) if not commit and _MAILING.fullmatch(word) else None
        return self._of_mailing(word, mailed) if mailed else commit

    def _of_mailing(self, name: str, mailed: Mailed) -> Commit:
        found = self._repository.commit(mailed.commit)
        if not found:
            what = f"the commit {mailed.commit[:10]}, which is not here" if mailed.commit else "no commit"
            raise NotFound(f"{name} was mailed from {what}", remedy=self._repository.remedy_for_missing)
        if not mailed.clean:
            remedy = "What was not committed by then counts as changed since."
            self._notes.append(Problem(f"{name} was mailed with changes that are in no commit", remedy=remedy))
        self._of_mailings.append(mailed.issue)
        return Commit(name, found.id)

    def _must_be_issues(self, names: Iterable[str]) -> None:
        """Raise NotFound for what is no issue: it was to be a commit."""
        for name in names:
            if name not in set(self._known):
                self._repository.must_have(name)
