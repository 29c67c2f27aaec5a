"""What was found is kept in a file, and that file can do no harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dispatch.inspection.proofreading import kept
from dispatch.inspection.proofreading.engine import Failure, Match
from dispatch.inspection.proofreading.kept import Kept, key_of

MATCH = Match(offset=1, length=2, message="é", replacements=["a", "b"], rule="R", issue_type="misspelling")


PLACES: list[dict[str, object]] = [{"offset": 1e999}, {"offset": -1}, {"length": 0}, {"length": -2}, {"offset": True}]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".dispatch" / "proofreading.json"


def test_what_is_kept_is_there_again(file: Path) -> None:
    found = {"a": [MATCH], "b": [], "c": Failure("it takes too long", again=True), "d": Failure("no words")}
    Kept(file).add(found)
    assert Kept(file).read() == found


def test_what_another_process_keeps_is_seen(file: Path) -> None:
    ours, theirs = Kept(file), Kept(file)
    ours.add({"a": [MATCH]})
    assert theirs.read() == {"a": [MATCH]}
    theirs.add({"b": []})
    assert ours.read() == {"a": [MATCH], "b": []}
    ours.read().clear()
    assert ours.read() == {"a": [MATCH], "b": []}


def test_the_key_goes_by_all_that_the_answer_rests_on() -> None:
    keys = {
        key_of(*each)
        for each in [("1", "en", "a"), ("2", "en", "a"), ("1", "fr", "a"), ("1", "en", "b"), ("1en", "", "a")]
    }
    assert len(keys) == 5
    assert key_of("1", "en", "\ud800") != key_of("1", "en", "\ud801")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"a": 1}',
        b'{"a": "why"}',
        b'{"a": {"cause": "why"}}',
        b'{"a": [{}]}',
        b'{"a": [{"offset": "x"}]}',
        b"\xff",
        b'{"a": [null]}',
        b"[" * 200_000,
        *(json.dumps({"a": [MATCH | place]}).encode() for place in PLACES),
    ],
)
def test_a_broken_file_is_as_good_as_none(file: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert Kept(file).read() == {}
    Kept(file).add({"a": [MATCH]})
    assert Kept(file).read() == {"a": [MATCH]}


def test_a_file_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file, no folder")
    Kept(tmp_path / "state" / "proofreading.json").add({"a": []})
    assert (tmp_path / "state").read_text() == "a file, no folder"


def test_what_was_looked_at_last_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_TEXTS", 3)
    Kept(file).add({"a": [], "b": [], "c": []})
    Kept(file).add({"d": [], "a": []})
    assert [*Kept(file).read()] == ["c", "d", "a"]


def test_the_file_has_bounds(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 1_000)
    Kept(file).add({str(number): [MATCH] for number in range(100)})
    assert 800 < file.stat().st_size <= 1_000
    assert [*Kept(file).read()][-1] == "99"
