"""The gate before mrml: only MJML that it renders faithfully passes, in a form it cannot damage."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from html.entities import html5

from lxml import etree

from dispatch.errors import InvalidTheme, Problem
from dispatch.location import Location
from dispatch.rendering.vocabulary import BANNED, ELEMENTS, HTML_VOID, VALUE_RULES, Element

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_SPACE = re.compile(r"[ \t\n\r\f]+")
_TITLE = re.compile(r"(?<=<mj-title>)[^<]*")

Origin = Callable[[int], Location]


def pass_gate(mjml: str, origin: Origin) -> str:
    """Check MJML and rewrite it to US-ASCII, with folded space, as mrml needs it.

    `origin` tells where a line of `mjml`, counted from 1, was written. Raises InvalidTheme with all problems.
    """
    root = _parse(_with_numeric_entities(mjml), origin)
    problems = list(_problems(root, origin))
    if problems:
        raise InvalidTheme.of(problems)
    _fold_space(root)
    return _serialise(root)


def _with_numeric_entities(mjml: str) -> str:
    def numeric(match: re.Match[str]) -> str:
        characters = html5.get(match[1])
        if match[1] in _XML_ENTITIES or characters is None:
            return match[0]  # XML's own, or one that does not exist: the parser tells where
        return "".join(f"&#{ord(character)};" for character in characters)

    return _ENTITY.sub(numeric, mjml)


def _parse(mjml: str, origin: Origin) -> etree._Element:
    # Without huge_tree libxml2 stops at 256 nested elements; mrml dies (SIGSEGV) somewhere beyond 5,000.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(mjml.encode(), parser)
    except etree.XMLSyntaxError as error:
        remedy = "close every tag, quote every value, write & as &amp; and < as &lt;"
        problems = [
            Problem(f"not well-formed: {_sentence(e.message)}", origin(e.line), remedy) for e in parser.error_log
        ]
        raise InvalidTheme.of(problems or [Problem(f"not well-formed: {error.msg}", origin(1), remedy)]) from None
    if root.getroottree().docinfo.doctype:
        raise InvalidTheme("a template may not have a DOCTYPE", location=origin(1), remedy="take it out")
    return root


def _sentence(message: str) -> str:
    """libxml2's message without its line numbers, which count what Jinja2 wrote, and without its advice."""
    return re.sub(r" line \d+( and)?|, use XML_PARSE_HUGE option", r"\1", message).strip()


def _problems(root: etree._Element, origin: Origin) -> Iterator[Problem]:
    if root.tag != "mjml":
        yield Problem(f"the outermost element is <{root.tag!s}>", origin(_line(root)), "begin with <mjml>")
    for node in root.iter():
        for message, remedy in _wrong_with(node):
            yield Problem(message, origin(_line(node)), remedy)


def _wrong_with(node: etree._Element) -> Iterator[tuple[str, str]]:
    """What is wrong with a node, and what to do about it."""
    if node.tag is etree.Comment:
        if "[if" in (node.text or "") or "[endif" in (node.text or ""):
            yield "a conditional comment in a template", "leave them to the compiler"
    elif not isinstance(node.tag, str):
        yield "a processing instruction or an unknown entity", "take it out"
    elif element := ELEMENTS.get(node.tag):
        yield from _wrong_with_place(node, element)
        yield from _wrong_with_attributes(node, element)
    else:
        yield f"<{node.tag}> is not allowed in a template", BANNED.get(node.tag) or _did_you_mean(node.tag, ELEMENTS)


def _wrong_with_place(node: etree._Element, element: Element) -> Iterator[tuple[str, str]]:
    parent = node.getparent()
    container = ELEMENTS.get(str(parent.tag)) if parent is not None else None
    if parent is not None and container is not None and node.tag not in container.children:
        remedy = _MISPLACED.get((node.tag, parent.tag)) or (
            f"it may hold {', '.join(sorted(container.children)) or 'nothing'}"
        )
        yield f"<{node.tag!s}> does not belong inside <{parent.tag!s}>", remedy
    if not element.text and _own_text(node):
        yield f"text in <{node.tag!s}>", "put it into an mj-text"


def _wrong_with_attributes(node: etree._Element, element: Element) -> Iterator[tuple[str, str]]:
    tag = str(node.tag)
    # Under mj-attributes the elements only carry defaults.
    is_default = str(getattr(node.getparent(), "tag", "")) == "mj-attributes" and tag != "mj-class"
    for name in sorted(() if is_default else element.required - set(node.attrib)):
        yield f"<{tag}> without {name}", 'alt="" if it is decoration' if name == "alt" else ""
    for name, value in ((str(name), str(value)) for name, value in node.attrib.items()):
        if name not in element.attributes and not (name.startswith("aria-") and tag not in _MJML):
            yield f"<{tag}> has no attribute {name}", _did_you_mean(name, element.attributes)
        for remedy in _value_remedies(name, value) if tag in _MJML else ():
            yield f'{name}="{value}" in <{tag}>', remedy


@lru_cache(512)  # a theme writes the same values for every block and every issue
def _value_remedies(name: str, value: str) -> tuple[str, ...]:
    """For each rule that the value of an attribute breaks."""
    return tuple(
        rule.remedy for rule in VALUE_RULES if rule.names.fullmatch(name) and not rule.pattern.fullmatch(value)
    )


_MISPLACED = {
    ("mj-section", "mj-column"): (
        "columns are a section of their own: in email.mjml.j2 end column and section before a run with `run.section` "
        "and begin them again behind it, as the built-in template does"
    )
}
_MJML = frozenset(name for name in ELEMENTS if name.startswith("mj"))


def _own_text(node: etree._Element) -> str:
    return ((node.text or "") + "".join(child.tail or "" for child in node)).strip()


def _did_you_mean(word: str, known: frozenset[str] | dict[str, Element]) -> str:
    close = get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}?" if close else f"allowed are {', '.join(sorted(known))}"


def _line(node: etree._Element) -> int:
    return node.sourceline or 1


def _fold_space(root: etree._Element) -> None:
    """One space for every run: mrml drops text that begins with a line end, and writes `\\n` into attributes."""
    for comment in list(root.iter(etree.Comment)):
        _drop(comment)
    for node in root.iter():
        node.text = _SPACE.sub(" ", node.text or "")
        node.tail = _SPACE.sub(" ", node.tail or "")
        element = ELEMENTS[str(node.tag)]
        if not element.text:
            node.text = None if node.tag in HTML_VOID else ""
            for child in node:
                child.tail = ""
        for key, value in node.attrib.items():
            node.attrib[key] = _SPACE.sub(" ", str(value))


def _drop(comment: etree._Element) -> None:
    parent, before = comment.getparent(), comment.getprevious()
    if parent is None:  # beside the root element
        return
    if before is not None:
        before.tail = (before.tail or "") + (comment.tail or "")
    else:
        parent.text = (parent.text or "") + (comment.tail or "")
    comment.tail = None
    parent.remove(comment)


def _serialise(root: etree._Element) -> str:
    """US-ASCII, since mrml writes attributes through Rust's `{:?}`: it would escape what is beyond, `\\` and `"`."""
    root.tail = None
    mjml = etree.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii")
    # mj-title is copied into aria-label as it stands.
    return _TITLE.sub(lambda match: match[0].replace('"', "&quot;"), mjml).replace("\\", "&#92;")
