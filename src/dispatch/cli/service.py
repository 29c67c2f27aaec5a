"""The operator's commands: config, completion."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from dispatch.cli.terminal import json_option, settings, show, show_json


@click.group()
def config() -> None:
    """Show the settings of dispatch.yaml, and where each comes from."""


@config.command("show")
@json_option
@click.pass_context
def show_settings(context: click.Context, as_json: bool) -> None:
    """Print every setting with its value and its origin; secrets are masked."""
    rows = settings(context).as_table()
    if as_json:
        show_json([{"setting": name, "value": value, "origin": origin} for name, value, origin in rows])
        return
    name_width = max(len(name) for name, _, _ in rows)
    value_width = min(60, max(len(value) for _, value, _ in rows))
    for name, value, origin in rows:
        show(f"{name:<{name_width}}  {value:<{value_width}}  {origin}")


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script for SHELL, for example: dispatch completion bash >> ~/.bashrc"""
    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101 - one of the three above
    show(complete(context.find_root().command, {}, "dispatch", "_DISPATCH_COMPLETE").source())
