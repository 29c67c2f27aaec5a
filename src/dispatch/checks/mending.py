"""Fixes for the addresses of links, where it is certain which address is meant."""

from __future__ import annotations

import re

from dispatch.checks.check import Fix
from dispatch.checks.parts import WrittenLink
from dispatch.content.issue import Issue
from dispatch.content.richtext import MergeField, RichText, parse
from dispatch.content.texts import IssueText, TextKind
from dispatch.yaml_source import CURLY_QUOTES, Edit

_WEB_ADDRESS = re.compile(r"https?://(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#][^\s<>]*)?", re.IGNORECASE)
_DESTINATION = re.compile(r"\]\(\s*<?|<")
_WITH_SPACES = re.compile(r"\]\(((?:https?://|www\.)[^\s()<>\"'`]+(?: [^\s()<>\"'`]+)+)\)", re.IGNORECASE)


def mended_link(issue: Issue, link: WrittenLink) -> Fix | None:
    """The fix of a link whose address has curly quotes around it, spaces in its path, or only `www.` before its host."""
    url = RichText(link.url).plain
    if any(isinstance(part, MergeField) for part in link.url):
        return None
    start = link.offset
    if link.written.kind is TextKind.RICH:
        found = _DESTINATION.search(link.written.value, link.offset)
        start = found.end() if found else start
    return _fix(issue, link.written, start, url)


def mended_text(issue: Issue, text: IssueText, bracket: int) -> Fix | None:
    """The fix of what was not read as a link because of the spaces in its address; its `](` stands at `bracket`."""
    found = _WITH_SPACES.match(text.value, bracket)
    return _fix(issue, text, found.start(1), found[1]) if found else None


def _fix(issue: Issue, text: IssueText, start: int, url: str) -> Fix | None:
    """The fix of the address that a text has at `start`: it must be a web address then, and the link one to that."""
    mended = url.strip(CURLY_QUOTES + " ").replace(" ", "%20")
    if mended[:4].lower() == "www.":
        mended = f"https://{mended}"
    end = start + len(url)
    if mended == url or text.value[start:end] != url or not _WEB_ADDRESS.fullmatch(mended):
        return None
    if issue.locate(text.path, start).line != issue.locate(text.path, end - 1).line:
        return None  # a space where lines are joined may not be meant
    if text.kind is TextKind.RICH:
        read = parse(f"{text.value[:start]}{mended}{text.value[end:]}")
        if read.problems or mended not in {RichText(link.url).plain for link in read.links}:
            return None
    return Fix(f"Write {mended}", (Edit(text.path, start, end, mended),))
