"""Real git: a bare repository as the remote that all share, and clones of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


def git(folder: Path, *arguments: str, text: str = "") -> str:
    """What git prints."""
    identity = ["-c", "user.name=Joy", "-c", "user.email=joy@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, input=text).stdout.strip()


def share(folder: Path, remote: Path) -> Path:
    """Commit what is in a folder, and push it to a new bare repository."""
    git(folder.parent, "init", "-q", "--bare", "-b", "main", str(remote))
    (folder / ".gitignore").write_text(".dispatch/\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "One")
    git(folder, "remote", "add", "origin", str(remote))
    git(folder, "push", "-q", "origin", "main")
    return remote


def clone(remote: Path, folder: Path) -> Path:
    """A fresh clone, shallow as in CI."""
    git(remote, "clone", "-q", "--depth=1", remote.as_uri(), str(folder))
    return folder


def claims(remote: Path) -> dict[str, Any]:
    """What the remote holds, by the name of the ref below refs/dispatch/."""
    names = git(remote, "for-each-ref", "--format=%(refname)", "refs/dispatch").split()
    return {name.removeprefix("refs/dispatch/"): json.loads(git(remote, "cat-file", "blob", name)) for name in names}
