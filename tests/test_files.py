"""Files are there as a whole or not at all."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.errors import EditRefused, FileChanged
from dispatch.files import rewrite, sync_folder, write_whole


def test_a_file_in_a_new_folder_and_over_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "file"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]
    sync_folder(path.parent)


def test_its_mode_is_that_of_any_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "file", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_written_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"content")
    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    code = f"""\
import resource, signal
from pathlib import Path
from dispatch.files import write_whole
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
write_whole(Path({str(path)!r}), b"x" * 5000)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert "File too large" in ended.stderr
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_rewritten_with_the_rights_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o604)
    rewrite(path, b"old", b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o604)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_changed_meanwhile_is_not_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"newer")
    with pytest.raises(FileChanged, match="was changed meanwhile"):
        rewrite(path, b"old", b"new")
    assert path.read_bytes() == b"newer"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_file_stays_its_owners_with_all_that_hangs_on_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    os.setxattr(path, "user.origin", b"a word processor")
    os.chown(path, 1000, 1001)
    rewrite(path, b"old", b"new")
    after = path.stat()
    assert (path.read_bytes(), after.st_uid, after.st_gid) == (b"new", 1000, 1001)
    assert os.getxattr(path, "user.origin") == b"a word processor"


def test_a_file_gets_no_readers_that_new_files_of_its_folder_get(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    owner, user, group, mask, other, nobody = 1, 2, 4, 16, 32, 0xFFFF_FFFF
    entries = [(owner, 7, nobody), (user, 4, 1000), (group, 0, nobody), (mask, 4, nobody), (other, 0, nobody)]
    access_list = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    try:
        os.setxattr(tmp_path, "system.posix_acl_default", access_list)
    except OSError as error:
        pytest.skip(f"no access lists here: {error}")
    (tmp_path / "new").touch()
    assert os.listxattr(tmp_path / "new") == ["system.posix_acl_access"]
    rewrite(path, b"old", b"new")
    assert os.listxattr(path) == []


def test_a_file_that_would_change_hands_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    before = path.stat()

    def stranger(self: Path) -> os.stat_result:
        return os.stat_result([*before[:4], before.st_uid + (self == path), *before[5:]])

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "stat", stranger)
    monkeypatch.setattr(os, "chown", refused)
    with pytest.raises(EditRefused, match="belongs to another user or group"):
        rewrite(path, b"old", b"new")
    assert path.read_bytes() == b"old"


def test_a_file_that_nobody_may_write_is_left(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o440)
    with pytest.raises(EditRefused, match="is read-only"):
        rewrite(path, b"old", b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"old", 0o440)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_with_two_names_is_left(tmp_path: Path) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    path.write_bytes(b"old")
    link.hardlink_to(path)
    with pytest.raises(EditRefused, match="has another name"):
        rewrite(path, b"old", b"new")
    assert path.samefile(link)


def test_what_only_its_owner_may_read_is_never_seen_by_others(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o600)
    code = f"""\
import os
from pathlib import Path
from dispatch.files import rewrite
was = os.fsync
def look(file):
    print(oct(os.fstat(file).st_mode & 0o777))
    was(file)
os.fsync = look
os.umask(0)
rewrite(Path({str(path)!r}), b"old", b"new")
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout == "0o600\n"
