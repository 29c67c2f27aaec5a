"""Where a line of a template's output came from: marks that Jinja2 carries along and we take out again."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

# Noncharacters (Unicode 23.7): `legible()` takes them out of everything people write, so these are only ours.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}:]*):([0-9]+):([0-9]*){_CLOSE}")


class LineMarks(Extension):
    """Puts the file's name and line into the text of each MJML and CSS template, at each beginning of a line."""

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterable[Token]:
        if stream.name is None or not stream.name.endswith((".mjml.j2", ".css.j2")):
            return stream
        return _marked(stream, stream.name)


def _marked(stream: TokenStream, name: str) -> Iterator[Token]:
    for token in stream:
        if token.type == "data":
            lines = token.value.split("\n")
            marked = [f"{_OPEN}{name}:{token.lineno + number}:{_CLOSE}{line}" for number, line in enumerate(lines)]
            yield Token(token.lineno, token.type, "\n".join(marked))
        else:
            yield token


@dataclass(frozen=True)
class Origin:
    """A line of a template, and for which part of the issue it was filled; None: for none of them."""

    file: str = ""
    line: int = 0
    part: int | None = None


@dataclass(frozen=True)
class Origins:
    """Where in which template the text of a rendered one was written, by line and by character."""

    lines: tuple[int, ...]  # where each line has its first character that is no space
    offsets: tuple[int, ...]  # of the characters before which a mark stood
    marks: tuple[Origin, ...]  # what each of these marks said

    def __call__(self, line: int) -> Origin:
        """The template's line behind a line of the output, counted from 1."""
        return self.at(self.lines[min(max(line, 1), len(self.lines)) - 1])

    def at(self, offset: int) -> Origin:
        """The template's line behind a character of the output, counted from 0."""
        position = bisect_right(self.offsets, offset)
        return self.marks[position - 1] if position else Origin()


def for_part(rendered: str, part: int) -> str:
    """The output of a template, its marks told for which part of the issue it was filled."""
    return rendered.replace(f":{_CLOSE}", f":{part}{_CLOSE}")


def without_marks(rendered: str) -> str:
    """The output of a template without its marks."""
    return _MARK.sub("", rendered)


def take_marks(rendered: str) -> tuple[str, Origins]:
    """The output without its marks, and where everything in it came from."""
    pieces = _MARK.split(rendered)  # a text, then again and again the three words of a mark and a text
    text = "".join(pieces[::4])
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(start + len(line) - len(line.lstrip()))
        start += len(line) + 1
    offsets = accumulate(map(len, pieces[:-1:4]))
    return text, Origins(tuple(lines), tuple(offsets), tuple(map(_origin, pieces[1::4], pieces[2::4], pieces[3::4])))


@lru_cache(1024)
def _origin(file: str, line: str, part: str) -> Origin:
    return Origin(file, int(line), int(part) if part else None)
