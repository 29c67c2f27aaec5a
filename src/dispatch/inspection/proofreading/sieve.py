"""What of an engine's matches is told: names are no misspellings, nor are words made of known ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from dispatch.inspection.proofreading.engine import Engine, Match
from dispatch.languages.tags import NOUNS_WITH_CAPITALS, primary

MOST_REPLACEMENTS = 5

# A capital there says nothing: it begins the text, a sentence, a quotation or a line.
_BEGINNING = re.compile(r"(?:^|[.!?:…]['\"”’»)]*\s|\n)[\s\W]*$")  # noqa: RUF001
_PREFIXES = re.compile(
    r"(?:anti|auto|bio|counter|co|cyber|de|dis|eco|euro|extra|ex|geo|hyper|inter|intra|macro|mega|meta|micro|mid|mini|mis"
    r"|multi|nano|neo|non|out|over|para|petro|poly|post|pre|proto|pro|pseudo|quasi|re|semi|sub|super|trans|tri|ultra|under"
    r"|un|vice)-?(?=\w{5})",
    re.IGNORECASE,
)
_PARTICLES = re.compile(  # of names: von der Leyen, bin Salman
    r"(?:abu|af|al|ap|ar|av|ben|bin|bint|da|de|del|della|den|der|di|do|dos|du|el|ibn|la|le|ter|ten|umm|van|von|y|zu|zum|zur)"
)
_NAME_FOLLOWS = re.compile(rf"(?:[\s-]{_PARTICLES.pattern})*[\s-][^\W\d_a-zß-öø-ÿ]")
_DOUBLED = re.compile(r"(\w)\1+")
_JOINED = re.compile(r"(?:\w+-)+$")
_LIKE, _MUCH_LIKE = 0.85, 0.9  # at the beginning of a sentence; inside, where a capital is mostly a name's
_SHORT, _LONG = 5, 8  # letters
_SHORTEST_NAME = 4  # that lacks nothing but its capital


def told(text: str, matches: Iterable[Match], engine: Engine, language: str) -> Iterator[Match]:
    """The matches that an author should look at, with at most five replacements each."""
    nouns_have_capitals = primary(language) in NOUNS_WITH_CAPITALS
    for match in _each_once(matches):
        replacements = match["replacements"]
        if match["issue_type"] == "misspelling":
            end = match["offset"] + match["length"]
            word = _word_at(text, match["offset"], end)
            if any(map(str.isdigit, word)) or any(map(str.isupper, word[1:])):
                continue
            if _is_made_of_known(word, replacements, engine, language) or _belongs_to_name(word, text, end):
                continue
            if word[:1].isupper() and nouns_have_capitals:
                replacements = [each for each in replacements if _is_like(word, each, _LIKE, swapped=True)]
            elif word[:1].isupper():
                replacements = list(_instead_of_name(word, text[: match["offset"]], replacements, engine))
            else:
                replacements = sorted(replacements, key=lambda each: _is_only_a_name(each, word))
            if word[:1].isupper() and not replacements:
                continue
        yield Match(**{**match, "replacements": replacements[:MOST_REPLACEMENTS]})


def _each_once(matches: Iterable[Match]) -> Iterator[Match]:
    """The matches in order, without those of grammar that another one touches: of “This are”, either word is the slip."""
    end = -2
    for match in sorted(matches, key=lambda match: match["offset"]):
        if match["issue_type"] == "misspelling":
            yield match
        elif match["offset"] > end + 1:
            end = match["offset"] + match["length"]
            yield match


def _word_at(text: str, start: int, end: int) -> str:
    """The word, with what hyphens join to its front: Tae-yong."""
    joined = _JOINED.search(text, max(start - 40, 0), start)
    return text[joined.start() if joined else start : end]


def _is_made_of_known(word: str, replacements: Iterable[str], engine: Engine, language: str) -> bool:
    """Whether a word is a known one behind an English prefix, or several with hyphens: deminers, mutual-defence.

    What differs from another word by a doubled letter alone is none: misstake, comission.
    """
    prefix, parts = primary(language) == "en" and _PREFIXES.match(word), word.split("-")
    if prefix and engine.knows(word[prefix.end() :]):
        single = _DOUBLED.sub(r"\1", word)
        return all(_DOUBLED.sub(r"\1", each) != single for each in replacements)
    return len(parts) > 1 and all(map(engine.knows, filter(None, parts)))


def _belongs_to_name(word: str, text: str, end: int) -> bool:
    """Whether a word is the particle of a name, which follows."""
    return bool(_PARTICLES.fullmatch(word) and _NAME_FOLLOWS.match(text, end))


def _is_only_a_name(replacement: str, word: str) -> bool:
    """Whether a name is proposed for a word without a capital: Wil for wil. Ukraine is what was meant by ukraine."""
    return replacement[:1].isupper() and (len(word) < _SHORTEST_NAME or replacement.lower() != word)


def _instead_of_name(word: str, before: str, replacements: Iterable[str], engine: Engine) -> Iterator[str]:
    """The common words that one with a capital may be a slip for; without any it is a name."""
    begins = bool(_BEGINNING.search(before[-80:]))
    shortest, likeness = (_SHORT, _LIKE) if begins else (_LONG, _MUCH_LIKE)
    for other in map(str.lower, replacements):
        if _is_like(word.lower(), other, likeness if len(word) >= shortest else 1, swapped=begins) and engine.knows(
            other
        ):
            yield other.capitalize()


def _is_like(word: str, other: str, likeness: float, *, swapped: bool) -> bool:
    """Whether one word may be a slip for another: `swapped`, also where only the order of their letters differs (teh)."""
    if not other.isalpha() or word[0] != other[0]:
        return False
    return (swapped and sorted(word) == sorted(other)) or SequenceMatcher(None, word, other).ratio() >= likeness
