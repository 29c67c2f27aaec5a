"""`init`, `new` and `schema`: from nothing to an issue that can be sent."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import jsonschema
import pytest
import yaml

from cli.command import Command


def test_a_new_newsletter_can_be_sent_at_once(dispatch: Command, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = dispatch("init", "letters")
    assert made.code == 0
    assert made.stdout.split() == [
        "letters/dispatch.yaml",
        "letters/issues/hello.yaml",
        "letters/subscribers.csv",
        "letters/.gitignore",
    ]
    assert made.stderr == "\nNext: cd letters && dispatch preview\n"
    monkeypatch.chdir(tmp_path / "letters")
    checked = dispatch("check", "--strict")
    assert (checked.code, checked.stdout) == (0, "")
    assert dispatch("send", "hello", "--yes", "--json").json["accepted"] == 1
    assert dispatch("build").code == dispatch("build", "hello").code == 0


def test_nothing_is_written_over(dispatch: Command, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "subscribers.csv").write_text("email\n")
    monkeypatch.chdir(folder)
    made = dispatch("init")
    assert "subscribers.csv" not in made.stdout
    assert made.stderr == "\nNext: dispatch preview\n"
    assert (folder / "subscribers.csv").read_text() == "email\n"
    again = dispatch("init")
    assert again.code == 2
    assert "newsletter already" in again.stderr
    assert dispatch("init", "subscribers.csv").code == 2


def test_the_state_is_kept_from_others_and_from_git(dispatch: Command, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    dispatch("init", "letters")
    assert stat.S_IMODE((tmp_path / "letters/.dispatch").stat().st_mode) == 0o700
    assert ".dispatch/" in (tmp_path / "letters/.gitignore").read_text().split()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Grain, gas & patience", "grain-gas-patience"),
        ("  Two\nlines ", "two-lines"),
        ('"Quotes": {and} #hashes', "quotes-and-hashes"),
        ("Élysée \u2028 Zürich 🚂", "elysee-zurich"),
        ("#1", "1"),
    ],
)
def test_a_new_issue_has_its_title_and_the_schema_beside_it(
    title: str, name: str, dispatch: Command, folder: Path
) -> None:
    made = dispatch("new", title)
    assert (made.code, made.stdout) == (0, f"issues/{name}.yaml\n")
    assert made.stderr == f"\nNext: dispatch preview {name}\n"
    text = (folder / f"issues/{name}.yaml").read_text()
    modeline, _, rest = text.partition("\n")
    schema = json.loads((folder / "issues" / modeline.rpartition("=")[2]).read_text())
    issue = yaml.safe_load(rest)
    jsonschema.validate(issue, schema)
    assert issue["title"] == " ".join(title.split())
    checked = dispatch("check", name, "--json").json
    assert {finding["check"] for finding in checked["findings"]} == {"leftover-placeholder"}


def test_a_new_issue_is_written_over_nothing(dispatch: Command, folder: Path) -> None:
    before = (folder / "issues/bridge.yaml").read_text()
    refused = dispatch("new", "Bridge!")
    assert (refused.code, refused.stdout) == (2, "")
    assert "exists already" in refused.stderr
    assert (folder / "issues/bridge.yaml").read_text() == before
    assert dispatch("new", "東京").code == 2


def test_the_schema(dispatch: Command) -> None:
    assert dispatch("schema", "terms").json["properties"].keys() == {"terms", "accept"}
    printed = dispatch("schema")
    assert (printed.code, printed.stderr) == (0, "")
    jsonschema.Draft202012Validator.check_schema(printed.json)
