"""HTML as it is read aloud: words, and what a screen reader announces about them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

from dispatch.counts import count
from dispatch.rendering.html_syntax import VOID

_UNHEARD = frozenset({"head", "style", "script", "title", "template", "noscript"})
_LINES = frozenset({"p", "div", "td", "th", "li", "tr", "table", "ul", "ol", "dl", "dt", "dd", "blockquote", "h1", "h2",
                    "h3", "h4", "h5", "h6", "br", "hr", "section", "article", "header", "footer", "figure", "figcaption",
                    "pre", "body"})  # fmt: skip
_INVISIBLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_SPACE = re.compile(r"[\s ]+")
_SOUNDLESS = re.compile("[\u00ad\u034f\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class Word:
    """Words that are read, or announced, in one language."""

    text: str
    announced: bool = False
    language: str = ""
    is_loss: bool = False


@dataclass
class Line:
    """What is read in one breath."""

    words: list[Word] = field(default_factory=list)
    is_heading: bool = False
    block: str = ""  # that it is the first word of

    def __str__(self) -> str:
        """As one would write it down: announcements in brackets."""
        return " ".join(f"[{word.text}]" if word.announced else word.text for word in self.words)


@dataclass(frozen=True)
class Transcript:
    """All that is said, the addresses of pictures that have no alt text, and the number of those whose alt is empty."""

    lines: list[Line]
    nameless: tuple[str, ...]
    passed_over: int

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))


def read_aloud(html: str) -> Transcript:
    """Read HTML from its top to its end.

    Layout tables (role presentation or none) are silent, and so is what is hidden or in a comment. Pictures with an empty
    alt are silent too, but a loss: it is told where they stand.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line()
    return Transcript([line for line in reader.lines if line.words], tuple(reader.nameless), reader.passed_over)


@dataclass
class _Open:
    """An element that is open."""

    tag: str
    silent: bool
    language: str
    block: str
    link: str = ""
    count: Line | None = None  # where the number of its items is to stand
    items: int = 0
    columns: int = 0
    said_at_end: str = ""
    spoke: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.nameless: list[str] = []
        self.passed_over = 0
        self._line = Line()
        self._open = [_Open("", silent=False, language="", block="")]
        self._spoken = ""
        self._after_link = False

    def end_line(self) -> None:
        """What follows is read in a breath of its own."""
        self._line.words = [replace(word, text=word.text.strip()) for word in self._line.words]
        if self._line.words:
            self.lines.append(self._line)
        self._line = Line()
        self._after_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        above = self._open[-1]
        silent = (
            above.silent
            or tag in _UNHEARD
            or "hidden" in given
            or given.get("aria-hidden") == "true"
            or bool(_INVISIBLE.search(given.get("style", "")))
        )
        here = _Open(tag, silent, given.get("lang") or above.language, given.get("data-block") or above.block)
        if tag == "html":
            self._spoken = here.language
        if not silent:
            if tag in _LINES and any(not word.announced for word in self._line.words):
                self.end_line()
            self._begin(here)
            self._announce(here, given)
        if tag not in VOID:
            self._open.append(here)

    def handle_endtag(self, tag: str) -> None:
        if not any(each.tag == tag for each in self._open):
            return
        while self._open[-1].tag != tag:
            self._end(self._open.pop())
        self._end(self._open.pop())

    def handle_data(self, data: str) -> None:
        if not self._open[-1].silent:
            self._begin(self._open[-1])
            self._say(data)

    def _begin(self, here: _Open) -> None:
        self._line.block = self._line.block or here.block

    def _announce(self, here: _Open, given: dict[str, str]) -> None:
        role, tag = given.get("role", ""), here.tag
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal():
            self._line.is_heading = True
            self._told(f"heading level {tag[1]}")
        elif tag == "a" and "href" in given:
            here.link = given["href"]
            self._told("link")
        elif tag == "img":
            self._picture(given)
        elif tag in ("ul", "ol") and role not in ("presentation", "none"):
            here.count, here.said_at_end = self._placeholder(here), "end of list"
        elif tag == "li":
            self._item(here)
        elif tag == "table" and role not in ("presentation", "none"):
            here.count, here.said_at_end = self._placeholder(here), "end of table"
        elif tag in ("tr", "td", "th"):
            self._cell(here)
        elif tag == "blockquote":
            self._told("quote")
            here.said_at_end = "end of quote"
        elif tag == "hr":
            self._told("separator")
            self.end_line()

    def _picture(self, given: dict[str, str]) -> None:
        if given.get("alt"):
            self._told("picture")
            self._say(given["alt"])
        elif "alt" not in given:
            address = given.get("src", "")
            self.nameless.append(address)
            self._told("picture without an alt text", is_loss=True)
            self._say(address.rpartition("/")[2] or address)
        else:
            self.passed_over += 1
            self._told("picture, passed over: its alt text is empty", is_loss=True)

    def _item(self, here: _Open) -> None:
        above = self._nearest("ul", "ol")
        if above and above.count:
            above.items += 1
            self._told(f"{above.items}." if above.tag == "ol" else "•")

    def _cell(self, here: _Open) -> None:
        table = self._nearest("table")
        if not table or not table.count:
            return
        if here.tag == "tr":
            table.items += 1
        else:
            row = self._nearest("tr")
            if row:
                row.columns += 1
                table.columns = max(table.columns, row.columns)
                kind = "column heading" if here.tag == "th" else f"row {table.items}, column {row.columns}"
                self._told(kind)

    def _end(self, ended: _Open) -> None:
        if ended.silent:
            return
        if ended.link and not ended.spoke:
            self._say(urlsplit(ended.link).netloc or ended.link)
        if ended.link:
            self._after_link = True
        if ended.tag in _LINES:
            self.end_line()
        if ended.count:
            noun, item = ("table", "row") if ended.tag == "table" else ("list", "item")
            told = f"{noun} with {count(ended.items, item)}"
            if ended.columns:
                told += f" and {count(ended.columns, 'column')}"
            ended.count.words.append(Word(told, announced=True))
        if ended.said_at_end:
            self._begin(ended)
            self._told(ended.said_at_end)
            self.end_line()

    def _placeholder(self, here: _Open) -> Line:
        """A line of its own, that gets its words when they are known."""
        self.end_line()
        line = Line(block=here.block)
        self.lines.append(line)
        return line

    def _nearest(self, *tags: str) -> _Open | None:
        return next((each for each in reversed(self._open) if each.tag in tags), None)

    def _told(self, text: str, *, is_loss: bool = False) -> None:
        self._line.words.append(Word(text, announced=True, is_loss=is_loss))
        self._after_link = False

    def _say(self, text: str) -> None:
        words, line = _SPACE.sub(" ", _SOUNDLESS.sub("", text)), self._line.words
        last = line[-1] if line and not line[-1].announced else None
        if not words.strip():
            if last:
                line[-1] = replace(last, text=f"{last.text} ")
            return
        if self._after_link:  # and what follows is no part of it
            self._told("end of link")
            last = None
        language = self._open[-1].language
        if language != self._spoken:
            self._told(f"language {language}" if language else "language not known")
            self._spoken, last = language, None
        for each in self._open:
            each.spoke = True
        if last:
            line[-1] = replace(last, text=_SPACE.sub(" ", last.text + words))
        else:
            line.append(Word(words, language=language))
