"""What lies in issues/ is read only where it is an issue of this folder, and no further than an issue goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dispatch.errors import InvalidIssue, NotFound
from dispatch.issue_files import MAX_BYTES, Heads, issue_files, read_bounded, refused_files
from dispatch.project import Project
from newsletter import write_newsletter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A newsletter of one issue, `bridge`."""
    return write_newsletter(tmp_path / "newsletter")


def test_links_out_devices_and_odd_names_are_refused_and_stop_nobody_else(folder: Path, tmp_path: Path) -> None:
    issues = folder / "issues"
    (tmp_path / "secret.yaml").write_text("title: Secret\nblocks: [divider: ]\n")
    (issues / "endless.yaml").symlink_to("/dev/zero")
    (issues / "gone.yaml").symlink_to("nowhere.yaml")
    (issues / "secret.yaml").symlink_to("../../secret.yaml")
    (issues / "folder.yaml").mkdir()
    os.mkfifo(issues / "pipe.yaml")
    (issues / os.fsdecode(b"caf\xe9.yaml")).touch()
    (issues / ".#bridge.yaml").symlink_to("ada@desk.4711")
    (issues / "again.yaml").symlink_to("bridge.yaml")
    assert [path.name for path in issue_files(folder)] == ["again.yaml", "bridge.yaml"]
    told = {name: problem.message.partition(": ")[2] for name, problem in refused_files(folder).items()}
    assert told == {
        "caf\\xe9": "its name is not UTF-8",
        "endless": "it leads out of the newsletter's folder",
        "folder": "it is no file",
        "gone": "it is no file",
        "pipe": "it is no file",
        "secret": "it leads out of the newsletter's folder",
    }
    with Project.open(folder, environ={}) as project:
        for name in ("endless", "secret", str(issues / "secret.yaml"), "gone", os.fsdecode(b"caf\xe9")):
            with pytest.raises(InvalidIssue, match="is not read"):
                project.read_issue(name)
        (issues / "again.yaml").unlink()
        project.judge(project.read_issue("bridge"))


def test_issues_may_lie_where_the_folder_itself_leads(folder: Path, tmp_path: Path) -> None:
    (folder / "issues").rename(tmp_path / "texts")
    (folder / "issues").symlink_to(tmp_path / "texts")
    (folder / "issues/river.yaml").symlink_to("bridge.yaml")
    assert [path.name for path in issue_files(folder)] == ["bridge.yaml", "river.yaml"]


def test_of_a_file_that_is_too_long_no_more_is_read(tmp_path: Path) -> None:
    assert len(read_bounded(Path("/dev/zero"))) == MAX_BYTES + 1
    (tmp_path / "long.yaml").write_text("slug: other\n" + "#" * MAX_BYTES)
    assert Heads().of(tmp_path / "long.yaml").slug == "long"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("slug: tides\nblocks: []\n", "tides"),
        ('"slug": tides # since March\nblocks: []\n', "tides"),
        ("blocks: []\nslug: tides\n", "tides"),
        ("{title: Tides, slug: tides, blocks: []}\n", "tides"),
        ("slug: 2026\nblocks: []\n", "2026"),
        ('title: "a\nslug: other"\nslug: tides\nblocks: []\n', "tides"),
        ("title: Tides\nblocks:\n  - paragraph: |\n      slug: other\n", "x"),
        ("- slug: other\n", "x"),
        ("slug: [\n", "x"),
    ],
)
def test_the_slug_is_what_yaml_says(tmp_path: Path, text: str, slug: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    assert Heads().of(tmp_path / "x.yaml").slug == slug
    assert Heads().of(tmp_path / "gone.yaml").slug == "gone"


def test_a_slug_that_no_file_has_leads_to_none(folder: Path) -> None:
    with Project.open(folder, environ={}) as project, pytest.raises(NotFound, match="there is no issue tunnel"):
        project.read_issue("tunnel")
