"""Conditional comments: what Outlook on Windows sees, and what all others do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from dispatch.rendering.html_syntax import TOKEN

_FOR_OUTLOOK = re.compile(r"<!--\[if (?!!)[^\]]*\]>(.*?)<!\[endif\]-->", re.DOTALL)
_OTHERS_BEGIN, _OTHERS_END = "<!--[if !mso]><!-->", "<!--<![endif]-->"


class SeenBy(StrEnum):
    """By whom a stretch of HTML is read."""

    ALL = "all"
    OUTLOOK = "outlook"  # on Windows, by Word's engine
    OTHERS = "others"


def stretches(html: str) -> Iterator[tuple[SeenBy, str]]:
    """All of the HTML in order, without comments, and by whom each stretch is read."""
    end, seen_by = 0, SeenBy.ALL
    for token in TOKEN.finditer(html):
        if not token["comment"] or token[0][:9].lower() == "<!doctype":
            continue
        yield seen_by, html[end : token.start()]
        opened = _FOR_OUTLOOK.fullmatch(token[0])
        if opened:
            yield SeenBy.OUTLOOK, opened[1]
        elif token[0] == _OTHERS_BEGIN:
            seen_by = SeenBy.OTHERS
        elif token[0] == _OTHERS_END:
            seen_by = SeenBy.ALL
        end = token.end()
    yield seen_by, html[end:]


def outlook_view(html: str) -> str:
    """The HTML as Word's engine reads it: its comments opened, what is for others left out."""
    return "".join(stretch for seen_by, stretch in stretches(html) if seen_by is not SeenBy.OTHERS)
