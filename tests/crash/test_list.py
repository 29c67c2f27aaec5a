"""Killed while the list is changed: its file is whole, and the same command once more does what was asked."""

from __future__ import annotations

import json
from itertools import count, product
from pathlib import Path

import pytest

from crash.command import KILLED, Kill, Launcher
from crash.newsletter import ENVIRON, READERS, write_newsletter
from sampling import sampled

READER = READERS[4]
COMMANDS = {
    "add": ("add", "new@example.com", "--set", "first_name=New"),
    "remove": ("remove", READER),
    "suppress": ("suppress", READER),
    "forget": ("forget", READER, "--yes"),
}


def known(launcher: Launcher, folder: Path) -> tuple[bytes, object]:
    """The file, and what the database makes of it."""
    listed = launcher.run(folder, "subscribers", "list", "--json", environ=ENVIRON)
    assert listed.code == 0, listed
    return (folder / "subscribers.csv").read_bytes(), json.loads(listed.stdout)


@pytest.mark.parametrize(
    ("command", "when", "kind"), sampled(product(COMMANDS, ("before", "after"), ("commit", "rename")), every=3)
)
def test_killed_while_the_list_is_changed(
    command: str, when: str, kind: str, launcher: Launcher, tmp_path: Path
) -> None:
    def newsletter(name: str) -> Path:
        folder = write_newsletter(tmp_path / name, "outbox")
        assert launcher.run(folder, "subscribers", "import", environ=ENVIRON).code == 0
        return folder

    arguments = ("subscribers", *COMMANDS[command])
    folder = newsletter("whole")
    before = known(launcher, folder)
    assert launcher.run(folder, *arguments, environ=ENVIRON).code == 0
    after = known(launcher, folder)
    assert before != after
    for number in count(1):
        folder = newsletter(str(number))
        if launcher.run(folder, *arguments, environ=ENVIRON, kill=Kill(when, kind, number)).code != KILLED:
            break
        assert (folder / "subscribers.csv").read_bytes() in (before[0], after[0])
        launcher.run(folder, *arguments, environ=ENVIRON)
        assert known(launcher, folder) == after
