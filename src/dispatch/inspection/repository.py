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
