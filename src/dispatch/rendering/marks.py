"""Marks in a compilation for checks and preview: who wrote each element and each declaration.

They are made three times: on the MJML, as classes and attributes that mrml carries along; on the style sheet, as a
property beside each property, so that it wins and loses with it; and at the end all of it becomes one attribute,
`data-mark="7 color:12"`: the number of the element's mark, then that of each declaration in its style.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from itertools import count

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node

from dispatch.content.issue import block_name
from dispatch.errors import InvalidTheme
from dispatch.location import Location
from dispatch.rendering.compiled import Slots
from dispatch.rendering.html_syntax import ATTRIBUTE, TOKEN
from dispatch.rendering.linemarks import Origins
from dispatch.rendering.stylesheet import rules_of, walk
from dispatch.rendering.theme import Source
from dispatch.rendering.vocabulary import ELEMENTS
from dispatch.yaml_source import Path

_ATTRIBUTE = re.compile(r' data-mark="([^"]*)"')  # the first one of its tag: what follows may be in quotes
_MARKED = re.compile(rf"(<[a-z][^\s/>]*){_ATTRIBUTE.pattern}")
NAME_OF_BLOCK = re.compile(r'(<[a-z][^\s/>]*) data-block="[^"]*"')  # behind the tag's name, as `with_blocks` writes it
_STYLE = re.compile(r' style="([^"]*)"')
_CUT = "\0"  # no HTML has it


@dataclass(frozen=True)
class Mark:
    """Who wrote something: which place of a template, and for which part of the issue."""

    template: Location
    part: Path | None = None  # one that `block_name` has a name for; None: the theme wrote it for itself


@dataclass(frozen=True)
class MarkedHtml:
    """HTML in which every element that templates have written names its mark: `data-mark="7 color:12"`.

    Without these attributes it is the HTML that is sent, byte for byte.
    """

    html: Slots
    marks: tuple[Mark, ...] = ()
    # By the content of a `<style>`: where each node of `walk` stands.
    sheets: Mapping[str, tuple[Location, ...]] = field(default_factory=dict)


def with_blocks(marked: MarkedHtml) -> Slots:
    """The HTML for the preview: an element that is written for a block has its name in `data-block`, and no mark."""

    def named(match: re.Match[str]) -> str:
        own, _, _ = match[2].partition(" ")
        block = block_name(marked.marks[int(own)].part or ()) if own.isdigit() else ""
        return f'{match[1]} data-block="{block}"' if block else match[1]

    # Cut again where it was cut, so that a tag with a merge field in it is seen as one.
    whole = _CUT.join(marked.html.literals)
    html = TOKEN.sub(lambda token: token[0] if token["raw"] else _MARKED.sub(named, token[0]), whole)
    return Slots(tuple(html.split(_CUT)), marked.html.slots)


def mark_of(attributes: str) -> tuple[int | None, dict[str, int]]:
    """The mark of an element, and those of the declarations in its style, from what follows its name in its tag."""
    match = _ATTRIBUTE.match(attributes)
    own, *rest = match[1].split() if match else [""]
    declared = (word.rpartition(":") for word in rest)
    return int(own) if own.isdigit() else None, {name: int(number) for name, _, number in declared}


class Marker:
    """Makes the marks of one compilation."""

    def __init__(self, *contents: str) -> None:
        """`contents` is all that people have written for the mail."""
        self.marks: list[Mark] = []
        self.sheets: dict[str, tuple[Location, ...]] = {}
        # The same word for nearly all: premailer remembers the style sheet that holds it.
        words = (f"zq{number}m" for number in count())
        self._word = next(word for word in words if not any(word in content for content in contents))
        word = rf"{self._word}([0-9]+)z(?:-outlook)?"
        self._attribute = re.compile(rf' data-{self._word}="([^"]*)"')
        self._class = re.compile(word)
        self._beside = re.compile(rf";{self._word}-([\w-]+):([0-9]+|own)")
        # Each begins with letters that it must find: all in one expression would take several times as long.
        self._all = (
            (self._attribute, ""),
            (re.compile(rf' class="{word}"'), ""),
            (re.compile(rf'"{word} '), '"'),
            (re.compile(rf' {word}(?=[" ])'), ""),
            (self._beside, ""),
        )

    def mjml(self, passed: str, written: str, source: Source) -> str:
        """MJML that has passed the gate, marked; `written` is the same as the templates wrote it.

        Raises InvalidTheme where a tag of the one is none in the other.
        """
        filled = _filled(written, source.origins)
        elements = [self._element(token, source, filled) for token in TOKEN.finditer(written) if _opens(token)]
        if len(elements) != sum(map(_opens, TOKEN.finditer(passed))):
            raise InvalidTheme("not every tag of the mail can be found", remedy="write &lt; in the place of CDATA")
        numbers = iter(elements)
        defaults = False
        # An element's own class would take the place of one that it has by default: then it goes without a mark.
        default_class = bool(re.search(r"<mj-attributes>.*css-class.*</mj-attributes>", passed))

        def marked(token: re.Match[str]) -> str:
            nonlocal defaults
            if token["tag"] == "mj-attributes":
                defaults = not token["close"]
            if not _opens(token):
                return token[0]
            number, declared = next(numbers)
            tag = token["tag"]
            if defaults:
                return token[0]
            if not tag.startswith("mj"):
                words = " ".join([str(number), *(f"{name}:{each}" for name, each in declared.items())])
                return token[0].replace(f"<{tag}", f'<{tag} data-{self._word}="{words}"', 1)
            if "css-class" not in ELEMENTS[tag].attributes:
                return token[0]
            word = f"{self._word}{number}z"
            if ' css-class="' in token[0]:
                return token[0].replace(' css-class="', f' css-class="{word} ', 1)
            return token[0] if default_class else token[0].replace(f"<{tag}", f'<{tag} css-class="{word}"', 1)

        return TOKEN.sub(marked, passed)

    def rendered(self, html: str) -> str:
        """mrml's HTML, marked where it has a style already: what stands there wins over the style sheet."""

        def marked(style: re.Match[str]) -> str:
            own = "".join(f";{self._word}-{name}:own" for name in _declared(style[1]))
            return f' style="{style[1].rstrip("; ")}{own}"'

        return TOKEN.sub(lambda token: _STYLE.sub(marked, token[0]) if token["tag"] else token[0], html)

    def inline_css(self, css: str, source: Source) -> str:
        """The style sheet for style attributes, its declarations marked."""
        lines = css.split("\n")
        return "".join(self._rule(*rule, lines, source) for rule in _written(css))

    def head_css(self, content: str, css: str, source: Source) -> None:
        """Remember where the nodes of a style stand; `content` is what `css` becomes between the tags."""
        lines = css.split("\n")
        places = [_place(node, lines, source) for node in walk(css)]
        around = len(walk(content)) - len(places)  # an @media that the compiler has put around it
        self.sheets[content] = (*(source(1) for _ in range(around)), *places)

    def stripped(self, html: str) -> str:
        """Marked HTML, mrml's or the finished one, as it would be had nobody made a mark."""
        for mark, instead in self._all:
            html = mark.sub(instead, html)
        return html

    def gathered(self, html: str) -> str:
        """Finished HTML with all marks of an element in its attribute `data-mark`."""

        def gathered(token: re.Match[str]) -> str:
            if token["comment"]:
                return re.sub(r"<[a-z][^>]*>", lambda tag: self._tag(tag[0]), token[0])
            return token[0] if token["raw"] else self._tag(token[0])

        return TOKEN.sub(gathered, html)

    def _element(self, token: re.Match[str], source: Source, filled: Mapping[int, Path]) -> tuple[int, dict[str, int]]:
        origin = source.origins.at(token.start())
        tag = re.escape(token["tag"])
        part = origin.part if block_name(origin.part or ()) else filled.get(token.start())
        number = self._new(Mark(source.find(origin, rf"<{tag}\b"), part))
        declared = {}
        for attribute in ATTRIBUTE.finditer(token["attributes"]):
            if attribute[1] == "style":
                for each in _declarations(unescape(attribute[2] or attribute[3] or "")):
                    place = source.find(origin, rf"(?<![\w-]){re.escape(each.name)}\s*:", after=rf"<{tag}\b")
                    declared[each.lower_name] = self._new(Mark(place, part))
        return number, declared

    def _rule(
        self, selector: str, declarations: tuple[tuple[Declaration, str], ...], lines: list[str], source: Source
    ) -> str:
        marked = []
        for each, value in declarations:
            number = self._new(Mark(_place(each, lines, source)))
            marked.append(f"{each.name}:{value};{self._word}-{each.lower_name}:{number}")
        return f"{selector}{{{';'.join(marked)}}}"

    def _tag(self, tag: str) -> str:
        if self._word not in tag:
            return tag
        first = self._class.search(tag)
        own = [first[1]] if first else []
        beside = [f"{name}:{number}" for name, number in self._beside.findall(tag) if number != "own"]
        if known := self._attribute.search(tag):
            own = known[1].split()
        tag = self.stripped(tag)
        if not own and not beside:
            return tag
        name = re.match(r"<[^\s/>]+", tag)
        end = name.end() if name else 0
        return f'{tag[:end]} data-mark="{" ".join([*(own or ["-"]), *beside])}"{tag[end:]}'

    def _new(self, mark: Mark) -> int:
        self.marks.append(mark)
        return len(self.marks) - 1


