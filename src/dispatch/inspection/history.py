"""What earlier issues have said: their subjects, links and names, read from their files without compiling any."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from dispatch.checks.evidence import EarlierIssue
from dispatch.checks.urls import same_page
from dispatch.content.issue import Issue
from dispatch.content.richtext import parse_plain
from dispatch.issue_files import Head


class History:
    """The issues of a newsletter, each looked at once for as long as it stays the same."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[Head, EarlierIssue | None]] = {}

    def before(self, issue: Issue, heads: Iterable[tuple[Path, Head]], *, today: date) -> tuple[EarlierIssue, ...]:
        """The issues that are dated before this one, by their files, the newest first; without a date it is of today.

        What cannot be read is left out: its own check tells why.
        """
        own, day = Path(issue.source.file).resolve(), issue.date or today
        found = (self._issue(path, head) for path, head in heads if path.resolve() != own)
        earlier = [each for each in found if each and each.date < day]
        return tuple(sorted(earlier, key=lambda each: (each.date, each.file), reverse=True))

    def _issue(self, path: Path, head: Head) -> EarlierIssue | None:
        known, issue = self._known.get(path, (None, None))
        if known is not head:
            issue = _issue_of(path, head)
            self._known[path] = (head, issue)
        return issue


def _issue_of(path: Path, head: Head) -> EarlierIssue | None:
    try:
        day = date.fromisoformat(str(head.fields.get("date")))
    except ValueError:
        return None
    subject = parse_plain(str(head.fields.get("subject") or head.fields.get("title") or "")).plain
    return EarlierIssue(os.path.relpath(path), day, subject, frozenset(map(same_page, head.urls)), head.names)
