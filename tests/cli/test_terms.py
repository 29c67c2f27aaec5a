"""`check` and the house's terms: what is found by terms.yaml."""

from __future__ import annotations

from pathlib import Path

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
