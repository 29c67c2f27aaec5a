"""Commits are read from a real repository, of which nothing changes, and written into a folder of their own."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from clones import clone, git, share
from dispatch.errors import DispatchError, NotFound, UsageMistake
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
    checkout.write(["images/map.png", "out", "far", "round"])
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


def tree(folder: Path, *lines: str) -> str:
    """A tree object of lines as `git ls-tree` has them, however odd, in the place of a commit of them."""
    content = b"".join(
        f"{mode} {name}\0".encode() + bytes.fromhex(identity) for mode, identity, name in map(str.split, lines)
    )
    raw = folder.parent / "tree"
    raw.write_bytes(content)
    identity = git(folder, "hash-object", "-t", "tree", "-w", "--literally", str(raw))
    return git(folder, "commit-tree", "-m", "Odd", identity)


def blob(folder: Path, content: str) -> str:
    return git(folder, "hash-object", "-w", "--stdin", text=content)


def test_a_path_that_is_a_link_and_a_folder_writes_nothing_elsewhere(tmp_path: Path) -> None:
    folder, victim = tmp_path / "letters", tmp_path / "victim"
    victim.mkdir()
    folder.mkdir()
    git(folder, "init", "-q")
    inner = git(folder, "mktree", text=f"100644 blob {blob(folder, 'evil')}\tevil.yaml\n")
    odd = tree(folder, f"120000 {blob(folder, str(victim))} issues", f"40000 {inner} issues")
    repository = Repository(folder)
    with pytest.raises(DispatchError, match="none that git would write"):
        Checkout(repository, repository.must_have(odd), tmp_path / "out").write(["issues", "issues/evil.yaml"])
    assert not [*victim.iterdir()]


@pytest.mark.parametrize("name", ["..", ".", ".git", ".GIT"])
def test_a_path_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    git(folder, "init", "-q")
    inner = tree(folder, f"100644 {blob(folder, 'evil')} evil.yaml")
    odd = tree(folder, f"40000 {git(folder, 'rev-parse', inner + '^{tree}')} {name}")
    with pytest.raises(DispatchError, match="none that git would write"):
        Repository(folder).files(Commit("odd", odd))


def test_no_link_is_ever_made(letters: Path, tmp_path: Path) -> None:
    (letters / "real").mkdir()
    (letters / "real" / "map.png").write_text("a map")
    (letters / "real" / "same.png").symlink_to("../images/map.png")
    (letters / "images").symlink_to("real")
    (letters / "issues" / "two.yaml").symlink_to("../issues/./one.yaml")
    commit(letters)
    checkout = checked_out(letters, tmp_path / "out")
    assert (checkout.folder / "images/same.png").read_text() == "a map"
    assert (checkout.folder / "issues/two.yaml").read_text() == "title: One\n"
    assert not any(path.is_symlink() for path in checkout.folder.rglob("*"))
    assert not checkout.notes


def test_a_long_chain_of_links_leads_nowhere(letters: Path, tmp_path: Path) -> None:
    for number in range(1500):
        (letters / f"link{number}").symlink_to(f"link{number + 1}" if number < 1499 else "issues/one.yaml")
    commit(letters)
    repository = Repository(letters)
    checkout = Checkout(repository, repository.must_have("HEAD"), tmp_path / "out")
    checkout.write(["link0"])
    assert [*checkout.notes] == ["link0"]


def test_sizes_are_looked_at_before_anything_is_read(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        (letters / f"{number}.png").write_bytes(bytes([number]) * 1000 * (number + 1))
    commit(letters)
    monkeypatch.setattr("dispatch.inspection.checkout._MOST_OF_ALL", 4000)
    read: list[str] = []
    contents = Repository.contents

    def counted(self: Repository, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes | None]]:
        read.extend(sizes)
        return contents(self, sizes)

    repository = Repository(letters)
    checkout = Checkout(repository, repository.must_have("HEAD"), tmp_path / "out")
    monkeypatch.setattr(Repository, "contents", counted)
    checkout.write(["0.png", "1.png", "3.png"], most=3000)
    assert sorted(path.name for path in checkout.folder.iterdir()) == ["0.png", "1.png"]
    assert len(read) == 2
    assert "3.png as of HEAD has 4,000 bytes; at most 3,000 are read" in str(checkout.notes["3.png"])
    checkout.write(["2.png"])
    assert len(read) == 2
    assert "more than 4,000 bytes" in str(checkout.notes[""])
    why = [checkout.why_missing(f"{number}.png") for number in range(4)]
    assert why == [None, None, checkout.notes[""], checkout.notes["3.png"]]


def test_a_tree_of_a_billion_files_is_not_listed(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = git(letters, "mktree", text=f"100644 blob {blob(letters, 'x')}\tx\n")
    for _ in range(9):
        identity = git(letters, "mktree", text="".join(f"040000 tree {identity}\t{name}\n" for name in "abcdefghij"))
    inner = git(letters, "mktree", text=f"040000 tree {identity}\tletters [1]\n")
    bomb = git(letters, "commit-tree", "-m", "Bomb", inner)
    monkeypatch.setattr("dispatch.inspection.commits._LONGEST_LIST", 100_000)
    repository = Repository(letters)
    with pytest.raises(DispatchError, match="git ls-tree says more than"):
        repository.files(Commit("bomb", bomb))
