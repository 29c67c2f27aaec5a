"""Text that mixes directions (UAX #9): marks and elements where it would be laid out the wrong way round."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

_MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_EMBEDDING, _ITS_END = "\u202b", "\u202c"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ADDRESS = re.compile(r"\w+://\S+|\S+@\S+\.\S+")
_QUOTED = re.compile(r"(?:> ?)*")  # programs know a quotation by these: nothing may stand before them


def begun(line: str, direction: str, fields: re.Pattern[str]) -> str:
    """A line, with a mark before it where its first letter is not of its own direction: `direction`, if it is of both.

    Programs lay out a line by its first letter (rules P2 and P3), which may be that of a name in another script. Fields,
    whose values nobody knows, and addresses count as letters only at the beginning.
    """
    own = _direction_of(line, direction, fields)
    return line if _begins(line) == own else _MARKS[own] + line


def directed(text: str, direction: str, around: str, fields: re.Pattern[str], *, flowing: bool = False) -> str:
    """Lines of a direction, inside a text that may have another one `around` it, laid out right by every program.

    Beside the marks that `begun` puts, what runs from right to left stands in an embedding: programs that begin each line
    at the left would else take it apart at every Latin word. Lines that end with an address or a field do not: the end
    of the embedding would become a part of the link. A line without letters goes on as the one above; where the text is
    `flowing`, one with letters of the other direction alone as well. A line that has been directed stays as it is, and so
    does a text without any letter from right to left.
    """
    return "\n".join(_lines(text, direction, around, fields, flowing)) if _RIGHT_TO_LEFT.search(text) else text


def isolated(text: str, around: str) -> Markup:
    """A name or an address for HTML, in an element of its direction where that is not the one `around` it.

    Else its brackets, numbers and full stops would move to its other end.
    """
    own = next(directions_of(text), around)
    return escape(text) if own == around else Markup('<span dir="{}">{}</span>').format(own, text)


def _lines(text: str, direction: str, around: str, fields: re.Pattern[str], flowing: bool) -> Iterator[str]:
    above = ""  # the direction of the line above, if it is no blank one
    for line in text.split("\n"):
        quoted = _QUOTED.match(line)
        said = line[quoted.end() :] if quoted else line
        own = _direction_of(said, direction, fields) or above or "ltr"
        if flowing and above == direction and _letters(said, fields):
            own = direction
        yield f"{line[: len(line) - len(said)]}{_laid_out(said, own, around, fields)}"
        above = own if said else ""


def _direction_of(line: str, direction: str, fields: re.Pattern[str]) -> str:
    """That of its letters, `direction` for a line of both; "" for one without any."""
    if line.startswith(_MARKS["ltr"]):
        return "ltr"
    letters = _letters(line, fields)
    return direction if len(letters) == 2 else next(iter(letters), _begins(line))


def _laid_out(line: str, direction: str, around: str, fields: re.Pattern[str]) -> str:
    if line in {"", "-- "} or line.startswith((_MARKS["ltr"], _EMBEDDING, f"{_MARKS['rtl']}{_EMBEDDING}")):
        return line
    if direction == "ltr":
        inside = around == "rtl" and len(_letters(line, fields)) == 2
        return _MARKS["ltr"] + line if inside or _begins(line) == "rtl" else line
    said = line.removeprefix(_MARKS["rtl"])
    mark = "" if _begins(said) == "rtl" else _MARKS["rtl"]
    open_end = any(each.end() == len(said) for pattern in (_ADDRESS, fields) for each in pattern.finditer(said))
    return f"{mark}{said}" if open_end else f"{mark}{_EMBEDDING}{said}{_ITS_END}"


def _begins(line: str) -> str:
    return next(directions_of(line), "")


def _letters(line: str, fields: re.Pattern[str]) -> set[str]:
    """The directions that letters of a line have, without its fields and addresses."""
    return set(directions_of(fields.sub("", _ADDRESS.sub("", line))))


def directions_of(text: str) -> Iterator[str]:
    """The direction of each letter."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "L":
                yield "ltr"
            case "R" | "AL":
                yield "rtl"


def reads_left_to_right(figure: str) -> bool:
    """Whether nothing in a figure is written from right to left.

    Between right-to-left words its parts would change places: 11 000 is seen as 000 11, and -3 % as % 3- (UAX #9).
    """
    return "rtl" not in directions_of(figure)
