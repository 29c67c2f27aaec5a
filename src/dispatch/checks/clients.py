"""Whether the mail clients of the audience show what the templates ask of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import TypeVar

import tinycss2
from tinycss2.color3 import parse_color

from dispatch.checks.check import CheckFunction, Finding, error, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.features import Element, StyleBlock, Use, url_of
from dispatch.checks.readers import clients_of
from dispatch.checks.support import Feature, client_names, features
from dispatch.content.issue import block_name
from dispatch.location import Location
from dispatch.rendering.marks import Mark
from dispatch.rendering.outlook import SeenBy

A_PART = 0.05
"""Of the audience: whoever has fewer readers without a feature need not hear of it."""

_OUTLOOK = "outlook/windows"
Key = TypeVar("Key", bound=Hashable)

BREAKING: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("value display flex", "value display inline-flex", "value display grid", "value display inline-grid"),
        ("the boxes stand below each other in Outlook on Windows", "Use mj-section with mj-column, or a table."),
    ),
    **dict.fromkeys(
        ("value position absolute", "value position fixed", "value position sticky"),
        ("Gmail and Outlook leave the box in its place", "Use a table, or an mj-section with padding."),
    ),
    "function var": ("where variables are unknown, nothing is left of the declaration", "Write the value itself."),
    "at-rule import": ("Gmail, Yahoo and most others do not load it", "Write the rules in head.css.j2 itself."),
    "link data": ("Gmail does not show it", "Put the picture in `images/` and name it in the issue."),
    **dict.fromkeys(
        ("image svg", "image webp", "image avif", "image heif", "image tiff", "image apng"),
        ("Gmail or Outlook on Windows does not show it", "Save it as PNG or JPEG."),
    ),
    **dict.fromkeys(
        ("element script", "element iframe", "element object", "element embed", "element base", "element link"),
        ("most mail clients take it out", "Leave it out of a mail."),
    ),
    **dict.fromkeys(
        ("element form", "element input", "element select", "element textarea", "element button", "element dialog"),
        ("it does not work in Outlook on Windows, nor in many others", "Link to a page that asks."),
    ),
    **dict.fromkeys(
        ("element video", "element audio"), ("few clients play it", "Show a picture that links to the page with it.")
    ),
}
"""What must not go out, whoever reads it: feature → what happens, and what to do. Not held against a `<style>` block,
but for @import: whoever does not know a rule there passes over it, and the style attributes hold."""

DEGRADES: Mapping[str, str] = {
    # What is in a <style> only adds to what the style attributes say.
    "html-style css-at-media css-at-media-.* css-at-supports css-important": "the style attributes hold",
    "css-selector-.* css-pseudo-.*": "the rule is passed over, and the style attributes hold",
    "html-meta-color-scheme css-color-scheme css-function-light-dark": "the mail stays light",
    # What only makes it finer.
    "css-border-radius css-box-shadow css-text-shadow css-opacity css-mix-blend-mode": "corners, shadows: plainer",
    "css-transition css-animation css-at-keyframes css-cursor css-user-select css-resize": "nothing moves",
    "css-hyphens css-hyphenate-.* css-word-break css-overflow-wrap css-word-wrap css-orphans css-widows": "lines break",
    "css-text-decoration.* css-text-underline-.* css-text-emphasis.* css-text-wrap css-text-justify": "plainer text",
    "css-white-space": "a line breaks where it need not",
    "css-font-kerning css-font-size-adjust css-font-stretch css-sytem-ui css-accent-color css-tab-size": "plainer text",
    "css-outline css-outline-offset css-list-style.* css-white-space-collapse": "plainer",
    # What mrml writes with a fallback beside it, for Outlook in attributes or in conditional comments.
    "css-max-width css-min-width css-max-height css-height css-width html-height html-width": "Outlook's table is fixed",
    "css-direction css-table-layout css-border-spacing css-overflow css-display-none css-visibility": "mso-hide, tables",
    "css-background-size css-background-position css-background-repeat css-background-image": "the colour behind it",
    # What is only heard, or helps to read.
    "html-aria-.* html-role html-lang html-dir html-target html-semantics html-address html-abbr": "read as plain text",
    "html-acronym html-bdi html-code html-del html-dfn html-small html-strike html-wbr html-ruby html-r[pt]": "plain text",
    "html-anchor-links html-mailto-links html-loading-attribute html-hidden": "the reader scrolls, copies or waits",
}
"""What may be missing, and what is seen then: patterns of caniemail's names, separated by spaces."""


def unsupported_feature(evidence: Evidence) -> Iterator[Finding]:
    """A template uses something that the mail clients of a part of the audience do not know.

    Counted are people whose client lacks it according to caniemail.com (data of 2026-05-13), from 5 % of the audience;
    what is supported in part counts as supported. Which clients they read with is estimated from the domains of their
    addresses. What degrades well is left alone: without it the mail is plainer, and nothing is lost.
    """
    shares = clients_of(evidence.audience.services)
    for feature, found in _grouped(_asked(evidence), _feature):
        readers = {client: shares[client] for client in feature.lacking if client in shares}
        if all(use.seen_by is SeenBy.OTHERS for use in found):
            readers.pop(_OUTLOOK, None)
        elif all(use.seen_by is SeenBy.OUTLOOK for use in found):
            readers = {client: share for client, share in readers.items() if client == _OUTLOOK}
        if all(use.in_media for use in found):
            unread = features()["at-rule media"].lacking
            readers = {client: share for client, share in readers.items() if client not in unread}
        share = sum(readers.values())
        if share < A_PART:
            continue
        most = sorted(readers, key=lambda client: -readers[client])
        names = ", ".join(client_names()[client] for client in most[:3]) + (" and others" if most[3:] else "")
        remark = feature.lacking[most[0]]
        message = f"about {share:.0%} of the audience read with a client that does not know {found[0].written}: {names}"
        hint = f"Look that the mail holds without it. {remark} {feature.url}".replace("  ", " ")
        yield _said(warning, unsupported_feature, found, evidence, message, hint)


