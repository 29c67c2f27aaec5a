"""Whatever goes wrong is a sentence and an exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.command import Command
from dispatch import __version__


def test_the_version(dispatch: Command) -> None:
    assert dispatch("--version").stdout == dispatch("-V").stdout == f"dispatch {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["sned"], "send"),
        (["send"], "Missing argument 'ISSUE'"),
        (["send", "bridge", "--yess"], "--yes"),
        (["send", "bridge", "--limit", "0"], "--limit"),
        (["status", "a", "b"], "unexpected extra argument"),
        (["subscribers", "ad"], "add"),
        (["--wrong"], "--wrong"),
    ],
)
def test_a_wrong_command_line_is_usage(arguments: list[str], says: str, dispatch: Command) -> None:
    ended = dispatch(*arguments)
    assert (ended.code, ended.stdout) == (2, "")
    assert says in ended.stderr


class Impatient:
    """A keyboard at which Ctrl-C is pressed."""

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        raise KeyboardInterrupt


def test_ctrl_c_before_anything_is_frozen(dispatch: Command, terminal, project) -> None:
    terminal.stdin.close()
    terminal.stdin = Impatient()
    terminal.stdin.close = lambda: None
    assert dispatch("send", "bridge").code == 130
    assert terminal.said().endswith("Interrupted.\n")
    with project.ledger.reading() as connection:
        assert project.ledger.mailings(connection) == []


def python(code: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run some Python in a process of its own."""
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        encoding="latin-1",
        check=False,
        timeout=60,
    )


def test_letters_that_the_terminal_lacks(folder: Path) -> None:
    config = folder / "dispatch.yaml"
    config.write_text(config.read_text().replace("name: Crossings", "name: Łódź"))
    code = "from dispatch.cli.group import run; run(['config', 'show'])"
    shown = python(code, folder, PYTHONIOENCODING="latin-1")
    assert shown.returncode == 0
    assert "\\u0141ód\\u017a" in shown.stdout


def test_a_reader_who_goes_away(folder: Path) -> None:
    command = f"{sys.executable} -m dispatch schema | true; echo ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stderr == ""
    assert ended.stdout.strip() in ("0", "1")
