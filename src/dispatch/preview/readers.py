"""As whom the author looks at an issue: somebody on the list, or nobody, in segments and with values chosen."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.content.issue import Issue
from dispatch.preview.people import Values
from dispatch.project import Project
from dispatch.rendering.readership import Readership
from dispatch.subscribers.csv_import import open_subscribers
from dispatch.subscribers.subscriber import Subscriber


@dataclass(frozen=True)
class Reader:
    """Somebody on the list, or nobody, and what the author makes up of them."""

    address: str = ""
    made_up: Values = ()  # values of merge fields, in the place of their own
    without: frozenset[str] = frozenset()  # segments of the issue that nobody is not in; they are in all others
    language: str = ""  # that nobody reads


ANYBODY = Reader()


def readers_of(project: Project, issue: Issue, person: Subscriber | None, reader: Reader) -> Readership:
    """Whose variant of an issue they get; raises NotFound, InvalidSubscribers and InvalidSegment."""
    if person is None:
        segments = tuple(name for name in issue.conditions if name not in reader.without)
        return Readership(segments, project.language_finder(issue)(reader.language))
    with open_subscribers(project.subscribers_file, project.subscribers_name) as file:
        known_fields = file.fields
    return project.sorter(issue, known_fields=known_fields).readership_of(person)
