"""The author's desk: preview."""

from __future__ import annotations

import os

import click

from dispatch.cli.terminal import say, settings, show
from dispatch.preview.server import address_of, serve_preview
from dispatch.project import Project


@click.command()
@click.argument("issue", required=False)
@click.option(
    "--port",
    default=8400,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The first port to try; 0 takes any.",
)
@click.option("--no-open", is_flag=True, help="Do not open the browser.")
@click.option("--address", is_flag=True, help="Print the address that it has, and do not start it.")
@click.pass_context
def preview(context: click.Context, issue: str | None, port: int, no_open: bool, address: bool) -> None:
    """Show an ISSUE in the browser; it follows every change you save. Loopback only."""

    def announce(url: str) -> None:
        show(url)
        say("\nThe preview follows every change you save. Ctrl-C ends it.")

    project = context.with_resource(Project(settings(context)))
    if address:
        show(address_of(project, issue, port))
        return
    serve_preview(project, issue, environ=os.environ, port=port, open_browser=not no_open, announce=announce)
