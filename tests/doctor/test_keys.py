"""Keys and secrets: long enough, the right one last, and nobody else's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dispatch.doctor.keys import secret_files, signing_keys
from dispatch.project import Project
from doctor.conftest import Open
from doctor.looks import look, only, verdicts
from newsletter import KEY, configure, snapshot

NEWER = "a newer key for tests, which must be long enough"


def run_git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(folder: Path) -> Path:
    """The newsletter in git, ignoring what it should."""
    (folder / ".gitignore").write_text(".dispatch/\n.env\n")
    run_git(folder, "init")
    run_git(folder, "add", ".")
    run_git(folder, "commit", "-m", "All")
    return folder


# --- signing keys --------------------------------------------------------------------------------


def test_the_outbox_needs_none_yet(case: Open, folder: Path) -> None:
    seen = only(signing_keys, case())
    assert (seen.verdict, "the first message makes a key" in seen.message) == ("ok", True)
    assert not (folder / ".dispatch" / "key").exists()


def test_the_key_that_was_made(case: Open, project: Project) -> None:
    assert project.store
    assert only(signing_keys, case()).message == (
        "the one in .dispatch/key; the key is the one that subscribers are known by"
    )


@pytest.mark.parametrize("damaged", [b"", b"short\n", b"\xff" * 40])
def test_a_damaged_key(case: Open, folder: Path, damaged: bytes) -> None:
    (folder / ".dispatch" / "key").write_bytes(damaged)
    seen = only(signing_keys, case())
    assert (seen.verdict, "damaged" in seen.message) == ("error", True)


def test_real_mail_without_a_key(case: Open, folder: Path) -> None:
    configure(folder, "provider: smtp\nproviders: {smtp: {host: mail.crossings.example}}\n")
    seen = only(signing_keys, case())
    assert (seen.verdict, "no key is set" in seen.message) == ("error", True)
    assert 'keys: ["${DISPATCH_KEY}"],' in seen.hint
    assert "token_urlsafe" in seen.hint


@pytest.mark.parametrize(("key", "length"), [("short", "5 characters"), ("k", "1 character")])
def test_a_short_key(case: Open, real: Path, monkeypatch: pytest.MonkeyPatch, key: str, length: str) -> None:
    monkeypatch.setenv("DISPATCH_KEY", key)
    seen = only(signing_keys, case())
    assert (seen.verdict, f"this key has {length}, and" in seen.message) == ("error", True)


def test_another_key_than_the_database_knows(case: Open, real: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert case().store
    assert only(signing_keys, case()).verdict == "ok"
    monkeypatch.setenv("DISPATCH_KEY", NEWER)
    seen = only(signing_keys, case())
    assert (seen.verdict, "so nobody who left would be recognised" in seen.message) == ("error", True)


def test_a_newer_key_before_the_oldest(case: Open, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLDEST", KEY)
    monkeypatch.setenv("NEWER", NEWER)
    configure(folder, 'keys: ["${NEWER}", "${OLDEST}"]\n')
    assert case().store
    assert only(signing_keys, case()).message.startswith("2 in `keys:`; the oldest is the one")


def test_a_key_that_stands_there_twice(case: Open, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPATCH_KEY", KEY)
    configure(folder, 'keys: ["${DISPATCH_KEY}", "${DISPATCH_KEY}"]\n')
    assert only(signing_keys, case()).verdict == "warning"


# --- files with secrets --------------------------------------------------------------------------


def test_secrets_outside_of_git(case: Open, folder: Path) -> None:
    (folder / ".env").write_text("X=1\n")
    (folder / ".env").chmod(0o600)
    assert only(secret_files, case()).verdict == "ok"


@pytest.mark.parametrize("name", [".env", ".dispatch/key", ".dispatch/dispatch.db"])
def test_a_file_that_others_can_read(case: Open, repository: Path, name: str) -> None:
    (repository / name).touch()
    (repository / name).chmod(0o640)
    before = snapshot(repository)
    seen = only(secret_files, case())
    assert (seen.verdict, name in seen.message) == ("warning", True)
    assert seen.hint == f"chmod 600 {repository / name}"
    assert (repository / name).stat().st_mode & 0o777 == 0o640, "a doctor mends nothing"
    assert snapshot(repository) == before


def test_secrets_that_git_ignores(case: Open, repository: Path) -> None:
    (repository / ".env").touch(0o600)
    assert only(secret_files, case()).verdict == "ok"


def test_secrets_that_git_does_not_ignore(case: Open, repository: Path) -> None:
    (repository / ".env").touch(0o600)
    (repository / ".gitignore").write_text("")
    seen = look(secret_files, case())
    assert verdicts(seen) == ["warning", "warning"]
    assert [observation.hint for observation in seen] == [
        "Write the line .env into .gitignore.",
        "Write the line .dispatch into .gitignore.",
    ]


@pytest.mark.parametrize("how", ["staged", "committed", "committed once"])
def test_secrets_in_git(case: Open, repository: Path, how: str) -> None:
    (repository / ".env").touch(0o600)
    run_git(repository, "add", "--force", ".env")
    if how != "staged":
        run_git(repository, "commit", "-m", "A slip")
    if how == "committed once":
        run_git(repository, "rm", "--cached", ".env")
        run_git(repository, "commit", "-m", "Nobody saw it")
    seen = only(secret_files, case())
    assert (seen.verdict, seen.message.startswith(".env is in git, or was once")) == ("error", True)
