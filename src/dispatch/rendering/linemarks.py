"""Where a line of a template's output came from: marks that Jinja2 carries along and we take out again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from dispatch.location import Location

# Noncharacters (Unicode 23.7): `legible()` takes them out of everything people write, so these are only ours.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*):([0-9]+){_CLOSE}")
_LEADING = re.compile(rf"(?:\s*{_MARK.pattern})+")


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
            marked = [f"{_OPEN}{name}:{token.lineno + number}{_CLOSE}{line}" for number, line in enumerate(lines)]
            yield Token(token.lineno, token.type, "\n".join(marked))
        else:
            yield token


@dataclass(frozen=True)
class Origins:
    """For each line of a rendered template, the place in the template that wrote it."""

    places: tuple[tuple[str, int], ...]

    def __call__(self, line: int) -> Location:
        """The template's file and line behind a line of the output, counted from 1."""
        file, number = self.places[min(max(line, 1), len(self.places)) - 1]
        return Location(file, number)


def take_marks(rendered: str) -> tuple[str, Origins]:
    """The output without its marks, and where each of its lines came from."""
    places = []
    current = ("", 0)
    for line in rendered.split("\n"):
        leading = _LEADING.match(line)
        marks = _MARK.findall(leading[0] if leading else "")
        places.append((marks[-1][0], int(marks[-1][1])) if marks else current)
        for file, number in _MARK.findall(line)[-1:]:
            current = (file, int(number))
    return _MARK.sub("", rendered), Origins(tuple(places))
