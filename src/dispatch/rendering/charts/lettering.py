"""The type that charts are set in: how wide a text is in it, and which characters it has."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

SIZE = 21
"""Of all type in a chart, in its own pixels: in the column of the smallest phones (288 of 552) still 11 CSS pixels."""

LINE = 27

FONTS = tuple(
    str(Path(__file__).parent / "noto" / f"{name}-Regular.ttf")
    for name in ("NotoSans", "NotoSansMath", "NotoSansArabic", "NotoSansHebrew")
)
"""They come along, so that a chart has the same bytes on every machine. Of several that have a character the first is used."""


def width(text: str) -> float:
    """Pixels that a line takes; letters that join (Arabic) take a little less."""
    advances = _advances()
    return sum(advances.get(character, 0) for character in text) * SIZE


def missing(text: str) -> str:
    """The first character that cannot be drawn; "" where there is none."""
    return next((each for each in text if each not in _advances() and unicodedata.category(each) != "Cf"), "")


def fitted(text: str, room: float) -> str:
    """The text, with `…` in the place of its end where it is too long for the room."""
    if width(text) <= room:
        return text
    while text and width(text) + width("…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


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


@cache
def _advances() -> dict[str, float]:
    """How far each character that a font has moves on, in ems."""
    advances: dict[str, float] = {}
    for file in reversed(FONTS):
        with TTFont(file, lazy=True) as font:
            ems, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
            advances |= {chr(code): metrics[glyph][0] / ems for code, glyph in font.getBestCmap().items()}
    return advances
