"""What `build` writes: files that show the mail and the page, and an archive for any web server."""

from __future__ import annotations

import email
import email.policy
import os
import re
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cli.command import Command
from dispatch.config import load_config
from dispatch.errors import InvalidIssue
from dispatch.project import Project
from dispatch.publishing import build_archive, build_issue, issues_by_standing
from newsletter import add_picture, configure


@pytest.fixture
def out(folder: Path) -> Path:
    return folder / "out"


def archive(project: Project, out: Path) -> list[Path]:
    """What is published, written to files."""
    published, _ = issues_by_standing(project)
    return build_archive(project, published, out)


def parsed(path: Path) -> EmailMessage:
    """A message as a mail program reads it."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def shown_pictures(html: str) -> set[str]:
    """The addresses of all pictures."""
    return set(re.findall(r'<img[^>]* src="([^"]+)"', html))


def test_an_issue_shows_its_fallbacks_and_its_own_date(project: Project, out: Path) -> None:
    written = build_issue(project, project.read_issue("bridge"), out)
    assert [path.name for path in written] == ["email.html", "email.txt", "message.eml", "web.html"]
    message = parsed(out / "bridge/message.eml")
    assert message["Date"] == "Mon, 02 Mar 2026 00:00:00 +0000"
    assert message["To"] == "reader@example.org"
    for name in ("email.html", "email.txt", "web.html"):
        assert "Dear reader," in (out / "bridge" / name).read_text()
    html = message.get_body(("html",))
    assert html
    assert html.get_content().replace("\r\n", "\n") == (out / "bridge/email.html").read_text()


def test_pictures_lie_beside_the_files_that_show_them(project: Project, folder: Path, out: Path) -> None:
    add_picture(folder)
    build_issue(project, project.read_issue("bridge"), out)
    for name in ("email.html", "web.html"):
        pictures = shown_pictures((out / "bridge" / name).read_text())
        assert pictures
        assert all((out / "bridge" / picture).is_file() for picture in pictures)
    message = parsed(out / "bridge/message.eml")
    html = message.get_body(("html",))
    assert html
    assert all(picture.startswith("cid:") for picture in shown_pictures(html.get_content()))


def test_the_same_bytes_in_another_folder_timezone_and_with_another_key(
    project: Project, folder: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_picture(folder)
    first = [path.read_bytes() for path in build_issue(project, project.read_issue("bridge"), out)]
    configure(folder, 'keys: ["${DISPATCH_KEY}"]\n')
    os.rename(folder, folder.with_name("moved"))  # noqa: PTH104
    monkeypatch.chdir(folder.with_name("moved"))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    environ = {"DISPATCH_KEY": "another key, which must be long enough"}
    with Project.open(folder.with_name("moved"), environ=environ) as moved:
        second = [path.read_bytes() for path in build_issue(moved, moved.read_issue("bridge"), folder / "out")]
    monkeypatch.undo()
    time.tzset()
    assert first == second


def test_an_archive_of_three(project: Project, folder: Path, out: Path) -> None:
    add_picture(folder)
    text = (folder / "issues/bridge.yaml").read_text()
    (folder / "issues/early.yaml").write_text(text.replace("2026-03-02", "2026-01-05").replace("bridge?", "road?"))
    (folder / "issues/late.yaml").write_text(text.replace("2026-03-02", "2026-03-09").replace("bridge?", "rail?"))
    written = archive(project, out)
    pages = {str(path.relative_to(out)) for path in written if path.name == "index.html"}
    assert pages == {"index.html", "bridge/index.html", "early/index.html", "late/index.html"}
    for page in pages:
        html = (out / page).read_text()
        for target in re.findall(r'(?:href|src)="([^":#]+)"', html):
            file = out / Path(page).parent / target
            assert file.is_file() or (file / "index.html").is_file(), f"{page} leads nowhere: {target}"
    assert "../bridge/" in (out / "early/index.html").read_text()
    assert "../early/" in (out / "bridge/index.html").read_text()
    for name in ("feed.xml", "sitemap.xml"):
        ET.fromstring((out / name).read_bytes())
        assert "https://crossings.example/bridge/" in (out / name).read_text()


def test_the_archive_has_the_pictures_of_hosted_mail(project: Project, folder: Path, out: Path) -> None:
    add_picture(folder)
    archive(project, out)
    mailed = project.compile(project.read_issue("bridge"), embed=False).pictures
    assert {picture.name for picture in mailed} <= {path.name for path in (out / "media").iterdir()}


def test_drafts_and_what_is_yet_to_come_are_published_when_they_are_mailed(
    folder: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "issues/bridge.yaml").read_text()
    (folder / "issues/draft.yaml").write_text(text.replace("date: 2026-03-02\n", "").replace("bridge?", "draft?"))
    (folder / "issues/soon.yaml").write_text(text.replace("2026-03-02", "2026-03-03").replace("bridge?", "soon?"))

    def standing(now: datetime) -> tuple[list[str], list[str]]:
        with Project(load_config(folder, environ={}), clock=lambda: now) as opened:
            published, waiting = issues_by_standing(opened)
        return [issue.slug for issue in published], [issue.slug for issue in waiting]

    (folder / ".dispatch/dispatch.db").unlink()
    eve = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert standing(eve) == (["bridge"], ["draft", "soon"])
    assert not (folder / ".dispatch/dispatch.db").exists()
    assert standing(eve + timedelta(days=1)) == (["bridge", "soon"], ["draft"])
    run = Command(capsys)
    assert run("send", "draft", "--yes").code == 0
    assert standing(eve) == (["draft", "bridge"], ["soon"])
    (folder / "issues/sketch.yaml").write_text(text.replace("date: 2026-03-02\n", "").replace("bridge?", "sketch?"))
    built = run("build", "--out", str(out))
    assert (built.code, built.stderr) == (0, "sketch is left out: it has no date\n")
    assert {path.parent.name for path in out.glob("*/index.html")} == {"draft", "bridge", "soon"}


def test_an_archive_of_nothing(project: Project, folder: Path, out: Path) -> None:
    (folder / "issues/bridge.yaml").unlink()
    archive(project, out)
    assert (out / "index.html").is_file()


def test_all_that_is_wrong_is_told_and_nothing_written(project: Project, folder: Path, out: Path) -> None:
    text = (folder / "issues/bridge.yaml").read_text()
    (folder / "issues/road.yaml").write_text(f"slug: bridge\n{text}")
    (folder / "issues/zoo.yaml").write_text("title: Zoo\n")
    with pytest.raises(InvalidIssue) as wrong:
        archive(project, out)
    assert [str(problem.location) for problem in wrong.value.problems] == [
        "issues/road.yaml:1:7",
        "issues/zoo.yaml:1:1",
    ]
    assert not out.exists()
