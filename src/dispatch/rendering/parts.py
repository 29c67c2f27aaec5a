"""The body of an issue: each of its parts as its partial writes it, and columns with parts of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from markupsafe import Markup

from dispatch.content.blocks import Block, Columns
from dispatch.content.issue import Cover, Issue
from dispatch.rendering.linemarks import for_part, without_marks
from dispatch.rendering.plaintext import TextWriter
from dispatch.rendering.tables import BODY_WIDTH
from dispatch.rendering.theme import Theme
from dispatch.rendering.words import Voice, spoken_language, words_for

Form = Literal["mjml", "txt", "html"]

COLUMN_GAP = 24
"""CSS pixels between two columns."""

_SHARES = {"1:1": (1, 1), "1:2": (1, 2), "2:1": (2, 1)}


@dataclass(frozen=True)
class Run:
    """Parts that follow each other: as prose they share one mj-text, anything else is MJML of its own."""

    prose: bool
    section: bool  # it does not stand in the column with the other parts, but between two of these
    markup: Markup


@dataclass(frozen=True)
class Side:
    """One of two columns: its width in CSS pixels, and what stands in it, as a form of the issue has it."""

    width: int
    body: list[Run] | list[str]


def mail_runs(issue: Issue, theme: Theme, context: dict[str, object]) -> list[Run]:
    """The body of the mail as MJML, still with marks."""
    return _runs(filled_parts(issue, theme, context, "mjml"))


def filled_parts(issue: Issue, theme: Theme, context: dict[str, object], form: Form) -> Iterator[str]:
    """Each part of the body in a form: the cover is a figure, then the blocks. MJML still has its marks."""
    parts: list[Block | Cover] = [*([issue.cover] if issue.cover else []), *issue.blocks]
    for part in parts:
        yield _filled(part, issue, theme, context | {"width": BODY_WIDTH}, form)


def written_in(voice: Voice) -> dict[str, object]:
    """How templates write what is in a language."""
    return {
        "language": voice.language,
        "direction": voice.direction,
        "start": voice.start,
        "end": voice.end,
        "lang_dir": voice.lang_dir,
        "turned": voice.turned,
    }


def side_widths(ratio: str) -> tuple[int, int]:
    """How wide the two columns of a ratio are, in CSS pixels."""
    shares = _SHARES[ratio]
    first = (BODY_WIDTH - COLUMN_GAP) * shares[0] // sum(shares)
    return first, BODY_WIDTH - COLUMN_GAP - first


def _filled(part: Block | Cover, issue: Issue, theme: Theme, context: dict[str, object], form: Form) -> str:
    own = _context_of(part, issue, context)
    if isinstance(part, Columns):
        sides = zip(part.sides, side_widths(part.ratio), strict=True)
        own["sides"] = [_side(side, width, issue, theme, context, form) for side, width in sides]
    kind = part.kind if isinstance(part, Block) else "figure"
    filled = theme.render(f"blocks/{kind}.{form}.j2", own)
    if form == "mjml":
        return Markup(for_part(filled, part.path))  # noqa: S704 (MJML)
    writer = own["writer"]
    return writer.directed(filled, str(own["direction"]), flowing=True) if isinstance(writer, TextWriter) else filled


def _side(
    blocks: Iterable[Block], width: int, issue: Issue, theme: Theme, context: dict[str, object], form: Form
) -> Side:
    filled = [_filled(block, issue, theme, context | {"width": width}, form) for block in blocks]
    return Side(width, _runs(filled) if form == "mjml" else filled)


def _context_of(part: Block | Cover, issue: Issue, context: dict[str, object]) -> dict[str, object]:
    """What the partials of a part are given: itself as `block`, and its own language where it has one."""
    language = part.language if isinstance(part, Block) else ""
    if not language:
        return context | {"block": part}
    words = words_for(spoken_language(language, issue.language))
    return context | {"block": part, "words": words} | written_in(Voice(language, issue.language))


def _runs(partials: Iterable[str]) -> list[Run]:
    runs = groupby(map(Markup, partials), key=_beginning)
    return [Run(not tag.startswith("<mj-"), tag == "<mj-section", Markup("\n").join(run)) for tag, run in runs]


def _beginning(partial: str) -> str:
    """The tag that a partial begins with, as far as it matters: of a section, of other MJML, or none of these."""
    begins = without_marks(partial).lstrip()
    return next((tag for tag in ("<mj-section", "<mj-") if begins.startswith(tag)), "")
