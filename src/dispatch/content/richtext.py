"""The text inside a block: inline Markdown and merge fields, as a small tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, autolink, link
from markdown_it.token import Token


@dataclass(frozen=True)
class TextRun:
    """Characters as they are: any `<` in them is a less-than sign, not markup."""

    text: str


@dataclass(frozen=True)
class MergeField:
    """`{{name|fallback}}`: the slot filled for each person. `offset` is where its `{{` stands in the text."""

    name: str
    fallback: str
    offset: int


@dataclass(frozen=True)
class Break:
    """A line break."""


@dataclass(frozen=True)
class Strong:
    """`**bold**`."""

    children: tuple[Node, ...]


@dataclass(frozen=True)
class Emphasis:
    """`*emphasis*`."""

    children: tuple[Node, ...]


@dataclass(frozen=True)
class Code:
    """A span in backticks; merge fields are open in it."""

    children: tuple[TextRun | MergeField, ...]


@dataclass(frozen=True)
class Link:
    """`[children](url)` or `<url>`. The URL is data as written, of any scheme: whoever prints it must look at it first.

    `offset` is where its `[` or `<` stands in the text.
    """

    url: tuple[TextRun | MergeField, ...]
    children: tuple[Node, ...]
    offset: int


Node = TextRun | MergeField | Break | Strong | Emphasis | Code | Link


@dataclass(frozen=True)
class RichTextProblem:
    """One thing that is wrong in a text, at character `offset` of it."""

    offset: int
    message: str
    remedy: str


@dataclass(frozen=True)
class RichText:
    """A text that was read. Where there are `problems`, what is wrong was taken for plain characters."""

    nodes: tuple[Node, ...]
    problems: tuple[RichTextProblem, ...] = ()

    @property
    def merge_fields(self) -> tuple[MergeField, ...]:
        """Every merge field, those in URLs too, in the order of the text."""
        return tuple(sorted(_merge_fields(self.nodes), key=lambda merge_field: merge_field.offset))

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link, in the order of the text."""
        return tuple(_links(self.nodes))

    @property
    def plain(self) -> str:
        """The characters alone: without markup, merge fields by their fallbacks, breaks as line feeds."""
        return "".join(_plain(self.nodes))


