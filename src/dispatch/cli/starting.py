"""What an author begins with: init, new, schema."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from dispatch.cli.terminal import say, settings, show
from dispatch.content.schema import SCHEMAS
from dispatch.starter import write_issue, write_newsletter


@click.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> None:
    """Make a new newsletter folder: settings, a first issue, a list with one subscriber.

    Files that are there already stay as they are.
    """
    for path in write_newsletter(folder):
        show(path)
    step = "" if folder == Path() else f"cd {folder} && "
    say(f"\nNext: {step}dispatch preview")


@click.command()
@click.argument("title")
@click.pass_context
def new(context: click.Context, title: str) -> None:
    """Start a new issue from its TITLE: issues/<slug>.yaml, to be filled in."""
    path = write_issue(settings(context).folder, title)
    show(os.path.relpath(path))
    say(f"\nNext: dispatch preview {path.stem}")


@click.command()
@click.argument("kind", metavar="[issue|terms]", type=click.Choice([*SCHEMAS]), default="issue")
def schema(kind: str) -> None:
    """Print the JSON Schema of issues or of terms.yaml, for editors; `dispatch new` puts them where they look."""
    show(json.dumps(SCHEMAS[kind](), ensure_ascii=False, indent=2))
