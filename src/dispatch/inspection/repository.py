"""Which commit the newsletter stands at, and whether its files are as committed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Revision:
    """A commit, or nothing where the folder is in no repository."""

    commit: str = ""  # 40 hex digits
    clean: bool = False  # no file of the newsletter differs from it


def revision_of(folder: Path) -> Revision:
    """The commit that is checked out in a folder; empty without git or without a commit."""
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    if not commit:
        return Revision()
    return Revision(commit, clean=_git(folder, "status", "--porcelain", "--", ".", ":(exclude).dispatch") == "")


def is_ignored(folder: Path, name: str) -> bool:
    """Whether git would leave a file alone; so it does outside of any repository."""
    inside = _git(folder, "rev-parse", "--is-inside-work-tree") == "true"
    return not inside or _git(folder, "check-ignore", "--quiet", "--", name) is not None


def was_committed(folder: Path, name: str) -> bool:
    """Whether git has a file, or something in a folder of that name: in any commit, or about to be in one."""
    return bool(
        _git(folder, "ls-files", "--", name) or _git(folder, "log", "--all", "--max-count=1", "--format=%h", "--", name)
    )


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints, or None where it fails or is missing."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command
            ["git", "--no-optional-locks", "-C", str(folder), *arguments],  # noqa: S607 - the git of the person's PATH
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