def _plain(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        match node:
            case TextRun(text):
                yield text
            case MergeField(fallback=fallback):
                yield fallback
            case Break():
                yield "\n"
            case _:
                yield from _plain(node.children)


def _merge_fields(nodes: Sequence[Node]) -> Iterator[MergeField]:
    for node in nodes:
        match node:
            case MergeField():
                yield node
            case Link(url, children):
                yield from _merge_fields(children)
                yield from _merge_fields(url)
            case Strong(children) | Emphasis(children) | Code(children):
                yield from _merge_fields(children)


def _links(nodes: Sequence[Node]) -> Iterator[Link]:
    for node in nodes:
        match node:
            case Link():
                yield node
            case Strong(children) | Emphasis(children):
                yield from _links(children)


# Merge fields are taken out before Markdown reads the text, so that it does not see the blanks, bars and stars in them,
# in URLs neither. Each is replaced by as many noncharacters as it has characters, which keeps all offsets: a sign that
# one begins, its number in five hexadecimal digits, padding. Markdown treats noncharacters as it does letters.
_SIGN = "\ufdd0"
_DIGITS = "\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6\ufdd7\ufdd8\ufdd9\ufdda\ufddb\ufddc\ufddd\ufdde\ufddf\ufde0"
_PADDING = "\ufde1"
_LITERAL = "\ufde2"  # three of them stand for `\{{`
_STAND_IN = re.compile(f"{_SIGN}([{_DIGITS}]{{5}}){_PADDING}*|{_LITERAL}{{3}}")
_TAKEN = re.compile("[\ufdd0-\ufdef]")

# A backslash that is not itself escaped makes `{{` plain characters; else, of `{{{`, the last two braces count.
_OPENING = re.compile(r"(?<!\\)(?:\\\\)*(?:(?P<escape>\\)\{\{|\{\{(?!\{))")
_NAME = re.compile(r"[^\W\d]\w*")
_MAX_NESTING = 16

_KEPT = 512
"""Texts that are not read again: each is by the reader of the file, by the HTML and by the text part of a mail."""


@lru_cache(_KEPT)
def parse(text: str) -> RichText:
    """Read inline Markdown (bold, emphasis, code, links, line breaks) with merge fields; raw HTML is text."""
    masked, fields, problems = _mask(text)
    environment: dict[str, list[RichTextProblem]] = {"problems": []}
    tokens = _MARKDOWN.parseInline(masked, environment)[0].children or []
    builder = _Builder(fields)
    nodes = builder.build(tokens)
    return RichText(nodes, tuple(sorted(problems + environment["problems"] + builder.problems, key=_offset)))


def parse_plain(text: str) -> RichText:
    """Read a text without markup (a subject, an alternative text, a URL): merge fields only."""
    masked, fields, problems = _mask(text)
    return RichText(tuple(_unmask(masked, fields)), tuple(problems))


def _offset(problem: RichTextProblem) -> int:
    return problem.offset


def _mask(text: str) -> tuple[str, list[MergeField], list[RichTextProblem]]:
    """The text with stand-ins for its merge fields; the fields; what is wrong with those that are none."""
    text = _TAKEN.sub("\ufffd", text)
    pieces: list[str] = []
    fields: list[MergeField] = []
    problems: list[RichTextProblem] = []
    at = 0
    while match := _OPENING.search(text, at):
        start = match.end() - 2
        if match["escape"]:
            pieces += [text[at : start - 1], _LITERAL * 3]
            at = match.end()
            continue
        found = _merge_field(text, start)
        if isinstance(found, RichTextProblem):
            pieces.append(text[at : match.end()])
            problems.append(found)
            at = match.end()
            continue
        end = text.index("}}", start) + 2
        pieces += [text[at:start], _stand_in(len(fields), end - start)]
        fields.append(found)
        at = end
    return "".join([*pieces, text[at:]]), fields, problems


def _stand_in(number: int, length: int) -> str:
    digits = "".join(_DIGITS[int(digit, 16)] for digit in f"{number:05x}")
    return (_SIGN + digits).ljust(length, _PADDING)


def _merge_field(text: str, start: int) -> MergeField | RichTextProblem:
    """The merge field that begins with the `{{` at `start`, or what is wrong with it."""
    end = text.find("}}", start)
    if end < 0:
        remedy = r"Write a merge field as `{{first_name|there}}`, and the characters as `\{{`."
        return RichTextProblem(start, "this `{{` is never closed", remedy)
    if "{{" in text[start + 2 : end]:
        remedy = "Close it with `}}` before the next `{{`: a fallback is plain text, without merge fields."
        return RichTextProblem(start, "this `{{` is not closed before another merge field begins", remedy)
    name, bar, fallback = text[start + 2 : end].partition("|")
    name = name.strip()
    if not _NAME.fullmatch(name):
        remedy = r"Write it in letters, digits and _, as in `{{first_name|there}}`; write the characters as `\{{`."
        what = f"“{name}” cannot be the name of a merge field" if name else "this merge field has no name"
        return RichTextProblem(start, what, remedy)
    if not bar:
        remedy = (
            f"Write what stands there for people without it: `{{{{{name}|there}}}}`, or nothing: `{{{{{name}|}}}}`."
        )
        return RichTextProblem(start, f"the merge field `{{{{{name}}}}}` has no fallback", remedy)
    return MergeField(name, fallback.strip(), start)


def _unmask(text: str, fields: Sequence[MergeField]) -> Iterator[TextRun | MergeField]:
    """A text without markup, split at its stand-ins."""
    pending = ""
    at = 0
    for match in _STAND_IN.finditer(text):
        pending += text[at : match.start()]
        at = match.end()
        if match[1] is None:
            pending += "{{"
            continue
        if pending:
            yield TextRun(pending)
            pending = ""
        yield fields[int("".join(f"{_DIGITS.index(digit):x}" for digit in match[1]), 16)]
    pending += text[at:]
    if pending:
        yield TextRun(pending)


class _Markdown(MarkdownIt):
    """CommonMark's inline rules without HTML, entities and pictures; URLs stay as written, whatever their scheme."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False})
        self.disable(["entity", "html_inline", "image"])
        self.inline.ruler.at("link", _noting_place(link))
        self.inline.ruler.at("autolink", _noting_place(autolink))
        self.parseInline("")  # compiles the lists of rules, which threads may not do at the same time

    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it-py's name
        """Every URL makes a link: a check says which are refused."""
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - markdown-it-py's name
        """The URL as it is written."""
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 - markdown-it-py's name
        """The URL as it is written."""
        return link


def _noting_place(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """A rule for links that notes where each begins, which tokens do not tell, and what is wrong with it."""

    def noting_place(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            opening = next(token for token in state.tokens[known:] if token.type == "link_open")
            opening.meta["offset"] = start
            state.env["problems"].extend(_link_problems(state.src, start, opening))
        return True

    return noting_place


def _link_problems(text: str, start: int, opening: Token) -> Iterator[RichTextProblem]:
    if text[:start].endswith("!") and not text[:start].endswith("\\!"):
        remedy = r"Write a block of its own, `- figure:`; for an exclamation mark before a link write `\![`."
        yield RichTextProblem(start - 1, "a picture cannot stand inside a text", remedy)
    if "title" in opening.attrs:
        yield RichTextProblem(start, "a link has no title in a mail", "Delete what stands in quotes behind the URL.")


class _Builder:
    """Turns Markdown's flat list of tokens into nodes."""

    def __init__(self, fields: Sequence[MergeField]) -> None:
        self.problems: list[RichTextProblem] = []
        self._fields = fields
        self._levels: list[list[Node]] = [[]]
        self._openings: list[Token] = []

    def build(self, tokens: Sequence[Token]) -> tuple[Node, ...]:
        """The nodes of a text."""
        for token in tokens:
            match token.type:
                case "text" | "text_special":
                    self._levels[-1].extend(_unmask(token.content, self._fields))
                case "softbreak" | "hardbreak":
                    self._levels[-1].append(Break())
                case "code_inline":
                    self._levels[-1].append(Code(tuple(_unmask(token.content, self._fields))))
                case "strong_open" | "em_open" | "link_open":
                    self._open(token)
                case _:
                    self._close()
        return _merged(self._levels[0])

    def _open(self, opening: Token) -> None:
        self._openings.append(opening)
        self._levels.append([])
        if len(self._levels) == _MAX_NESTING + 2:
            message = f"bold and emphasis are nested more than {_MAX_NESTING} levels deep"
            self.problems.append(RichTextProblem(0, message, r"Write each star that is meant as a character as `\*`."))

    def _close(self) -> None:
        children = _merged(self._levels.pop())
        opening = self._openings.pop()
        match opening.type:
            case _ if len(self._levels) > _MAX_NESTING:
                self._levels[-1].extend(children)
            case "strong_open":
                self._levels[-1].append(Strong(children))
            case "em_open":
                self._levels[-1].append(Emphasis(children))
            case _:
                url = tuple(_unmask(str(opening.attrs["href"]), self._fields))
                self._levels[-1].append(Link(url, children, opening.meta["offset"]))


def _merged(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Neighbouring runs of text as one."""
    merged: list[Node] = []
    for node in nodes:
        last = merged[-1] if merged else None
        if isinstance(node, TextRun) and isinstance(last, TextRun):
            merged[-1] = TextRun(last.text + node.text)
        else:
            merged.append(node)
    return tuple(merged)


_MARKDOWN = _Markdown()
