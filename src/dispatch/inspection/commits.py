"""Reads commits of the repository around a newsletter: its objects only, never index or work tree."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from dispatch.errors import DispatchError, NotFound, UsageMistake

_LONGEST = 300  # seconds for one answer: in a partial clone git fetches what it lacks
_MOST_BYTES = 50_000_000
"""Of one file; the pictures that go into a mail are far smaller."""

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

    @property
    def short(self) -> str:
        """As much of the id as people read."""
        return self.id[:10]


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
        """The files of a commit in our folder, by their paths from there; and the paths of its submodules."""
        listed = self._told("ls-tree", "-r", "-z", commit.id)
        entries, modules = {}, []
        for line in filter(None, listed.split("\0")):
            about, _, path = line.partition("\t")
            mode, kind, identity = about.split(" ")
            if kind == "commit":
                modules.append(path)
            elif _is_plain(path):
                entries[path] = Entry(identity, is_link=mode == "120000")
        return entries, tuple(modules)

    def changed_since(self, commit: Commit) -> set[str]:
        """The paths in our folder that may differ from a commit, those of new files among them."""
        tracked = self._told("diff-index", "--name-only", "-z", "--no-renames", "--relative", commit.id, "--", ".")
        new = self._told("ls-files", "--others", "--exclude-standard", "-z", "--", ".")
        return set(filter(None, (tracked + new).split("\0")))

    def contents(self, identities: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """The content of each object; None where it is too large or kept by Git LFS and not on this machine."""
        wanted = list(dict.fromkeys(identities))
        sizes = self._told("cat-file", "--batch-check", text="".join(f"{each}\n" for each in wanted))
        small = []
        for each, line in zip(wanted, sizes.splitlines(), strict=True):
            size = line.rpartition(" ")[2]
            if not size.isdigit():
                raise DispatchError(
                    f"git lacks an object of this commit: {line}", remedy="See what `git fsck` and `git fetch` say."
                )
            if int(size) <= _MOST_BYTES:
                small.append(each)
            else:
                yield each, None
        batch = self._ask("cat-file", "--batch", text="".join(f"{each}\n" for each in small)).stdout
        at = 0
        for each in small:
            start = batch.index(b"\n", at) + 1
            end = start + int(batch[at : start - 1].rpartition(b" ")[2])
            yield each, self._whole(batch[start:end])
            at = end + 1

    def _whole(self, content: bytes) -> bytes | None:
        """The content that a pointer of Git LFS stands for, as far as it was ever fetched."""
        pointer = _POINTER.match(content) if len(content) < _POINTER_LENGTH else None
        if not pointer:
            return content
        name = pointer["id"].decode()
        try:
            kept = (self._common / "lfs" / "objects" / name[:2] / name[2:4] / name).read_bytes()
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

    def _ask(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[bytes]:
        ours = {name: value for name, value in os.environ.items() if name not in (*_NOT_OURS, *_PATH_RULES)}
        try:
            return subprocess.run(  # noqa: S603 - a fixed command
                ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-C", str(self._folder), *arguments],  # noqa: S607 - the git of the person's PATH
                input=text.encode(),
                capture_output=True,
                timeout=_LONGEST,
                env={**ours, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise DispatchError(
                f"git {arguments[0]} did not answer within {_LONGEST} seconds",
                remedy="See to the remote, and repeat it.",
            ) from None
        except OSError:
            raise UsageMistake(
                "git cannot be run, and commits are what is compared", remedy="Install git, and have it in your PATH."
            ) from None


def _no_repository(folder: Path) -> NotFound:
    return NotFound(
        f"{folder} is in no git repository, and commits are what is compared",
        remedy="Keep the newsletter in git: git init && git add . && git commit",
    )


def _is_plain(path: str) -> bool:
    """Whether a path stays where it is written to; git refuses others when it checks out, but lists them."""
    return not path.startswith("/") and not {"..", ".", ".git"} & set(PurePosixPath(path).parts)
