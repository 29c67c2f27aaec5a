"""Where a line of a template's output came from: marks that Jinja2 carries along and we take out again."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, takewhile

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from dispatch.yaml_source import Path

# Noncharacters (Unicode 23.7): `legible()` takes them out of everything people write, so these are only ours.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}:]*):([0-9]+):([\\w.]*){_CLOSE}")
_FIELD = re.compile(r"(?<!\. )\b(?:issue \. (\w+(?: \. \w+)*)|(date)\b)")  # in an expression; `date` is the issue's


class LineMarks(Extension):
    """Puts the file's name and line into the text of each MJML and CSS template, at each beginning of a line.

    They stand around a field of the issue too that an expression writes, and name it.
    """

    def filter_stream(self, stream: TokenStream) -> TokenStream | Iterable[Token]:
        if stream.name is None or not stream.name.endswith((".mjml.j2", ".css.j2")):
            return stream
        return _marked(stream, stream.name)


def _marked(stream: TokenStream, name: str) -> Iterator[Token]:
    for token in stream:
        if token.type == "data":
            lines = token.value.split("\n")
            marked = [_mark(name, token.lineno + number) + line for number, line in enumerate(lines)]
            yield Token(token.lineno, token.type, "\n".join(marked))
        elif token.type == "variable_begin":
            expression = [token, *takewhile(lambda each: each.type != "variable_end", stream)]
            expression.append(Token(token.lineno, "variable_end", ""))
            field = _field(expression)
            around = [Token(token.lineno, "data", _mark(name, token.lineno, part)) for part in (field, "")]
            yield from (around[0], *expression, around[1]) if field else expression
        else:
            yield token


def _field(expression: Iterable[Token]) -> str:
    """The first field of the issue that an expression names: `signoff.tagline`; "" where it names none."""
    named = _FIELD.search(" ".join(str(token.value) if token.type in {"name", "dot"} else "," for token in expression))
    return (named[1] or named[2]).replace(" ", "") if named else ""


def _mark(name: str, line: int, part: str = "") -> str:
    return f"{_OPEN}{name}:{line}:{part}{_CLOSE}"


@dataclass(frozen=True)
class Origin:
    """A line of a template, and for which part of the issue it was filled; None: for none of them."""

    file: str = ""
    line: int = 0
    part: Path | None = None


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


def for_part(rendered: str, part: Path) -> str:
    """The output of a template, its marks told for which part of the issue it was filled."""
    return rendered.replace(f":{_CLOSE}", f":{'.'.join(map(str, part))}{_CLOSE}")


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
    steps = tuple(int(step) if step.isdecimal() else step for step in part.split("."))
    return Origin(file, int(line), steps if part else None)
