"""The type that charts are set in: how wide a text is in it, and which characters it has."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

SIZE = 21
"""Of all type in a chart, in its own pixels: in the column of the smallest phones (288 of 552) still 11 CSS pixels."""

LINE = 27

FONT = str(Path(__file__).parent / "noto" / "NotoSans.ttf")
"""It comes along, so that a chart has the same bytes on every machine."""

_LEFTWARD = "\u0590-\u08ff\u200c\u200d\ufb1d-\ufdff\ufe70-\ufefc"  # with what joins letters, or parts them
_OF_ONE_DIRECTION = re.compile(f"[{_LEFTWARD}]+|[^{_LEFTWARD}]+")


def width(text: str) -> float:
    """Pixels that a line takes, its letters shaped as they are drawn: those of Arabic join."""
    return sum(_advance(piece) for piece in _OF_ONE_DIRECTION.findall(text)) * SIZE


def missing(text: str) -> str:
    """The first character that cannot be drawn; "" where there is none."""
    there = _font().face.unicodes
    return next((each for each in text if ord(each) not in there and unicodedata.category(each) != "Cf"), "")


def fitted(text: str, room: float) -> str:
    """The text, with `…` in the place of its end where it is too long for the room."""
    if width(text) <= room:
        return text
    most = bisect_right(range(len(text)), room, key=lambda end: width(_shortened(text, end))) - 1
    while most > 0 and width(_shortened(text, most)) > room:  # a letter more may take less, as it joins the one before
        most -= 1
    return _shortened(text, most)


def _shortened(text: str, end: int) -> str:
    return f"{text[: max(end, 0)].rstrip()}…"


def lines(text: str, room: float, most: int = 2) -> list[str]:
    """The text in at most so many lines of the room, broken between words; the end of what is too long is left out."""
    broken: list[str] = [""]
    for word in text.split():
        longer = f"{broken[-1]} {word}".lstrip()
        if not broken[-1] or len(broken) == most or width(longer) <= room:
            broken[-1] = longer
        else:
            broken.append(word)
    return [fitted(line, room) for line in broken]


@lru_cache(4096)
def _advance(piece: str) -> float:
    """How far letters of one direction move on, in ems."""
    buffer = hb.Buffer()
    buffer.add_str(piece)
    buffer.guess_segment_properties()
    hb.shape(_font(), buffer)
    return float(sum(glyph.x_advance for glyph in buffer.glyph_positions) / _font().face.upem)


@cache
def _font() -> hb.Font:
    return hb.Font(hb.Face(hb.Blob.from_file_path(FONT)))
