"""Charts as pictures: only who draws one waits for the fonts, and for the library that makes pixels of SVG."""

from __future__ import annotations

import resvg_py

from dispatch.content.figures import Figures
from dispatch.errors import InvalidIssue
from dispatch.location import Location
from dispatch.rendering.charts.bars import draw_bars
from dispatch.rendering.charts.columns import draw_columns
from dispatch.rendering.charts.lettering import FONT, missing
from dispatch.rendering.charts.lines import draw_lines
from dispatch.rendering.charts.numerals import Numerals
from dispatch.rendering.charts.shapes import Drawing
from dispatch.rendering.palette import Palette

_DRAW = {"bar": draw_bars, "column": draw_columns, "line": draw_lines}


def draw(kind: str, figures: Figures, numerals: Numerals, *, leftward: bool, place: Location) -> Drawing:
    """The drawing of a chart, from the right where that is how it is read.

    Raises InvalidIssue at `place` where the fonts lack a character of it.
    """
    for text in (*figures.labels, *figures.series, numerals.unit):
        if lacking := missing(text):
            raise InvalidIssue(
                f"“{lacking}” cannot be drawn in a chart (in “{text}”): its type has Latin, Greek, Cyrillic, Arabic and Hebrew",
                location=place,
                remedy="Write it in other characters, or use a `table`.",
            )
    drawing = _DRAW[kind](figures, numerals)
    return drawing.mirrored() if leftward else drawing


def png(drawing: Drawing, palette: Palette, density: int) -> bytes:
    """The drawing in pixels, so many for each of its own; the same bytes for the same drawing."""
    return resvg_py.svg_to_bytes(
        svg_string=drawing.svg(""),
        style_sheet=_style_sheet(palette),
        zoom=density,
        skip_system_fonts=True,
        font_files=[FONT],
        font_family="Noto Sans",
    )


def _style_sheet(palette: Palette) -> str:
    filled = {"ground": palette.panel, "text": palette.text, "muted": palette.muted}
    filled |= {f"s{number}": colour for number, colour in enumerate(palette.series, 1)}
    drawn = {"rule": (palette.rule, 1.5), "axis": (palette.muted, 1.5)}
    drawn |= {f"l{number}": (colour, 3.5) for number, colour in enumerate(palette.series, 1)}
    return "".join(f".{name}{{fill:{colour}}}" for name, colour in filled.items()) + "".join(
        f".{name}{{fill:none;stroke:{colour};stroke-width:{width};stroke-linejoin:round;stroke-linecap:round}}"
        for name, (colour, width) in drawn.items()
    )
