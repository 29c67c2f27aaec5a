"""The parts of an issue that several checks look at, each with its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from dispatch.content.blocks import Chart, Figure
from dispatch.content.issue import Cover, Issue
from dispatch.content.richtext import MergeField, Node, RichText, TextRun, parse, parse_plain
from dispatch.content.texts import IssueText, TextKind
from dispatch.location import Location

CODE = r"`+"
"""Where code may begin in rich text, for patterns that `blanked` takes."""

HIDDEN = "\ufffc"
"""The object replacement character of Unicode."""

# Marks that only Markdown has. A star between spaces is a character, as one of 2 * 3.
MARKS = re.compile(r"\*+(?=\S)|(?<=\S)\*+|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)|\\(?=[!-/:-@\[-`{-~])|[\[\]]")
"""What rich text has between and in its words and readers do not see, but for code and addresses."""

GONE = "\0"
"""No text has it."""

_TARGET = re.compile(rf"(?<=\]){HIDDEN}+")
_TICKS = re.compile(CODE)

# Every pattern that an issue's text is searched with takes time in proportion to its length, whatever stands in it.
_NO_PLAIN_PROSE = re.compile(
    r"\{\{[^{}]*\}\}|\b(?:https?://|www\.)(?:[^\s<>()\[\]]|\([^\s<>()]*\))+"
    r"|(?<![\w.+-])[\w.+-]{1,64}+@[\w-]+(?:\.[\w-]+)+"
)
_NO_PROSE = re.compile(
    rf"{CODE}|(?<=\])\((?:<[^<>]*>|(?:[^()\s]|\([^()\s]*\))*)\)|<[a-z][a-z0-9+.-]*:[^<>\s]*>"
    rf"|{_NO_PLAIN_PROSE.pattern}",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True)
class ReadText:
    """A text of the issue, and what it parses to."""

    written: IssueText
    parsed: RichText

    @cached_property
    def prose(self) -> str:
        """The text as written, character for character, with spaces in the place of code, addresses and merge fields."""
        return self._with(" ")

    @cached_property
    def masked(self) -> str:
        """The same with `HIDDEN` in their place, where it matters which spaces are the author's."""
        return self._with(HIDDEN)

    @cached_property
    def shown(self) -> str:
        """The same with `GONE` for what rich text has and no reader sees: marks, and where links lead."""
        if self.written.kind is not TextKind.RICH:
            return self.masked
        return MARKS.sub(_gone, _TARGET.sub(_gone, self.masked))

    @cached_property
    def shown_to_nobody(self) -> str:
        """The same as somebody without a value sees it: with the fallbacks of merge fields."""
        return self.with_fallbacks(self.shown, GONE)

    def with_fallbacks(self, prose: str, padding: str = " ") -> str:
        """Some prose, as long as the text, with what somebody without a value sees in the place of merge fields."""
        for field in self.parsed.merge_fields:
            start, end = field.offset, self.written.value.index("}}", field.offset) + 2
            if self.prose[:start][-1:] == self.written.value[:start][-1:]:  # else it is in an address or in code
                prose = f"{prose[:start]}{field.fallback.ljust(end - start, padding)}{prose[end:]}"
        return prose

    @cached_property
    def without_code(self) -> str:
        """The text as written, character for character, with spaces in the place of code."""
        return blanked(self.written.value, _TICKS)

    def _with(self, stand_in: str) -> str:
        if self.written.kind is TextKind.URL:
            return stand_in * len(self.written.value)
        pattern = _NO_PROSE if self.written.kind is TextKind.RICH else _NO_PLAIN_PROSE
        return blanked(self.written.value, pattern, stand_in)


@dataclass(frozen=True)
class WrittenLink:
    """A link as its author wrote it; the URL of a button or a figure has no `text` of its own, which is None."""

    url: tuple[TextRun | MergeField, ...]
    text: tuple[Node, ...] | None
    location: Location
    written: IssueText  # the text of the issue that the link stands in
    offset: int  # where in it the link begins: its URL, or the `[` or `<` of rich text


@dataclass(frozen=True)
class WrittenField:
    """A merge field, and whether it stands inside a URL."""

    field: MergeField
    in_url: bool
    location: Location
    segment: str = ""  # whose people alone get its block


def _gone(match: re.Match[str]) -> str:
    return GONE * len(match[0])


def blanked(text: str, pattern: re.Pattern[str], stand_in: str = " ") -> str:
    """A text with spaces in the place of what a pattern finds; where it finds backticks, in the place of their code."""
    ends = _ends_of_code(text)
    pieces: list[str] = []
    at = 0
    while match := pattern.search(text, at):
        begin, end = match.span()
        pieces.append(text[at:begin])
        if text[begin] != "`":
            pieces.append(stand_in * (end - begin))
        elif begin in ends:
            end = ends[begin]
            pieces.append(stand_in * (end - begin))
        else:
            pieces.append(text[begin:end])
        at = end
    return "".join([*pieces, text[at:]])


def _ends_of_code(text: str) -> dict[int, int]:
    """Where code would begin and end: at a run of backticks and the next one of the same length (CommonMark §6.1)."""
    ends: dict[int, int] = {}
    following: dict[int, int] = {}
    for run in reversed(list(_TICKS.finditer(text))):
        begin, end = run.span()
        if end - begin in following:
            ends[begin] = following[end - begin]
        following[end - begin] = end
    return ends


def read_texts(issue: Issue) -> Iterator[ReadText]:
    """Every text that the file holds, in its order."""
    for text in issue.texts():
        yield ReadText(text, parse(text.value) if text.kind is TextKind.RICH else parse_plain(text.value))


def links_in(issue: Issue, texts: Iterable[ReadText]) -> Iterator[WrittenLink]:
    """Every link in some texts of an issue."""
    for text in texts:
        path = text.written.path
        if text.written.kind is TextKind.URL and text.written.value:
            url = tuple(node for node in text.parsed.nodes if isinstance(node, TextRun | MergeField))
            yield WrittenLink(url, None, issue.locate(path), text.written, 0)
        for link in text.parsed.links:
            place = issue.locate(path, link.offset)
            yield WrittenLink(link.url, link.children, place, text.written, link.offset)


def merge_fields_in(issue: Issue, texts: Iterable[ReadText]) -> Iterator[WrittenField]:
    """Every merge field in some texts of an issue."""
    segments = {block.path[:2]: block.when for block in issue.blocks}
    for text in texts:
        in_urls = {part for link in text.parsed.links for part in link.url}
        for field in text.parsed.merge_fields:
            in_url = text.written.kind is TextKind.URL or field in in_urls
            yield WrittenField(
                field, in_url, issue.locate(text.written.path, field.offset), segments.get(text.written.path[:2], "")
            )


def figures(issue: Issue) -> Iterator[Cover | Figure]:
    """The cover and the figures, in the order of the mail."""
    if issue.cover:
        yield issue.cover
    for block in issue.every_block():
        if isinstance(block, Figure):
            yield block


def described(issue: Issue) -> Iterator[Cover | Figure | Chart]:
    """The cover, the figures and the charts: whatever has an alternative text."""
    yield from figures(issue)
    for block in issue.blocks:
        if isinstance(block, Chart):
            yield block
