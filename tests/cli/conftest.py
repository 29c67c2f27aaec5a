"""The command, run in this process and in a newsletter's folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.command import Command, Terminal
from dispatch.testing.smtp_server import SmtpServer
from newsletter import KEY, configure


@pytest.fixture
def dispatch(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command in `folder`, where nobody can be asked."""
    return Command(capsys)


@pytest.fixture
def terminal(dispatch: Command) -> Iterator[Terminal]:
    """Makes stdin and stderr of the command a terminal, at which somebody types."""
    with Terminal() as terminal:
        dispatch.terminal = terminal
        yield terminal


@pytest.fixture
def keyed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The newsletter's folder, with a key of its own."""
    configure(folder, 'keys: ["${DISPATCH_KEY}"]\n')
    monkeypatch.setenv("DISPATCH_KEY", KEY)
    return folder


@pytest.fixture
def mail(keyed: Path, tmp_path: Path) -> Iterator[SmtpServer]:
    """A mail server by which the newsletter is sent, without asking for the way out."""
    with SmtpServer(tmp_path / "truth") as server:
        configure(
            keyed,
            f"""\
provider: smtp
providers: {{smtp: {{host: 127.0.0.1, port: {server.port}, tls: none}}}}
unsubscribe: {{probe: false}}
delivery: {{concurrency: 1}}
""",
        )
        yield server
