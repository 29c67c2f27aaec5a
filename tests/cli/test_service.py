"""`config show` and `completion`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.command import Command
from dispatch.cli import COMMANDS
from newsletter import configure


def test_every_setting_with_its_origin(dispatch: Command, keyed: Path, monkeypatch) -> None:
    monkeypatch.setenv("DISPATCH_DELIVERY_CONCURRENCY", "2")
    (keyed / ".env").write_text("DISPATCH_NEWSLETTER_LANGUAGE=fr\n")
    shown = dispatch("config", "show", "--json").json
    settings = {row["setting"]: (row["value"], row["origin"]) for row in shown}
    assert settings["newsletter.name"] == ("Crossings", "dispatch.yaml:2")
    assert settings["provider"] == ("outbox", "default")
    assert settings["delivery.concurrency"] == ("2", "DISPATCH_DELIVERY_CONCURRENCY in the environment")
    assert settings["newsletter.language"] == ("fr", "DISPATCH_NEWSLETTER_LANGUAGE in .env:1")
    assert settings["keys.0"][0] == "${DISPATCH_KEY}"


def test_in_columns(dispatch: Command, keyed: Path) -> None:
    shown = dispatch("config", "show")
    assert (shown.code, shown.stderr) == (0, "")
    first, *others = shown.stdout.splitlines()
    column = first.index("dispatch.yaml:2")
    assert {line.rindex("default") for line in others if line.endswith("default")} == {column}
    assert "a key for tests" not in shown.stdout


def test_a_setting_that_is_wrong_is_told_with_its_line(dispatch: Command, folder: Path) -> None:
    configure(folder, "provder: smtp\n")
    wrong = dispatch("config", "show", "--json")
    assert (wrong.code, wrong.json["error"]) == (1, "InvalidConfig")
    (problem,) = wrong.json["problems"]
    assert (problem["file"], problem["line"]) == ("dispatch.yaml", 8)
    assert wrong.stderr.startswith("dispatch.yaml:8:1: ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script(shell: str, dispatch: Command) -> None:
    script = dispatch("completion", shell)
    assert script.code == 0
    assert "_DISPATCH_COMPLETE" in script.stdout


def test_a_shell_that_is_not_known(dispatch: Command) -> None:
    assert dispatch("completion", "csh").code == 2


def complete(words: str) -> list[str]:
    """What a shell offers behind these words."""
    environ = {**os.environ, "_DISPATCH_COMPLETE": "bash_complete", "COMP_WORDS": words}
    environ["COMP_CWORD"] = str(len(words.split()) - (not words.endswith(" ")))
    done = subprocess.run(
        [sys.executable, "-m", "dispatch"], env=environ, capture_output=True, text=True, check=True, timeout=60
    )
    return [line.removeprefix("plain,") for line in done.stdout.split()]


def test_commands_and_options_are_completed() -> None:
    assert complete("dispatch s") == [name for name in COMMANDS if name.startswith("s")]
    assert "--config" in complete("dispatch --")
    assert complete("dispatch status --j") == ["--json"]
