"""Reads .env: NAME=VALUE lines, with quotes, comments and the export prefix; values never get into an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dispatch.errors import InvalidConfig, Problem
from dispatch.location import Location

_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=[ \t]*(?P<rest>.*)")
_QUOTED = re.compile(r"""(?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)")\s*(?:#.*)?""")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True)
class Variable:
    """A value, and where it is set: `environment`, or `.env:3`."""

    value: str = field(repr=False)
    origin: str


def read_dotenv(content: bytes, file: str) -> dict[str, Variable]:
    """The variables that a .env file sets; raises InvalidConfig with every line that is wrong.

    In double quotes \\n, \\r, \\t, \\" and \\\\ mean what they mean elsewhere; in single quotes nothing does. A value
    without quotes ends before ` #`. No value refers to another one.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Location(file, content.count(b"\n", 0, error.start) + 1)
        raise InvalidConfig("this line is not UTF-8 text", location=place, remedy="Save the file as UTF-8.") from None
    variables: dict[str, Variable] = {}
    problems: list[Problem] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        problems += _read_line(line, Location(file, number), variables)
    if problems:
        raise InvalidConfig.of(problems)
    return variables


def _read_line(line: str, place: Location, variables: dict[str, Variable]) -> Iterator[Problem]:
    match = _ASSIGNMENT.fullmatch(line)
    if not match:
        yield Problem("this line is not NAME=VALUE", place, "Write NAME=VALUE; a comment begins with #.")
        return
    name, rest = match["name"], match["rest"]
    if name in variables:
        yield Problem(f"{name} is set a second time, after {variables[name].origin}", place, "Keep one of the two.")
    value = _value(rest)
    if value is None:
        column = match.start("rest") + 1
        yield Problem(
            f"the value of {name} begins with a quote that this line does not close, or goes on after it",
            Location(place.file, place.line, column),
            'Write \\" for a quote within double quotes, and \\n for a line break.',
        )
        return
    variables[name] = Variable(value, str(place))


def _value(rest: str) -> str | None:
    if not rest.startswith(("'", '"')):
        return re.split(r"(?:^|\s)#", rest, maxsplit=1)[0].strip()
    match = _QUOTED.fullmatch(rest)
    if not match:
        return None
    if match["single"] is not None:
        return match["single"]
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[1]), match["double"])
