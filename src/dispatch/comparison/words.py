"""Which words of a text were taken out, which were put in, and which stayed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import StrEnum
from itertools import accumulate, groupby


class Fate(StrEnum):
    """What became of a piece of a text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Some words that follow each other and have one fate."""

    fate: Fate
    text: str


# Of scripts that put no space between words each character is a word: Thai to Khmer, kana, Han.
_UNSPACED = "\u0e00-\u0edf\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = (
    r"!-/:-@\[-`{-~\u00a1\u00a7\u00ab\u00b6\u00b7\u00bb\u00bf\u060c\u061b\u061f\u06d4\u0964\u0965"
    r"\u2010-\u2027\u2030-\u205e\u3001-\u3011\uff01-\uff0f"
)
_LETTERS = rf"[^\s{_MARKS}{_UNSPACED}]+"
_WORD = re.compile(
    rf"\s*(?:\{{\{{[^{{}}]*\}}\}}"  # a merge field
    rf"|[{_UNSPACED}][\u0300-\u036f\u0e31\u0e34-\u0e4e\u3099\u309a]*"
    rf"|{_LETTERS}(?:[-.,:/'\u2019\u2010]{_LETTERS})*"  # 52.9, don't, Franco-German
    r"|.)|\s+",
    re.DOTALL,
)

_MOST_STEPS = 2_000_000
"""Pairs of equal words that difflib may look at: half a second. Texts that take more are compared by sentences."""

_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+|\n|\Z)")


def words_of(text: str) -> list[str]:
    """A text cut into words, marks and merge fields, each with the space before it; joined they are the text."""
    return _WORD.findall(text)


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order: kept and removed ones make `before`, kept and added ones `after`.

    No two pieces of one fate follow each other, and what was removed stands before what was put in its place.
    """
    # Each word is looked at with the space before it: so the first one gets one too, lest it be another farther on.
    return _without_first_space(tuple(_compared_as_words(f" {before}", f" {after}")))


def _compared_as_words(before: str, after: str) -> Iterator[Piece]:
    for cut in (words_of, _SENTENCE.findall):
        old, new = cut(before), cut(after)
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        middle = old[head : len(old) - tail], new[head : len(new) - tail]
        try:
            compared = [*_compared(*middle)]
        except _TooManySteps:
            continue
        kept = (Piece(Fate.KEPT, "".join(old[:head])), Piece(Fate.KEPT, "".join(old[len(old) - tail :])))
        pieces = _in_order([kept[0], *compared, kept[1]])
        return _in_order(_readable([*pieces]))
    return _in_order((Piece(Fate.REMOVED, before), Piece(Fate.ADDED, after)))


def _without_first_space(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Both texts have one: where the one begins with a word that the other has not, that is followed by one instead."""
    first, *others = pieces
    if first.fate is not Fate.KEPT and others:
        space = " " if others[0].fate is Fate.KEPT else ""
        first = Piece(first.fate, first.text + space)
        others[0] = Piece(others[0].fate, others[0].text[1:])
    return tuple(piece for piece in (Piece(first.fate, first.text[1:]), *others) if piece.text)


def likeness(before: Counter[str], after: Counter[str]) -> float:
    """How much of two texts is the same, by their words: 0 to 1 (Dice's coefficient)."""
    total = before.total() + after.total()
    return 2 * (before & after).total() / total if total else 0.0


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words at the beginning are the same."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )


class _TooManySteps(Exception):
    """Two texts are compared that difflib would take minutes or hours for."""


class _Matcher(SequenceMatcher[str]):
    """difflib's, that counts its steps: it looks through what is left of both texts again for each match it finds."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new, autojunk=False)
        in_new = Counter(new)
        self._steps = [*accumulate((1 + in_new[word] for word in old), initial=0)]  # to look through the words so far
        self._left = _MOST_STEPS

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """As difflib has it. Raises _TooManySteps."""
        self._left -= self._steps[-1 if ahi is None else ahi] - self._steps[alo]
        if self._left < 0:
            raise _TooManySteps
        return super().find_longest_match(alo, ahi, blo, bhi)


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for operation, start, end, other_start, other_end in _Matcher(old, new).get_opcodes():
        if operation == "equal":
            yield Piece(Fate.KEPT, "".join(old[start:end]))
        else:
            removed, added = "".join(old[start:end]), "".join(new[other_start:other_end])
            space = removed[: _common(removed[: len(removed) - len(removed.lstrip())], added)]
            yield Piece(Fate.KEPT, space)
            yield Piece(Fate.REMOVED, removed[len(space) :])
            yield Piece(Fate.ADDED, added[len(space) :])


def _readable(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Without kept pieces of at most three characters between two changes, which they tear apart."""
    for at, piece in enumerate(pieces):
        between = piece.fate is Fate.KEPT and 0 < at < len(pieces) - 1 and "\n" not in piece.text
        if between and len(piece.text.strip()) <= 3 and not {Fate.KEPT} & {pieces[at - 1].fate, pieces[at + 1].fate}:
            yield Piece(Fate.REMOVED, piece.text)
            yield Piece(Fate.ADDED, piece.text)
        else:
            yield piece


def _in_order(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """With all that was changed between two kept pieces in two at most, and without empty ones."""
    filled = (piece for piece in pieces if piece.text)
    for kept, run in groupby(filled, key=lambda piece: piece.fate is Fate.KEPT):
        together = list(run)
        for fate in (Fate.KEPT,) if kept else (Fate.REMOVED, Fate.ADDED):
            text = "".join(piece.text for piece in together if piece.fate is fate)
            if text:
                yield Piece(fate, text)


def excerpt(pieces: Sequence[Piece], around: int = 8) -> tuple[Piece, ...]:
    """The pieces, and of long kept ones only so many words beside each change; the lines of a list are cut alike."""
    last = len(pieces) - 1
    return tuple(
        Piece(piece.fate, _shortened(piece.text, around if at else 0, around if at < last else 0))
        if piece.fate is Fate.KEPT
        else piece
        for at, piece in enumerate(pieces)
    )


def beginning(text: str, words: int = 12) -> tuple[Piece, ...]:
    """A text in which nothing changes, and of a long one only so many words: enough to know it by."""
    return (Piece(Fate.KEPT, _shortened(text, words, 0)),)


def _shortened(text: str, first: int, last: int) -> str:
    words = re.findall(r"\s*\S+(?:\s+\Z)?", text)
    if len(words) <= first + last + 4:
        return text
    end = "".join(words[len(words) - last :]) if last else ""
    return f"{''.join(words[:first])} …{end}" if first else f"…{end}"
