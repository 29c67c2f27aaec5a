"""What of an engine's matches is told: names are no misspellings, nor are words made of known ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from dispatch.inspection.proofreading.engine import Engine, Match
from dispatch.languages.tags import primary

MOST_REPLACEMENTS = 5

# A capital there says nothing: it begins the text, a sentence, a quotation or a line.
_BEGINNING = re.compile(r"(?:^|[.!?:…]['\"”’»)]*\s|\n)[\s\W]*$")  # noqa: RUF001
_PREFIXES = re.compile(
    r"(?:anti|auto|bio|co|counter|cyber|de|dis|eco|euro|ex|extra|geo|hyper|inter|intra|macro|mega|meta|micro|mid|mini|mis"
    r"|multi|nano|neo|non|out|over|para|petro|poly|post|pre|pro|proto|pseudo|quasi|re|semi|sub|super|trans|tri|ultra|un"
    r"|under|vice)-?(?=\w{5})",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:\w+-)+$")
NOUNS_WITH_CAPITALS = frozenset({"de", "lb", "gsw", "nds"})
_LIKE, _MUCH_LIKE = 0.85, 0.9  # at the beginning of a sentence; inside, where a capital is mostly a name's
_SHORT, _LONG = 5, 8  # letters


def told(text: str, matches: Iterable[Match], engine: Engine, language: str) -> Iterator[Match]:
    """The matches that an author should look at, with at most five replacements each."""
    nouns_have_capitals = primary(language) in NOUNS_WITH_CAPITALS
    for match in _each_once(matches):
        replacements = match["replacements"]
        if match["issue_type"] == "misspelling":
            word = _word_at(text, match["offset"], match["offset"] + match["length"])
            if any(map(str.isdigit, word)) or any(map(str.isupper, word[1:])) or _is_made_of_known(word, engine):
                continue
            if word[:1].isupper() and nouns_have_capitals:
                replacements = [each for each in replacements if _is_like(word, each, _LIKE, swapped=True)]
            elif word[:1].isupper():
                replacements = list(_instead_of_name(word, text[: match["offset"]], replacements, engine))
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


def _is_made_of_known(word: str, engine: Engine) -> bool:
    """Whether a word is a known one behind a prefix, or several with hyphens: deminers, mutual-defence."""
    prefix, parts = _PREFIXES.match(word), word.split("-")
    if prefix and engine.knows(word[prefix.end() :]):
        return True
    return len(parts) > 1 and all(map(engine.knows, filter(None, parts)))


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
