"""What a reader gets of an issue, part by part: words, links and pictures, read from the HTML that is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from lxml import etree, html

from dispatch.checks.check import Finding
from dispatch.content.blocks import Figure
from dispatch.content.issue import Issue, block_name
from dispatch.content.richtext import MergeField, parse_plain
from dispatch.rendering.compiled import RESERVED_FIELDS, CompiledIssue, Picture, Slots, bytes_of
from dispatch.rendering.marks import MarkedHtml, with_blocks
from dispatch.rendering.slots import fill

FRAME = "frame"
"""The name of all that no part of the issue has written: masthead, footer."""

_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_UNSEEN = frozenset({"head", "style", "script", "title"})
_LINES = frozenset(
    {"p", "div", "li", "ul", "ol", "tr", "table", "blockquote", "figure", "figcaption", "hr"}
    | {f"h{n}" for n in range(1, 7)}
)
_EMPHASIS = {"strong": "bold", "b": "bold", "em": "italics", "i": "italics", "code": "code"}
_TOLD_ELSEWHERE = frozenset({"lang", "src", "href", "alt", "title", "aria-label", "data-block", "id"})
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(frozen=True)
class Link:
    """A link as a reader meets it: what stands there, and where it leads."""

    text: str
    url: str


@dataclass(frozen=True)
class Image:
    """A picture in the mail."""

    name: str  # the name of its content, or where it is found if it is no picture of ours
    alt: str
    shown: tuple[str, str]  # width and height in CSS pixels, as the HTML says
    path: str = ""  # as the issue writes it, where it does
    picture: Picture | None = None  # None: a picture of somebody else's server


@dataclass(frozen=True)
class Part:
    """A part of the mail: what a block or a field of the issue has written."""

    name: str  # `blocks.3`, `title`, `subject`, `frame`
    kind: str  # `paragraph`; of a field, its name
    line: int  # where it begins in the issue's file; 0: not there
    text: str  # the words, fields as `{{name|fallback}}`, a line for each paragraph, row, item; of a chart, figures
    links: tuple[Link, ...] = ()
    images: tuple[Image, ...] = ()
    emphasis: tuple[tuple[str, str], ...] = ()  # how words are set off (bold, italics, code), and which
    markup: tuple[str, ...] = ()  # its elements with their attributes, without what is told above
    styles: tuple[tuple[str, str], ...] = ()  # the declarations of these elements: property, value
    audience: str = ""  # whose alone it is: a segment, and who that is; empty: everybody's
    language: str = ""  # its own; empty: the issue's

    @property
    def is_block(self) -> bool:
        """Whether it may stand anywhere in the issue."""
        return self.name.startswith("blocks.")


@dataclass(frozen=True)
class Letter:
    """An issue as a reader gets it."""

    slug: str
    file: str  # as its author knows it
    title: str
    digests: tuple[str, ...]  # by which an issue is known again under another name
    parts: tuple[Part, ...]  # in reading order
    sheets: str  # the style sheets of the mail
    text: str  # the text part, merge fields as `{{name|fallback}}`
    html_bytes: int  # of the largest message that a reader gets, as it arrives; without findings, of all blocks
    text_bytes: int  # of the same message, where every merge field shows its fallback
    findings: tuple[Finding, ...] | None = None  # None: they could not be found out

    @property
    def has_variants(self) -> bool:
        """Whether some of it is not for everybody."""
        return any(part.audience for part in self.parts)

    @property
    def words(self) -> int:
        """How many words there are to read."""
        return sum(len(part.text.split()) for part in self.parts if part.is_block)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Its pictures, each once."""
        pictures = (image.picture for part in self.parts for image in part.images)
        return tuple(dict.fromkeys(picture for picture in pictures if picture))

    @property
    def picture_bytes(self) -> int:
        """Of all its pictures."""
        return sum(len(picture.content) for picture in self.pictures)


def read_letter(
    issue: Issue,
    compiled: CompiledIssue,
    marked: MarkedHtml,
    *,
    sender: str,
    file: str,
    fixed: Mapping[str, str],
    segments: Mapping[str, str],
) -> Letter:
    """What a reader gets of an issue that was compiled with all its blocks; `marked` is the HTML of `compiled` with marks.

    `sender` stands in the inbox before the subject; `fixed` are values for the merge fields that dispatch fills;
    `segments` says who is in each.
    """
    tree = html.document_fromstring(_with_fields(with_blocks(marked), escape), html.HTMLParser(remove_comments=True))
    reading = _Reading(issue, {picture.name: picture for picture in compiled.pictures}, segments)
    reading.read(tree, FRAME)
    inbox = (
        ("from", sender),
        ("subject", _shown(issue.subject)),
        ("preheader", _shown(issue.preheader)),
        ("language", issue.language),
    )
    lines = {name: start.line for name, start, _ in issue.extents()}
    return Letter(
        slug=issue.slug,
        file=file,
        title=parse_plain(issue.title).plain,
        digests=issue.digests(),
        parts=(*(Part(name, name, lines.get(name, 0), text) for name, text in inbox if text), *reading.parts(lines)),
        sheets="\n".join(style.text or "" for style in tree.iter("style")),
        text=_with_fields(compiled.text),
        html_bytes=bytes_of(fill(compiled.html, fixed)),
        text_bytes=bytes_of(fill(compiled.text, fixed)),
    )


