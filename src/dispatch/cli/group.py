"""The group of all subcommands, and how their mistakes are told."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, NoReturn

import click
from click.shell_completion import CompletionItem

from dispatch import __version__
from dispatch.cli import COMMANDS, load, overview
from dispatch.errors import DispatchError


class LazyGroup(click.Group):
    """A group that knows its commands' names and help lines, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of an issue's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return the command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(load(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - a wrong line in the table
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command, or say which one was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as mistake:
            raise click.exceptions.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx) from mistake

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, without importing any."""
        named = [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    def get_help(self, ctx: click.Context) -> str:
        """The overview, which no command has to be imported for."""
        return overview().rstrip()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("-c", "--config", "config_file", metavar="FILE", help="The newsletter's dispatch.yaml.")
@click.version_option(__version__, "-V", "--version", message="dispatch %(version)s")
@click.pass_context
def cli(context: click.Context, config_file: str | None) -> None:
    """Send a newsletter from a git repository, and prove who got what."""
    context.obj = config_file


def run(arguments: list[str]) -> NoReturn:
    """Run a command and end the process with its exit code; mistakes are sentences, not tracebacks."""
    _print_whatever_the_terminal_cannot()
    try:
        code = cli.main(arguments, prog_name="dispatch", standalone_mode=False)
    except click.ClickException as mistake:
        mistake.show()
        code = mistake.exit_code
    except DispatchError as error:
        click.echo(error, err=True)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        code = 130
    except BrokenPipeError:
        # The reader of our output went away (`dispatch status | head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        click.echo(f"{error.filename or 'A file'}: {error.strerror or error}", err=True)
        click.echo("    Look at the disk and at who may read and write there, then repeat the command.", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _print_whatever_the_terminal_cannot() -> None:
    """A name in letters that the terminal's encoding lacks is no reason to stop in the middle of a mailing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
