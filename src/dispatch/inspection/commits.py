"""Reads commits of the repository around a newsletter: its objects only, never index or work tree."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from threading import Timer

from dispatch.errors import DispatchError, NotFound, UsageMistake

_LONGEST = 300  # seconds for one answer: in a partial clone git fetches what it lacks
MOST_BYTES = 25_000_000
"""Of one file; the pictures that go into a mail are far smaller."""
_AT_ONCE = 16_000_000  # bytes of files that are asked for together

MOST_FILES = 100_000
"""In a newsletter's folder. A few kilobytes of git make a tree of a billion files, each of them the same."""
_LONGEST_LIST = 32_000_000  # bytes of names

_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:(?P<id>[0-9a-f]{64})\n")
_POINTER_LENGTH = 1024  # git-lfs: a pointer is shorter

# What whoever called us (a hook, a script) has said about another repository or other ways to read paths.
_NOT_OURS = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_EXTERNAL_DIFF")
_PATH_RULES = ("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")


@dataclass(frozen=True)
class Commit:
    """A commit, and what whoever asked for it calls it."""

    name: str
    id: str  # 40 or 64 hex digits


@dataclass(frozen=True)
class Entry:
    """A file of a commit."""

    object: str  # the id of its content
    is_link: bool = False


class Repository:
    """The repository around a folder. Nothing of it is changed, no hook is run and no program but git."""

    def __init__(self, folder: Path) -> None:
        """Raises NotFound where the folder is in no repository, and DispatchError where git cannot be asked."""
        self._folder = folder
        self._common = folder / self._told("rev-parse", "--git-common-dir").strip()
        if self._told("rev-parse", "--is-inside-work-tree").strip() != "true":
            raise _no_repository(folder)

    def commit(self, name: str) -> Commit | None:
        """The commit that a name means: a branch, a tag, an id, `HEAD~1`; None where it means none."""
        if not name or name.startswith("-") or "\0" in name:
            return None
        found = self._ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return Commit(name, found.stdout.decode().strip()) if not found.returncode else None

    def must_have(self, name: str) -> Commit:
        """The commit that a name means; raises NotFound with what may help."""
        if commit := self.commit(name):
            return commit
        if name in {"HEAD", "@"}:
            raise NotFound("there is no commit yet", remedy="Commit the newsletter first: git add . && git commit")
        raise NotFound(f"there is no commit {name}", remedy=self.remedy_for_missing)

    @property
    def remedy_for_missing(self) -> str:
        """What to do where a commit is not found."""
        if self._told("rev-parse", "--is-shallow-repository").strip() == "true":
            return (
                "This clone is shallow, older commits are not in it: git fetch --unshallow "
                "(in GitHub Actions, give actions/checkout `fetch-depth: 0`)."
            )
        return "Name a branch, a tag or a commit that `git log` shows; a branch of the remote is origin/NAME."

    def where_parted(self, one: Commit, other: Commit) -> Commit:
        """The newest commit that both have behind them; raises NotFound."""
        found = self._ask("merge-base", one.id, other.id)
        if found.returncode:
            raise NotFound(f"{one.name} and {other.name} have no commit in common", remedy=self.remedy_for_missing)
        return Commit(f"{one.name}...{other.name}", found.stdout.decode().split()[0])

    def files(self, commit: Commit) -> tuple[dict[str, Entry], tuple[str, ...]]:
        """The files of a commit in our folder, by their paths from there; and the paths of its submodules.

        Raises DispatchError for a tree that no checkout could write as it says, nor git make: it is meant to do harm.
        """
        listed = self._told("ls-tree", "-r", "-z", commit.id)
        entries, modules, paths = {}, [], []
        for line in filter(None, listed.split("\0")):
            about, _, path = line.partition("\t")
            mode, kind, identity = about.split(" ")
            paths.append(path)
            if kind == "commit":
                modules.append(path)
            else:
                entries[path] = Entry(identity, is_link=mode == "120000")
        if len(paths) > MOST_FILES:
            raise too_many_files(commit)
        if any(not _is_plain(path) for path in paths) or _overlap(paths):
            raise DispatchError(
                f"the files of {commit.name} are none that git would write: a path leads elsewhere, or is there twice",
                remedy="Trust nothing that comes with it. `git fsck` says more.",
            )
        return entries, tuple(modules)

    def changed_since(self, commit: Commit) -> set[str]:
        """The paths in our folder that may differ from a commit, those of new files among them."""
        tracked = self._told("diff-index", "--name-only", "-z", "--no-renames", "--relative", commit.id, "--", ".")
        new = self._told("ls-files", "--others", "--exclude-standard", "-z", "--", ".")
        return set(filter(None, (tracked + new).split("\0")))

    def sizes(self, identities: Iterable[str]) -> dict[str, int]:
        """The size of each object in bytes."""
        wanted = list(dict.fromkeys(identities))
        told = self._told("cat-file", "--batch-check", text="".join(f"{each}\n" for each in wanted))
        sizes = {}
        for each, line in zip(wanted, told.splitlines(), strict=True):
            size = line.rpartition(" ")[2]
            if not size.isdigit():
                raise DispatchError(
                    f"git lacks an object of this commit: {line}", remedy="See what `git fsck` and `git fetch` say."
                )
            sizes[each] = int(size)
        return sizes

    def contents(self, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes | None]]:
        """The content of each object, by its size; None where Git LFS keeps it and it is not on this machine."""
        for identities in _batches(sizes):
            text = "".join(f"{each}\n" for each in identities)
            batch = self._ask("cat-file", "--batch", text=text, most=2 * _AT_ONCE + MOST_BYTES).stdout
            at = 0
            for each in identities:
                start = batch.index(b"\n", at) + 1
                end = start + sizes[each]
                yield each, self._whole(batch[start:end])
                at = end + 1

    def _whole(self, content: bytes) -> bytes | None:
        """The content that a pointer of Git LFS stands for, as far as it was ever fetched."""
        pointer = _POINTER.match(content) if len(content) < _POINTER_LENGTH else None
        if not pointer:
            return content
        name = pointer["id"].decode()
        try:
            with (self._common / "lfs" / "objects" / name[:2] / name[2:4] / name).open("rb") as file:
                kept = file.read(MOST_BYTES + 1)
        except OSError:
            return None
        return kept if sha256(kept).hexdigest() == name else None

    def _told(self, *arguments: str, text: str = "") -> str:
        """What git prints; file names that are no UTF-8 as Python has them. Raises DispatchError."""
        answer = self._ask(*arguments, text=text)
        if not answer.returncode:
            return os.fsdecode(answer.stdout)
        said = answer.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {answer.returncode}"]
        if "not a git repository" in said[0]:
            raise _no_repository(self._folder)
        raise DispatchError(f"git does not answer: {said[0]}", remedy=f"See what `git {arguments[0]}` says here.")

    def _ask(self, *arguments: str, text: str = "", most: int = _LONGEST_LIST) -> subprocess.CompletedProcess[bytes]:
        """What git answers, at most so many bytes. Raises DispatchError where it says more, or nothing for long."""
        ours = {name: value for name, value in os.environ.items() if name not in (*_NOT_OURS, *_PATH_RULES)}
        command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(self._folder), *arguments]
        # What it is asked and its complaints are files, lest the one wait for the other.
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as complaints:
            asked.write(text.encode())
            asked.seek(0)
            try:
                git = subprocess.Popen(  # noqa: S603 - a fixed command
                    command,
                    stdin=asked,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    env={**ours, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
                )
            except OSError:
                raise UsageMistake(
                    "git cannot be run, and commits are what is compared",
                    remedy="Install git, and have it in your PATH.",
                ) from None
            told, timely = _read(git, most)
            complaints.seek(0)
            said = complaints.read(_POINTER_LENGTH)
        if not timely:
            raise DispatchError(
                f"git {arguments[0]} did not answer within {_LONGEST} seconds",
                remedy="See to the remote, and repeat it.",
            )
        if len(told) > most:
            raise DispatchError(
                f"git {arguments[0]} says more than {most:,} bytes", remedy="There are too many files in this folder."
            )
        return subprocess.CompletedProcess(command, git.returncode, told, said)


def too_many_files(commit: Commit) -> DispatchError:
    """What is raised for a tree that is no newsletter's."""
    return DispatchError(
        f"{commit.name} has more than {MOST_FILES:,} files in the newsletter's folder",
        remedy="Keep the newsletter in a folder of its own.",
    )


def _read(git: subprocess.Popen[bytes], most: int) -> tuple[bytes, bool]:
    """What git prints, one byte above the most at the longest, and whether it was in time."""
    late: list[bool] = []

    def stop() -> None:
        late.append(True)
        git.kill()

    timer = Timer(_LONGEST, stop)
    timer.start()
    with git:
        try:
            assert git.stdout  # noqa: S101 - a pipe
            told = git.stdout.read(most + 1)
            if len(told) > most:
                git.kill()
            git.wait()
        finally:
            timer.cancel()
    return told, not late


def _batches(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Objects that are asked for together."""
    batch: list[str] = []
    held = 0
    for identity, size in sizes.items():
        if batch and held + size > _AT_ONCE:
            yield batch
            batch, held = [], 0
        batch.append(identity)
        held += size + 100  # what git says of it
    if batch:
        yield batch


def _no_repository(folder: Path) -> NotFound:
    return NotFound(
        f"{folder} is in no git repository, and commits are what is compared",
        remedy="Keep the newsletter in git: git init && git add . && git commit",
    )


def _is_plain(path: str) -> bool:
    """Whether a path stays where it is written to; git refuses others when it checks out, but lists them."""
    return not any(part in {"", ".", ".."} or part.casefold() == ".git" for part in path.split("/"))


def _overlap(paths: Iterable[str]) -> bool:
    """Whether a path is there twice, or is a file or a link and a folder too."""
    return any(other.startswith(one) for one, other in pairwise(sorted(f"{path}/" for path in paths)))
