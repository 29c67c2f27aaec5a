"""Commits are read from a real repository, of which nothing changes, and written into a folder of their own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from clones import clone, git, share
from dispatch.errors import NotFound, UsageMistake
from dispatch.inspection.checkout import Checkout
from dispatch.inspection.commits import Commit, Repository


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A newsletter in a folder of a repository, with a file beside it; all of it committed."""
    folder = tmp_path / "repository" / "letters [1]"
    (folder / "issues").mkdir(parents=True)
    (folder / "issues" / "one.yaml").write_text("title: One\n")
    (folder.parent / "elsewhere.txt").write_text("not ours")
    git(folder.parent, "init", "-q", "-b", "main")
    commit(folder)
    return folder


def commit(folder: Path, message: str = "More") -> str:
    git(folder, "add", "-A", ".")
    git(folder, "commit", "-qm", message, "--allow-empty")
    return git(folder, "rev-parse", "HEAD")


def checked_out(folder: Path, to: Path, *, name: str = "HEAD") -> Checkout:
    repository = Repository(folder)
    checkout = Checkout(repository, repository.must_have(name), to)
    checkout.write(checkout.entries)
    return checkout


def test_a_commit_has_many_names(letters: Path) -> None:
    identity = commit(letters)
    git(letters, "tag", "-a", "-m", "A tag", "v1")
    repository = Repository(letters)
    names = ("HEAD", "@", "main", "v1", identity, identity[:12], "refs/heads/main")
    assert [repository.commit(name) for name in names] == [Commit(name, identity) for name in names]
    assert [repository.commit(name) for name in ("nothing", "--all", "", "HEAD~9", "HEAD:letters", "a\0b")] == [
        None
    ] * 6


def test_only_our_folder_is_looked_at(letters: Path, tmp_path: Path) -> None:
    checkout = checked_out(letters, tmp_path / "out")
    assert [*checkout.entries] == ["issues/one.yaml"]
    assert (tmp_path / "out/issues/one.yaml").read_text() == "title: One\n"


def test_reading_changes_nothing_and_heeds_no_hook(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = letters.parent / ".git" / "hooks" / "post-checkout"
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    hook.chmod(0o755)
    git(letters, "config", "core.fsmonitor", str(hook))
    (letters / "issues" / "one.yaml").write_text("title: Changed\n")
    (letters / "issues" / "new.yaml").write_text("title: New\n")
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "no-index"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "no-repository"))
    files = {path: path.read_bytes() for path in letters.parent.rglob("*") if path.is_file()}
    repository = Repository(letters)
    assert repository.changed_since(repository.must_have("HEAD")) == {"issues/one.yaml", "issues/new.yaml"}
    checked_out(letters, tmp_path / "out")
    assert (tmp_path / "out/issues/one.yaml").read_text() == "title: One\n"
    assert {path: path.read_bytes() for path in letters.parent.rglob("*") if path.is_file()} == files
    assert not (tmp_path / "ran").exists()


def test_no_repository_no_git_and_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound, match="is in no git repository"):
        Repository(tmp_path)
    git(tmp_path, "init", "-q")
    with pytest.raises(NotFound, match="there is no commit yet"):
        Repository(tmp_path).must_have("HEAD")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageMistake, match="git cannot be run"):
        Repository(tmp_path)


def test_a_shallow_clone_says_that_it_is_one(letters: Path, tmp_path: Path) -> None:
    share(letters, tmp_path / "remote")
    shallow = clone(tmp_path / "remote", tmp_path / "clone")
    with pytest.raises(NotFound, match="there is no commit HEAD~1") as error:
        Repository(shallow).must_have("HEAD~1")
    assert "fetch-depth: 0" in str(error.value)


def test_where_two_branches_parted(letters: Path) -> None:
    base = git(letters, "rev-parse", "HEAD")
    git(letters, "checkout", "-q", "-b", "draft")
    commit(letters, "On the draft")
    git(letters, "checkout", "-q", "main")
    commit(letters)
    git(letters, "checkout", "-q", "--orphan", "other")
    commit(letters, "On its own")
    repository = Repository(letters)
    main, draft, other = map(repository.must_have, ("main", "draft", "other"))
    assert repository.where_parted(main, draft) == Commit("main...draft", base)
    with pytest.raises(NotFound, match="main and other have no commit in common"):
        repository.where_parted(main, other)


def test_links_within_the_folder_are_followed_and_others_left_out(letters: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("nobody's business")
    (letters / "real").mkdir()
    (letters / "real" / "map.png").write_text("a map")
    (letters / "images").symlink_to("real")
    (letters / "out").symlink_to("../../../secret")
    (letters / "far").symlink_to("/etc/passwd")
    (letters / "round").symlink_to("round")
    commit(letters)
    repository = Repository(letters)
    checkout = Checkout(repository, repository.must_have("HEAD"), tmp_path / "repository" / "out")
    checkout.write(["images", "out", "far", "round"])
    assert (checkout.folder / "images" / "map.png").read_text() == "a map"
    assert sorted(checkout.notes) == ["far", "out", "round"]
    assert not any((checkout.folder / name).is_symlink() for name in checkout.notes)


def test_a_pointer_of_git_lfs_is_what_it_points_to_where_that_is_here(letters: Path, tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 5\n"
    kept, missing = (hashlib.sha256(content).hexdigest() for content in (b"a map", b"gone"))
    store = letters.parent / ".git" / "lfs" / "objects" / kept[:2] / kept[2:4]
    store.mkdir(parents=True)
    (store / kept).write_bytes(b"a map")
    (letters / "here.png").write_text(pointer.format(kept))
    (letters / "away.png").write_text(pointer.format(missing))
    identity = commit(letters)
    checkout = checked_out(letters, tmp_path / "out")
    assert (checkout.folder / "here.png").read_bytes() == b"a map"
    assert not (checkout.folder / "away.png").exists()
    assert "git lfs fetch origin " + identity in str(checkout.notes["away.png"])


def test_a_submodule_is_told(letters: Path, tmp_path: Path) -> None:
    theme = tmp_path / "theme"
    theme.mkdir()
    git(theme, "init", "-q")
    commit(theme)
    git(letters, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(theme), "templates")
    commit(letters)
    checkout = checked_out(letters, tmp_path / "out")
    checkout.note_modules(("issues", "templates"))
    assert "templates is a submodule" in str(checkout.notes["templates"])


def test_names_that_are_no_text_are_names(letters: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"issues/\xff.yaml")
    (letters / name).write_text("odd")
    commit(letters)
    checked_out(letters, tmp_path / "out")
    assert (tmp_path / "out" / name).read_text() == "odd"
