"""Which characters of a file spell which character of a YAML scalar's value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from dispatch.yaml_source.nodes import Scalar

Span = tuple[int, int]

_BREAK = re.compile(r"\r\n|\n|\r")
_LINE = re.compile(r"[^\r\n]*")
_BLANKS = re.compile(r"[ \t]*")
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


@lru_cache(maxsize=2)  # the places of many findings in one text are asked for in a row
def character_spans(text: str, scalar: Scalar) -> Sequence[Span]:
    """For each character of a scalar's value, the range of the file's `text` that spells it.

    Follows libyaml's scanner (yaml_parser_scan_plain_scalar, _flow_scalar and _block_scalar), so that one span comes
    out here for each character that comes out there. A space that stands for a folded line break is spelled by it.
    """
    if scalar.style in {"|", ">"}:
        return _block(text, scalar)
    if scalar.style:
        return _flow(text, scalar.start + 1, scalar.end - 1, scalar.style)
    return _flow(text, scalar.start, scalar.end, "")


def _flow(text: str, start: int, end: int, quote: str) -> list[Span]:
    """Plain and quoted scalars: line breaks fold, quotes have their escapes."""
    spans: list[Span] = []
    at = start
    while at < end:
        blanks = _span(_BLANKS, text, at, end)
        at = blanks[1]
        line_break = _BREAK.match(text, at, end)
        if line_break:  # the blanks before it are nothing
            at = _fold(text, line_break, end, spans, escaped=False)
            continue
        spans.extend(_each(blanks))
        if at == end:
            break
        if quote == '"' and text[at] == "\\":
            at = _escape(text, at, end, spans)
            continue
        width = 2 if quote == "'" and text[at] == "'" else 1
        spans.append((at, at + width))
        at += width
    return spans


def _escape(text: str, at: int, end: int, spans: list[Span]) -> int:
    """A backslash in double quotes, and what follows: a character, or a line break that joins two lines."""
    line_break = _BREAK.match(text, at + 1, end)
    if line_break:
        return _fold(text, line_break, end, spans, escaped=True)
    stop = at + 2 + _HEX_DIGITS.get(text[at + 1], 0)
    spans.append((at, stop))
    return stop


def _fold(text: str, first: re.Match[str], end: int, spans: list[Span], *, escaped: bool) -> int:
    """One break is a space (nothing if escaped), n more are n line feeds; the next line's indentation is nothing."""
    further: list[Span] = []
    at = _span(_BLANKS, text, first.end(), end)[1]
    while line_break := _BREAK.match(text, at, end):
        further.append(line_break.span())
        at = _span(_BLANKS, text, line_break.end(), end)[1]
    if not further and not escaped:
        further.append(first.span())
    spans.extend(further)
    return at


def _block(text: str, scalar: Scalar) -> list[Span]:
    """Literal and folded scalars: a header line, then lines of one indentation."""
    chomping, width, start = _header(text, scalar)
    lines = _Lines(text, start, scalar.end, width)
    breaks = lines.skip_indentation()
    lines.width = lines.width or max(lines.widest, scalar.indent + 1, 1)

    spans: list[Span] = []
    ending: list[Span] = []  # the break at the end of the line before
    was_blank = False
    while lines.at < scalar.end and lines.column == lines.width:
        is_blank = text[lines.at] in " \t"
        if scalar.style == ">" and ending and not was_blank and not is_blank:
            spans.extend(breaks or ending)
        else:
            spans.extend(ending + breaks)
        was_blank = is_blank
        content, ending = lines.take()
        spans.extend(content)
        breaks = lines.skip_indentation()
    if chomping != "-":
        spans.extend(ending)
    if chomping == "+":
        spans.extend(breaks)
    return spans


def _header(text: str, scalar: Scalar) -> tuple[str, int, int]:
    """The chomping indicator, the width of the indentation (0: not told), and where the line after the header begins."""
    line = _span(_LINE, text, scalar.start, scalar.end)
    indicators = text[line[0] + 1 : line[1]].partition("#")[0]
    chomping = "".join(character for character in indicators if character in "+-")
    digit = "".join(character for character in indicators if character in "123456789")
    width = max(scalar.indent, 0) + int(digit) if digit else 0
    line_break = _BREAK.match(text, line[1], scalar.end)
    return chomping, width, line_break.end() if line_break else line[1]


class _Lines:
    """The lines of a block scalar, one after the other; `column` is how far `at` is indented."""

    def __init__(self, text: str, at: int, end: int, width: int) -> None:
        self.at = at
        self.column = 0
        self.width = width  # of the indentation that does not belong to the text; 0: not known yet
        self.widest = 0
        self._text = text
        self._end = end

    def skip_indentation(self) -> list[Span]:
        """Go to the next character of the text; returns the breaks of the empty lines before it."""
        breaks: list[Span] = []
        while True:
            self.column = 0
            while self._text.startswith(" ", self.at, self._end) and (not self.width or self.column < self.width):
                self.at += 1
                self.column += 1
            self.widest = max(self.widest, self.column)
            line_break = self._break()
            if not line_break:
                return breaks
            breaks += line_break

    def take(self) -> tuple[list[Span], list[Span]]:
        """The rest of the line, and its break if it has one."""
        line = _span(_LINE, self._text, self.at, self._end)
        self.at = line[1]
        return _each(line), self._break()

    def _break(self) -> list[Span]:
        match = _BREAK.match(self._text, self.at, self._end)
        if not match:
            return []
        self.at = match.end()
        return [match.span()]


def _each(span: Span) -> list[Span]:
    """A span as spans of one character."""
    return [(index, index + 1) for index in range(*span)]


def _span(pattern: re.Pattern[str], text: str, start: int, end: int) -> Span:
    """Where a pattern that matches anywhere does so."""
    match = pattern.match(text, start, end)
    return match.span() if match else (start, start)
