"""How a table is set: which columns hold figures, and whether its rows fit the width of a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from babel.core import get_global

from dispatch.content.blocks import Table
from dispatch.content.richtext import parse
from dispatch.rendering.display_width import display_width, wrap

BODY_WIDTH = 552
"""CSS pixels: the width of the body where a mail is not narrowed."""

_SMALLEST_PHONE = 288  # of the column on a phone with 320 of them
_GAP = 16  # between two columns
_TYPE, _SMALL_TYPE, _PHONE_TYPE = 15, 13, 14  # the size of the type: in the mail, where it is crowded, on a phone
_CAPITAL, _OTHER = 0.72, 0.56  # of the type's size: how wide a letter is in Helvetica or Arial, and in bold hardly less
_LONGEST = 40  # characters of a figure with its unit
_LONG = (
    24  # letters: more do not stand beside their label on a phone, and a word of more is broken where there is no room
)

# -3.8 · $52.9 million · US$ 5 · CHF 1'200 · (5) · ~90 · 12,5 Mio. €: signs, a currency, digits, at most two words.
_SIGNS = r"[^\w\s]{0,3}\s?[^\w\s]?"
_CURRENCY = r"(?:(?P<code>[A-Z]{3})|[A-Z]{0,2}[$€£¥₩₪₫₱₴₹₺₽฿]|[Kk]r\.?|Rs\.?|Fr\.?)"
_DIGITS = r"\d(?:[\d.,:/^×'’٫٬\s\u00a0\u202f–-]*\d)?"  # noqa: RUF001
_FIGURE = re.compile(rf"{_SIGNS}(?:{_CURRENCY}\s?{_SIGNS})?(?:{_DIGITS}|(?=[½¼¾⅓⅔]))(?:\s?[^\s\d]+){{0,2}}")
_UNSEEN = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")  # they order right-to-left text
_MISSING = frozenset(["", *"-–—−…?", "n/a", "n.a.", "n. a.", "k. a.", "k.a.", "n.d.", "n. d.", "s/d"])  # noqa: RUF001


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    figures: bool  # they stand at the right, so that they can be compared
    long: bool  # sentences rather than words


@dataclass(frozen=True)
class TableLayout:
    """How a table is set."""

    columns: tuple[Column, ...]
    crowded: bool  # a mail has no room for it in type of the usual size, so it is set smaller
    overflows: bool  # nor for that, without breaking words
    stacks: bool  # a phone has no room for it: there each row becomes a card, each cell with its column's header


def layout_of(table: Table) -> TableLayout:
    """The layout of a table, with the fallbacks of its merge fields in their places."""
    header, *rows = [[parse(cell).plain for cell in row] for row in (table.header, *table.rows)]
    figures = figure_columns(rows)
    columns = tuple(zip(header, zip(*rows, strict=True), figures, strict=True))
    widths = (max(_narrowest(head), *(_narrowest(cell, whole) for cell in cells)) for head, cells, whole in columns)
    ems, gaps = sum(widths), _GAP * (len(columns) - 1)
    return TableLayout(
        tuple(Column(whole, _is_long(cells)) for _, cells, whole in columns),
        crowded=ems * _TYPE + gaps > BODY_WIDTH,
        overflows=ems * _SMALL_TYPE + gaps > BODY_WIDTH,
        stacks=ems * _PHONE_TYPE + gaps > _SMALLEST_PHONE,
    )


def figure_columns(rows: Sequence[Sequence[str]]) -> list[bool]:
    """For each column whether its cells are figures, or say that there is none; the first names the row, and never is."""
    return [
        position > 0
        and any(_is_figure(cell) for cell in column)
        and all(_is_figure(cell) or cell.strip().lower() in _MISSING for cell in column)
        for position, column in enumerate(zip(*rows, strict=True))
    ]


def _is_figure(cell: str) -> bool:
    cell = _UNSEEN.sub("", cell).strip()
    found = _FIGURE.fullmatch(cell) if len(cell) <= _LONGEST else None
    return found is not None and (found["code"] is None or found["code"] in get_global("all_currencies"))


def _narrowest(cell: str, whole: bool = False) -> float:
    """How wide a cell is, in sizes of its type, when its lines are broken wherever they can be; a figure's is not."""
    lines = [cell] if whole else [line[:_LONG] for line in wrap(cell, 1)]
    return max(sum(map(_width, line)) for line in lines)


def _width(character: str) -> float:
    return _CAPITAL if character.isupper() else _OTHER * display_width(character)


def _is_long(cells: Sequence[str]) -> bool:
    return max(map(display_width, cells)) > _LONG
