"""The words of a text as readers see them, and what stands around them there: by that a mail has them again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from dispatch.checks.parts import GONE, HIDDEN, ReadText
from dispatch.content.issue import block_name

_AROUND = 30  # characters
_WORDS = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
_BETWEEN = re.compile(rf"(?:(?!{HIDDEN})[\W_])+")


@dataclass(frozen=True)
class Around:
    """What stands before and behind some words: letters and figures, with one space in the place of all between them."""

    before: str
    after: str
    nth: int  # from 0, of the same words in their part of the issue that have the same around them


@dataclass(frozen=True)
class ShownWords:
    """Words of a part of an issue, spaced in the same way, and what stands around them.

    First as somebody without a value for merge fields sees it, then as far as it is the same for everybody.
    """

    words: str
    around: tuple[Around, ...]


def shown_words(texts: Iterable[ReadText], text: ReadText, start: int, end: int) -> ShownWords | None:
    """The words from one character of a text to another; `texts` are all of the issue. None where no words stand there."""
    found = _WORDS.search(text.shown, start, end)
    if not found or HIDDEN in found[0]:
        return None
    block = block_name(text.written.path)
    until_here = takewhile(lambda each: each.written.path != text.written.path, texts)
    before = [each for each in until_here if block_name(each.written.path) == block]
    sights = (
        _around(text.shown_to_nobody, found, [each.shown_to_nobody for each in before]),
        _around(text.shown, found, [each.shown for each in before]),
    )
    return ShownWords(_spaced(found[0]), tuple(dict.fromkeys(sights)))


def _around(shown: str, words: re.Match[str], earlier: Iterable[str]) -> Around:
    left, right = _spaced(f" {shown[: words.start()]}"), _spaced(f"{shown[words.end() :]} ")
    before, after = left.rpartition(HIDDEN)[2][-_AROUND:], right.partition(HIDDEN)[0][:_AROUND]
    same = f"{before}{_spaced(words[0])}{after}"
    own = f"{left}{_spaced(words[0])}{after}"[:-1]  # in which these themselves are not
    starts = re.compile(f"(?={re.escape(same)})")
    return Around(
        before, after, sum(len(starts.findall(each)) for each in (*(_spaced(f" {each} ") for each in earlier), own))
    )


def _spaced(shown: str) -> str:
    return _BETWEEN.sub(" ", shown.replace(GONE, ""))
