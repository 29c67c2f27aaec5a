"""Names that may be one name in two spellings: that sound the same, or differ in a slip of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_SHORTEST_SLIP = 7  # letters: in short names one other letter makes another name
_SHORTEST_SWAP = 6
_SAME_ENDING = 2  # letters behind a slip: what differs at the end is grammar, mostly

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "t", "æ": "e", "œ": "e"})
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"t?sch|tch|sh|ch", "C"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"kh", "k"),
        (r"gh", "g"),
        (r"ck|qu|q", "k"),
        (r"ou|oo", "u"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"t?z", "s"),
        (r"w", "v"),
        (r"[yj]", "i"),
        (r"(?<=[aeiou])h(?![aeiou])", ""),
        (r"(.)\1+", r"\1"),
        (r"(?<=[^aeiou])e$", ""),
    )
)
_FEMININE = re.compile(r"(?:[lnst]?e|[ae])s?")  # French européen, européenne; Martin, Martine


@lru_cache(maxsize=8_192)
def sound(name: str) -> str:
    """What a name sounds like, roughly, however it was brought into Latin letters: Poutine and Putin are `putin`."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_LETTERS)
    for pattern, written in _SOUNDS:
        plain = pattern.sub(written, plain)
    return plain


def slips(name: str) -> Iterator[str]:
    """What names have in common that one slip of the pen makes out of each other: the name, also short of a letter."""
    if len(name) >= _SHORTEST_SWAP:
        yield name
        for index in range(len(name)):
            yield name[:index] + name[index + 1 :]


def is_spelling_of(one: str, other: str) -> bool:
    """Whether two different names may be one: they sound the same, or differ by a slip; no plural, feminine or adjective."""
    if one == other:
        return False
    shorter, longer = sorted((one, other), key=len)
    if longer.startswith(shorter) and _FEMININE.fullmatch(longer[len(shorter) :]):
        return False
    return sound(one) == sound(other) or _is_slip(shorter, longer)


def _is_slip(shorter: str, longer: str) -> bool:
    """Whether one letter is missing, other or changes places with the next, neither first nor near the end."""
    begin = _shared(shorter, longer)
    end = _shared(shorter[begin:][::-1], longer[begin:][::-1])
    left, more = shorter[begin : len(shorter) - end], longer[begin : len(longer) - end]
    if not begin or end < _SAME_ENDING:
        return False
    swapped = len(left) == 2 and left == more[::-1]
    return (swapped and len(longer) >= _SHORTEST_SWAP) or (
        len(longer) >= _SHORTEST_SLIP and len(shorter) >= _SHORTEST_SLIP - 1 and len(left) <= 1 and len(more) == 1
    )


def _shared(one: str, other: str) -> int:
    """With how many letters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (left, right) in pairs if left != right), min(len(one), len(other)))