def _filled(written: str, origins: Origins) -> dict[int, Path]:
    """By where their tags begin: the elements right into which a template wrote a text of the issue, and which text."""
    ends = (*origins.offsets[1:], len(written))
    texts = [
        (start, mark.part)
        for start, end, mark in zip(origins.offsets, ends, origins.marks, strict=True)
        if mark.part and block_name(mark.part) and written[start:end].strip()
    ][::-1]
    found: dict[int, Path] = {}
    around = [-1]  # where the tags of the elements begin that are open
    for token in TOKEN.finditer(written):
        while texts and texts[-1][0] < token.end():
            start, part = texts.pop()
            if start > token.start():
                found.setdefault(token.start(), part)
            elif part[0] not in {"blocks", "cover"}:  # these have templates of their own, with elements of their own
                found.setdefault(around[-1], part)
        if _opens(token) and not token["attributes"].endswith("/"):
            around.append(token.start())
        elif token["close"]:
            del around[max(1, len(around) - 1) :]
    return found


def _opens(token: re.Match[str]) -> bool:
    return bool(token["tag"]) and not token["close"]


def _declarations(css: str | list[Node]) -> Iterator[Declaration]:
    for each in tinycss2.parse_declaration_list(css, skip_comments=True, skip_whitespace=True):
        if isinstance(each, Declaration):
            yield each


