"""What a chart is drawn of, in CSS pixels, and its SVG; a style sheet gives the classes of shapes their colours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from markupsafe import Markup, escape

from dispatch.rendering.bidi import directions_of
from dispatch.rendering.charts.lettering import SIZE

WIDTH = 552
"""The column of the mail."""

Anchor = Literal["start", "middle", "end"]
_OPPOSITE: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}


@dataclass(frozen=True)
class Bar:
    """A rectangle in the colour of its series, counted from 0."""

    x: float
    y: float
    width: float
    height: float
    series: int

    def mirrored(self) -> Bar:
        """The same seen from behind."""
        return replace(self, x=WIDTH - self.x - self.width)

    def svg(self) -> str:
        """As an element."""
        place = f'x="{_px(self.x)}" y="{_px(self.y)}" width="{_px(self.width)}" height="{_px(self.height)}"'
        return f'<rect class="s{self.series + 1}" {place}/>'


@dataclass(frozen=True)
class Line:
    """Points that are joined: in the colour of a series, or as a rule."""

    points: tuple[tuple[float, float], ...]
    css: str

    def mirrored(self) -> Line:
        """The same seen from behind."""
        return replace(self, points=tuple((WIDTH - x, y) for x, y in self.points))

    def svg(self) -> str:
        """As an element."""
        path = "L".join(f"{_px(x)} {_px(y)}" for x, y in self.points)
        return f'<path class="{self.css}" d="M{path}"/>'


@dataclass(frozen=True)
class Dot:
    """A point in the colour of its series."""

    x: float
    y: float
    series: int

    def mirrored(self) -> Dot:
        """The same seen from behind."""
        return replace(self, x=WIDTH - self.x)

    def svg(self) -> str:
        """As an element."""
        return f'<circle class="s{self.series + 1}" cx="{_px(self.x)}" cy="{_px(self.y)}" r="5"/>'


@dataclass(frozen=True)
class Text:
    """One line, `y` at its base line; `css` is `text`, `muted`, or the colour of a series."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    css: str = "text"

    def mirrored(self) -> Text:
        """The same seen from behind; the letters stay as they are."""
        return replace(self, x=WIDTH - self.x, anchor=_OPPOSITE[self.anchor])

    def svg(self) -> str:
        """As an element. resvg 0.46 knows no `direction`: what goes to the left says so itself (UAX #9, RLE and PDF)."""
        text = f"\u202b{self.text}\u202c" if next(directions_of(self.text), "ltr") == "rtl" else self.text
        anchor = "" if self.anchor == "start" else f' text-anchor="{self.anchor}"'
        return f'<text class="{self.css}" x="{_px(self.x)}" y="{_px(self.y)}"{anchor}>{escape(text)}</text>'


Shape = Bar | Line | Dot | Text


@dataclass(frozen=True)
class Drawing:
    """Shapes on a ground of their own, 552 pixels wide."""

    height: int
    shapes: tuple[Shape, ...]

    def mirrored(self) -> Drawing:
        """As it is read from the right."""
        return replace(self, shapes=tuple(shape.mirrored() for shape in self.shapes))

    def svg(self, alt: str) -> Markup:
        """As an element of a page; what it shows is in `alt`."""
        return Markup(  # noqa: S704 (each text was escaped)
            f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {WIDTH} {self.height}"'
            f' direction="ltr" font-size="{SIZE}" role="img" aria-label="{escape(alt)}">'
            f'<rect class="ground" width="{WIDTH}" height="{self.height}"/>'
            f"{''.join(shape.svg() for shape in self.shapes)}</svg>"
        )


def _px(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
