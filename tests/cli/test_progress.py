"""The real command at a real terminal: the number is asked for, the bar moves, a wrong number sends nothing."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Self

import pytest

from cli.command import Command
from dispatch.testing.smtp_server import SmtpServer
from newsletter import MAILABLE

COLUMNS = 80

# Makes the terminal its own first, so that the character 3 is a Ctrl-C (tty_ioctl(4)).
COMMAND = """\
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from dispatch.cli import main
main()
"""


class Session:
    """The command in a process of its own, at a terminal of 80 columns."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        self._master, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, *arguments],
            cwd=folder,
            env={**os.environ, "TERM": "xterm", **environ},
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)
        self.screen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def wait_for(self, text: str) -> None:
        """Read until it is shown."""
        while text not in self.screen:
            assert self._read(), f"{text} was never shown: {self.screen}"

    def type(self, text: str) -> None:
        """As if somebody typed it now."""
        os.write(self._master, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C until it is heard: Python misses one that comes just before it begins to read."""
        self.type("\x03")
        while "Interrupted." not in self.screen:
            if not select.select([self._master], [], [], 2)[0]:
                self.type("\x03")
            elif not self._read():
                return

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        return self._process.wait()

    def _read(self) -> bool:
        try:
            chunk = os.read(self._master, 4096)
        except OSError:  # EIO: the process has let go of the terminal (pty(7))
            return False
        self.screen += chunk.decode(errors="replace")
        return bool(chunk)


@pytest.fixture
def slow_mail(mail: SmtpServer) -> SmtpServer:
    mail.latency = 0.05
    return mail


def test_the_right_number_and_the_bar(slow_mail: SmtpServer, keyed: Path) -> None:
    with Session(keyed, "send", "bridge") as session:
        session.wait_for("Type 3 to send: ")
        assert not slow_mail.truth.entries()
        session.type("3\n")
        assert session.end() == 0
        shown = session.screen
    assert sorted(entry["recipient"] for entry in slow_mail.truth.entries()) == MAILABLE
    assert "\x1b[32mfinished\x1b[0m" in shown
    bar = [line for line in re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)) if "━" in line]
    assert bar
    assert "3/3" in bar[-1]
    assert "accepted 3" in bar[-1]
    assert max(map(len, bar)) <= COLUMNS


def test_a_wrong_number_and_ctrl_c(dispatch: Command, slow_mail: SmtpServer, keyed: Path) -> None:
    with Session(keyed, "send", "bridge", NO_COLOR="1") as session:
        session.wait_for("Type 3 to send: ")
        session.type("33\n")
        assert session.end() == 1
        assert "\x1b" not in session.screen
    with Session(keyed, "send", "bridge") as session:
        session.wait_for("Type 3 to send: ")
        session.interrupt()
        assert session.end() == 130
        assert "Interrupted." in session.screen
    assert not slow_mail.truth.entries()
    assert "There is no mailing" in dispatch("status").stderr
