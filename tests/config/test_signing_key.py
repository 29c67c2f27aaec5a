"""The key is made once, by whoever is first, and for its owner only."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dispatch.config import load_or_make_key
from dispatch.errors import InvalidConfig


def test_it_is_made_once_and_stays(tmp_path: Path) -> None:
    key = load_or_make_key(tmp_path / ".dispatch")
    assert len(key) >= 43  # 256 bits
    assert load_or_make_key(tmp_path / ".dispatch") == key
    assert load_or_make_key(tmp_path / "other") != key


def test_it_is_for_its_owner_only_and_does_not_show(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        key = load_or_make_key(tmp_path / ".dispatch")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / ".dispatch").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / ".dispatch/key").stat().st_mode) == 0o600
    assert key not in repr(key)
    (tmp_path / ".dispatch/key").chmod(0o644)
    load_or_make_key(tmp_path / ".dispatch")
    assert stat.S_IMODE((tmp_path / ".dispatch/key").stat().st_mode) == 0o600


def test_all_who_ask_at_once_get_the_same_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(load_or_make_key, [tmp_path / ".dispatch"] * 64))
    assert len(keys) == 1
    assert [path.name for path in (tmp_path / ".dispatch").iterdir()] == ["key"]


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 50])
def test_a_damaged_key_is_told_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(InvalidConfig) as caught:
        load_or_make_key(tmp_path)
    assert caught.value.problems[0].remedy
    assert (tmp_path / "key").read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidConfig, match="cannot be made or read"):
        load_or_make_key(tmp_path / "file")
