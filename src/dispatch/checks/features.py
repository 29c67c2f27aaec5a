"""What a message asks of mail clients: each element, attribute, rule and declaration, and who wrote it.

A feature is known by a few words, as the vendored data of caniemail spells it (`found_by`): `property gap`,
`value display flex`, `unit rem`, `function var`, `word initial`, `at-rule media`, `media hover`, `pseudo hover`,
`selector child`, `element video`, `attribute srcset`, `input text`, `meta color-scheme`, `link data`, `image svg`,
`important`, `variable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Any

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

from dispatch.location import Location
from dispatch.rendering.html_syntax import ATTRIBUTE, TOKEN, VOID
from dispatch.rendering.marks import Mark, MarkedHtml, mark_of
from dispatch.rendering.outlook import SeenBy, stretches
from dispatch.rendering.stylesheet import walk, within

_COMBINATORS = {">": "child", "+": "adjacent-sibling", "~": "general-sibling", "*": "universal"}
_EXTENSIONS = {"jpeg": "jpg", "heic": "heif"}


@dataclass(frozen=True)
class Use:
    """One use of a feature."""

    feature: str  # in the words of this module
    written: str  # as it stands there, short
    mark: Mark
    seen_by: SeenBy = SeenBy.ALL
    in_style_block: bool = False  # what a client does not know there it passes over, and the style attributes hold
    in_media: bool = False  # only a client that knows @media comes to read it


@dataclass(frozen=True)
class Element:
    """An element of the message with its declarations, as far as templates had a part in it."""

    name: str
    attributes: Mapping[str, str]
    mark: Mark
    seen_by: SeenBy
    declarations: Mapping[str, tuple[Declaration, Mark]] = field(default_factory=dict)


@dataclass(frozen=True)
class StyleBlock:
    """A `<style>`, its rules and declarations, each with who wrote it."""

    nodes: tuple[tuple[Node, Mark], ...]
    seen_by: SeenBy


def read_message(marked: MarkedHtml) -> Iterator[Element | StyleBlock]:
    """Everything in a message that a client has to know, in order; merge fields are left out of it.

    What the compiler writes around it all, whatever the templates say, is no part of it: nobody could change that.
    """
    above: list[tuple[str, Mark | None]] = [("", None)]
    for seen_by, stretch in stretches("".join(marked.html.literals)):
        for token in TOKEN.finditer(stretch):
            if token["comment"]:
                continue
            mark = above[-1][1]
            tag = (token["tag"] or token["raw"]).lower()
            if tag == "style":
                yield _style_block(token["content"], marked, seen_by)
            elif not token["close"]:
                own, declared = mark_of(token["attributes"] or "")
                mark = marked.marks[own] if own is not None else mark
                if mark is not None:
                    declarers = {name: marked.marks[number].template for name, number in declared.items()}
                    yield _element(tag, token["attributes"] or "", mark, declarers, seen_by)
            # What is opened in a comment is closed in another: those tags are never in `above`.
            if seen_by is SeenBy.OUTLOOK or token["raw"] or tag in VOID:
                continue
            if not token["close"]:
                above.append((tag, mark))
            elif above[-1][0] == tag:
                above.pop()


def uses(message: Iterable[Element | StyleBlock]) -> Iterator[Use]:
    """Every use of a feature in a message."""
    for each in message:
        if isinstance(each, Element):
            yield from _uses_of_element(each)
        else:
            yield from _uses_of_block(each)


def url_of(token: Any) -> str:
    """The address in a `url()` of CSS, which is another token with quotes than without; else empty."""
    if token.type == "function" and token.lower_name == "url":
        return next((each.value for each in token.arguments if each.type == "string"), "")
    return token.value if token.type == "url" else ""


def _element(tag: str, written: str, mark: Mark, declarers: Mapping[str, Location], seen_by: SeenBy) -> Element:
    attributes = {
        attribute[1].lower(): unescape(next((value for value in attribute.groups()[1:] if value is not None), ""))
        for attribute in ATTRIBUTE.finditer(written)
    }
    attributes.pop("data-mark", None)
    style = attributes.pop("style", "")
    declarations = {
        each.lower_name: (each, replace(mark, template=declarers.get(each.lower_name, mark.template)))
        for each in tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True)
        if isinstance(each, Declaration)
    }
    return Element(tag, attributes, mark, seen_by, declarations)


def _style_block(content: str, marked: MarkedHtml, seen_by: SeenBy) -> StyleBlock:
    places = marked.sheets.get(content, ())
    return StyleBlock(tuple((node, Mark(place)) for node, place in zip(walk(content), places, strict=False)), seen_by)


def _uses_of_element(element: Element) -> Iterator[Use]:
    for feature, written in features_of_tag(element.name, element.attributes):
        yield Use(feature, written, element.mark, element.seen_by)
    for declaration, mark in element.declarations.values():
        for feature, written in features_of_declaration(declaration):
            yield Use(feature, written, mark, element.seen_by)


def _uses_of_block(block: StyleBlock) -> Iterator[Use]:
    in_media = 0  # how many of the nodes to come stand in an @media
    for node, mark in block.nodes:
        for feature, written in features_of_node(node):
            yield Use(feature, written, mark, block.seen_by, in_style_block=True, in_media=in_media > 0)
        in_media = max(in_media - 1, 0)
        if isinstance(node, AtRule) and node.lower_at_keyword == "media":
            in_media = sum(1 for _ in within(node)) - 1


def features_of_tag(name: str, attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What an element asks of a client but for its style: feature, and how it is written."""
    yield f"element {name}", f"<{name}>"
    if name == "input":
        kind = attributes.get("type", "text")
        yield f"input {kind}", f'<input type="{kind}">'
    if name == "meta":
        yield f"meta {attributes.get('name', '')}", "<meta>"
    for attribute, value in attributes.items():
        yield f"attribute {attribute}", f"the attribute {attribute} of <{name}>"
        if attribute in ("src", "background", "href"):
            yield from _features_of_url(value, picture=attribute != "href")