def _shown(text: str) -> str:
    nodes = parse_plain(text).nodes
    return "".join(
        _field(node.name, node.fallback) if isinstance(node, MergeField) else getattr(node, "text", "")
        for node in nodes
    )


def _field(name: str, fallback: str) -> str:
    return f"{{{{{name}}}}}" if name in RESERVED_FIELDS else f"{{{{{name}|{fallback}}}}}"


def _with_fields(slots: Slots, escaped: Callable[[str], str] = str) -> str:
    fields = [escaped(_field(slot.name, slot.fallback)) for slot in slots.slots]
    return "".join(literal + shown for literal, shown in zip(slots.literals, [*fields, ""], strict=True))


@dataclass
class _Draft:
    """A part while it is read."""

    pieces: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    emphasis: list[tuple[str, str]] = field(default_factory=list)
    markup: list[str] = field(default_factory=list)
    styles: list[tuple[str, str]] = field(default_factory=list)

    def write(self, text: str | None) -> None:
        """Text as HTML has it, where a line break is a space like any other; a no-break space is none."""
        self.pieces.append(_SPACES.sub(" ", text or ""))

    def text(self, start: int = 0) -> str:
        """What was written from a piece on."""
        text = re.sub(r" {2,}", " ", "".join(self.pieces[start:]))
        return "\n".join(line.strip(" ") for line in text.split("\n") if line.strip())


class _Reading:
    """Reads the tree of a mail, in which `data-block` names the parts."""

    def __init__(self, issue: Issue, pictures: Mapping[str, Picture], segments: Mapping[str, str]) -> None:
        self._pictures = pictures
        blocks = {block_name(block.path): block for block in issue.every_block()}
        self._audiences = {
            name: f"{block.when} ({segments.get(block.when, 'no segment')})"
            for name, block in blocks.items()
            if block.when
        }
        self._languages = {name: block.language for name, block in blocks.items()}
        self._kinds = {name: block.kind for name, block in blocks.items()}
        self._paths = {name: block.image for name, block in blocks.items() if isinstance(block, Figure)}
        if issue.cover:
            self._paths["cover"] = issue.cover.image
        self._drafts: dict[str, _Draft] = {}

    def parts(self, lines: dict[str, int]) -> Iterator[Part]:
        """The parts in reading order."""
        for name, draft in self._drafts.items():
            kind = self._kinds.get(name, name)
            yield Part(
                name,
                kind,
                lines.get(name, 0),
                draft.text(),
                tuple(draft.links),
                tuple(draft.images),
                tuple(draft.emphasis),
                tuple(draft.markup),
                tuple(draft.styles),
                self._audiences.get(name, ""),
                self._languages.get(name, ""),
            )

    def read(self, element: etree._Element, above: str) -> None:
        """Read an element and what is in it; `above` is the part that it stands in."""
        tag, style = str(element.tag), element.get("style", "")
        if tag in _UNSEEN or _HIDDEN.search(style):
            return
        name = element.get("data-block", above)
        draft = self._drafts.setdefault(name, _Draft())
        draft.markup.append(_markup(tag, element))
        draft.styles += declarations(style)
        if tag in _LINES or tag == "br":
            draft.pieces.append("\n")
        if tag == "li":
            draft.pieces.append("• ")
        if tag in {"td", "th"} and _is_later_cell(element):
            draft.pieces.append(" | ")
        start = len(draft.pieces)
        if tag == "img":
            draft.images.append(self._image(element, name))
            draft.pieces += self._figures(draft.images[-1])
        draft.write(element.text)
        for child in element:
            self.read(child, name)
            draft.write(child.tail)
        if tag == "a" and element.get("href"):
            draft.links.append(Link(draft.text(start) or _alternatives(element), element.get("href", "")))
        elif tag in _EMPHASIS:
            draft.emphasis.append((_EMPHASIS[tag], draft.text(start)))
        if tag in _LINES:
            draft.pieces.append("\n")

    def _figures(self, image: Image) -> Iterator[str]:
        """What a chart shows, as words: an alternative text of the author's own need not say it."""
        if image.picture and image.picture.told:
            yield f"\n{image.picture.told}\n"

    def _image(self, element: etree._Element, name: str) -> Image:
        src = element.get("src", "")
        own = re.search(r"[0-9a-f]{64}\.[a-z]+", src)
        known = own[0] if own else src
        return Image(
            known,
            element.get("alt", ""),
            (element.get("width", ""), element.get("height", "")),
            self._paths.get(name, ""),
            self._pictures.get(known),
        )


def _alternatives(element: etree._Element) -> str:
    return " ".join(image.get("alt", "") for image in element.iter("img"))


def _is_later_cell(cell: etree._Element) -> bool:
    """Whether it is a cell of a table of data, and not the first of its row."""
    table = next(cell.iterancestors("table"), None)
    return cell.getprevious() is not None and table is not None and table.get("role") != "presentation"


def _markup(tag: str, element: etree._Element) -> str:
    left_out = _TOLD_ELSEWHERE | ({"width", "height"} if tag == "img" else frozenset())
    return " ".join((tag, *(f'{name}="{value}"' for name, value in element.items() if name not in left_out)))


def declarations(style: str) -> Iterator[tuple[str, str]]:
    """Each declaration of a style: property and value."""
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            yield name.strip(), value.strip()
