"""How the command talks: data on stdout, talk on stderr."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from dispatch.project import Project


def open_project(context: click.Context) -> Project:
    """The newsletter around the working directory, or the one that `-c` names."""
    config_file = context.find_root().obj
    return Project.open(Path.cwd(), config_file=Path(config_file) if config_file else None, environ=os.environ)


def say(text: object = "") -> None:
    """Talk to the person, on stderr."""
    click.echo(text, err=True)


def count(number: int, noun: str) -> str:
    """`1 issue`, `2 issues`, `1,234 recipients`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
