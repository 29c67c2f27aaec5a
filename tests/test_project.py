"""A newsletter folder, opened: its issues compiled and checked, its settings heeded."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from dispatch.config import load_config
from dispatch.errors import InvalidIssue, InvalidSubscribers, NotFound
from dispatch.project import Project
from dispatch.rendering.compiler import compile_issue, compile_marked
from newsletter import add_people, add_picture, configure


def test_an_issue_takes_the_newsletters_language(folder: Path) -> None:
    config = folder / "dispatch.yaml"
    config.write_text(config.read_text().replace("  name: Crossings", "  language: fr\n  name: Crossings"))
    with Project.open(folder, environ={}) as project:
        assert project.read_issue("bridge").language == "fr"


def test_problems_name_the_file_as_it_is_found_from_here(project: Project, folder: Path, monkeypatch) -> None:
    (folder / "issues/bridge.yaml").write_text("title: Bridge\n")
    monkeypatch.chdir(folder / "issues")
    with pytest.raises(InvalidIssue, match=r"^bridge\.yaml:1"):
        project.read_issue("bridge")


def test_a_file_that_cannot_be_read(project: Project, folder: Path) -> None:
    os.mkfifo(folder / "fifo")
    with pytest.raises(NotFound):
        project.read_issue("fifo")
    (folder / "issues/bridge.yaml").chmod(0)
    if os.geteuid():
        with pytest.raises(InvalidIssue, match="cannot be read: Permission denied"):
            project.read_issue("bridge")


@pytest.mark.parametrize(
    ("settings", "embeds"),
    [
        ("", True),
        ("images: hosted\n", False),
        ("provider: smtp\nproviders: {smtp: {host: 127.0.0.1}}\n", True),
        ("provider: postmark\nproviders: {postmark: {token: '${T}'}}\n", False),
        ("images: embed\nprovider: postmark\nproviders: {postmark: {token: '${T}'}}\n", True),
    ],
)
def test_pictures_travel_as_the_provider_has_it_or_as_is_said(settings: str, embeds: bool, folder: Path) -> None:
    configure(folder, settings)
    with Project.open(folder, environ={}) as project:
        assert project.embeds() is embeds


def test_hosted_pictures_are_below_the_newsletters_address(project: Project, folder: Path) -> None:
    add_picture(folder)
    compiled = project.compile(project.read_issue("bridge"), embed=False)
    (picture,) = compiled.pictures
    html = "".join(compiled.html.literals)
    assert f"https://crossings.example/media/{picture.name}" in html
    assert project.page_url("bridge") == "https://crossings.example/bridge/"


def test_the_checks_know_the_audience(project: Project, folder: Path) -> None:
    add_people(folder, "gil@example.com,,fr,subscribed", "hal@example.com,,de,unsubscribed")
    with (folder / "issues/bridge.yaml").open("a") as issue:
        issue.write("  - paragraph: You read {{language|}} and {{shoe_size|}}.\n")
    findings = project.check(project.read_issue("bridge"), segment="french")
    assert "unknown-merge-field" in {finding.check for finding in findings}


def test_the_checks_ask_no_database(project: Project, folder: Path) -> None:
    (folder / ".dispatch/dispatch.db").unlink()
    project.check(project.read_issue("bridge"))
    assert not (folder / ".dispatch/dispatch.db").exists()


def test_an_issue_is_compiled_once_to_be_checked_and_not_again_for_who_has_done_so(project: Project) -> None:
    issue = project.read_issue("bridge")
    with (
        patch("dispatch.newsroom.compile_issue", wraps=compile_issue) as plain,
        patch("dispatch.newsroom.compile_marked", wraps=compile_marked) as marked,
    ):
        found = project.check(issue)
        assert (plain.call_count, marked.call_count) == (0, 1)
        compilation = project.compile_marked(issue, embed=project.embeds())
        marked.reset_mock()
        assert project.check(issue, *compilation) == found
        assert (plain.call_count, marked.call_count) == (0, 0)
        assert project.check(issue, project.compile(issue, embed=project.embeds())) == found
        assert (plain.call_count, marked.call_count) == (1, 1)


def test_a_list_that_makes_no_sense(project: Project, folder: Path) -> None:
    issue = project.read_issue("bridge")
    (folder / "subscribers.csv").write_text("nothing,of,this\n")
    with pytest.raises(InvalidSubscribers, match=r"^subscribers\.csv:1"):
        project.check(issue)
    (folder / "subscribers.csv").unlink()
    with pytest.raises(NotFound, match=r"subscribers\.csv"):
        project.check(issue)


def test_a_slug_is_refused_that_another_issue_has(project: Project, folder: Path) -> None:
    text = (folder / "issues/bridge.yaml").read_text()
    (folder / "issues/road.yaml").write_text(f"slug: bridge\n{text}")
    with pytest.raises(InvalidIssue, match=r"^issues/bridge\.yaml:1:1: issues/road\.yaml has the slug bridge too"):
        project.check(project.read_issue("bridge"))


def test_a_cache_that_cannot_be_written_is_no_hindrance(project: Project, folder: Path) -> None:
    add_picture(folder)
    (folder / ".dispatch/pictures").write_text("in the way")
    assert project.compile(project.read_issue("bridge"), embed=True).pictures


def test_today_is_the_day_where_the_newsletter_is_written(folder: Path) -> None:
    config = folder / "dispatch.yaml"
    config.write_text(config.read_text().replace("  name: Crossings", "  timezone: Asia/Tokyo\n  name: Crossings"))
    late = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    with Project(load_config(folder, environ={}), clock=lambda: late) as project:
        assert project.today().isoformat() == "2026-03-02"
