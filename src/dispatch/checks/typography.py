"""Dashes, marks and spaces as a typewriter has them, where print has others; each told once for the whole issue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dispatch.checks.check import CheckFunction, Finding, Fix, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.mending import with_escape
from dispatch.checks.parts import HIDDEN, ReadText
from dispatch.counts import count
from dispatch.languages.tags import primary
from dispatch.yaml_source import Edit


def straight_marks(evidence: Evidence) -> Iterator[Finding]:
    """Quotation marks or apostrophes are straight, and elsewhere in the issue curly.

    An issue that has straight ones only is left alone. The fix writes pairs as the issue has them elsewhere, “so”, „so“ or
    « so »; what is in a quotation, or may be an inch, stays as it is. Only in texts of the issue's own language.
    """
    texts = [text for text in evidence.texts if text.written.language == evidence.issue.language]
    opening = Counter(mark for text in texts for mark in _OPENING.findall(text.prose)).most_common(1)
    slips = [slip for text in texts for slip in _straight_pairs(text, opening[0][0])] if opening else []
    if any(_CURLY_APOSTROPHE.search(text.prose) for text in texts):
        slips += [
            _Slip(text, *match.span(), "’")  # noqa: RUF001
            for text in texts
            for match in _STRAIGHT_APOSTROPHE.finditer(text.prose)
        ]
    told = "this mark is straight, and elsewhere in the issue they are curly"
    yield from _once(straight_marks, evidence, slips, told, "Write curly marks")


def typewriter_dash(evidence: Evidence) -> Iterator[Finding]:
    """A dash is written as one hyphen between spaces, or as two.

    The fix writes en dashes between spaces, and in English em dashes without any. Not between numbers, and not in Spanish,
    which has its own way with dashes.
    """
    slips = []
    for text in evidence.texts:
        language = primary(text.written.language)
        if language != "es":
            spaced = _SPACED_HYPHEN.finditer(text.masked)
            is_dash = (each for each in spaced if not (each["before"].isdigit() and each["behind"].isdigit()))
            slips += [_Slip(text, *each.span("dash"), "–") for each in is_dash]  # noqa: RUF001
        if language == "en":
            slips += [_Slip(text, *match.span(), "—") for match in _CLOSE_HYPHENS.finditer(text.masked)]
    yield from _once(typewriter_dash, evidence, slips, "a dash is written with hyphens here", "Write dashes")


def three_dots(evidence: Evidence) -> Iterator[Finding]:
    """An ellipsis is written as three dots, and elsewhere in the issue as one character."""
    if any("…" in text.prose for text in evidence.texts):
        slips = [_Slip(text, *dots.span(), "…") for text in evidence.texts for dots in _DOTS.finditer(text.prose)]
        told = "there are three dots here, and elsewhere in the issue it is …"
        yield from _once(three_dots, evidence, slips, told, "Write …")


def stray_space(evidence: Evidence) -> Iterator[Finding]:
    """Two spaces stand in a row, or one before a comma or a full stop, where none belongs.

    Before ; : ! and ? too, but in French.
    """
    slips = []
    for text in evidence.texts:
        pattern = _STRAY_IN_FRENCH if primary(text.written.language) == "fr" else _STRAY
        found = pattern.finditer(text.masked)
        slips += [_Slip(text, *match.span(), "" if match["before"] else " ") for match in found]
    yield from _once(stray_space, evidence, slips, "there is a space too many here", "Delete it")


def missing_space(evidence: Evidence) -> Iterator[Finding]:
    """There is no space behind a comma, between two words."""
    slips = [_Slip(text, *match.span(), ", ") for text in evidence.texts for match in _COMMA.finditer(text.masked)]
    yield from _once(missing_space, evidence, slips, "there is no space behind this comma", "Write a space behind it")


def missing_no_break_space(evidence: Evidence) -> Iterator[Finding]:
    """In French, no space or an ordinary one stands before ; : ! ? or inside « », where a line must not end.

    The fix writes no-break spaces (U+00A0); narrow ones (U+202F) are in order too. In Canada only : and « » have them, and in
    Switzerland nothing is told.
    """
    slips = []
    for text in evidence.texts:
        tag = text.written.language.lower()
        if primary(tag) == "fr" and not tag.endswith("-ch"):
            pattern = _UNBOUND_IN_CANADA if tag.endswith("-ca") else _UNBOUND
            slips += [_Slip(text, *match.span(), _NO_BREAK) for match in pattern.finditer(text.masked)]
    told = "French has a no-break space here"
    yield from _once(missing_no_break_space, evidence, slips, told, "Write a no-break space, the character U+00A0")


MOST_EDITS = 200
"""In one fix: so many the desk takes at once."""

_NO_BREAK = "\u00a0"
_LETTER = r"[^\W\d_]"
_SPACED_HYPHEN = re.compile(
    rf"(?P<before>[\w{HIDDEN}\"”’»)\].,!?…*]) (?P<dash>--?) (?=(?P<behind>[\w{HIDDEN}\"“„«(\[*]))"  # noqa: RUF001
)
_CLOSE_HYPHENS = re.compile(rf"(?<={_LETTER})--(?={_LETTER})")
_DOTS = re.compile(r"(?<![./\\])\.\.\.(?![./\\])")
_STRAY_BEFORE = rf"(?P<before>(?<=[\w{HIDDEN})\]”’»\"*_]) +(?=[MARKS](?:\s|$)))|(?<=\S)  +(?=\S)"  # noqa: RUF001
_STRAY = re.compile(_STRAY_BEFORE.replace("MARKS", ",.;:!?"))
_STRAY_IN_FRENCH = re.compile(_STRAY_BEFORE.replace("MARKS", ",."))
_COMMA = re.compile(rf"(?<={_LETTER}{{2}}),(?={_LETTER}{{2}})")
_BEHIND_WORD = rf"(?<=[\w{HIDDEN})\]»”’\"%€$°*]) ?"  # noqa: RUF001
_IN_GUILLEMETS = r"(?<=«) ?(?=[^\s])|(?<=[^\s«]) ?(?=»)"
_UNBOUND = re.compile(rf"{_BEHIND_WORD}(?=[!?]+(?:[\s\"”’»)\]*,.…]|$)|[;:](?:[\s*]|$))|{_IN_GUILLEMETS}")  # noqa: RUF001
_UNBOUND_IN_CANADA = re.compile(rf"{_BEHIND_WORD}(?=:(?:[\s*]|$))|{_IN_GUILLEMETS}")
_OPENING = re.compile(r"[“„«](?=\s?\w)|»(?=\w)")
_PAIR = re.compile(r"(?<![\w\"])\"(?=[^\s\"])[^\"]*(?<=[^\s\"])\"(?![\w\"])")
_INCHES = re.compile(r"\d\"")
_DOUBLE_MARKS = re.compile(r"[“”„«»]")
_STRAIGHT_APOSTROPHE = re.compile(rf"(?<={_LETTER})'(?={_LETTER})")
_CURLY_APOSTROPHE = re.compile(rf"(?<={_LETTER})’(?={_LETTER})")  # noqa: RUF001
_LIKE_POLISH = frozenset({"pl", "hu", "ro", "hr", "nl"})  # „so”, elsewhere „so“


@dataclass(frozen=True)
class _Slip:
    """Characters of a text that should be others."""

    text: ReadText
    start: int
    end: int
    proper: str


def _once(
    check: CheckFunction, evidence: Evidence, slips: Iterable[_Slip], message: str, title: str
) -> Iterator[Finding]:
    """One finding for all slips of a kind, at the first of them, with a fix of all that can be mended."""
    placed = [(evidence.issue.locate(slip.text.written.path, slip.start), slip) for slip in slips]
    if placed:
        placed.sort(key=lambda each: each[0])
        edits = tuple(edit for _, slip in placed for edit in _edits(evidence, slip))[:MOST_EDITS]
        others = len(placed) - 1
        more = f" (and at {count(others, 'more place')})" if others else ""
        yield warning(check, placed[0][0], f"{message}{more}", f"{title}.", Fix(title, edits) if edits else None)


def _edits(evidence: Evidence, slip: _Slip) -> Iterator[Edit]:
    """The edit that mends a slip, where it stands in one line of the file."""
    path = slip.text.written.path
    if evidence.issue.locate(path, slip.start).line == evidence.issue.locate(path, slip.end).line:
        yield Edit(path, with_escape(slip.text.written, slip.start, slip.end), slip.end, slip.proper)


def _straight_pairs(text: ReadText, opening: str) -> Iterator[_Slip]:
    """The straight marks of a text as the issue has them elsewhere; none where it is not certain which belong together."""
    prose, language = text.prose, primary(text.written.language)
    pairs = [match.span() for match in _PAIR.finditer(prose)]
    if 2 * len(pairs) != prose.count('"') or _INCHES.search(prose):
        return
    space = _NO_BREAK if language == "fr" and opening == "«" else ""
    closing = {"„": "”" if language in _LIKE_POLISH else "“", "«": "»", "»": "«"}.get(opening, "”")
    inside = 0  # of a quotation with other marks
    marks = iter([*_DOUBLE_MARKS.finditer(prose)])
    ahead = next(marks, None)
    for begin, end in pairs:
        while ahead and ahead.start() < begin:
            inside += 1 if ahead[0] == opening else -1
            ahead = next(marks, None)
        if inside <= 0 and not (ahead and ahead.start() < end):
            yield _Slip(text, begin, begin + 1, f"{opening}{space}")
            yield _Slip(text, end - 1, end, f"{space}{closing}")
