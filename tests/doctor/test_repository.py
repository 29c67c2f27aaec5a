"""The newsletter in git."""

from __future__ import annotations

from pathlib import Path

import pytest

from clones import git as run
from clones import share
from dispatch.doctor.repository import claim, git
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


def test_claims_at_the_remote_are_named(case: Open, real: Path, tmp_path: Path) -> None:
    remote = share(real, tmp_path / "remote.git")
    seen = only(claim, case())
    assert (seen.verdict, "origin answers; no mailing is claimed" in seen.message) == ("ok", True)
    blob = run(remote, "hash-object", "-w", "--stdin", text="{}")
    for number in range(1, 8):
        run(remote, "update-ref", f"refs/dispatch/bridges.{number}", blob)
    seen = only(claim, case())
    named = "bridges.3, bridges.4, bridges.5, bridges.6, bridges.7 and 2 more"
    assert (seen.verdict, named in seen.message) == ("ok", True)


def test_a_remote_that_is_gone(case: Open, real: Path, tmp_path: Path) -> None:
    share(real, tmp_path / "remote.git").rename(tmp_path / "elsewhere.git")
    seen = only(claim, case())
    assert (seen.verdict, "origin" in seen.message, "connection" in seen.hint) == ("error", True, True)


@pytest.mark.parametrize(
    ("setting", "why"),
    [("", "no git remote"), ("delivery: {claim: database}\n", "is database"), ("delivery: {claim: none}\n", "is none")],
)
def test_nothing_is_claimed(case: Open, real: Path, setting: str, why: str) -> None:
    with (real / "dispatch.yaml").open("a") as file:
        file.write(setting)
    seen = only(claim, case())
    assert (seen.verdict, why in seen.message) == ("skipped", True)


def test_the_outbox_claims_nothing(case: Open) -> None:
    assert only(claim, case()).verdict == "skipped"
