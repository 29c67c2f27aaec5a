"""The words of a text alone, each where the text has it: what is no prose is blanked at equal length."""

from __future__ import annotations

import re

from dispatch.checks.parts import MARKS, ReadText
from dispatch.content.texts import TextKind

LONGEST = 10_000
"""Characters of a text that are read, 1,500 words: engines take time for the square of a text without sentences."""

_NAMES = {"author", "by", "signature", "source", "unit"}
"""Fields that hold names of people, agencies and units."""

_CELLS = {"header", "rows", "data", "series"}
"""Fields of tables and charts, whose texts are words or figures more often than sentences."""

_HANDLE = re.compile(r"(?<![\w/])[@#]\w[\w.-]*\w")


def is_prose(text: ReadText) -> bool:
    """Whether anything of a text is to be proof-read."""
    path = text.written.path
    return text.written.kind is not TextKind.URL and path[-1] not in _NAMES


def is_sentence(text: ReadText) -> bool:
    """Whether a text has a grammar: it is running text, or a cell that ends as sentences do."""
    return _CELLS.isdisjoint(text.written.path) or text.prose.rstrip().endswith((".", "!", "?", "…"))


def prose_of(text: ReadText) -> str:
    """What is to be proof-read of a text, as long as the text: character 7 of the one is character 7 of the other.

    In the place of code, addresses, handles and marks stand spaces, in that of a merge field what somebody without a
    value reads. Of a long text, what stands behind its first 10,000 characters is blank.
    """
    prose = text.prose
    if text.written.kind is TextKind.RICH:
        prose = MARKS.sub(_spaces, prose)
    prose = _HANDLE.sub(_spaces, prose)
    return _cut(text.with_fallbacks(prose))


def is_cut(text: ReadText) -> bool:
    """Whether a part of a text is too much to be read."""
    return is_prose(text) and bool(text.prose[LONGEST:].strip())


def _cut(prose: str) -> str:
    """Up to the last word that ends within bounds."""
    if len(prose) <= LONGEST:
        return prose
    end = max(prose.rfind(" ", 0, LONGEST), prose.rfind("\n", 0, LONGEST), 0)
    return prose[:end].ljust(len(prose))


def _spaces(match: re.Match[str]) -> str:
    return " " * len(match[0])
