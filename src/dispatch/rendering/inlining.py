"""CSS into style attributes with premailer 3.10.0, which must leave everything else as it is."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from itertools import count
from threading import Lock
from types import ModuleType
from typing import Any

from dispatch.errors import InvalidTheme
from dispatch.rendering.html_syntax import TOKEN, comments_and_styles

_FETCHERS = ("requests", "urllib.request")


def _without_fetchers(name: str) -> Any:
    """A library that could fetch style sheets, and never may here: it gets nothing to do so with.

    What it would do so with takes twice as long to load as premailer and cssutils themselves.
    """
    absent = [each for each in _FETCHERS if each not in sys.modules]
    sys.modules.update({each: ModuleType(each) for each in absent})
    try:
        return import_module(name)
    finally:
        for each in absent:
            del sys.modules[each]


_cssutils = _without_fetchers("cssutils")
_Premailer = _without_fetchers("premailer").Premailer

# premailer has process-wide caches, one of them shared by three functions (its issues 65 and 225).
_LOCK = Lock()
_IGNORE = ' data-premailer="ignore"'

# disable_validation does not reach style attributes: cssutils would complain of every mso- and -webkit- property there,
# and look at the others with regular expressions that take longer to build than everything else that is done here.
_cssutils.log.setLevel(logging.CRITICAL)
_cssutils.profile.removeProfile(all=True)


def inline(html: str, inline_css: str, head_css: Sequence[str]) -> str:
    """mrml's HTML with `inline_css` in its style attributes and each of `head_css` in a `<style>` of its own.

    Each in its own, because a client that cannot read one rule drops the whole block around it.
    Conditional comments and style blocks come out as they went in, or it raises InvalidTheme.
    """
    whole = _with_head_css(_with_doctype(html), head_css)
    shield = _Shield(whole)
    prepared = shield.over(_ignoring_styles(whole))
    with _LOCK:
        try:
            inliner = _premailer(prepared, inline_css)
            inliner._parse_style_rules = _style_rules  # noqa: SLF001 - 3.10.0 is pinned
            result = inliner.transform(pretty_print=False)
        except Exception as error:  # premailer lets any exception of cssutils, cssselect and lxml through
            raise InvalidTheme(
                f"premailer cannot inline the CSS: {type(error).__name__}: {error}",
                remedy="look at inline.css.j2: no @-rules, no pseudo-classes, lower-case selectors",
            ) from error
    result = shield.lifted(str(result)).replace(f"<style{_IGNORE}", "<style")
    _must_be_kept(whole, result)
    return result


def _with_doctype(html: str) -> str:
    """premailer knows its doctype in capitals only, and drops any other: quirks mode (its issue 156)."""
    return re.sub(r"\A<!doctype html>", "<!DOCTYPE html>", html)


def _with_head_css(html: str, head_css: Sequence[str]) -> str:
    blocks = "".join(f'<style type="text/css">{css}</style>' for css in head_css)
    return html.replace("</head>", f"{blocks}</head>", 1)


def _ignoring_styles(html: str) -> str:
    """Outside comments premailer would take @font-face, @supports and rules that match nothing out of a style."""

    def marked(token: re.Match[str]) -> str:
        return token[0].replace("<style", f"<style{_IGNORE}", 1) if token["raw"] else token[0]

    return TOKEN.sub(marked, html)


class _Shield:
    """Keeps `<`, `>` and `&` inside quotes from libxml2, which writes two things as they stand, quotes and all.

    From `<!--` to `-->`, for server side includes, and from `&{` to `}`, for script macros that HTML 4 once foresaw
    (Appendix B.7.1): a quote in between would end the attribute, and `&amp;#65;` become an A.
    """

    def __init__(self, html: str) -> None:
        word = next(word for word in (f"zq{number}" for number in count()) if word not in html)
        self._words = {"&lt;": f"{word}ltqz", "&gt;": f"{word}gtqz", "&amp;": f"{word}ampqz"}

    def over(self, html: str) -> str:
        """The HTML with words in the place of the three, in every tag."""
        return TOKEN.sub(lambda token: self._covered(token[0]) if token["tag"] and "&" in token[0] else token[0], html)

    def lifted(self, html: str) -> str:
        """The HTML with the three again."""
        for reference, word in self._words.items():
            html = html.replace(word, reference)
        return html

    def _covered(self, tag: str) -> str:
        for reference, word in self._words.items():
            tag = tag.replace(reference, word)
        return tag


def _premailer(html: str, inline_css: str) -> Any:
    return _Premailer(
        html,
        css_text=[inline_css],
        allow_network=False,
        allow_loading_external_files=False,
        # True would take !important out of @media too, and with it the phone layout and the dark colours.
        strip_important=False,
        keep_style_tags=False,
        remove_classes=False,
        disable_validation=True,
        align_floating_images=False,
        remove_unset_properties=False,
        disable_leftover_css=True,
        # It would write width="100%" over the width in pixels that Outlook goes by.
        disable_basic_attributes=["width", "height", "align", "valign", "bgcolor"],
    )


@lru_cache(8)
def _style_rules(css: str, index: int) -> Any:
    """What premailer reads in a style sheet. The same one comes with every issue, and cssutils is slow to write it."""
    return _premailer("", "")._parse_style_rules(css, index)  # noqa: SLF001


def _must_be_kept(before: str, after: str) -> None:
    (comments, styles), (comments_after, styles_after) = map(comments_and_styles, (before, after))
    changed = [
        what
        for what, same in {
            "the doctype": after.startswith("<!DOCTYPE html>"),
            "a conditional comment": comments == comments_after,
            "a style block": styles == styles_after,
        }.items()
        if not same
    ]
    if changed:
        raise InvalidTheme(
            f"premailer changed {', '.join(changed)}", remedy="look for unusual HTML in the templates' mj-raw"
        )
