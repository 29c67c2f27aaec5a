"""How a text is spelled inside a YAML scalar of any style, next to characters that stay as they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from dispatch.yaml_source.nodes import Scalar
from dispatch.yaml_source.offsets import Span, character_spans

LINE_WIDTH = 120
"""Characters. New text in a scalar of several lines is broken there, or where its longest line ends."""

_BLANK = " \t\r\n"
_BREAK = re.compile(r"\r\n|\n|\r")
_BETWEEN_WORDS = re.compile(r"(?<=\S) (?=\S)")
_COMMENT = re.compile(r"[ \t]+#.*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}


@dataclass(frozen=True)
class Change:
    """Characters `first` up to `last` of a value become `text`."""

    first: int
    last: int
    text: str


@dataclass(frozen=True)
class _Gap:
    """Blanks with a line break among them, between two visible characters: of a value, and of the file that spells it."""

    first: int
    last: int
    start: int
    end: int


class Spelling:
    """A scalar, and how its file spells each part of it."""

    def __init__(self, text: str, scalar: Scalar) -> None:
        self._text = text
        self._scalar = scalar
        self._spans = character_spans(text, scalar)
        found = _BREAK.search(text, scalar.start) or _BREAK.search(text)
        self._break = found[0] if found else "\n"

    def changed(self, changes: list[Change], style: str, *, wrapped: bool) -> str:
        """The file's text after changes (in order, none touching another), with the scalar in the given style.

        What no change concerns keeps its spelling but for what another style's quotes make necessary; line breaks between
        words too. It may read otherwise than meant, where the style cannot spell the text: look at it again.
        """
        pieces: list[str] = []
        at = self._start
        for change in self._joined(changes):
            start, end = self._place(change)
            pieces.append(_requoted(self._text[at:start], self._scalar.style, style))
            pieces.append(self._spelled(change.text, style, start, end, wrapped=wrapped))
            at = end
        pieces.append(_requoted(self._text[at : self._end], self._scalar.style, style))
        old, new = (each if each in {"'", '"'} else "" for each in (self._scalar.style, style))
        before, after = self._start - len(old), self._end + len(old)
        left_out = self._scalar.start == self._scalar.end and self._text[:before].endswith((":", "-"))  # `key:`
        return f"{self._text[:before]}{' ' * left_out}{new}{''.join(pieces)}{new}{self._text[after:]}"

    def quoted(self, value: str) -> str:
        """The file's text with a text in double quotes in the place of a block scalar; a comment behind `|` stays."""
        header = _BREAK.split(self._text[self._scalar.start : self._scalar.end], maxsplit=1)[0]
        end = self._spans[self._visible[-1]][1] if self._visible else self._scalar.start + len(header)
        comment = _COMMENT.search(header)
        behind = comment[0] if comment else ""
        return f"{self._text[: self._scalar.start]}{in_double_quotes(value)}{behind}{self._text[end:]}"

    @property
    def is_block(self) -> bool:
        """Whether the text stands in lines of its own, below `|` or `>`."""
        return self._scalar.style in {"|", ">"}

    # --- the parts of a scalar -----------------------------------------------------------------------

    @property
    def _start(self) -> int:
        """Where its text begins: behind the quote, or behind the line of `|` or `>`."""
        if self.is_block:
            found = _BREAK.search(self._text, self._scalar.start, self._scalar.end)
            return found.end() if found else self._scalar.end
        return self._scalar.start + (1 if self._scalar.style else 0)

    @property
    def _end(self) -> int:
        if self.is_block:
            return self._spans[-1][1] if self._spans else self._start
        return self._scalar.end - (1 if self._scalar.style else 0)

    @cached_property
    def _visible(self) -> list[int]:
        """Which characters of the value are neither blank nor a break, as the file spells them."""
        return [index for index, span in enumerate(self._spans) if self._text[slice(*span)].strip(_BLANK)]

    @cached_property
    def _gaps(self) -> list[_Gap]:
        marks = [-1, *self._visible, len(self._spans)]
        gaps = []
        for left, right in pairwise(marks):
            start = self._spans[left][1] if left >= 0 else self._start
            end = self._spans[right][0] if right < len(self._spans) else self._end
            if _BREAK.search(self._text, start, end):
                gaps.append(_Gap(left + 1, right, start, end))
        return gaps

    # --- where a change takes place ------------------------------------------------------------------

    def _joined(self, changes: list[Change]) -> list[Change]:
        """The changes, widened; those that come to touch are one."""
        joined: list[Change] = []
        for change in map(self._widened, changes):
            before = joined[-1] if joined else None
            if before and change.first <= before.last:
                text = before.text + change.text[before.last - change.first :]
                joined[-1] = Change(before.first, change.last, text)
            else:
                joined.append(change)
        return joined

    def _widened(self, change: Change) -> Change:
        """A change that cuts a gap, or puts blanks next to one, takes all of the gap with it: folding would drop them."""
        first, last, text = change.first, change.last, change.text
        value = self._scalar.value
        before, after = (value[:first] + text)[-1:], (text + value[last:])[:1]
        for gap in self._gaps:
            touched = gap.last == first and after in {"", *_BLANK}
            if touched or gap.first < change.first < gap.last:
                first, text = gap.first, value[gap.first : change.first] + text
            touched = gap.first == last and gap.first < gap.last and before in {"", *_BLANK}
            if touched or gap.first < change.last < gap.last:
                last, text = gap.last, text + value[change.last : gap.last]
        return Change(first, last, text)

    def _place(self, change: Change) -> Span:
        """The range of the file's text that a change takes the place of."""
        end = self._end_of(change.last)
        return (end if change.first == change.last else self._start_of(change)), end

    def _start_of(self, change: Change) -> int:
        index = change.first
        after = (change.text + self._scalar.value[change.last :])[:1]
        for gap in self._gaps:
            if gap.first == index < gap.last:
                return gap.start
            if gap.last == index:  # an escaped break spells nothing, but ends what blanks may stand before
                return gap.start if gap.first == gap.last and after in {"", *_BLANK} else gap.end
        return self._spans[index][0]

    def _end_of(self, index: int) -> int:
        for gap in self._gaps:
            if gap.first == index:
                return gap.start
            if gap.last == index:
                return gap.end
        if index:
            return self._spans[index - 1][1]
        return self._spans[0][0] if self._spans else self._end

    # --- spelling ------------------------------------------------------------------------------------

    @cached_property
    def _indentation(self) -> str:
        """What stands before the text in each line but the first; in a block, in all of them."""
        if self.is_block:
            span = next((span for span in self._spans if not _BREAK.match(self._text, span[0])), None)
            return self._text[self._line(span[0]) : span[0]] if span else ""
        inner = next((gap for gap in self._gaps if gap.start > self._start), None)
        return self._text[self._line(inner.end) : inner.end] if inner else " " * (self._scalar.indent + 2)

    def _line(self, index: int) -> int:
        """Where the line of a character begins."""
        return max(self._text.rfind("\n", 0, index), self._text.rfind("\r", 0, index)) + 1

    def _spelled(self, text: str, style: str, start: int, end: int, *, wrapped: bool) -> str:
        """A text between two places of the file."""
        words = _BETWEEN_WORDS.split(text) if wrapped and self._may_fold(style) else [text]
        pieces: list[str] = []
        line = self._text[self._line(start) : start]
        tail = _BREAK.split(self._text[end : self._end], maxsplit=1)[0]
        for number, word in enumerate(words, start=1):
            gap = " " if pieces else ""
            piece = self._in_style(word, style, line + gap, tail)
            if pieces and len(line + gap + piece + (tail if number == len(words) else "")) > self._width:
                gap, line = self._break + self._indentation, self._indentation
            pieces.append(gap + piece)
            line = _BREAK.split(line + gap + piece)[-1]
        return "".join(pieces)

    def _may_fold(self, style: str) -> bool:
        return style == ">" or (style != "|" and bool(self._gaps))

    @cached_property
    def _width(self) -> int:
        end = self._line(self._end) if self._text[: self._end].endswith(("\n", "\r")) else self._end
        lines = _BREAK.split(self._text[self._line(self._start) : end])
        return max(LINE_WIDTH, *map(len, lines))

    def _in_style(self, text: str, style: str, line: str, after: str) -> str:
        if style == '"':
            return _escaped(text)
        if style == "|":
            return self._with_breaks(text, 0)
        if style == ">":
            return self._folded(text, line.removeprefix(self._indentation), after)
        return self._with_breaks(text.replace("'", "''") if style == "'" else text, 1)

    def _with_breaks(self, text: str, more: int) -> str:
        """Each run of line feeds as that many breaks and some `more`, with nothing in the lines between them."""
        return re.sub(r"\n+", lambda run: self._break * (len(run[0]) + more) + self._indentation, text)

    def _folded(self, text: str, line: str, after: str) -> str:
        """In a folded block a line feed is an empty line, but next to an indented line just a break."""
        pieces = re.split(r"(\n+)", text)
        for position in range(1, len(pieces), 2):
            line += pieces[position - 1]
            following = (pieces[position + 1] + after)[:1]
            plain = line and following and line[0] not in _BLANK and following not in _BLANK
            pieces[position] = self._with_breaks(pieces[position], 1 if plain else 0)
            line = ""
        return "".join(pieces)


def in_double_quotes(text: str) -> str:
    """A text of its own, which double quotes can always spell."""
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(character, character) for character in text)


def _requoted(written: str, old: str, new: str) -> str:
    """A part of a plain or quoted scalar, in other quotes."""
    if old == new:
        return written
    text = written.replace("''", "'") if old == "'" else written
    return text.replace("'", "''") if new == "'" else re.sub(r'[\\"]', r"\\\g<0>", text)
