"""The newsletter in git."""

from __future__ import annotations

from pathlib import Path

from dispatch.doctor.repository import git
from doctor.conftest import Open
from doctor.looks import only
from doctor.test_keys import run_git


def test_no_repository(case: Open) -> None:
    assert only(git, case()).verdict == "skipped"


def test_the_state_of_the_files(case: Open, folder: Path) -> None:
    (folder / ".gitignore").write_text(".dispatch/\n")
    run_git(folder, "init")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-m", "All")
    assert only(git, case()).verdict == "ok"
    (folder / "issues" / "next.yaml").touch()
    seen = only(git, case())
    assert (seen.verdict, "which a mailing would name" in seen.message) == ("warning", True)
