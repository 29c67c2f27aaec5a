"""What a newsletter folder has on record: issues by name, the list, the ledger."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dispatch.errors import InvalidIssue, InvalidSegment, NotFound
from dispatch.records import Records
from newsletter import KEY, configure


def write_issue(folder: Path, name: str, first_line: str = "") -> Path:
    """Another issue, with a line at its top."""
    path = folder / "issues" / f"{name}.yaml"
    path.write_text(f"{first_line}\n{(folder / 'issues/bridge.yaml').read_text()}")
    return path


@pytest.fixture
def records(folder: Path):
    with Records.open(folder, environ={}) as records:
        yield records


def test_an_issue_is_named_by_its_file_its_path_or_its_slug(records: Records, folder: Path) -> None:
    road = write_issue(folder, "2026-03", "slug: road")
    named = {name: records.issue_path(name).resolve() for name in ("road", "2026-03", "issues/2026-03.yaml", str(road))}
    assert set(named.values()) == {road}
    assert records.slug("2026-03") == records.slug("issues/2026-03.yaml") == "road"
    assert records.slug("bridge") == "bridge"
    assert records.slug("gone-by-now") == "gone-by-now"


@pytest.mark.parametrize(
    "line", ["slug: road", 'slug: "road"', "slug: 'road'  # not the date", "slug:   road", "slug: road\r"]
)
def test_a_slug_is_found_however_it_is_written(line: str, records: Records, folder: Path) -> None:
    path = write_issue(folder, "other", line)
    assert records.files_with_slug("road") == [path]
    assert records.files_with_slug("other") == []


@pytest.mark.parametrize("line", ["# slug: road", "subtitle: |\n  slug: road", "slugs: road"])
def test_what_only_looks_like_a_slug(line: str, records: Records, folder: Path) -> None:
    write_issue(folder, "other", line)
    assert records.files_with_slug("road") == []


def test_a_slug_of_two_issues_names_neither(records: Records, folder: Path) -> None:
    write_issue(folder, "one", "slug: road")
    write_issue(folder, "two", "slug: road")
    with pytest.raises(InvalidIssue, match=r"issues/one\.yaml and issues/two\.yaml"):
        records.issue_path("road")
    assert records.slug("road") == "road", "what is on record about it can be asked all the same"


def test_an_issue_that_is_not_there(records: Records, folder: Path) -> None:
    with pytest.raises(NotFound, match="Did you mean bridge"):
        records.issue_path("brigde")
    with pytest.raises(NotFound, match="There are: bridge"):
        records.issue_path("something else")
    (folder / "issues/bridge.yaml").unlink()
    with pytest.raises(NotFound, match="dispatch new"):
        records.issue_path("bridge")


def test_a_folder_is_no_issue(records: Records, folder: Path) -> None:
    (folder / "issues/deep.yaml").mkdir()
    assert records.files_with_slug("deep") == []
    with pytest.raises(NotFound):
        records.issue_path("issues")


def test_segments(records: Records) -> None:
    fields = {"language"}
    assert records.segment("", known_fields=fields) is None
    assert records.segment("french", known_fields=fields)
    with pytest.raises(NotFound, match=r"dispatch\.yaml has: french"):
        records.segment("german", known_fields=fields)
    with pytest.raises(InvalidSegment, match=r"^dispatch\.yaml:7:"):
        records.segment("french", known_fields={"email"})


def test_a_key_is_made_once_where_none_is_set(records: Records, folder: Path) -> None:
    first = records.ring.key_id
    with Records.open(folder, environ={}) as again:
        assert again.ring.key_id == first
    assert (folder / ".dispatch/key").stat().st_mode & 0o777 == 0o600


def test_a_key_of_ones_own(folder: Path) -> None:
    configure(folder, 'keys: ["${DISPATCH_KEY}"]\n')
    with Records.open(folder, environ={"DISPATCH_KEY": KEY}) as records:
        assert records.ring
    assert not (folder / ".dispatch/key").exists()


def test_the_database_is_let_go_of(folder: Path) -> None:
    with Records.open(folder, environ={}) as records:
        assert records.store
        database = folder / ".dispatch/dispatch.db"
        assert database.with_name("dispatch.db-wal").exists()
    assert not database.with_name("dispatch.db-wal").exists(), "the last one to leave empties the log"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN EXCLUSIVE")


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path, folder: Path) -> None:
    (folder / ".dispatch/dispatch.db").unlink()
    with Records.open(folder, environ={}) as records:
        assert records.issue_path("bridge")
    assert not (folder / ".dispatch/dispatch.db").exists()


def test_the_list_is_called_as_it_is_found_from_here(records: Records, folder: Path, monkeypatch) -> None:
    assert records.subscribers_name == "subscribers.csv"
    monkeypatch.chdir(folder / "issues")
    assert records.subscribers_name == "../subscribers.csv"
