"""This repository's newsletter, copied, and the installed command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("dispatch")
ISSUE = "russia-and-north-korea"

_FILES = ("dispatch.yaml", "subscribers.csv", "issues", "images", "templates")


def copy_newsletter(folder: Path) -> Path:
    """What stands in git, as a clone has it."""
    folder.mkdir(parents=True)
    for name in _FILES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copy(source, folder / name)
    return folder


def start(
    folder: Path, *arguments: str, command: Path = COMMAND, environ: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """The command in a folder, with nobody at the keyboard; the engine for proof-reading is out of it, as in most tests."""
    return subprocess.Popen(
        [command, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "DISPATCH_PROOFREADING": "off", **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], *, code: int = 0) -> tuple[str, str]:
    """Wait for its end, which must be the expected one: what stands on stdout and on stderr."""
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == code, (stdout, stderr)
    return stdout, stderr


def run(
    folder: Path,
    *arguments: str,
    code: int = 0,
    command: Path = COMMAND,
    environ: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """The command from its start to its end."""
    return finish(start(folder, *arguments, command=command, environ=environ), code=code)
