"""The texts of an issue as HTML: escaped first, then marked up; merge fields as their stand-ins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup, escape

from dispatch.content.blocks import Chart, Figure
from dispatch.content.issue import Cover
from dispatch.content.richtext import (
    Break,
    Code,
    Emphasis,
    Link,
    MergeField,
    Node,
    Strong,
    TextRun,
    parse,
    parse_plain,
)
from dispatch.rendering.album import Album, ShownPicture
from dispatch.rendering.bidi import reads_left_to_right
from dispatch.rendering.charts.telling import ToldChart
from dispatch.rendering.escaping import safe_url
from dispatch.rendering.legible import legible
from dispatch.rendering.sentinels import Sentinels


class HtmlWriter:
    """Writes texts as HTML (which is XML too) for one rendering of an issue."""

    def __init__(self, sentinels: Sentinels, album: Album) -> None:
        self._sentinels = sentinels
        self._album = album

    def picture(self, figure: Figure | Cover | Chart, width: int) -> ShownPicture:
        """The picture of a figure, cover or chart, at most `width` CSS pixels wide."""
        return self._album.show(figure, width)

    def told(self, chart: Chart) -> ToldChart:
        """A chart in words: its alternative text, its table."""
        return self._album.told(chart)

    def drawing(self, chart: Chart) -> Markup:
        """A chart as SVG, for a page whose style sheet has colours for it."""
        return self._album.drawing(chart)

    def shown(self, text: str) -> str:
        """A text without markup and with the fallbacks of its merge fields, where no field may stand."""
        return legible(parse_plain(text).plain)

    def rich(self, text: str) -> Markup:
        """Inline Markdown as HTML."""
        return self._html(parse(text).nodes)

    def unlinked(self, text: str) -> Markup:
        """Inline Markdown as HTML, of its links the words only: for a text that stands in the mail once more."""
        return self._html(tuple(_unlinked(parse(text).nodes)))

    def figure(self, text: str) -> Markup:
        """A figure between right-to-left words: whatever order it has, it keeps."""
        html = self.rich(text)
        return Markup('<span dir="ltr">{}</span>').format(html) if reads_left_to_right(parse(text).plain) else html

    def plain(self, text: str) -> Markup:
        """A text without markup, for between tags or inside a quoted attribute."""
        return self._html(parse_plain(text).nodes)

    def url(self, text: str) -> Markup:
        """A web address for a quoted attribute."""
        return escape(field_url(parse_plain(text).nodes, self._sentinels))

    def _html(self, nodes: Sequence[Node]) -> Markup:
        return Markup().join(self._node(node) for node in nodes)

    def _node(self, node: Node) -> Markup:
        match node:
            case TextRun(text):
                return escape(legible(text))
            case MergeField(name, fallback):
                return escape(self._sentinels.stand_in(name, fallback))
            case Break():
                return Markup("<br/>")
            case Strong(children):
                return Markup("<strong>{}</strong>").format(self._html(children))
            case Emphasis(children):
                return Markup("<em>{}</em>").format(self._html(children))
            case Code(children):
                return Markup("<code>{}</code>").format(self._html(children))
            case Link(url, children):
                return Markup('<a href="{}">{}</a>').format(field_url(url, self._sentinels), self._html(children))


def _unlinked(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        match node:
            case Link(_, children):
                yield from _unlinked(children)
            case Strong(children) | Emphasis(children):
                yield replace(node, children=tuple(_unlinked(children)))
            case _:
                yield node


def field_url(parts: Sequence[Node], sentinels: Sentinels) -> str:
    """A URL of text and merge fields, with stand-ins, in US-ASCII; `#` where its scheme is refused."""
    written = "".join(
        sentinels.stand_in(part.name, part.fallback) if isinstance(part, MergeField) else legible(part.text)
        for part in parts
        if isinstance(part, MergeField | TextRun)
    ).strip()
    if sentinels.pattern.match(written):  # its scheme comes with the value, and is looked at then
        return safe_url(f"https:{written}").removeprefix("https:")
    return safe_url(written)
