"""Whether each name is written in one way only."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.likeness import is_spelling_of, slips, sound
from dispatch.checks.mending import replaced
from dispatch.checks.parts import ReadText
from dispatch.checks.shown import shown_words
from dispatch.counts import agreeing
from dispatch.languages.tags import NOUNS_WITH_CAPITALS, primary
from dispatch.rendering.words import locale_of


def inconsistent_name(evidence: Evidence) -> Iterator[Finding]:
    """A name is written in another way than elsewhere: Poutine once, and Putin in the same issue or in earlier ones.

    The two sound the same, or differ in one letter inside; plurals, adjectives and feminines are left alone. The one is
    rare, the other stands twice as often, in this issue, in those before it and in terms.yaml, or is a country. Names of
    countries and languages are no slips (CLDR, by babel), nor is what terms.yaml accepts, or a name beside which others
    stand: Boris Johnson and Alan Johnston. One that begins a sentence, as any word may, has at least seven letters. Not
    in German, where every noun has a capital.
    """
    names = _names_in(evidence)
    known = _Known(evidence, names)
    for name in names.values():
        if (other := known.proper(name)) is None:
            continue
        for text, offset in name.places:
            place = evidence.issue.locate(text.written.path, offset)
            message = f"“{name.written}” may be {other}, which {known.where(other)}"
            end = offset + len(name.written)
            fix = replaced(evidence.issue, text.written, offset, end, other)
            yield warning(
                inconsistent_name,
                place,
                message,
                f"Write {other}.",
                suggestions=(fix,) if fix else (),
                word=name.written,
                shown=shown_words(evidence.texts, text, offset, end),
            )


_NAME = re.compile(r"(?<![^\W_])[^\W\d_]{4,30}(?![^\W_])")
_WORD = re.compile(r"[^\W\d_]+")
_INSIDE = re.compile(r"[\w,;)\]’”»*][\s“«„‘(*_\[]*\s[\s“«„‘(*_\[]*$")  # noqa: RUF001
_ENDING = re.compile(r"[.!?…:;,][\s\"”’»)*_]*$")  # noqa: RUF001
_CONNECTED = r"(?:(?:of|for|de|du|des|di|del|la|le|von|van) )*"
_BEFORE = re.compile(rf"(?<![^\W_])([A-ZÀ-ÖØ-Þ][^\W\d_]+)[ -]{_CONNECTED}$")
_BEHIND = re.compile(rf"[ -]{_CONNECTED}([A-ZÀ-ÖØ-Þ][^\W\d_]+)")
_TITLE = re.compile(
    "(?:President|Président|Presidente|Minister|Ministre|Ministro|Chancellor|Chancelier|Premier|King|Queen"
    "|Prince|General|Général|Senator|Secretary|Pope|Sir|Lady|Professor|Monsieur|Madame|Comrade|Leader|Dr|Mrs?|Ms)"
)
_NO_NAME = re.compile(  # at the beginning of a sentence, where any word has a capital
    "A|After|Against|Although|An|And|As|At|Because|Before|Both|But|By|Can|Did|Do|Does|Even|For|From|Here|How|If|In|Is"
    "|Like|May|Not|Now|Of|On|Once|Only|Or|Over|Since|So|That|The|Then|This|Though|To|Under|Unlike|Until|Was|What|When"
    "|Where|While|Who|Why|Will|With|Without|Yet"
    "|Après|Avant|Avec|Comme|Dans|Depuis|Et|Il|La|Le|Les|Mais|Pour|Quand|Que|Qui|Si|Sur"
    "|Como|Con|Cuando|El|En|Los|Para|Pero|Ma|Per|Quando"
)
_TIMES = {1: "once", 2: "twice"}
_COUNTS_AS = 2  # times in which a word of terms.yaml stands, or a country
_ESTABLISHED = 2  # earlier issues, after which a name is no slip
_MOST_COMPARED = 20
_SHORTEST_AT_BEGINNING = 7  # letters of a name that stands at the beginning of sentences alone, as any word may


@dataclass
class _Name:
    """A word that begins with a capital, and where it stands."""

    written: str
    places: list[tuple[ReadText, int]] = field(default_factory=list)
    beside: set[str] = field(default_factory=set)  # the other names that stand before or behind it
    inside: bool = False  # of a sentence, at least once


def _names_in(evidence: Evidence) -> dict[str, _Name]:
    """The names in an issue."""
    names: dict[str, _Name] = {}
    small: set[str] = set()
    for text in evidence.texts:
        if primary(text.written.language) in NOUNS_WITH_CAPITALS:
            continue
        is_title = _is_title(text.prose)
        small |= {word for word in _WORD.findall(text.prose) if word.islower()}
        for word in _NAME.finditer(text.prose):
            if word[0][0].isupper() and not word[0].isupper():
                name = names.setdefault(word[0], _Name(word[0]))
                name.places.append((text, word.start()))
                name.beside |= set(_beside(text.prose, word))
                name.inside |= not is_title and bool(
                    _INSIDE.search(text.prose, max(word.start() - 40, 0), word.start())
                )
    no_names = small | _calendar(evidence.issue.language)
    for name in names.values():
        name.beside = {each for each in name.beside if each.lower() not in no_names and not _NO_NAME.fullmatch(each)}
    return {written: name for written, name in names.items() if written.lower() not in small and _is_name(name)}


def _is_name(name: _Name) -> bool:
    """Whether a word is a name, or may be one: of those that only begin sentences, what is long or beside a name."""
    return name.inside or len(name.written) >= _SHORTEST_AT_BEGINNING or bool(name.beside)


def _is_title(prose: str) -> bool:
    """Whether most words have a capital, as in English headlines, and no full stop follows."""
    if _ENDING.search(prose[-40:]):
        return False
    words = [word for word in _WORD.findall(prose[:400]) if len(word) > 3]
    return len(words) > 1 and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _beside(prose: str, word: re.Match[str]) -> Iterator[str]:
    before = _BEFORE.search(prose, max(word.start() - 60, 0), word.start())
    behind = _BEHIND.match(prose, word.end(), word.end() + 60)
    if before and not _TITLE.fullmatch(before[1]):
        yield before[1]
    if behind:
        yield behind[1]


class _Known:
    """What is known of the names of an issue: how often each stands, and what it may be another spelling of."""

    def __init__(self, evidence: Evidence, names: Mapping[str, _Name]) -> None:
        self._evidence = evidence
        self._names = names
        self._before = evidence.names_before
        self._real, self._countries = _real_names(evidence.issue.language)
        accepted = {word for form in evidence.terms.accepted for word in _NAME.findall(form) if word[0].isupper()}
        self._weight = Counter({name.written: len(name.places) for name in names.values()}) + self._before
        self._weight += Counter(dict.fromkeys(accepted | (self._countries & names.keys()), _COUNTS_AS))
        self._alike: dict[str, list[str]] = defaultdict(list)
        for written in sorted({*self._weight, *self._countries}, key=lambda name: (-self._weight[name], name)):
            for key in _keys(written, country=written not in self._weight):
                self._alike[key].append(written)

    def proper(self, name: _Name) -> str | None:
        """How a name is written elsewhere, if that is more likely how it is meant."""
        written, terms = name.written, self._evidence.terms
        if written in self._real or written in terms.right_of or terms.accepts(written):
            return None
        if self._before[written] >= _ESTABLISHED:
            return None
        if not name.inside and len(written) < _SHORTEST_AT_BEGINNING:
            return None
        return next((other for other in self._candidates(written) if self._is_meant(other, name)), None)

    def where(self, other: str) -> str:
        """Where the name stands that is more likely meant, to be read after “which”."""
        if name := self._names.get(other):
            times = len(name.places)
            return f"stands here {_TIMES.get(times, f'{times} times')}"
        if before := self._before[other]:
            return f"stands in {agreeing(before, 'an earlier issue', f'{before} earlier issues')}"
        return "terms.yaml has" if other in self._weight else "is a country"

    def _candidates(self, written: str) -> Iterable[str]:
        found = (other for key in _keys(written) for other in self._alike[key][:_MOST_COMPARED])
        return sorted(dict.fromkeys(found), key=lambda other: -self._weight[other])

    def _is_meant(self, other: str, name: _Name) -> bool:
        weight = self._weight[other] or _COUNTS_AS
        return (
            weight >= max(2, 2 * self._weight[name.written])
            and is_spelling_of(name.written, other)
            and other not in self._evidence.terms.right_of
            and self._is_a_name(other, name.beside)
            and self._may_stand_beside(other, name.beside)
            and (len(name.written) > 4 or other in self._countries)
        )

    def _is_a_name(self, other: str, beside: Collection[str]) -> bool:
        """Whether a word of this issue has a capital elsewhere than at the beginning of sentences, or the same beside it."""
        name = self._names.get(other)
        return not name or name.inside or other in self._countries or not name.beside.isdisjoint(beside)

    def _may_stand_beside(self, other: str, beside: Collection[str]) -> bool:
        """Whether a name may be the one beside which these stand: it has been, or nobody knows of any."""
        known: Collection[str] = ()
        if other in self._names:
            known = self._names[other].beside
        elif self._before[other]:
            known = self._before.keys()
        return not known or not beside or any(each in known for each in beside)


def _keys(name: str, *, country: bool = False) -> Iterator[str]:
    """Under which a name is found by those that it is much like; a country only by its sound."""
    yield f"={sound(name)}"
    if not country:
        yield from slips(name)


@cache
def _calendar(language: str) -> frozenset[str]:
    """The weekdays and months of a language, in small letters: they stand beside anybody's name."""
    locale = locale_of(language)
    widths = [*locale.days["format"].values(), *locale.months["format"].values()] if locale else []
    return frozenset(word for width in widths for name in width.values() for word in _WORD.findall(name.lower()))


@cache
def _real_names(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Words of the names of countries and languages, and those of countries alone, in English and the issue's language."""
    locales = [locale for locale in (locale_of(language), locale_of("en")) if locale]
    countries = {word for locale in locales for name in locale.territories.values() for word in _NAME.findall(name)}
    languages = {word for locale in locales for name in locale.languages.values() for word in _NAME.findall(name)}
    whole = {
        name
        for locale in locales[:1]
        for name in locale.territories.values()
        if _NAME.fullmatch(name) and name[0].isupper()
    }
    return frozenset(countries | languages), frozenset(whole)