def breaking_feature(evidence: Evidence) -> Iterator[Finding]:
    """A template uses something that breaks the mail in clients that many people read with.

    In style attributes flex, grid, position and variables; pictures as SVG, WebP, AVIF or inside the HTML; scripts,
    forms, video, embedded pages; @import. Outlook on Windows and Gmail are in every audience. Else a style block may
    hold what it likes: a client passes over what it does not know there, and the style attributes hold.
    """
    for feature, found in _grouped(evidence.uses, _breaks):
        why, remedy = BREAKING[feature]
        yield _said(error, breaking_feature, found, evidence, f"{found[0].written}: {why}", remedy)


def background_without_colour(evidence: Evidence) -> Iterator[Finding]:
    """A background picture has no colour beneath it: where pictures are off, its text may be unreadable.

    Many clients load no pictures before they are told to, and Outlook on Windows shows none behind a text.
    """
    found = [
        Use("background", each.attributes.get("background", ""), mark, each.seen_by)
        for each in evidence.message
        if isinstance(each, Element) and (mark := _uncoloured(each))
    ]
    for _, group in _grouped(found, lambda use: use.feature):
        message = "this background picture has no colour beneath it"
        yield _said(error, background_without_colour, group, evidence, message, "Give it a background-color as well.")


def web_font_without_fallback(evidence: Evidence) -> Iterator[Finding]:
    """A font from the web has no other font behind it, and most clients load none.

    Gmail, Yahoo and Outlook pass over @font-face; they take the next font of the list, or the one they have.
    """
    loaded = {name for each in evidence.message if isinstance(each, StyleBlock) for name in _loaded_fonts(each)}
    found = [
        Use(fonts[0], fonts[0], mark, seen_by)
        for fonts, mark, seen_by in _font_lists(evidence.message)
        if loaded.issuperset(fonts)
    ]
    for name, group in _grouped(found, lambda use: use.feature):
        said = f"the font {name} comes from the web, and no other is named behind it"
        yield _said(error, web_font_without_fallback, group, evidence, said, "Name a font of the system behind it.")


def _asked(evidence: Evidence) -> Iterator[Use]:
    """The features that are not on the deny list, so that nothing is told twice."""
    return (use for use in evidence.uses if not _breaks(use))


def _breaks(use: Use) -> str | None:
    held = use.feature in BREAKING and (not use.in_style_block or use.feature == "at-rule import")
    return use.feature if held else None


def _feature(use: Use) -> Feature | None:
    """The feature that a use may fail for, if it is worth a word."""
    feature = features().get(use.feature)
    return None if feature is None or _degrades(feature.name) else feature


def _grouped(found: Iterable[Use], feature_of: Callable[[Use], Key | None]) -> Iterator[tuple[Key, list[Use]]]:
    """The uses of each feature at each place of a template, the first one first."""
    groups: dict[tuple[Key, Location], list[Use]] = {}
    for use in found:
        feature = feature_of(use)
        if feature is not None:
            groups.setdefault((feature, use.mark.template), []).append(use)
    for (feature, _), uses_of_it in groups.items():
        yield feature, uses_of_it


def _said(
    severity: Callable[[CheckFunction, Location, str, str], Finding],
    check: CheckFunction,
    found: list[Use],
    evidence: Evidence,
    message: str,
    hint: str,
) -> Finding:
    """A finding at the template, which tells the blocks of the issue that it shows in."""
    parts = {use.mark.part for use in found if use.mark.part is not None}
    if not parts:
        return severity(check, found[0].mark.template, message, hint)
    first, *others = sorted(parts, key=evidence.issue.locate)
    hint += f" It shows in the block at {evidence.issue.locate(first)}"
    hint += f" and in {len(others)} more." if others else "."
    return replace(severity(check, found[0].mark.template, message, hint), block=block_name(first))


def _uncoloured(element: Element) -> Mark | None:
    """Who wrote an element's background picture, if the element has no background colour."""
    place = next((mark for name, (_, mark) in element.declarations.items() if name.startswith("background")), None)
    values = {name: each.value for name, (each, _) in element.declarations.items() if name.startswith("background")}
    tokens = [token for value in values.values() for token in value]
    pictured = any(map(url_of, tokens)) or "background" in element.attributes
    coloured = (
        "bgcolor" in element.attributes
        or "background-color" in values
        or any(parse_color(token) for token in values.get("background", ()))
    )
    return (place or element.mark) if pictured and not coloured else None


def _loaded_fonts(block: StyleBlock) -> Iterator[str]:
    for node, _ in block.nodes:
        if getattr(node, "lower_at_keyword", "") == "font-face" and node.content:
            for each in tinycss2.parse_blocks_contents(node.content):
                if each.type == "declaration" and each.lower_name == "font-family":
                    yield from _fonts(each.value)


def _font_lists(message: Iterable[Element | StyleBlock]) -> Iterator[tuple[list[str], Mark, SeenBy]]:
    for element in message:
        if isinstance(element, Element) and "font-family" in element.declarations:
            declaration, mark = element.declarations["font-family"]
            yield _fonts(declaration.value), mark, element.seen_by


def _fonts(value: list[tinycss2.ast.Node]) -> list[str]:
    written = tinycss2.serialize(value)
    return [name.strip(" '\"\n").lower() for name in written.split(",")]


@cache
def _degrades(name: str) -> bool:
    return any(re.fullmatch(pattern, name) for patterns in DEGRADES for pattern in patterns.split())
