"""How the command talks: data on stdout, talk on stderr, colour for meaning only."""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from dispatch.config import Config, load_config
from dispatch.counts import count
from dispatch.errors import DispatchError, Problem, UsageMistake
from dispatch.location import Location

_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def settings(context: click.Context, **flags: str | None) -> Config:
    """The settings around the working directory, or of the file that `-c` names; flags that were given outweigh them."""
    config_file = context.find_root().obj
    return load_config(
        Path.cwd(),
        config_file=Path(config_file) if config_file else None,
        environ=os.environ,
        overrides={key: value for key, value in flags.items() if value is not None},
    )


def say(text: object = "") -> None:
    """Talk to the person, on stderr."""
    click.echo(text, err=True)


def show(text: object = "") -> None:
    """Print data, on stdout."""
    click.echo(text)


def show_json(value: object) -> None:
    """Print data for programs, on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def json_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--json`: then what it prints on stdout is JSON and nothing else, what went wrong included.

    A command with a `--format` of its own, in `form`, takes `--format json` for the same.
    """

    @click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else there.")
    @functools.wraps(command)
    def reporting(*arguments: object, as_json: bool, **options: object) -> None:
        as_json = as_json or options.get("form") == "json"
        try:
            command(*arguments, as_json=as_json, **options)
        except DispatchError as error:
            if as_json:
                show_json({"error": type(error).__name__, "problems": list(map(_problem_as_json, error.problems))})
            raise

    return reporting


def duration(seconds: float) -> str:
    """`less than a minute`, `about 20 minutes`, `about 3 hours`."""
    if seconds < 60:
        return "less than a minute"
    if seconds < 5400:
        return f"about {count(round(seconds / 60), 'minute')}"
    return f"about {count(round(seconds / 3600), 'hour')}"


def in_zone(text: str, zone: str) -> str:
    """A text whose times, in UTC, are told as in a zone, of which each names the time it keeps: 2026-03-02 08:00:00 CET."""

    def told(found: re.Match[str]) -> str:
        with suppress(ValueError, OverflowError):  # a provider's words, say
            return datetime.fromisoformat(found[0]).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")
        return found[0]

    return text if zone == "UTC" else _TIME.sub(told, text)


def tinted(text: str, colour: str) -> str:
    """Text in a colour, which never says what the text does not; plain if NO_COLOR is set (no-color.org) or in a file."""
    return text if os.environ.get("NO_COLOR") else click.style(text, fg=colour)


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def require_person(purpose: str) -> None:
    """Raises UsageMistake where nobody can be asked."""
    if not is_terminal():
        raise UsageMistake("nobody can be asked here", remedy=f"Add --yes to {purpose} without a question.")


def ask(question: str) -> str:
    """What the person types. click.prompt() would put a space on stdout, which may be a file of data."""
    click.echo(f"{question}: ", nl=False, err=True)
    answer = sys.stdin.readline()
    if not answer:  # Ctrl-D
        raise click.Abort
    return answer.strip()


def confirm(question: str, purpose: str) -> None:
    """Go on only if the person says yes; raises DispatchError, and UsageMistake where nobody can be asked."""
    require_person(purpose)
    if ask(f"{question} [y/N]").lower() not in {"y", "yes"}:
        raise DispatchError("Nothing was changed.")


def _problem_as_json(problem: Problem) -> dict[str, str | int]:
    place = problem.location or Location("")
    return {
        "message": problem.message,
        "remedy": problem.remedy,
        "file": place.file,
        "line": place.line,
        "column": place.column,
    }
