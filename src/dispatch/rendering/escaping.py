"""Every place in a mail has its own way to be kept from meaning something else: escapers by context."""

from __future__ import annotations

import re
from html import escape as escape_html
from urllib.parse import quote, urlsplit

import idna

from dispatch.rendering.compiled import Context
from dispatch.rendering.legible import LONGEST_VALUE, legible_value

SCHEMES = frozenset({"https", "http", "mailto", "tel"})
REFUSED_URL = "#"
"""What stands in the place of a URL with any other scheme, or none."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
# RFC 3986 §2.2 and §2.3, and the percent sign: what may stand in a URL as it is. Square brackets only fit an IPv6 host.
_URL_CHARACTERS = "!#$%&'()*+,-./:;=?@[]_~"

# Most values need no escaping but for an address in a URL, and to see that costs a tenth of it. `\w` knows no control, no invisible character and
# nothing that turns the reading direction.
_WORDS = re.compile(rf"[\w .,@/:-]{{0,{LONGEST_VALUE}}}")
_HARMLESS: dict[Context, re.Pattern[str]] = {
    Context.TEXT: _WORDS,
    Context.ATTRIBUTE: _WORDS,
    Context.PLAIN: _WORDS,
    Context.HEADER: _WORDS,
    Context.URL: re.compile(rf"https?://[A-Za-z0-9./_~-]{{0,{LONGEST_VALUE - 8}}}"),
    Context.URL_PART: re.compile(rf"[A-Za-z0-9._~@-]{{0,{LONGEST_VALUE}}}"),
}


def escape(value: str, context: Context) -> str:
    """The value so that it reads the same in its context, and is nothing but text there."""
    if _HARMLESS[context].fullmatch(value):
        return value.replace("@", "%40") if context is Context.URL_PART else value
    return _escaped_with_care(value, context)


def _escaped_with_care(value: str, context: Context) -> str:
    value = legible_value(value)
    match context:
        case Context.TEXT | Context.ATTRIBUTE:
            return escape_html(value)
        case Context.URL:
            return escape_html(safe_url(value))
        case Context.URL_PART:
            return quote(value, safe="")
        case Context.PLAIN | Context.HEADER:
            return value


def safe_url(url: str) -> str:
    """The URL in US-ASCII (RFC 3987 §3.1), or `#` when its scheme is not one of `SCHEMES`."""
    url = url.strip()
    scheme = _SCHEME.match(url)
    if not scheme or scheme[1].lower() not in SCHEMES:
        return REFUSED_URL
    if url.isascii():
        return quote(url, safe=_URL_CHARACTERS)
    return quote(_with_ascii_host(url), safe=_URL_CHARACTERS)


def _with_ascii_host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
        return url if host.isascii() else url.replace(host, idna.encode(host, uts46=True).decode(), 1)
    except ValueError:  # not a host at all (idna.IDNAError is one too): percent-encoded like the rest
        return url
