"""The messages of the measured issue, as a mailing would have them."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.newsletter import ISSUE
from dispatch.messages.message import Recipient
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate
from dispatch.project import Project
from dispatch.sending import template_of

DATE = datetime(2026, 3, 2, 8, tzinfo=UTC)


def template(project: Project) -> MessageTemplate:
    """What a mailing of the issue would freeze."""
    compiled = project.compile(project.read_issue(ISSUE), embed=False)
    return template_of(project, compiled, f"{ISSUE}.1", "0" * 32, project.ring)


def personalizer(project: Project) -> Personalizer:
    """Who writes its messages."""
    return Personalizer(template(project), project.ring)


def reader(position: int) -> Recipient:
    """One of its readers."""
    address = f"reader.{position}@example.org"
    values = {"first_name": "Reader", "city": "Göteborg", "email": address, "name": f"Reader Number {position}"}
    return Recipient(position, f"{position:032x}", address, values["name"], values=values)
