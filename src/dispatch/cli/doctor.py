"""The operator's command doctor."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from itertools import groupby
from textwrap import wrap

import click

from dispatch.cli.terminal import json_option, say, settings, show, show_json, tinted
from dispatch.counts import count
from dispatch.doctor import BEYOND, HERE
from dispatch.doctor.case import Case
from dispatch.doctor.examination import Observation, Verdict, examine
from dispatch.inspection.dns import Resolver
from dispatch.project import Project

SECONDS = 8.0
"""How long all of it may take; others are waited for at the same time."""

COLOURS = {Verdict.OK: "green", Verdict.SKIPPED: "bright_black", Verdict.WARNING: "yellow", Verdict.ERROR: "red"}
_VERDICT, _NAME = 9, 14  # columns
_INDENT = " " * (_VERDICT + _NAME)


@click.command()
@click.option("--strict", is_flag=True, help="Let warnings fail as well.")
@click.option("--offline", is_flag=True, help="Ask nobody: neither provider nor web service nor DNS.")
@click.option("--provider", metavar="P", help="Instead of the one in dispatch.yaml.")
@click.option("--selector", metavar="S", help="Where the DKIM key is published: s= in a DKIM-Signature.")
@json_option
@click.pass_context
def doctor(
    context: click.Context, strict: bool, offline: bool, provider: str | None, selector: str | None, as_json: bool
) -> None:
    """Look whether everything is in place for a mailing. Sends nothing, changes nothing.

    Exit 1 if something is wrong. What has to be published in the DNS is printed ready to be copied.
    """
    began = time.monotonic()
    config = settings(context, provider=provider, dkim_selector=selector)
    case = Case.of(Project(config), resolver=system_resolver())
    seen: list[Observation] = []
    with closing(case):
        observations = examine(case, HERE, BEYOND, seconds=SECONDS - (time.monotonic() - began), offline=offline)
        for _, alike in groupby(observations, key=_skipped_for):
            group = list(alike)
            seen += group
            if not as_json:
                _show(group)
    errors = sum(observation.verdict is Verdict.ERROR for observation in seen)
    warnings = sum(observation.verdict is Verdict.WARNING for observation in seen)
    if as_json:
        show_json(
            {"observations": [asdict(observation) for observation in seen], "errors": errors, "warnings": warnings}
        )
    else:
        say(f"\n{count(errors, 'error')}, {count(warnings, 'warning')}.")
    context.exit(1 if errors or (strict and warnings) else 0)


def system_resolver() -> Resolver:
    """Who is asked about the DNS: the name servers of this machine."""
    return Resolver()


def _skipped_for(observation: Observation) -> object:
    """What makes neighbours be told in one: the same reason for not being looked at."""
    return observation.message if observation.verdict is Verdict.SKIPPED else object()


def _show(alike: Sequence[Observation]) -> None:
    first = alike[0]
    verdict = tinted(f"{first.verdict:<{_VERDICT}}", COLOURS[first.verdict])
    names = ", ".join(observation.examination for observation in alike)
    text = [first.message, first.hint]
    if len(alike) > 1:
        show(f"{verdict}{names}")
    else:
        show(f"{verdict}{names:<{_NAME}}{_wrapped(text.pop(0))}")
    for line in filter(None, text):
        show(f"{_INDENT}{_wrapped(line)}")
    if first.record:
        show(f"{_INDENT}{first.record}")  # on one line, whatever the terminal: it is there to be copied


def _wrapped(text: str) -> str:
    """Broken where the terminal ends; as it is where it goes to a file."""
    if not sys.stdout.isatty():
        return text
    width = max(40, shutil.get_terminal_size().columns - len(_INDENT))
    return f"\n{_INDENT}".join(wrap(text, width, break_long_words=False, break_on_hyphens=False))
