"""The gate for style sheets: rules that a tool or a mail client would silently drop are told instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import tinycss2
from cssselect import SelectorError, parse
from tinycss2.ast import AtRule, Declaration, Node, ParseError, QualifiedRule

from dispatch.errors import InvalidTheme, Problem
from dispatch.location import Location

_DESCRIPTORS = frozenset({"font-face", "page"})  # @-rules that hold declarations
_KEPT = 32  # style sheets: a theme has four, which are the same for every issue but for its direction
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def check_inline_css(css: str, origin: Callable[[int], Location]) -> None:
    """Raise InvalidTheme for what premailer would not inline, or would inline wrongly, at the rule's line."""
    _raise(problem for rule in rules_of(css) for problem in _inline_problems(rule, origin))


def check_head_css(css: str, origin: Callable[[int], Location]) -> None:
    """Raise InvalidTheme for what is broken, and for an @-rule inside another: Gmail drops the whole block for it."""
    _raise(problem for rule in rules_of(css) for problem in _head_problems(rule, origin))


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
    return tuple(node for rule in rules_of(css) for node in _within(rule))


def _within(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, QualifiedRule):
        yield from tinycss2.parse_declaration_list(node.content, skip_comments=True, skip_whitespace=True)
    elif isinstance(node, AtRule) and node.content is not None:
        inside = tinycss2.parse_blocks_contents if node.lower_at_keyword in _DESCRIPTORS else tinycss2.parse_rule_list
        for inner in inside(node.content, skip_comments=True, skip_whitespace=True):
            yield from _within(inner)


def _raise(problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise InvalidTheme.of(found)


def _inline_problems(rule: Node, origin: Callable[[int], Location]) -> Iterator[Problem]:
    where = origin(rule.source_line)
    if isinstance(rule, AtRule):
        yield Problem(f"@{rule.at_keyword} cannot be inlined", where, "write it in head.css.j2")
    elif isinstance(rule, QualifiedRule):
        selector = tinycss2.serialize(rule.prelude).strip()
        yield from _selector_problems(selector, where)
        yield from _declaration_problems(rule, origin)
    else:
        yield _broken(rule, where)


def _selector_problems(selector: str, where: Location) -> Iterator[Problem]:
    try:
        parse(selector)
    except SelectorError as error:
        yield Problem(f"the selector {selector!r} cannot be read: {error}", where)
    if ":" in selector:
        remedy = "give the element a class, or write the rule in head.css.j2"
        yield Problem(f"{selector!r} has a pseudo-class, which cannot be inlined", where, remedy)
    if selector != selector.lower():
        yield Problem(f"{selector!r} would match nothing", where, "write selectors in lower case")


def _declaration_problems(rule: QualifiedRule, origin: Callable[[int], Location]) -> Iterator[Problem]:
    seen: set[str] = set()
    for declaration in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
        where = origin(declaration.source_line)
        if not isinstance(declaration, Declaration):
            yield _broken(declaration, where)
        elif declaration.important:
            yield Problem("!important inside a style attribute would beat the dark colours", where, "take it out")
        elif declaration.lower_name in seen:
            yield Problem(f"{declaration.name} stands twice in one rule", where, "only the last would be inlined")
        else:
            seen.add(declaration.lower_name)


def _head_problems(rule: Node, origin: Callable[[int], Location], *, inside: bool = False) -> Iterator[Problem]:
    where = origin(rule.source_line)
    if isinstance(rule, ParseError):
        yield _broken(rule, where)
    elif isinstance(rule, AtRule):
        if inside:
            yield Problem(
                f"@{rule.at_keyword} inside another @-rule", where, "Gmail drops the whole style block for it"
            )
        for inner in tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True):
            yield from _head_problems(inner, origin, inside=True)


def _broken(node: Node, where: Location) -> Problem:
    return Problem(f"broken CSS: {getattr(node, 'message', node.type)}", where)