def _features_of_url(url: str, *, picture: bool) -> Iterator[tuple[str, str]]:
    scheme = re.match(r"(#|data:|mailto:)", url, re.IGNORECASE)
    if scheme:
        word = scheme[0].rstrip(":").lower()
        yield f"link {word}", "a picture inside the HTML (data:)" if word == "data" else f"a link to {scheme[0]}"
    extension = re.search(r"\.([a-z0-9]+)(?:[?#]|$)", url, re.IGNORECASE)
    if picture and extension and not scheme:
        kind = extension[1].lower()
        yield f"image {_EXTENSIONS.get(kind, kind)}", f"a picture in the format {kind.upper()}"


def features_of_node(node: Node) -> Iterator[tuple[str, str]]:
    """What a rule or a declaration of a style sheet asks of a client, but for what is inside a rule."""
    if isinstance(node, Declaration):
        yield from features_of_declaration(node)
    elif isinstance(node, AtRule):
        keyword = node.lower_at_keyword
        yield f"at-rule {keyword}", f"@{keyword}"
        if keyword == "media":
            for name in _media_features(node.prelude):
                yield f"media {name}", f"@media ({name})"
    elif isinstance(node, QualifiedRule):
        yield from _features_of_selector(node.prelude)


def _media_features(tokens: list[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "() block":
            name = next((each.lower_value for each in token.content if each.type == "ident"), "")
            yield re.sub(r"^(-\w+-)?(min-|max-|any-)?", "", name)


def _features_of_selector(tokens: list[Any]) -> Iterator[tuple[str, str]]:
    for before, token in zip([None, *tokens], tokens, strict=False):
        text = before.value if before is not None and before.type == "literal" else ""
        if token.type == "literal" and token.value in _COMBINATORS:
            yield f"selector {_COMBINATORS[token.value]}", f"the selector “{token.value}”"
        elif token.type == "[] block":
            yield "selector attribute", "a selector with [attribute]"
        elif token.type == "hash":
            yield "selector id", f"the selector #{token.value}"
        elif text == ":" and token.type in ("ident", "function"):
            name = token.lower_value if token.type == "ident" else token.lower_name
            yield f"pseudo {name}", f":{name}"


def features_of_declaration(declaration: Declaration) -> Iterator[tuple[str, str]]:
    """What a declaration asks of a client."""
    name = declaration.lower_name
    if name.startswith("--"):
        yield "variable", name
        return
    yield f"property {name}", name
    if declaration.important:
        yield "important", "!important"
    for token in _tokens(declaration.value):
        if token.type == "ident":
            yield f"value {name} {token.lower_value}", f"{name}:{token.lower_value}"
            yield f"word {token.lower_value}", f"{name}:{token.lower_value}"
        elif token.type == "dimension":
            yield f"unit {token.lower_unit}", f"the unit {token.lower_unit} of {name}"
        elif token.type == "percentage":
            yield "unit %", f"the unit % of {name}"
        elif address := url_of(token):
            yield from _features_of_url(address, picture=True)
        elif token.type == "function":
            yield f"function {token.lower_name.removeprefix('repeating-')}", f"{name}:{token.lower_name}()"


def _tokens(tokens: list[Any]) -> Iterator[Any]:
    """All tokens, those inside functions too."""
    for token in tokens:
        yield token
        if token.type == "function":
            yield from _tokens(token.arguments)
