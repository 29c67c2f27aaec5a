"""`check` and the house's terms: what is found by terms.yaml, and how words get into it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
import yaml

from cli.command import Command

BRIDGE = "  - paragraph: President Poutine came.\n"


def test_what_the_house_writes_otherwise_is_mended(dispatch: Command, folder: Path) -> None:
    issue = folder / "issues/bridge.yaml"
    issue.write_text(issue.read_text() + BRIDGE)
    assert "Poutine" not in dispatch("check").stdout
    (folder / "terms.yaml").write_text("terms: {Putin: [Poutine]}\n")
    assert dispatch("check").stdout == (
        "issues/bridge.yaml:6:26: warning: “Poutine” is “Putin” in this house [house-term]\n"
        "    Write Putin. (`dispatch check --fix` does it)\n"
    )
    dispatch("check", "--fix")
    assert issue.read_text().endswith("President Putin came.\n")
    assert dispatch("check").stdout == ""


def test_what_is_wrong_with_the_terms_is_told_once(dispatch: Command, folder: Path) -> None:
    (folder / "issues/road.yaml").write_text((folder / "issues/bridge.yaml").read_text())
    (folder / "terms.yaml").write_text("term: {Putin: [Poutine]}\n")
    checked = dispatch("check")
    assert (checked.code, checked.stdout) == (
        1,
        "terms.yaml:1:1: `term` is not known\n    Did you mean `terms`?\n",
    )
    assert dispatch("send", "bridge", "--yes").code == 1


# --- accepting -----------------------------------------------------------------------------------


def test_a_word_is_accepted_where_there_were_no_terms(dispatch: Command, folder: Path) -> None:
    accepted = dispatch("check", "--accept", "KCNA", "--accept", "Kim Jong Un", "--accept", "KCNA")
    assert (accepted.code, accepted.stdout) == (0, "")
    assert accepted.stderr.startswith("terms.yaml accepts KCNA, Kim Jong Un from now on.\n1 issue checked")
    text = (folder / "terms.yaml").read_text()
    assert text.endswith("\n\naccept:\n  - KCNA\n  - Kim Jong Un\n")
    schema = folder / text.partition("$schema=")[2].partition("\n")[0]
    jsonschema.validate(yaml.safe_load(text), json.loads(schema.read_text()))


def test_a_word_is_put_in_once_and_all_else_stays(dispatch: Command, folder: Path) -> None:
    file = folder / "terms.yaml"
    file.write_bytes(b"accept: [ KCNA, ] # names\r\n# more\r\nterms: {Putin: Poutine}\r\n")
    file.chmod(0o600)
    dispatch("check", "--accept", "Tumen")
    after = b"accept: [ KCNA, Tumen, ] # names\r\n# more\r\nterms: {Putin: Poutine}\r\n"
    assert file.read_bytes() == after
    assert file.stat().st_mode & 0o777 == 0o600
    again = dispatch("check", "--accept", "Tumen", "--accept", "Tumen’s", "--accept", "Putin")
    assert again.stderr.startswith("In order already: Tumen, Tumen’s, Putin.\n")
    assert file.read_bytes() == after


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("Poutine", "“Poutine” is a wrong form of “Putin” in terms.yaml"),
        ("*KCNA*", "“*KCNA*” does not begin with a letter or a digit"),
        ("K" * 101, "a term is one line of at most 100 characters"),
        ("", "“” does not begin with a letter or a digit"),
    ],
)
def test_a_word_that_cannot_be_accepted_is_told(dispatch: Command, folder: Path, word: str, why: str) -> None:
    file = folder / "terms.yaml"
    file.write_text("terms: {Putin: Poutine}\n")
    refused = dispatch("check", "--accept", "KCNA", "--accept", word)
    assert (refused.code, refused.stdout) == (1, "")
    assert why in refused.stderr
    assert file.read_text() == "terms: {Putin: Poutine}\n"


def test_terms_that_cannot_be_read_are_not_written(dispatch: Command, folder: Path) -> None:
    (folder / "terms.yaml").write_text("accept: {KCNA: true}\n")
    refused = dispatch("check", "--accept", "Tumen")
    assert refused.code == 1
    assert "terms.yaml:1:9: " in refused.stderr
    assert (folder / "terms.yaml").read_text() == "accept: {KCNA: true}\n"


def test_terms_from_elsewhere_are_not_written(dispatch: Command, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "terms.yaml"
    elsewhere.write_text("accept: [KCNA]\n")
    (folder / "terms.yaml").symlink_to(os.path.relpath(elsewhere, folder))
    refused = dispatch("check", "--accept", "Tumen")
    assert refused.code == 1
    assert "it leads out of the newsletter's folder" in refused.stderr
    assert elsewhere.read_text() == "accept: [KCNA]\n"


def test_blanks_around_a_word_are_no_part_of_it(dispatch: Command, folder: Path) -> None:
    assert dispatch("check", "--accept", " Zed\n").stderr.startswith("terms.yaml accepts Zed from now on.\n")
    assert (folder / "terms.yaml").read_text().endswith("\n\naccept:\n  - Zed\n")
