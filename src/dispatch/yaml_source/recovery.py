"""Reads on after a syntax error, without what it spoils, so that the next one is told in the same run."""

from __future__ import annotations

import re

from dispatch.yaml_source.damage import Range, comes_of, spoiled_range
from dispatch.yaml_source.hints import Hint
from dispatch.yaml_source.syntax import explain, quote_parser
from dispatch.yaml_source.tree import TreeBuilder

# Each round reads the file from its beginning.
MAX_ROUNDS = 20
MAX_CHARACTERS = 4 * 1024 * 1024

_IN_LINE = re.compile(r"[^\r\n]")


def read_on(first: TreeBuilder) -> list[Hint]:
    """The syntax error at which the first reading ended, and what a reading without it finds below, and so on.

    What a later reading stumbles over is told only if it is explained and stands behind all that was left out, but not
    right below because of it: any other error may be there only because something was left out.
    """
    hints: list[Hint] = []
    left_out: list[Range] = []
    builder = first
    while trouble := builder.trouble:
        hint = explain(trouble)
        if hint is None and not left_out:
            return [quote_parser(trouble)]
        if hint is None or (left_out and hint.index < left_out[-1][1]):
            break
        if not (left_out and comes_of(trouble.text, left_out[-1], hint)):
            hints.append(hint)
        spoiled = spoiled_range(trouble, hint)
        if spoiled is None or len(left_out) >= min(MAX_ROUNDS, MAX_CHARACTERS // len(trouble.text)):
            break
        left_out.append(spoiled)
        builder = TreeBuilder(_blanked(trouble.text, spoiled), first.start)
        builder.build()
        hints += (each for each in builder.hints if each.index >= spoiled[1])
    return hints


def _blanked(text: str, spoiled: Range) -> str:
    """The text with blanks in a range: everything else stays where it is."""
    start, end = spoiled
    return text[:start] + _IN_LINE.sub(" ", text[start:end]) + text[end:]
