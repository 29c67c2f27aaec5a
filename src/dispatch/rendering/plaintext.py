"""The text part of a mail, from the issue itself: as a person would type it, 72 columns wide."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dispatch.content.blocks import Chart
from dispatch.content.richtext import Break, Code, Emphasis, Link, MergeField, Node, Strong, TextRun, parse, parse_plain
from dispatch.rendering.album import Album
from dispatch.rendering.bidi import begun, directed, reads_left_to_right
from dispatch.rendering.charts.telling import NOTHING, ToldChart
from dispatch.rendering.display_width import display_width, wrap
from dispatch.rendering.legible import legible
from dispatch.rendering.markup import field_url
from dispatch.rendering.sentinels import Sentinels
from dispatch.rendering.tables import figure_columns

# Between two columns. From right to left the mark says so: words of Latin letters beside each other would change places.
_GAPS = {"ltr": "  ", "rtl": " \u200f "}
_IN_MARKS = re.compile('^["“”„«»‹›‘’「『]|["“”«»‹›」』]$|://\\S+$')  # noqa: RUF001
_TEXT = 14  # columns that a text which is broken into lines has at least
WIDTH = 72  # RFC 3676 §4.2 recommends up to 78; 72 leaves room for being quoted


def tidy(text: str) -> str:
    """The text with at most one blank line in a row, and no space at the end of a line but in the signature's `-- `."""
    lines = (line if line == "-- " else line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


class TextWriter:
    """Writes texts for one compilation and numbers their links; the list of links is `links`."""

    def __init__(self, sentinels: Sentinels, album: Album | None = None, *, direction: str = "ltr") -> None:
        """`direction` is that of the whole text, `ltr` or `rtl`."""
        self._sentinels = sentinels
        self._album = album
        self._direction = direction
        self.links: list[str] = []

    def rich(self, text: str) -> str:
        """Inline Markdown as plain text: links get a number, `<https://…>` stays as it is."""
        return self._text(parse(text).nodes)

    def plain(self, text: str) -> str:
        """A text without markup."""
        return self._text(parse_plain(text).nodes)

    def url(self, text: str) -> str:
        """A web address."""
        return field_url(parse_plain(text).nodes, self._sentinels)

    def reference(self, url: str) -> str:
        """The number of a link, `[3]`; the same for the same URL."""
        if url not in self.links:
            self.links.append(url)
        return f"[{self.links.index(url) + 1}]"

    def directed(self, text: str, direction: str = "", *, flowing: bool = False) -> str:
        """Finished lines of a direction, the whole text's unless told otherwise, laid out right by every program."""
        own = direction or self._direction
        return directed(text, own, self._direction, self._sentinels.pattern, flowing=flowing)

    def subject(self, text: str) -> str:
        """A text without markup in one line, which begins in the direction of the whole text."""
        return begun(self.plain(text), self._direction, self._sentinels.pattern)

    def quoted(self, text: str, marks: str) -> str:
        """The text in quotation marks (`“{}”`), unless it has some of its own, or an address would take them in."""
        return text if _IN_MARKS.search(self._sentinels.shown(text)) else marks.replace("{}", text)

    def wrapped(self, text: str, first: str = "", indent: str = "") -> str:
        """The text in lines of 72 columns, the first after `first`, the others after `indent`."""
        lines = wrap(text, WIDTH - max(display_width(first), display_width(indent)), self._measure)
        return "\n".join(f"{first if number == 0 else indent}{line}".rstrip() for number, line in enumerate(lines))

    def underlined(self, text: str, line: str) -> str:
        """A heading with a line below that is as long as it."""
        heading = self.wrapped(text)
        longest = max(self._measure(part) for part in heading.split("\n"))
        return f"{heading}\n{line * min(longest, WIDTH)}"

    def told(self, chart: Chart) -> ToldChart:
        """A chart in words: its alternative text, its table."""
        return self._album.told(chart) if self._album else NOTHING

    def figures(self, chart: ToldChart, label: str = "{}:", direction: str = "ltr") -> str:
        """The labels and numbers of a chart as a table; a single series needs no name above it."""
        columns = [False] + [True] * (len(chart.header) - 1)
        return self._set(chart.header if len(columns) > 2 else (), chart.rows, columns, label, direction)

    def table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], label: str = "{}:", direction: str = "ltr"
    ) -> str:
        """Rich cells in aligned columns, figures at the right, long texts in several lines.

        A table that is too wide even so is written out row by row; `label` is how a column's name stands before a value.
        """
        header, *rows = ([self.rich(cell).replace("\n", " ") for cell in row] for row in (header, *rows))
        figures = figure_columns([[self._sentinels.shown(cell) for cell in row] for row in rows])
        return self._set(header, rows, figures, label, direction)

    def _set(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[str]],
        figures: Sequence[bool],
        label: str,
        direction: str,
    ) -> str:
        """A table of texts; without a header there is no line below it either."""
        everything = [header, *rows] if header else rows
        gap = _GAPS[direction]
        columns = [list(column) for column in zip(*everything, strict=True)]
        if direction == "rtl":
            columns = [
                self._marked(column) if whole else column for column, whole in zip(columns, figures, strict=True)
            ]
            everything = list(zip(*columns, strict=True))
        widths = self._widths(columns, figures, WIDTH - display_width(gap) * (len(columns) - 1))
        if not widths:
            labels = [label.replace("{}", name) for name in everything[0]] if header else [""] * len(columns)
            return self._written_out(labels, everything[1:] if header else everything)
        lines = [[wrap(*cell, self._measure) for cell in zip(row, widths, strict=True)] for row in everything]
        roomy = any(len(cell) > 1 for row in (lines[1:] if header else lines) for cell in row)
        between = "\n\n" if roomy else "\n"
        to_end = figures if direction == "ltr" else [False] * len(figures)
        body = [self._row(row, widths, to_end, gap) for row in lines]
        if not header:
            return between.join(body)
        rule = self._row([["-" * width] for width in widths], widths, to_end, gap)
        return f"{body[0]}\n{rule}\n" + between.join(body[1:])

    def _widths(self, columns: Sequence[Sequence[str]], figures: Sequence[bool], room: int) -> list[int]:
        """How wide each column becomes, so that all of them fit; none where there is no way.

        The widest give way first, but no figure is broken, and no word; a text keeps room for a few words in a line.
        """
        widest = [max(map(self._measure, column)) for column in columns]
        least = [
            min(most, max(_TEXT, *(self._measure(line) for cell in column for line in self._broken(cell, whole))))
            for column, whole, most in zip(columns, figures, widest, strict=True)
        ]
        for most in range(room, 0, -1):
            widths = [max(low, min(high, most)) for low, high in zip(least, widest, strict=True)]
            if sum(widths) <= room:
                return widths
        return []

    def _broken(self, cell: str, whole: bool) -> list[str]:
        return [cell] if whole else wrap(cell, 1, self._measure)

    def _row(self, cells: Sequence[Sequence[str]], widths: Sequence[int], to_end: Sequence[bool], gap: str) -> str:
        """A row of cells, each given as its lines."""
        height = max(map(len, cells))
        filled = ([*cell, *[""] * (height - len(cell))] for cell in cells)
        return "\n".join(
            gap.strip(" ") + gap.join(map(self._aligned, line, widths, to_end)).rstrip()
            for line in zip(*filled, strict=True)
        )

    def _marked(self, column: Sequence[str]) -> list[str]:
        """Figures that are read from left to right, between marks that say so."""
        return [f"\u200e{cell}\u200e" if reads_left_to_right(self._sentinels.shown(cell)) else cell for cell in column]

    def _written_out(self, labels: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        return "\n\n".join(
            "\n".join(
                self.wrapped(f"{label} {cell}".lstrip(), indent="  ")
                for label, cell in zip(labels, row, strict=True)
                if cell
            )
            for row in rows
        )

    def _aligned(self, cell: str, width: int, to_end: bool) -> str:
        space = " " * (width - self._measure(cell))
        return space + cell if to_end else cell + space

    def _measure(self, text: str) -> int:
        """Columns with the fallbacks in place: what stands there for most people is about as wide."""
        return display_width(self._sentinels.shown(text))

    def _text(self, nodes: Sequence[Node]) -> str:
        return "".join(self._node(node) for node in nodes)

    def _node(self, node: Node) -> str:
        match node:
            case TextRun(text):
                return legible(text)
            case MergeField(name, fallback):
                return self._sentinels.stand_in(name, fallback)
            case Break():
                return "\n"
            case Strong(children) | Emphasis(children) | Code(children):
                return self._text(children)
            case Link(url, children):
                return self._link(field_url(url, self._sentinels), self._text(children))

    def _link(self, url: str, text: str) -> str:
        return url if text in {url, url.removeprefix("mailto:")} else f"{text} {self.reference(url)}"
