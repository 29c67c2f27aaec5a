"""Colours as dark modes change them that ask no mail: what is bright made dark, or everything turned over."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from typing import Any

import tinycss2
from tinycss2.ast import Declaration
from tinycss2.color3 import RGBA, parse_color

from dispatch.preview.rewriting import Tag, rewrite
from dispatch.preview.simulations.css import change_sheet, change_style

# Outlook.com is described at hteumeuleu.com, "Dealing with Outlook.com's Dark Mode". No maker documents the others, and
# guides for authors disagree about Gmail: that its app on the iPhone turns everything over, and the one on Android what
# is bright, is what most of those report who test in the clients themselves.

_DARKEST, _LIGHTEST = 0.07, 0.91
"""Lightness of white and black, turned over: no dark mode goes as far as black."""

_DEFAULTS = "<style>html{background:#121212;color:#e8e8e8}a{color:#8ab4f8}</style>"
"""What a mail that says nothing of colours stands on."""

_FOR_THE_DARK = "[data-ogs"
"""In the rules that Outlook reads when it has changed the colours: these are not changed again."""

Turn = Callable[[str, RGBA], RGBA]
"""What becomes of a colour: of a ground, of ink (text), or of an edge."""


def partly_inverted(html: str) -> str:
    """Light grounds become dark and dark text becomes light; the others, edges and pictures stay."""
    return _inverted(html, _turn_what_is_bright)


def fully_inverted(html: str) -> str:
    """Every colour is turned over, light text and dark grounds too; pictures and gradients stay."""
    return _inverted(html, lambda _kind, colour: _turned(colour))


def _turn_what_is_bright(kind: str, colour: RGBA) -> RGBA:
    light = _lightness(colour) > 0.5
    return _turned(colour) if (kind == "ground" and light) or (kind == "ink" and not light) else colour


def _inverted(html: str, turn: Turn) -> str:
    def value(declaration: Declaration) -> str:
        kind = _kind(declaration.lower_name)
        return "".join(_token(token, kind, turn) for token in declaration.value)

    def tag(tag: Tag) -> Tag:
        given = tag.attributes
        if style := given.get("style"):
            tag = tag.having(style=change_style(style, value))
        attributes = {"bgcolor": "ground", "color": "ink", "text": "ink", "link": "ink"}
        colours = {name: _colour(given[name], kind, turn) for name, kind in attributes.items() if name in given}
        return tag.having(**colours)

    def sheet(css: str) -> str:
        return css if _FOR_THE_DARK in css else change_sheet(css, value)

    changed = rewrite(html, tag=tag, style=sheet)
    return changed.replace("<head>", f"<head>{_DEFAULTS}", 1)


def _kind(name: str) -> str:
    if name in ("background", "background-color"):
        return "ground"
    if name == "color":
        return "ink"
    return "edge" if name.startswith(("border", "outline")) else ""


def _token(token: Any, kind: str, turn: Turn) -> str:
    written = str(tinycss2.serialize([token]))
    if not kind or token.type not in ("hash", "ident", "function"):
        return written
    colour = parse_color(token)
    return _written(turn(kind, colour)) if isinstance(colour, RGBA) and colour.alpha else written


def _colour(written: str, kind: str, turn: Turn) -> str:
    colour = parse_color(written)
    return _written(turn(kind, colour)) if isinstance(colour, RGBA) else written


def _lightness(colour: RGBA) -> float:
    return colorsys.rgb_to_hls(colour.red, colour.green, colour.blue)[1]


def _turned(colour: RGBA) -> RGBA:
    hue, lightness, saturation = colorsys.rgb_to_hls(colour.red, colour.green, colour.blue)
    turned = _LIGHTEST - (_LIGHTEST - _DARKEST) * lightness
    return RGBA(*colorsys.hls_to_rgb(hue, turned, saturation), colour.alpha)


def _written(colour: RGBA) -> str:
    red, green, blue = (round(part * 255) for part in colour[:3])
    return f"#{red:02x}{green:02x}{blue:02x}" if colour.alpha == 1 else f"rgba({red},{green},{blue},{colour.alpha:g})"
