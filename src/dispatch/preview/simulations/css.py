"""Style sheets and style attributes, changed declaration by declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, ParseError, QualifiedRule

Change = Callable[[Declaration], str | None]
"""What becomes of a declaration's value; None takes the declaration away."""


def change_style(css: str, change: Change) -> str:
    """A style attribute with other values."""
    return _declarations(tinycss2.parse_declaration_list(css, skip_comments=True, skip_whitespace=True), change)


def change_sheet(css: str, change: Change, keeps: Callable[[Node], bool] = lambda _rule: True) -> str:
    """A style sheet with other values, and without the rules that it does not keep; what is broken in it goes too."""
    return _rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), change, keeps)


def is_broken(css: str) -> bool:
    """Whether a style sheet holds an error, or an @-rule inside another."""
    if css.count("{") != css.count("}"):
        return True
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    inside = [
        inner
        for rule in rules
        if isinstance(rule, AtRule) and rule.lower_at_keyword in _WITH_RULES
        for inner in tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True)
    ]
    styled = [rule for rule in [*rules, *inside] if isinstance(rule, QualifiedRule)]
    declarations = [each for rule in styled for each in tinycss2.parse_blocks_contents(rule.content)]
    return (
        any(isinstance(each, ParseError) for each in [*rules, *inside, *declarations])
        or any(isinstance(each, AtRule) for each in inside)
        or any(not tinycss2.serialize(rule.prelude).strip() for rule in styled)
    )


_WITH_RULES = frozenset({"media", "supports", "layer", "container", "document"})


def _rules(rules: Iterable[Any], change: Change, keeps: Callable[[Node], bool]) -> str:
    kept = [rule for rule in rules if isinstance(rule, AtRule | QualifiedRule) and keeps(rule)]
    return "".join(_rule(rule, change, keeps) for rule in kept)


def _rule(rule: AtRule | QualifiedRule, change: Change, keeps: Callable[[Node], bool]) -> str:
    if isinstance(rule, QualifiedRule):
        content = tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
        return f"{tinycss2.serialize(rule.prelude)}{{{_declarations(content, change)}}}"
    if rule.lower_at_keyword in _WITH_RULES and rule.content is not None:
        inside = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        return f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{_rules(inside, change, keeps)}}}"
    return str(rule.serialize())


def _declarations(nodes: Iterable[Any], change: Change) -> str:
    values = ((node, change(node)) for node in nodes if isinstance(node, Declaration))
    return ";".join(
        f"{node.name}:{value.strip()}{' !important' if node.important else ''}"
        for node, value in values
        if value is not None
    )
