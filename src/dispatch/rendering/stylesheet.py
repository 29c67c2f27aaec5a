"""The gate for style sheets: rules that a tool or a mail client would silently drop are told instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import tinycss2
from cssselect import SelectorError, parse
from tinycss2.ast import AtRule, Declaration, Node, ParseError, QualifiedRule

from dispatch.errors import InvalidTheme, Problem
from dispatch.location import Location

_DESCRIPTORS = frozenset({"font-face", "page"})  # @-rules that hold declarations
_KEPT = 32  # style sheets: a theme has four, which are the same for every issue but for its direction
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class _Fault:
    """What is wrong in a style sheet, and in which of its lines."""

    message: str
    line: int
    remedy: str = ""


def check_inline_css(css: str, origin: Callable[[int], Location]) -> None:
    """Raise InvalidTheme for what premailer would not inline, or would inline wrongly, at the rule's line."""
    _raise(_inline_faults(css), origin)


def check_head_css(css: str, origin: Callable[[int], Location]) -> None:
    """Raise InvalidTheme for what is broken, and for an @-rule inside another: Gmail drops the whole block for it."""
    _raise(_head_faults(css), origin)


def shrink_css(css: str) -> str:
    """The style sheet on one line; the space before !important stays, Outlook needs it."""
    css = re.sub(r"\s+", " ", _COMMENT.sub("", css))
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    return re.sub(r":\s+", ":", css).replace(";}", "}").strip()


@lru_cache(_KEPT)
def rules_of(css: str) -> tuple[Node, ...]:
    """The rules of a style sheet, and what is broken in it; to be looked at only, for they are kept for the next."""
    return tuple(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True))


@lru_cache(_KEPT)
def walk(css: str) -> tuple[Node, ...]:
    """Every rule and declaration of a style sheet, each before what is in it; to be looked at only."""
    return tuple(node for rule in rules_of(css) for node in within(rule))


def within(node: Node) -> Iterator[Node]:
    """A rule and everything in it, in the order of `walk`."""
    yield node
    if isinstance(node, QualifiedRule):
        yield from tinycss2.parse_declaration_list(node.content, skip_comments=True, skip_whitespace=True)
    elif isinstance(node, AtRule) and node.content is not None:
        inside = tinycss2.parse_blocks_contents if node.lower_at_keyword in _DESCRIPTORS else tinycss2.parse_rule_list
        for inner in inside(node.content, skip_comments=True, skip_whitespace=True):
            yield from within(inner)


def _raise(faults: tuple[_Fault, ...], origin: Callable[[int], Location]) -> None:
    if faults:
        raise InvalidTheme.of(Problem(fault.message, origin(fault.line), fault.remedy) for fault in faults)


@lru_cache(_KEPT)
def _inline_faults(css: str) -> tuple[_Fault, ...]:
    return tuple(fault for rule in rules_of(css) for fault in _inline_faults_of(rule))


@lru_cache(_KEPT)
def _head_faults(css: str) -> tuple[_Fault, ...]:
    return tuple(fault for rule in rules_of(css) for fault in _head_faults_of(rule))


def _inline_faults_of(rule: Node) -> Iterator[_Fault]:
    if isinstance(rule, AtRule):
        yield _Fault(f"@{rule.at_keyword} cannot be inlined", rule.source_line, "write it in head.css.j2")
    elif isinstance(rule, QualifiedRule):
        yield from _selector_faults(tinycss2.serialize(rule.prelude).strip(), rule.source_line)
        yield from _declaration_faults(rule)
    else:
        yield _broken(rule)


def _selector_faults(selector: str, line: int) -> Iterator[_Fault]:
    try:
        parse(selector)
    except SelectorError as error:
        yield _Fault(f"the selector {selector!r} cannot be read: {error}", line)
    if ":" in selector:
        remedy = "give the element a class, or write the rule in head.css.j2"
        yield _Fault(f"{selector!r} has a pseudo-class, which cannot be inlined", line, remedy)
    if selector != selector.lower():
        yield _Fault(f"{selector!r} would match nothing", line, "write selectors in lower case")


def _declaration_faults(rule: QualifiedRule) -> Iterator[_Fault]:
    seen: set[str] = set()
    for declaration in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
        line = declaration.source_line
        if not isinstance(declaration, Declaration):
            yield _broken(declaration)
        elif declaration.important:
            yield _Fault("!important inside a style attribute would beat the dark colours", line, "take it out")
        elif declaration.lower_name in seen:
            yield _Fault(f"{declaration.name} stands twice in one rule", line, "only the last would be inlined")
        else:
            seen.add(declaration.lower_name)


def _head_faults_of(rule: Node, *, inside: bool = False) -> Iterator[_Fault]:
    if isinstance(rule, ParseError):
        yield _broken(rule)
    elif isinstance(rule, AtRule):
        if inside:
            message, remedy = f"@{rule.at_keyword} inside another @-rule", "Gmail drops the whole style block for it"
            yield _Fault(message, rule.source_line, remedy)
        for inner in tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True):
            yield from _head_faults_of(inner, inside=True)


def _broken(node: Node) -> _Fault:
    return _Fault(f"broken CSS: {getattr(node, 'message', node.type)}", node.source_line)
