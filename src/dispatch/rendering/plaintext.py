"""The text part of a mail, from the issue itself: as a person would type it, 72 columns wide."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dispatch.content.richtext import Break, Code, Emphasis, Link, MergeField, Node, Strong, TextRun, parse, parse_plain
from dispatch.rendering.columns import number_columns
from dispatch.rendering.display_width import display_width, wrap
from dispatch.rendering.legible import legible
from dispatch.rendering.markup import field_url
from dispatch.rendering.sentinels import Sentinels

WIDTH = 72  # RFC 3676 §4.2 recommends up to 78; 72 leaves room for being quoted


def tidy(text: str) -> str:
    """The text with at most one blank line in a row, and no space at the end of a line but in the signature's `-- `."""
    lines = (line if line == "-- " else line.rstrip() for line in text.strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


class TextWriter:
    """Writes texts for one compilation and numbers their links; the list of links is `links`."""

    def __init__(self, sentinels: Sentinels) -> None:
        self._sentinels = sentinels
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

    def wrapped(self, text: str, first: str = "", indent: str = "") -> str:
        """The text in lines of 72 columns, the first after `first`, the others after `indent`."""
        lines = wrap(text, WIDTH - max(display_width(first), display_width(indent)), self._measure)
        return "\n".join(f"{first if number == 0 else indent}{line}".rstrip() for number, line in enumerate(lines))

    def underlined(self, text: str, line: str) -> str:
        """A heading with a line below that is as long as it."""
        heading = self.wrapped(text)
        longest = max(self._measure(part) for part in heading.split("\n"))
        return f"{heading}\n{line * min(longest, WIDTH)}"

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]], label: str = "{}:") -> str:
        """Rich cells in aligned columns, numbers to the right; too wide a table is written out row by row.

        `label` is how the name of a column stands before a value there.
        """
        header, *rows = ([self.rich(cell).replace("\n", " ") for cell in row] for row in (header, *rows))
        widths = [max(self._measure(cell) for cell in column) for column in zip(header, *rows, strict=True)]
        if sum(widths) + 2 * (len(widths) - 1) > WIDTH:
            return self._written_out([label.replace("{}", name) for name in header], rows)
        to_right = number_columns([[self._sentinels.shown(cell) for cell in row] for row in rows])
        lines = [header, ["-" * width for width in widths], *rows]
        return "\n".join(
            "  ".join(self._aligned(*cell) for cell in zip(line, widths, to_right, strict=True)).rstrip()
            for line in lines
        )

    def _written_out(self, labels: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        return "\n\n".join(
            "\n".join(self.wrapped(f"{label} {cell}", indent="  ") for label, cell in zip(labels, row, strict=True))
            for row in rows
        )

    def _aligned(self, cell: str, width: int, to_right: bool) -> str:
        space = " " * (width - self._measure(cell))
        return space + cell if to_right else cell + space

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
