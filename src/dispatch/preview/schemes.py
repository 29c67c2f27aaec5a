"""A colour scheme that holds whatever the browser prefers."""

from __future__ import annotations

import re

_STYLE = re.compile(r"(<style\b[^>]*>)(.*?)(</style>)", re.DOTALL | re.IGNORECASE)
_SCHEME_QUERY = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)", re.IGNORECASE)
_SCHEME_PROPERTY = re.compile(r"(?<![\w-])color-scheme\s*:[^;}]*", re.IGNORECASE)
_SCHEME_META = re.compile(r'(<meta name="(?:supported-)?color-schemes?" content=")[^"]*', re.IGNORECASE)


def in_scheme(html: str, scheme: str) -> str:
    """HTML that looks as it does where `scheme` (light or dark) is preferred, whatever the browser prefers."""

    def answer(query: re.Match[str]) -> str:
        return "(min-width:0px)" if query[1].lower() == scheme else "(max-width:0px)"

    def styled(style: re.Match[str]) -> str:
        css = _SCHEME_PROPERTY.sub(f"color-scheme:{scheme}", _SCHEME_QUERY.sub(answer, style[2]))
        return f"{style[1]}{css}{style[3]}"

    return _SCHEME_META.sub(rf"\g<1>{scheme}", _STYLE.sub(styled, html))
