"""What earlier issues have said, read from their files."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from dispatch.content.issue import Issue, read_issue
from dispatch.inspection.history import History
from dispatch.issue_files import Head, Heads

TODAY = date(2026, 3, 2)


@pytest.fixture
def issues(tmp_path: Path) -> Path:
    folder = tmp_path / "issues"
    folder.mkdir()
    (folder / "river.yaml").write_text(
        "title: The river\n"
        "subject: >-\n  The {{first_name|reader}}'s\n  river\n"
        "date: 2026-02-23\n"
        "blocks:\n"
        "  # - paragraph: <https://a.example/commented> of the Volga\n"
        "  - paragraph: The Danube, the Tisza and the KCNA. See **<https://a.example/a_(b)>**, [b](https://www.a.example/b/#c), https://a.example/d.\n"
        '  - button: {text: E, url: "https://a.example/e?f=1&g=2"}\n'
    )
    (folder / "road.yaml").write_text("title: The road\ndate: 2026-02-16\nblocks: [divider: ]\n")
    (folder / "later.yaml").write_text("title: Later\ndate: 2026-03-09\nblocks: [divider: ]\n")
    (folder / "draft.yaml").write_text("title: Draft\nblocks: [divider: ]\n")
    (folder / "broken.yaml").write_text("title: [\ndate: 2026-02-16\n")
    (folder / "list.yaml").write_bytes(b"- \xff\n")
    (folder / "bridge.yaml").write_text("title: A bridge\ndate: 2026-03-02\nblocks: [divider: ]\n")
    return folder


def issue_in(folder: Path, name: str) -> Issue:
    path = folder / f"{name}.yaml"
    return read_issue(path.read_bytes(), os.path.relpath(path))


def heads(folder: Path, read: Heads | None = None) -> list[tuple[Path, Head]]:
    """The heads of all issues, read anew."""
    read = read or Heads()
    return [(path, read.of(path)) for path in folder.glob("*.yaml")]


def test_earlier_issues_are_read_the_newest_first(issues: Path) -> None:
    before = History().before(issue_in(issues, "bridge"), heads(issues), today=TODAY)
    assert [(each.subject, each.date) for each in before] == [
        ("The reader's river", date(2026, 2, 23)),
        ("The road", date(2026, 2, 16)),
    ]
    assert before[0].pages == {"a.example/a_(b)", "a.example/b", "a.example/d", "a.example/e?f=1&g=2"}
    assert before[0].names == {"Danube", "Tisza", "KCNA"}
    assert before[0].file == os.path.relpath(issues / "river.yaml")


def test_an_issue_without_a_date_is_of_today(issues: Path) -> None:
    history = History()
    assert len(history.before(issue_in(issues, "draft"), heads(issues), today=TODAY)) == 2
    assert len(history.before(issue_in(issues, "draft"), heads(issues), today=date(2026, 3, 10))) == 4


def test_a_file_that_has_changed_is_read_again(issues: Path) -> None:
    history, read = History(), Heads()
    bridge = issue_in(issues, "bridge")
    history.before(bridge, heads(issues, read), today=TODAY)
    (issues / "road.yaml").write_text("title: The long road\ndate: 2026-02-16\nblocks: [divider: ]\n")
    (issues / "river.yaml").unlink()
    (before,) = history.before(
        bridge, [*heads(issues, read), (issues / "river.yaml", read.of(issues / "river.yaml"))], today=TODAY
    )
    assert before.subject == "The long road"
