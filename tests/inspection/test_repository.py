"""Which commit a newsletter stands at: facts where there is git, nothing where there is none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dispatch.inspection.repository import Revision, revision_of


def git(folder: Path, *arguments: str) -> str:
    """What git prints."""
    identity = ["-c", "user.name=Joy", "-c", "user.email=joy@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A newsletter in a folder of a repository, all of it committed."""
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "issue.yaml").write_text("title: One\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "One")
    return folder


def test_a_clean_commit(letters: Path) -> None:
    commit = git(letters, "rev-parse", "HEAD")
    assert revision_of(letters) == Revision(commit, clean=True)
    assert len(commit) == 40


@pytest.mark.parametrize("name", ["issue.yaml", "new.yaml"])
def test_a_file_that_differs_or_is_new(name: str, letters: Path) -> None:
    (letters / name).write_text("title: Two\n")
    assert revision_of(letters) == Revision(git(letters, "rev-parse", "HEAD"), clean=False)


def test_what_is_outside_of_the_newsletter_does_not_count(letters: Path) -> None:
    (letters.parent / "elsewhere").write_text("new")
    assert revision_of(letters).clean


def test_our_own_state_does_not_count(letters: Path) -> None:
    (letters / ".dispatch").mkdir()
    (letters / ".dispatch/dispatch.db").write_text("state")
    assert revision_of(letters).clean


def test_looking_changes_nothing(letters: Path) -> None:
    index = letters.parent / ".git/index"
    (letters / "issue.yaml").touch()
    before = index.read_bytes()
    assert revision_of(letters).clean
    assert index.read_bytes() == before


def test_no_repository(tmp_path: Path) -> None:
    assert revision_of(tmp_path) == Revision()
    assert revision_of(tmp_path / "nowhere") == Revision()


def test_no_commit_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert revision_of(tmp_path) == Revision()


def test_no_git(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(letters))
    assert revision_of(letters) == Revision()


def test_a_repository_that_git_does_not_trust(letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    assert revision_of(letters) == Revision()
