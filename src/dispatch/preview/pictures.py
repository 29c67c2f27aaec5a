"""The mail where no picture is loaded: alt texts in their places, and no address left that leads to one."""

from __future__ import annotations

import re

from dispatch.preview.rewriting import Tag, rewrite

_URL = re.compile(r"""url\(\s*(?:"[^"]*"|'[^']*'|[^)]*)\s*\)""", re.IGNORECASE)


def without_pictures(html: str) -> str:
    """HTML that names no picture: neither in elements and attributes, nor in style sheets."""
    return rewrite(html, tag=_bare, style=_without_urls)


def _bare(tag: Tag) -> Tag | None:
    if tag.name == "source":
        return None
    if tag.name in ("img", "input") and "src" in tag.attributes:
        tag = tag.having(src="")  # fails without a request, as a blocked picture does
    if style := tag.attributes.get("style"):
        tag = tag.having(style=_without_urls(style))
    return tag.having(srcset=None, background=None, poster=None)


def _without_urls(css: str) -> str:
    return _URL.sub("none", css)
