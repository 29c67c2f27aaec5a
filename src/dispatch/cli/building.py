"""The author's command build."""

from __future__ import annotations

import os
from pathlib import Path

import click

from dispatch.cli.terminal import say, settings, show
from dispatch.project import Project
from dispatch.publishing import build_archive, build_issue, issues_by_standing


@click.command()
@click.argument("issues", metavar="[ISSUE]...", nargs=-1)
@click.option(
    "--out",
    metavar="DIR",
    default="build",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write to.",
)
@click.pass_context
def build(context: click.Context, issues: tuple[str, ...], out: Path) -> None:
    """Write each ISSUE to DIR/<slug>/ as email.html, email.txt, message.eml and web.html.

    Without ISSUE the whole archive is written: pages, pictures, feed and sitemap, ready for any web server. It holds
    what was mailed, and what is dated and not in the future.
    """
    project = context.with_resource(Project(settings(context)))
    if issues:
        read = [project.read_issue(name) for name in issues]
        written = [path for issue in read for path in build_issue(project, issue, out)]
    else:
        published, waiting = issues_by_standing(project)
        written = build_archive(project, published, out)
        for issue in waiting:
            say(f"{issue.slug} is left out: {f'it is dated {issue.date}' if issue.date else 'it has no date'}")
    for path in written:
        show(os.path.relpath(path))
