"""The first files of a newsletter are such as dispatch itself finds nothing wrong with."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.content.issue import slug_of
from dispatch.errors import UsageMistake
from dispatch.project import Project
from dispatch.starter import ISSUE, STARTER, write_issue, write_newsletter
from dispatch.yaml_source import read_yaml


def test_nothing_is_wrong_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = write_newsletter(tmp_path / "letters")
    monkeypatch.chdir(tmp_path / "letters")
    assert {str(path.relative_to(tmp_path / "letters")) for path in written} == set(STARTER.values())
    with Project.open(Path(), environ={}) as project:
        assert project.check(project.read_issue("hello")) == []
        assert project.sync_subscribers(skip_rejected=False).added == 1


def test_it_goes_to_no_real_people_before_it_is_somebodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_newsletter(tmp_path)
    monkeypatch.chdir(tmp_path)
    settings = tmp_path / "dispatch.yaml"
    written = settings.read_text().replace("provider: outbox", "provider: smtp")
    settings.write_text(
        written.replace("  # smtp: {host: smtp.example.org, port: 587", "  smtp: {host: smtp.example.org")
    )
    with Project.open(Path(), environ={"SMTP_PASSWORD": "secret"}) as project:
        found = project.check(project.read_issue("hello"))
    assert {finding.check for finding in found} == {"untouched-setting"}
    assert [finding.location.line for finding in found] == [5, 9, 11]


def test_a_newsletter_is_not_written_over(tmp_path: Path) -> None:
    write_newsletter(tmp_path)
    with pytest.raises(UsageMistake, match="a newsletter already"):
        write_newsletter(tmp_path)


@given(title=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1).map(lambda text: f"a{text}"))
def test_any_title_comes_out_of_yaml_as_it_went_in(title: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("letters")
    path = write_issue(folder, title)
    assert path == folder / "issues" / f"{slug_of(' '.join(title.split()))}.yaml"
    text = path.read_text(encoding="utf-8")
    if text.isprintable() or all(char.isprintable() for char in title):
        assert read_yaml(text, "issue.yaml").value["title"] == " ".join(title.split())


def test_an_issue_is_not_written_over(tmp_path: Path) -> None:
    path = write_issue(tmp_path, "One title")
    path.write_text("mine")
    with pytest.raises(UsageMistake, match="exists already"):
        write_issue(tmp_path, "one: title!")
    assert path.read_text() == "mine"


def test_a_title_without_letters_for_a_name(tmp_path: Path) -> None:
    with pytest.raises(UsageMistake, match="Latin letters"):
        write_issue(tmp_path, "東京")
    assert not (tmp_path / "issues").exists()


def test_long_texts_are_block_scalars() -> None:
    assert ISSUE.count(">-") == 3
