"""Which git remote all clones share, and what is said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from clones import git
from dispatch.errors import InvalidConfig, RemoteUnreachable
from dispatch.inspection.remote import GitRemote


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter in a folder of a repository with a bare remote beside it."""
    git(tmp_path, "init", "-q", "--bare", "remote.git")
    folder = tmp_path / "mine" / "v1.0 letters~"
    folder.mkdir(parents=True)
    git(tmp_path / "mine", "init", "-q")
    return folder


def add(folder: Path, name: str, url: str = "../remote.git") -> None:
    git(folder, "remote", "add", name, url)


def around(folder: Path) -> GitRemote:
    found = GitRemote.around(folder)
    assert found
    return found


def test_without_a_repository_or_a_remote_there_is_none(folder: Path, tmp_path: Path) -> None:
    assert GitRemote.around(tmp_path) is None
    assert GitRemote.around(folder) is None


def test_origin_comes_first_then_the_only_one_then_the_one_that_git_names(folder: Path) -> None:
    add(folder, "shared")
    assert around(folder).name == "shared"
    add(folder, "mirror")
    with pytest.raises(InvalidConfig, match="mirror, shared, and none is called origin"):
        GitRemote.around(folder)
    git(folder, "config", "remote.pushDefault", "mirror")
    assert around(folder).name == "mirror"
    add(folder, "origin")
    assert around(folder).name == "origin"


def test_a_repository_that_git_does_not_read_is_not_taken_for_none(folder: Path) -> None:
    (folder.parent / ".git/config").write_text("[core")
    with pytest.raises(RemoteUnreachable, match="git does not tell the remotes"):
        GitRemote.around(folder)


def test_of_two_writers_one_wins(folder: Path) -> None:
    add(folder, "origin", str(folder.parents[1] / "remote.git"))
    remote = around(folder)
    assert remote.prefix == "refs/dispatch/v1%2E0%20letters%7E/"
    assert remote.refs("bridge.*") == {}
    assert remote.put("bridge.1", "first", expected="") == ""
    assert "stale info" in remote.put("bridge.1", "second", expected="")
    first = remote.object_of("first")
    assert remote.refs("bridge.*") == {"bridge.1": first}
    assert remote.text("bridge.1", first) == "first"
    assert remote.put("bridge.1", "third", expected=first) == ""
    assert remote.refs("bridge.1") == {"bridge.1": remote.object_of("third")}


@pytest.mark.parametrize("url", ["http://joy:secret@127.0.0.1:1/x.git", "https://sec@ret@127.0.0.1:1/x"])
def test_no_password_is_told(url: str, folder: Path) -> None:
    add(folder, "origin", url)
    remote = around(folder)
    with pytest.raises(RemoteUnreachable) as caught:
        remote.refs("*")
    assert "sec" not in str(caught.value).replace("second", "")
    assert "127.0.0.1" in str(caught.value) or "origin" in str(caught.value)
    assert "sec" not in repr(remote)
