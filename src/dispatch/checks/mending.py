"""Fixes, where it is certain what is meant."""

from __future__ import annotations

import re
from collections.abc import Collection
from string import punctuation
from urllib.parse import unquote_plus

from dispatch.checks.check import Fix
from dispatch.checks.parts import WrittenLink
from dispatch.content.issue import Issue
from dispatch.content.richtext import Link, MergeField, RichText, parse
from dispatch.content.texts import IssueText, TextKind
from dispatch.yaml_source import CURLY_QUOTES, Edit

_WEB_ADDRESS = re.compile(r"https?://(?:[\w-]+\.)+[^\W\d_]{2,}(?::\d+)?(?:[/?#][^\s<>]*)?", re.IGNORECASE)
_MAIL_ADDRESS = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[^\W\d_]{2,}")
_DESTINATION = re.compile(r"\]\(\s*<?|<")
_END = re.compile(r">?\s*\)|>")
_WITH_SPACES = re.compile(r"\]\(((?:https?://|www\.)[^\s()<>\"'`]+(?: [^\s()<>\"'`]+)+)\)", re.IGNORECASE)
_APART = re.compile(r"\]\s(?=\((?:https?://|mailto:|www\.)[^\s()<>]+\))", re.IGNORECASE)


def replaced(issue: Issue, text: IssueText, start: int, end: int, proper: str, title: str = "") -> Fix | None:
    """The fix that writes something else for some characters of a text, where they stand in one line of the file."""
    if issue.locate(text.path, start).line != issue.locate(text.path, max(start, end - 1)).line:
        return None  # a space where lines are joined may not be meant
    return Fix(title or f"Write {proper}", (Edit(text.path, with_escape(text, start, end), end, proper),))


def with_escape(text: IssueText, start: int, end: int) -> int:
    """Where an edit of some characters begins: at the backslash before the first, where that is Markdown's.

    Without the mark behind it the backslash would be shown.
    """
    if text.kind is not TextKind.RICH or start == end or text.value[start] not in punctuation:
        return start
    before = text.value[:start]
    return start - (len(before) - len(before.rstrip("\\"))) % 2


def mended_link(issue: Issue, link: WrittenLink) -> Fix | None:
    """The fix of a link's address that has curly quotes around it, spaces in its path, only `www.`, or no `mailto:`."""
    url = RichText(link.url).plain
    mended = f"mailto:{url}" if _MAIL_ADDRESS.fullmatch(url) else _in_full(url)
    return readdressed(issue, link, mended)


def without_parameters(issue: Issue, link: WrittenLink, names: Collection[str]) -> Fix | None:
    """The fix that leaves parameters, in lower case, out of the query of a link's address."""
    address, mark, place = RichText(link.url).plain.partition("#")
    page, _, query = address.partition("?")
    kept = [each for each in query.split("&") if unquote_plus(each.partition("=")[0]).lower() not in names]
    return readdressed(issue, link, f"{page}{'?' if kept else ''}{'&'.join(kept)}{mark}{place}")


def readdressed(issue: Issue, link: WrittenLink, mended: str) -> Fix | None:
    """The fix that writes another address for a link; merge fields have to be looked after by a person."""
    if any(isinstance(part, MergeField) for part in link.url):
        return None
    start = begin = link.offset
    if link.written.kind is TextKind.RICH:
        found = _DESTINATION.search(link.written.value, begin)
        start = found.end() if found else start
    return _fix(issue, link.written, begin, start, RichText(link.url).plain, mended)


def mended_text(issue: Issue, text: IssueText, bracket: int) -> Fix | None:
    """The fix of what was not read as a link because of spaces before or in its address; its `]` stands at `bracket`."""
    if apart := _APART.match(text.value, bracket):
        return replaced(issue, text, bracket, apart.end() + 1, "](", "Delete the space between ] and (")
    found = _WITH_SPACES.match(text.value, bracket)
    begin = text.value.rfind("[", 0, bracket)
    if not found or begin < 0 or text.value[max(begin - 1, 0) : begin] in {"!", "\\"}:
        return None
    return _fix(issue, text, begin, found.start(1), found[1], _in_full(found[1]))


def _in_full(url: str) -> str:
    mended = url.strip(CURLY_QUOTES + " ").replace(" ", "%20")
    return f"https://{mended}" if mended[:4].lower() == "www." else mended


def _fix(issue: Issue, text: IssueText, begin: int, start: int, url: str, mended: str) -> Fix | None:
    """The fix of the address that a text has at `start`: it must lead to the web or to a mailbox, and the link there.

    The link begins at `begin`. It alone is read again, for there may be a thousand of them in a text.
    """
    address = _MAIL_ADDRESS if mended.startswith("mailto:") else _WEB_ADDRESS
    if mended == url or not address.fullmatch(mended.removeprefix("mailto:")):
        return None
    end = start + len(url)
    if text.value[start:end] != url:
        return None
    if text.kind is TextKind.RICH:
        closing = _END.match(text.value, end)
        read = parse(f"{text.value[begin:start]}{mended}{closing[0]}") if closing else RichText(())
        if read.problems or [RichText(node.url).plain for node in read.nodes if isinstance(node, Link)] != [mended]:
            return None
    return replaced(issue, text, start, end, mended)
