"""The web service's command: serve."""

from __future__ import annotations

import click

from dispatch.cli.terminal import say, settings
from dispatch.project import Project
from dispatch.rendering.palette import DEFAULT_ACCENT
from dispatch.web.app import create_app
from dispatch.web.server import serve as run_server


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 picks a free one.",
)
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Answer unsubscribe links at /u/, pictures at /media/, and /health, until stopped.

    Put a web server with TLS in front of it, which passes these paths on as they are.
    """
    project = context.with_resource(Project(settings(context)))
    app = create_app(
        database=project.database,
        store=project.store,
        ring=project.ring,
        media=project.media,
        newsletter=project.newsletter,
        mailings=lambda: _names(project),
        accent=project.config.theme.accent or DEFAULT_ACCENT,
    )
    run_server(app, host, port, announce=lambda url: say(f"Serving {project.config.newsletter.name} at {url}"))


def _names(project: Project) -> list[str]:
    with project.ledger.reading() as connection:
        return [mailing.name for mailing in project.ledger.mailings(connection)]
