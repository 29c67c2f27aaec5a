"""HTML as our tools write it, cut into tags, comments and raw elements; what is between is text."""

from __future__ import annotations

import re

_ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""

# HTML Standard §13.2.5, as far as a serialiser's output needs it. A quoted attribute may hold `>` and `<!--`, so that
# whoever looks for comments has to go from token to token.
TOKEN = re.compile(
    rf"(?P<comment><!--.*?-->|<!\[.*?\]>|<![a-z]{_ATTRIBUTES}>)"
    rf"|<(?P<raw>style|script)\b{_ATTRIBUTES}>(?P<content>.*?)</(?P=raw)\s*>"
    rf"|<(?P<close>/?)(?P<tag>[a-z][^\s/>]*)(?P<attributes>{_ATTRIBUTES})>",
    re.IGNORECASE | re.DOTALL,
)
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


def comments(html: str) -> list[str]:
    """Every comment, the conditional ones among them, in order."""
    return [token[0] for token in TOKEN.finditer(html) if token[0].startswith("<!--")]


def styles(html: str) -> list[str]:
    """The content of every style element outside comments, in order."""
    return [token["content"] for token in TOKEN.finditer(html) if (token["raw"] or "").lower() == "style"]


def unbalanced_tag(html: str) -> str | None:
    """The first tag that closes nothing or is never closed; None when all is well."""
    open_tags: list[str] = []
    for token in TOKEN.finditer(html):
        tag = (token["tag"] or "").lower()
        if not tag or tag in VOID or token["attributes"].endswith("/"):
            continue
        if not token["close"]:
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag:
            return f"</{tag}>"
    return f"<{open_tags[-1]}>" if open_tags else None
