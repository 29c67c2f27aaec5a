"""How many columns a text takes where every character has the same width, and how it is broken into lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

_JOINER, _AS_EMOJI = "\u200d", "\ufe0f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_NOT_FIRST = frozenset("、。，．」』】〉》）！？：；ー々ゝゞ・…")  # noqa: RUF001 (JIS X 4051 §4.3: they begin no line)
_SPACES = re.compile(r"[ \t\r\f\v]+")  # not the no-break spaces


def display_width(text: str) -> int:
    """Columns: 2 for wide characters and emoji (UAX #11), 0 for what combines with the one before."""
    if text.isascii():
        return len(text)
    width, before = 0, ""
    for character in text:
        if before == _JOINER:
            columns = 0  # ZWJ sequences are drawn as one emoji
        elif character == _AS_EMOJI:
            columns = 2 - _columns(before) if before else 0
        else:
            columns = _columns(character)
        width += columns
        before = character
    return width


def _columns(character: str) -> int:
    if ord(character) in _SKIN_TONES or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def wrap(text: str, width: int, measure: Callable[[str], int] = display_width) -> list[str]:
    """Lines of at most `width` columns; a word or a URL that is wider stands on a line of its own, whole."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for space, atom in _atoms(paragraph):
            if line and measure(line + space + atom) > width:
                lines.append(line)
                line = atom
            else:
                line += space + atom if line else atom
        lines.append(line)
    return lines


def _atoms(paragraph: str) -> Iterator[tuple[str, str]]:
    """What may not be broken, each with the space before it (one or none)."""
    for number, word in enumerate(_SPACES.split(paragraph.strip(" \t\r\f\v"))):
        space = " " if number else ""
        if word.isascii() or "://" in word or not any(_columns(character) == 2 for character in word):
            yield space, word
            continue
        for atom in _wide_atoms(word):
            yield space, atom
            space = ""


def _wide_atoms(word: str) -> Iterator[str]:
    """Chinese and Japanese are written without spaces: a line may end after any wide character."""
    atom = ""
    for character in word:
        wide = _columns(character) == 2 and character not in _NOT_FIRST
        if atom and wide and not atom.endswith(_JOINER):
            yield atom
            atom = ""
        atom += character
    yield atom
