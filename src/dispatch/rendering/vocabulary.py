"""The MJML and HTML that a theme may use: what mrml 6.0.1 renders faithfully and what mail clients show."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Element:
    """What an element may have and hold."""

    attributes: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    text: bool = False  # may hold text of its own


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PADDING = _names("padding padding-top padding-right padding-bottom padding-left")
_BORDER = _names("border border-top border-right border-bottom border-left border-radius")
_BACKGROUND = _names("background-color background-url background-size background-repeat background-position")
_FONT = _names("color font-family font-size font-style font-weight letter-spacing line-height")
_LINK = _names("href target rel")
_ANY = _names("css-class mj-class")

# HTML that mj-text, mj-button, mj-table and mj-raw may hold.
_PHRASING = _names("a abbr b br cite code del em i img q s small span strong sub sup u")
_FLOW = _PHRASING | _names("blockquote div h1 h2 h3 h4 h5 h6 hr ol p table ul")
_HTML_ATTRIBUTES = _names("align class dir id lang role style title")


def _html(children: frozenset[str] = frozenset(), attributes: str = "", *, text: bool = True) -> Element:
    return Element(_HTML_ATTRIBUTES | _names(attributes), children=children, text=text)


_HTML = {
    **dict.fromkeys(_PHRASING, _html(_PHRASING)),
    **dict.fromkeys(_names("p h1 h2 h3 h4 h5 h6"), _html(_PHRASING)),
    **dict.fromkeys(_names("blockquote div"), _html(_FLOW, "width")),
    # libxml2, which premailer parses with, tears a table out of a link.
    "a": _html(_PHRASING - {"a"}, "href target rel name"),
    "br": _html(text=False),
    "hr": _html(text=False),
    "img": Element(_HTML_ATTRIBUTES | _names("src alt width height border"), _names("src alt"), text=False),
    "ul": _html(_names("li"), text=False),
    "ol": _html(_names("li"), "start type", text=False),
    "li": _html(_FLOW),
    "table": _html(_names("caption thead tbody tr"), "border cellpadding cellspacing width bgcolor", text=False),
    "caption": _html(_PHRASING),
    **dict.fromkeys(_names("thead tbody"), _html(_names("tr"), text=False)),
    "tr": _html(_names("th td"), "valign", text=False),
    **dict.fromkeys(_names("th td"), _html(_FLOW, "colspan rowspan scope valign width height bgcolor")),
    "meta": Element(_names("name content"), _names("name content")),
}

_CONTENT = _names("mj-text mj-image mj-button mj-divider mj-spacer mj-table mj-raw")
_COMPONENTS = {
    "mj-wrapper": Element(
        _ANY | _BACKGROUND | _BORDER | _PADDING | _names("full-width text-align"), children=_names("mj-section mj-raw")
    ),
    "mj-section": Element(
        _ANY | _BACKGROUND | _BORDER | _PADDING | _names("direction full-width text-align"),
        children=_names("mj-column mj-group mj-raw"),
    ),
    "mj-group": Element(
        _ANY | _names("background-color direction vertical-align width"), children=_names("mj-column mj-raw")
    ),
    "mj-column": Element(
        _ANY | _BORDER | _PADDING | _names("background-color direction vertical-align width"), children=_CONTENT
    ),
    "mj-text": Element(
        _ANY | _FONT | _PADDING | _names("align container-background-color height text-decoration text-transform"),
        children=_FLOW,
        text=True,
    ),
    # Left to itself, mrml works out a width with decimals, and Outlook shows the picture in its natural size.
    "mj-image": Element(
        _ANY | _LINK | _PADDING | _names("align alt border-radius container-background-color fluid-on-mobile")
        | _names("font-size height src title width"),
        _names("src alt width"),
    ),
    "mj-button": Element(
        _ANY | _LINK | _BORDER | _FONT | _PADDING
        | _names("align background-color container-background-color height inner-padding text-align text-decoration")
        | _names("text-transform vertical-align width"),
        _names("href"),
        children=_PHRASING - {"a"},
        text=True,
    ),
    "mj-divider": Element(
        _ANY | _PADDING | _names("align border-color border-style border-width container-background-color width")
    ),
    "mj-spacer": Element(_ANY | _names("height container-background-color")),
    "mj-table": Element(
        _ANY | _FONT | _PADDING
        | _names("align border cellpadding cellspacing container-background-color table-layout width"),
        children=_names("caption thead tbody tr"),
    ),
}  # fmt: skip
_DEFAULTS = frozenset(name for element in _COMPONENTS.values() for name in element.attributes) | _names(
    "align direction"
)

ELEMENTS: dict[str, Element] = {
    **_HTML,
    **_COMPONENTS,
    "mjml": Element(_names("lang dir"), _names("lang dir"), _names("mj-head mj-body")),
    "mj-head": Element(children=_names("mj-title mj-attributes mj-breakpoint mj-raw")),
    "mj-title": Element(text=True),
    "mj-breakpoint": Element(_names("width"), _names("width")),
    "mj-attributes": Element(children=_names("mj-all mj-class") | frozenset(_COMPONENTS)),
    "mj-all": Element(_DEFAULTS),
    "mj-class": Element(_DEFAULTS | {"name"}, _names("name")),
    "mj-body": Element(_names("background-color css-class width"), children=_names("mj-wrapper mj-section mj-raw")),
    "mj-raw": Element(children=_FLOW | {"meta"}, text=True),
}

HTML_VOID = _names("br hr img meta")

BANNED: dict[str, str] = {
    "mj-include": "use Jinja2's {% include %}: mjml-python loses the column's width inside mj-include",
    "mj-style": "write it in inline.css.j2 or head.css.j2: mjml-python neither inlines nor decodes mj-style",
    "mj-html-attributes": "write the attributes where they belong: mjml-python cannot read mj-html-attributes",
    "mj-font": "name a font of the system: mail clients do not load others, and loading one tells who reads",
    "mj-preview": "leave it to email.mjml.j2: spam filters take mj-preview's white text for a trick",
}
"""Elements that mrml 6.0.1 or mail clients get wrong, and what to do instead."""


@dataclass(frozen=True)
class ValueRule:
    """What the value of some attributes must look like."""

    names: re.Pattern[str]
    pattern: re.Pattern[str]
    remedy: str


# `padding="0 25px"` makes mrml forget the whole shorthand in its widths, and so do % and em.
VALUE_RULES = (
    ValueRule(
        re.compile(r"(inner-)?padding(-\w+)?"), re.compile(r"\d+px( \d+px){0,3}"), "write pixels, also for 0: 0px"
    ),
    ValueRule(re.compile(r"align|text-align"), re.compile("left|right|center|justify"), "write left, right or center"),
    ValueRule(re.compile("direction|dir"), re.compile("ltr|rtl|auto"), "write ltr or rtl"),
    ValueRule(re.compile(r"(\w+-)*color"), re.compile("#[0-9a-fA-F]{6}"), "write six hex digits: #1c1b1a"),
    ValueRule(re.compile("font-size|height"), re.compile(r"\d+px|auto"), "write pixels: 17px"),
    ValueRule(re.compile("line-height"), re.compile(r"\d+px|\d+%|\d(\.\d+)?"), "write pixels: 28px"),
    ValueRule(re.compile("width"), re.compile(r"\d+px|\d+%"), "write whole pixels: 552px"),
)
