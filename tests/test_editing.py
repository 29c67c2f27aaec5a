"""Edits are written into the file that they were made for, and into no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.editing import Proposal, changed_lines, propose
from dispatch.errors import EditRefused, FileChanged
from dispatch.yaml_source import Edit, read_yaml

CONTENT = "\ufefftitle: Who pays? 😀\r\nblocks:\r\n  - paragraph: >-\r\n      The old\r\n      bridge.\r\n".encode()
EDITS = [Edit(("blocks", 0, "paragraph"), 4, 7, "new 🌉"), Edit(("title",), 0, 3, "Re: who")]
DIGEST = read_yaml(CONTENT, "a.yaml").digest


@pytest.fixture
def issue(tmp_path: Path) -> Path:
    folder = tmp_path / "newsletter"
    (folder / "issues").mkdir(parents=True)
    path = folder / "issues" / "a.yaml"
    path.write_bytes(CONTENT)
    return path


def test_only_the_characters_of_the_edits_change(issue: Path) -> None:
    issue.chmod(0o660)
    document = propose(issue, EDITS, digest=DIGEST, folder=issue.parents[1]).write()
    expected = (
        CONTENT.replace(b"old", "new 🌉".encode()).replace(b"Who", b'"Re: who').replace("😀".encode(), '😀"'.encode())
    )
    assert issue.read_bytes() == expected
    assert document.text.encode() == expected
    assert issue.stat().st_mode & 0o777 == 0o660
    assert list(issue.parent.iterdir()) == [issue]


def test_a_proposal_shows_the_lines_that_it_would_change_and_writes_nothing(issue: Path) -> None:
    proposal = propose(issue, EDITS[:1], digest=DIGEST, folder=issue.parents[1])
    assert proposal.difference() == ["@@ -4 +4 @@", "-      The old", "+      The new 🌉"]
    assert issue.read_bytes() == CONTENT
    assert changed_lines("one\ntwo\n", "one\ntwo\n") == []


def test_a_file_that_changes_between_the_proposal_and_the_writing_is_left_as_it_is(issue: Path) -> None:
    proposal = propose(issue, EDITS, digest=DIGEST, folder=issue.parents[1])
    issue.write_bytes(CONTENT + b"author: Joy\r\n")
    with pytest.raises(FileChanged, match="was changed meanwhile"):
        proposal.write()
    assert issue.read_bytes() == CONTENT + b"author: Joy\r\n"
    assert list(issue.parent.iterdir()) == [issue]


def test_a_file_that_changed_meanwhile_is_not_written(issue: Path) -> None:
    issue.write_bytes(CONTENT + b"author: Joy\r\n")
    with pytest.raises(FileChanged, match="was changed meanwhile"):
        propose(issue, EDITS, digest=DIGEST, folder=issue.parents[1]).write()
    assert issue.read_bytes() == CONTENT + b"author: Joy\r\n"
    issue.unlink()
    with pytest.raises(FileChanged, match="is gone"):
        propose(issue, EDITS, digest=DIGEST, folder=issue.parents[1]).write()
    assert not issue.exists()


def test_an_edit_that_is_refused_writes_nothing(issue: Path) -> None:
    with pytest.raises(EditRefused, match="there are no characters"):
        propose(issue, [*EDITS, Edit(("title",), 90, 91, "x")], digest=DIGEST, folder=issue.parents[1]).write()
    assert issue.read_bytes() == CONTENT


def test_a_file_that_may_not_be_written_is_refused_before_anybody_types(issue: Path) -> None:
    issue.chmod(0o444)
    with pytest.raises(EditRefused, match=r"a\.yaml is read-only"):
        propose(issue, EDITS, digest=DIGEST, folder=issue.parents[1])


def test_nothing_is_written_outside_of_the_folder(issue: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(CONTENT)
    link = issue.with_name("link.yaml")
    link.symlink_to(outside)
    for path in (link, outside, issue.parents[1] / ".." / "outside.yaml"):
        with pytest.raises(EditRefused, match="outside of the newsletter's folder"):
            propose(path, EDITS, digest=DIGEST, folder=issue.parents[1]).write()
    assert outside.read_bytes() == CONTENT


def test_a_link_within_the_folder_stays_a_link(issue: Path) -> None:
    link = issue.with_name("link.yaml")
    link.symlink_to(issue)
    propose(link, EDITS[:1], digest=DIGEST, folder=issue.parents[1]).write()
    assert link.is_symlink()
    assert issue.read_bytes() == CONTENT.replace(b"old", "new 🌉".encode())


def test_a_new_file_is_written_where_there_is_none(tmp_path: Path) -> None:
    proposal = Proposal(tmp_path / "a.yaml", None, read_yaml("a: é\n", "a.yaml"))
    assert proposal.difference() == ["@@ -0,0 +1 @@", "+a: é"]
    proposal.write()
    assert (tmp_path / "a.yaml").read_text("utf-8") == "a: é\n"
    with pytest.raises(FileChanged, match="was changed meanwhile"):
        proposal.write()
    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]
