"""README's week, typed as it stands there, in a copy of the newsletter that a clone has."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cli.command import Command, Terminal
from clones import git
from end_to_end.repository import ROOT, copy_newsletter

README = (ROOT / "README.md").read_text(encoding="utf-8")
_, _, _WEEK = README.partition("\n## A week with it\n")
SHELL, SAMPLE = (
    re.search(rf"^```{language}\n(.*?)^```$", _WEEK, re.MULTILINE | re.DOTALL)[1] for language in ("sh", "yaml")
)


def test_the_week_works_as_written(
    dispatch: Command, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = copy_newsletter(tmp_path / "clone")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "The newsletter")
    monkeypatch.chdir(folder)
    said: dict[str, str] = {}
    issue = folder / "issues" / re.findall(r"# issues/(.*)$", SHELL, re.MULTILINE)[0]
    for line in SHELL.splitlines():
        program, *words = shlex.split(line, comments=True)
        if program == "source" or words == ["preview"]:  # it is there; the preview has no end
            continue
        if words[0] == "send":
            terminal.types("23\n")
        # The other issues are checked in tests/end_to_end.
        ran = dispatch(*words, *([str(issue)] if words == ["check"] else []))
        assert ran.code == 0, (line, ran)
        said[words[0]] = ran.stdout
        if words[0] == "new":
            assert issue.is_file()
            issue.write_text(SAMPLE, encoding="utf-8")
    assert said.keys() == {"new", "check", "diff", "test", "send", "status", "why"}
    assert said["diff"].startswith("a-bridge-is-a-promise  new  ")
    assert "accepted" in said["why"]
