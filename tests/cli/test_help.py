"""Every command explains itself, and none imports what it does not use."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from cli.command import Command
from dispatch.cli import COMMANDS, overview
from dispatch.cli.group import cli

RENDERING = ("mjml", "premailer", "lxml", "jinja2", "PIL", "dispatch.rendering.compiler", "dispatch.rendering.theme")
WEB = ("starlette", "uvicorn", "watchfiles", "requests", "rich")
MAILINGS = ("sqlalchemy", "dispatch.delivery", "dispatch.subscribers.store")


def commands() -> Iterator[tuple[str, click.Command]]:
    """All commands, those of groups as `config show`."""
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {part}", subcommand) for part, subcommand in command.commands.items())


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_a_command_explains_itself(name: str, dispatch: Command) -> None:
    shown = dispatch(*name.split(), "--help")
    assert (shown.code, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"Usage: dispatch {name} ")
    sentence = (ALL[name].help or "").partition("\n")[0]
    assert ". " in f"{sentence} " or "example: " in sentence
    assert sentence[0].isupper()
    assert shown.stdout == dispatch(*name.split(), "-h").stdout
    assert max(map(len, shown.stdout.splitlines())) <= 100


@pytest.mark.parametrize("name", ALL)
def test_every_option_is_explained(name: str) -> None:
    for parameter in ALL[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


def test_the_overview_is_the_same_everywhere(dispatch: Command) -> None:
    assert dispatch("--help").stdout == dispatch("-h").stdout == overview()
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in overview()
        assert line.endswith(".")
        assert line in overview()
    for line in overview().splitlines():
        assert len(line) <= 80


def imported(code: str) -> set[str]:
    """The modules that are loaded once this code has run in a new process."""
    script = f"import sys\n{code}\nprint('\\n', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.rpartition("\n ")[2].split())


def test_the_overview_imports_nothing() -> None:
    loaded = imported("sys.argv = ['dispatch', '--help']\nfrom dispatch.cli import main\nmain()")
    assert not loaded & {"click", "dispatch.config", "pydantic", "rich", "dispatch.errors"}


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("dispatch.cli.checking", ("sqlite3", "ssl", "http.client", *WEB, *MAILINGS)),
        ("dispatch.cli.comparing", ("sqlite3", "ssl", "http.client", "starlette", "requests", *MAILINGS)),
        ("dispatch.cli.mailing", (*RENDERING, *WEB)),
        ("dispatch.cli.people", (*RENDERING, *WEB)),
        ("dispatch.cli.starting", (*RENDERING, *WEB, *MAILINGS)),
        ("dispatch.cli.service", (*RENDERING, *WEB, *MAILINGS)),
    ],
)
def test_a_command_imports_what_it_uses(module: str, never: tuple[str, ...]) -> None:
    assert imported(f"import {module}") & set(never) == set()


def test_what_is_imported_is_never_looked_through_for_garbage() -> None:
    code = "import gc\nfrom dispatch.cli import load\nload('dispatch.cli.group')\nassert gc.isenabled()\n"
    frozen = f"{code}assert gc.get_freeze_count() > 10_000\nassert len(gc.get_objects()) < 1_000"
    assert "click" in imported(frozen)


def test_every_light_command_is_among_them() -> None:
    homes = {name: target.partition(":")[0] for name, (target, _) in COMMANDS.items()}
    light = {
        "check",
        "diff",
        "status",
        "pause",
        "cancel",
        "settle",
        "why",
        "subscribers",
        "init",
        "new",
        "schema",
        "config",
        "completion",
    }
    assert {homes[name] for name in light} == {
        "dispatch.cli.checking",
        "dispatch.cli.comparing",
        "dispatch.cli.mailing",
        "dispatch.cli.people",
        "dispatch.cli.starting",
        "dispatch.cli.service",
    }
