"""What a proof-reader finds: words that no dictionary has, and slips of grammar; never what the house accepts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from dispatch.checks.accessibility import wrong_language
from dispatch.checks.check import CheckFunction, Finding, Fix, warning
from dispatch.checks.evidence import Evidence, Mistake
from dispatch.checks.mending import replaced
from dispatch.checks.names import inconsistent_name
from dispatch.checks.parts import ReadText
from dispatch.checks.shown import shown_words
from dispatch.content.terms import fault_of
from dispatch.location import Location

_WORD = re.compile(r"[^\W\d_](?:[\w'\u2019-]*\w)?")
_ABBREVIATION = re.compile(r"[b-df-hj-np-tv-z]{2,4}")
_UNKNOWN, _SHARE = 4, 1 / 3  # so many unknown words, and of all words, and the text is in another language


def misspelling(evidence: Evidence) -> Iterator[Finding]:
    """A word stands in no dictionary of the language, and is no name.

    Read by the proof-reader, where one is installed (see the guide). A word with a capital inside a sentence is taken
    for a name unless it is much like a common word, and so is one that stands more than once; an abbreviation that
    does is in order too (bcm). What terms.yaml or an earlier issue has is in order. Of a text in another language, only
    that is told.
    """
    mistaken = list(_mistaken(evidence))
    if not mistaken:
        return
    repeated = _repeated(evidence)
    elsewhere = any(wrong_language(evidence))  # which says it of the issue as a whole
    doubted = _doubted(evidence)
    for text, mistakes in mistaken:
        if _is_foreign(text, mistakes):
            if elsewhere:
                continue
            place = evidence.issue.locate(text.written.path, mistakes[0].offset)
            message = "most words of this text stand in no dictionary of its language"
            yield warning(misspelling, place, message, "Write `language: fr`, or what it is, beside the block.")
            continue
        for mistake in mistakes:
            word = _written(text, mistake)
            if not mistake.misspelt or word in repeated or evidence.knows(word):
                continue
            if doubted.isdisjoint(_words_of(evidence, text, mistake)):
                yield _told(misspelling, evidence, text, mistake, f"“{word}” stands in no dictionary")


def grammar_mistake(evidence: Evidence) -> Iterator[Finding]:
    """A sentence goes against the grammar, or has a word in the place of another that is much like it.

    As “depends of”, “who's” for “whose”, a doubled word, a verb that does not agree with its subject. Read by the
    proof-reader, where one is installed (see the guide); the message is that of its rule, behind the words.
    """
    mistaken = list(_mistaken(evidence))
    doubted = _doubted(evidence) if mistaken else set()
    for text, mistakes in mistaken:
        for mistake in () if _is_foreign(text, mistakes) else mistakes:
            if not mistake.misspelt and doubted.isdisjoint(_words_of(evidence, text, mistake)):
                yield _told(grammar_mistake, evidence, text, mistake, _about(_written(text, mistake), mistake.message))


PROOFS: tuple[CheckFunction, ...] = (misspelling, grammar_mistake)
"""Those that look at nothing but what a proof-reader has found."""


def _mistaken(evidence: Evidence) -> Iterator[tuple[ReadText, Sequence[Mistake]]]:
    """The texts with their mistakes, without what terms.yaml has a word to say about: one slip is told once."""
    for text in evidence.texts:
        found = evidence.proofs.mistakes.get(text.written.path, ()) if evidence.proofs else ()
        house = [(slip.start, slip.end) for slip in evidence.terms.slips(text.prose)] if found else []
        left = [
            mistake
            for mistake in found
            if not any(start < mistake.offset + mistake.length and mistake.offset < end for start, end in house)
            and not evidence.terms.accepts(_written(text, mistake))
        ]
        if left:
            yield text, left


def _doubted(evidence: Evidence) -> set[Location]:
    """Where a name stands that another check doubts."""
    return {finding.location for finding in inconsistent_name(evidence)}


def _words_of(evidence: Evidence, text: ReadText, mistake: Mistake) -> Iterator[Location]:
    """Where the words of a mistake stand."""
    for word in _WORD.finditer(_written(text, mistake)):
        yield evidence.issue.locate(text.written.path, mistake.offset + word.start())


def _told(check: CheckFunction, evidence: Evidence, text: ReadText, mistake: Mistake, message: str) -> Finding:
    place = evidence.issue.locate(text.written.path, mistake.offset)
    proper = [f"“{each}”" for each in mistake.replacements if each]
    hint = f"Write {' or '.join(proper)}." if proper else f"Leave out “{_written(text, mistake).strip()}”."
    if not mistake.replacements:
        hint = "Write another word."
    suggestions = tuple(_suggestions(evidence, text, mistake)) if mistake.literal else ()
    word = _written(text, mistake) if mistake.misspelt and not fault_of(_written(text, mistake)) else ""
    shown = shown_words(evidence.texts, text, mistake.offset, mistake.offset + mistake.length)
    return warning(check, place, message, hint, suggestions=suggestions, word=word, shown=shown)


def _about(written: str, message: str) -> str:
    """What a rule says, with the words that it is about."""
    words, said = " ".join(written.split()), message.strip().rstrip(".")
    if re.search(rf"[“‘'\"«]\s*{re.escape(words)}\s*[”’'\"»]", said):  # noqa: RUF001
        return said
    return f"“{words}”: {said}" if said else f"“{words}” cannot be right"


def _suggestions(evidence: Evidence, text: ReadText, mistake: Mistake) -> Iterator[Fix]:
    start, end = mistake.offset, mistake.offset + mistake.length
    for proper in mistake.replacements:
        title = f"Write {proper}" if proper else f"Leave out {_written(text, mistake).strip()}"
        if fix := replaced(evidence.issue, text.written, start, end, proper, title):
            yield fix


def _written(text: ReadText, mistake: Mistake) -> str:
    return text.written.value[mistake.offset : mistake.offset + mistake.length]


def _repeated(evidence: Evidence) -> set[str]:
    """The names and abbreviations that stand more than once in the issue."""
    words = (word for text in evidence.texts for word in _WORD.findall(text.prose))
    counted = Counter(word for word in words if word[0].isupper() or _ABBREVIATION.fullmatch(word))
    return {word for word, times in counted.items() if times > 1}


def _is_foreign(text: ReadText, mistakes: Sequence[Mistake]) -> bool:
    """Whether so many words are unknown that the text must be in another language."""
    unknown = sum(mistake.misspelt for mistake in mistakes)
    return unknown >= _UNKNOWN and unknown >= _SHARE * len(_WORD.findall(text.prose))
