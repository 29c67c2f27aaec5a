"""The words of a text alone, each where the text has it: what is no prose is blanked at equal length."""

from __future__ import annotations

import re

from dispatch.checks.parts import ReadText
from dispatch.content.texts import TextKind

LONGEST = 10_000
"""Characters of a text that are read, 1,500 words: engines take time for the square of a text without sentences."""

_NAMES = {"author", "by", "signature", "source", "unit"}
"""Fields that hold names of people, agencies and units."""

_CELLS = {"header", "rows", "data", "series"}
"""Fields of tables and charts, whose texts are words or figures more often than sentences."""

_HANDLE = re.compile(r"(?<![\w/])[@#]\w[\w.-]*\w")
# Marks that only Markdown has. A star between spaces is a character, as one of 2 * 3.
_MARKS = re.compile(r"\*+(?=\S)|(?<=\S)\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)|\\(?=[!-/:-@\[-`{-~])|[\[\]]")


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
        prose = _MARKS.sub(_spaces, prose)
    prose = _HANDLE.sub(_spaces, prose)
    for field in text.parsed.merge_fields:
        start, end = field.offset, text.written.value.index("}}", field.offset) + 2
        if text.prose[:start][-1:] == text.written.value[:start][-1:]:  # else it is in an address or in code
            prose = f"{prose[:start]}{field.fallback.ljust(end - start)}{prose[end:]}"
    return _cut(prose)


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