@lru_cache(8)
def _written(css: str) -> tuple[tuple[str, tuple[tuple[Declaration, str], ...]], ...]:
    """The selector of each rule of a style sheet, and its declarations with their values; the same for every issue."""
    return tuple(
        (
            tinycss2.serialize(rule.prelude),
            tuple((each, tinycss2.serialize(each.value).strip()) for each in _declarations(rule.content)),
        )
        for rule in rules_of(css)
    )


@lru_cache(256)
def _declared(style: str) -> tuple[str, ...]:
    """The properties in an attribute, of which mrml writes the same again and again."""
    return tuple(each.lower_name for each in _declarations(unescape(style)))


def _place(node: Node, lines: list[str], source: Source) -> Location:
    """Where a node of a style sheet, of which these are the lines, stands: exactly, if the template has its line."""
    origin = source.origins(node.source_line)
    line = lines[node.source_line - 1]
    if line in source.theme.lines(origin.file)[origin.line - 1 : origin.line]:
        return Location(source.theme.shown(origin.file), origin.line, node.source_column)
    if isinstance(node, Declaration):
        return source.find(origin, rf"(?<![\w-]){re.escape(node.name)}\s*:")
    return source.find(origin, rf"@{re.escape(node.at_keyword)}\b" if isinstance(node, AtRule) else r"\S")
