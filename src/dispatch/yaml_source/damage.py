"""How much of a file a syntax error spoils: what has to be left out before the lines below can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dispatch.yaml_source.hints import ODD_SPACES, Hint
from dispatch.yaml_source.syntax import SyntaxTrouble

Range = tuple[int, int]

_LINE = re.compile(r"([ \t]*)([^\r\n]*)(?:\r\n|\n|\r|\Z)")
_START_OF_LINE = re.compile(r"([ \t]*)(?:- +)*")
_KEY_OF_VALUE = re.compile(r"[^\s\[{\"'#][^\r\n:]*:[ \t]+")
_FORMS = {
    "item": re.compile(r"-(?:[ \r\n]|\Z)"),
    "key": re.compile(r"\w[\w-]*:(?:[ \r\n]|\Z)"),
    "almost an item": re.compile(f"[{ODD_SPACES}]*-"),
    "almost a key": re.compile(r"[\w-]+:"),
    "text": re.compile(""),
}

# Under a misplaced line those like it are misplaced too; the items under what is no key as it stands belong to it.
_COMPANY = {
    "item": {"item", "almost an item"},
    "key": {"key", "item"},
    "almost a key": {"item"},
    "text": {"text", "item"},
    "": set[str](),
    "almost an item": set[str](),
}


@dataclass(frozen=True)
class _Spoiled:
    """The first character left out; how deep what it is part of is indented; if it is a whole line, of which form."""

    start: int
    column: int
    form: str


def spoiled_range(trouble: SyntaxTrouble, hint: Hint) -> Range | None:
    """The range of the text that an explained error spoils; None if it cannot be told what is not part of it.

    That is the value, or the line, at which the error stands, with all lines below that are indented deeper: they are
    part of the same text, list or mapping, whatever was meant.
    """
    if trouble.refuses("<document start>"):
        return None  # everything below stands behind the end of the document
    first = _first(trouble, hint)
    end = _end(trouble.text, first)
    return (first.start, end) if _is_certain(trouble, first, end) else None


def comes_of(text: str, spoiled: Range, hint: Hint) -> bool:
    """Whether an error comes of a range that was left out: the line right below it fits nowhere any more."""
    below = next(_written_lines(text, spoiled[1]), None)
    return below is not None and hint.index == below.start(2) and _form(text, hint.index) != "almost an item"


def _first(trouble: SyntaxTrouble, hint: Hint) -> _Spoiled:
    text, line = trouble.text, trouble.line_start(_beginning(trouble, hint))
    beginning = next(_START_OF_LINE.finditer(text, line))
    indented, content = beginning.end(1), beginning.end()
    key = _KEY_OF_VALUE.match(text, content)
    if key and key.end() <= hint.index:
        return _Spoiled(key.end(), content - line, "")
    start = min(content, hint.index)
    if start <= indented:
        return _Spoiled(start, indented - line, _form(text, indented))
    return _Spoiled(start, text.rindex("-", line, content) - line, "")


def _beginning(trouble: SyntaxTrouble, hint: Hint) -> int:
    """Where the value begins in which the error stands, if that is on a line above."""
    starts = [hint.index, *trouble.brackets[:1]]
    if "quoted scalar" in trouble.doing:
        starts.append(trouble.began)
    if trouble.last and trouble.last.end > trouble.line_start(hint.index):
        starts.append(trouble.last.start)
    return min(starts)


def _end(text: str, first: _Spoiled) -> int:
    """Where the first line begins that is not spoiled."""
    end = next(_LINE.finditer(text, first.start)).end()
    for line in _written_lines(text, end):
        if not _belongs(text, first, line):
            break
        end = line.end()
    return end


def _belongs(text: str, first: _Spoiled, line: re.Match[str]) -> bool:
    column = len(line[1])
    if column > first.column:
        return True
    if text.startswith(("[", "{"), first.start) and line[2].startswith(("]", "}")):
        return True
    return column == first.column and _form(text, line.start(2)) in _COMPANY[first.form]


def _is_certain(trouble: SyntaxTrouble, first: _Spoiled, end: int) -> bool:
    """Whether the value ends before `end`: one in brackets or quotes may go on in lines that are not indented."""
    text = trouble.text
    in_brackets = text.startswith(("[", "{"), first.start)
    if not in_brackets and not text.startswith(('"', "'"), first.start):
        return True
    if in_brackets and text[first.start : end].rstrip().endswith((",", "[", "{")):
        return False
    below = next(_written_lines(text, end), None)
    noticed = next(_written_lines(text, max(trouble.line, end)), None)
    return all(line is None or _is_structure(text, first, line) for line in (below, noticed))


def _is_structure(text: str, first: _Spoiled, line: re.Match[str]) -> bool:
    """Whether a line is no part of the value above: a key or an item, or what stands below one."""
    return len(line[1]) > first.column or _form(text, line.start(2)) in {"key", "item"}


def _written_lines(text: str, start: int) -> Iterator[re.Match[str]]:
    """The lines from `start` on that are neither empty nor comments."""
    return (line for line in _LINE.finditer(text, start) if line[2] and not line[2].startswith("#"))


def _form(text: str, index: int) -> str:
    return next(form for form, pattern in _FORMS.items() if pattern.match(text, index))
