"""Text that mixes directions (UAX #9): marks and elements where it would be laid out the wrong way round."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

MARKS = {"ltr": "\u200e", "rtl": "\u200f"}
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_ADDRESS = re.compile(r"\w+://\S+|\S+@\S+\.\S+")


def directed(text: str, direction: str, around: str, fields: re.Pattern[str]) -> str:
    """The text with a mark, which nobody sees, before each line that would begin at the wrong side.

    Programs lay out a line by its first letter (rules P2 and P3), which may belong to a name in another script. Marked
    is a line of both directions whose first letter has the other one; inside a text `around` it that has the other
    direction every line of both. A line that has a mark keeps it, one without letters goes on as the one above; fields,
    whose values nobody knows, and addresses count as letters only at the beginning.
    """
    return "\n".join(_lines(text, direction, around, fields)) if _RIGHT_TO_LEFT.search(text) else text


def isolated(text: str, around: str) -> Markup:
    """A name or an address for HTML, in an element of its direction where that is not the one `around` it.

    Else its brackets, numbers and full stops would move to its other end.
    """
    own = next(_directions(text), around)
    return escape(text) if own == around else Markup('<span dir="{}">{}</span>').format(own, text)


def _lines(text: str, direction: str, around: str, fields: re.Pattern[str]) -> Iterator[str]:
    above = "ltr"
    for line in text.split("\n"):
        begins = next(_directions(line), "")
        letters = set(_directions(fields.sub("", _ADDRESS.sub("", line))))
        wanted = begins
        if line.startswith(tuple(MARKS.values())):
            yield line
        elif len(letters) == 2 or letters == {"rtl"} != {begins}:
            wanted = direction
            yield MARKS[direction] + line if begins != direction or around != direction else line
        elif line and not begins and above == "rtl":
            wanted = "rtl"
            yield MARKS["rtl"] + line
        else:
            yield line
        above = wanted


def _directions(text: str) -> Iterator[str]:
    """The direction of each letter."""
    for character in text:
        match unicodedata.bidirectional(character):
            case "L":
                yield "ltr"
            case "R" | "AL":
                yield "rtl"
