"""HTML as our tools write it, cut into tags, comments and raw elements; what is between is text."""

from __future__ import annotations

import re

# Possessive: nothing in it could end elsewhere, and whoever never tries goes through a mail in half the time.
_ATTRIBUTES = r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+"""

# HTML Standard §13.2.5, as far as a serialiser's output needs it. A quoted attribute may hold `>` and `<!--`, so that
# whoever looks for comments has to go from token to token.
TOKEN = re.compile(
    rf"<(?:(?P<comment>!--.*?--|!\[.*?\]|![A-Za-z]{_ATTRIBUTES})"
    rf"|(?P<raw>(?i:style|script))\b{_ATTRIBUTES}>(?P<content>.*?)</(?i:(?P=raw))\s*"
    rf"|(?P<close>/?)(?P<tag>[A-Za-z][^\s/>]*)(?P<attributes>{_ATTRIBUTES}))>",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


def comments(html: str) -> list[str]:
    """Every comment, the conditional ones among them, in order."""
    return comments_and_styles(html)[0]


def comments_and_styles(html: str) -> tuple[list[str], list[str]]:
    """Every comment, the conditional ones among them, and the content of every style element outside; each in order."""
    comments, styles = [], []
    for token in TOKEN.finditer(html):
        if token["comment"]:
            comments.append(token[0])
        elif token["raw"] and token["raw"].lower() == "style":
            styles.append(token["content"])
    return [comment for comment in comments if comment.startswith("<!--")], styles


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
