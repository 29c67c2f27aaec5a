"""The messages of the measured issue, as a mailing would have them."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.newsletter import ISSUE
from dispatch.messages.message import Recipient
from dispatch.messages.personalize import Personalizer
from dispatch.messages.template import MessageTemplate
from dispatch.project import Project
from dispatch.rendering.readership import EVERYBODY

DATE = datetime(2026, 3, 2, 8, tzinfo=UTC)


def template(project: Project) -> MessageTemplate:
    """What a mailing of the issue would freeze."""
    compiled = project.compile(project.read_issue(ISSUE), embed=False)
    return project.message_template({EVERYBODY: compiled}, f"{ISSUE}.1", "0" * 32, project.ring)


def personalizer(project: Project) -> Personalizer:
    """Who writes its messages."""
    return Personalizer(template(project), project.ring)


_FIRST_NAMES = ("Ada", "Amara", "Benedict", "Seán", "Zoë", "Li", "Kim", "Robin", "Joy", "D'Arcy")
_CITIES = ("Lagos", "Göteborg", "Dakar", "Cork", "Köln", "Trois-Rivières", "Northtown")


def reader(position: int) -> Recipient:
    """One of its readers: addresses and full names are everybody's own, first names and cities recur."""
    address, first_name = f"reader.{position}@example.org", _FIRST_NAMES[position % len(_FIRST_NAMES)]
    values = {
        "first_name": first_name,
        "city": _CITIES[position % len(_CITIES)],
        "email": address,
        "name": f"{first_name} Reader {position}",
    }
    return Recipient(position, f"{position:032x}", address, values["name"], values=values)


def everybodys_values(people: int) -> list[dict[str, str]]:
    """The values of so many readers, with links of their own as a mailing has them."""
    return [
        {
            **reader(position).values,
            "unsubscribe_url": f"https://crossings.example/u/{position:086d}",
            "view_online_url": "https://crossings.example/long-read/",
        }
        for position in range(1, people + 1)
    ]
