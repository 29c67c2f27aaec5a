"""What earlier issues have said: their subjects and links, read from their files without compiling any."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from dispatch.checks.evidence import EarlierIssue
from dispatch.checks.urls import same_page
from dispatch.content.issue import Issue
from dispatch.content.richtext import parse_plain
from dispatch.yaml_source import scan_yaml

_BLOCKS = re.compile(r"^(?:blocks|cover|signoff)[ \t]*:", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_URL = re.compile(r"\bhttps?://(?:[^\s<>()\[\]{}\"']|\([^\s<>(){}\"']*\))+")


class History:
    """The issues of a newsletter, each file read once for as long as it stays the same."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[tuple[int, int], EarlierIssue | None]] = {}

    def before(self, issue: Issue, files: Iterable[Path], *, today: date) -> tuple[EarlierIssue, ...]:
        """The issues among the files that are dated before this one, the newest first; without a date it is of today.

        What cannot be read is left out: its own check tells why.
        """
        own, day = Path(issue.source.file).resolve(), issue.date or today
        found = (self._issue(path) for path in files if path.resolve() != own)
        earlier = [each for each in found if each and each.date < day]
        return tuple(sorted(earlier, key=lambda each: (each.date, each.file), reverse=True))

    def _issue(self, path: Path) -> EarlierIssue | None:
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known, issue = self._read.get(path, (None, None))
            if known != stamp:
                issue = _issue_in(path)
                self._read[path] = (stamp, issue)
        except OSError:
            return None
        return issue


def _issue_in(path: Path) -> EarlierIssue | None:
    """Only the fields above the blocks are read as YAML: a hundred issues are looked through for one."""
    text = path.read_text("utf-8", errors="replace")
    blocks = _BLOCKS.search(text)
    fields = scan_yaml(text[: blocks.start()] if blocks else text, path.name).value
    if not isinstance(fields, dict):
        return None
    try:
        day = date.fromisoformat(str(fields.get("date")))
    except ValueError:
        return None
    subject = parse_plain(str(fields.get("subject") or fields.get("title") or "")).plain
    urls = (url.rstrip(".,;:!?*_`") for url in _URL.findall(_COMMENT.sub("", text)))
    return EarlierIssue(os.path.relpath(path), day, subject, frozenset(map(same_page, urls)))
