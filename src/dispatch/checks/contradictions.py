"""Whether the issue contradicts itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dispatch.checks.check import Finding, warning
from dispatch.checks.evidence import Evidence
from dispatch.checks.parts import ReadText
from dispatch.content.issue import Issue
from dispatch.content.texts import TextKind


def contradicting_figures(evidence: Evidence) -> Iterator[Finding]:
    """One figure is given two values: 30,000 soldiers in the preheader, 13,000 soldiers in the text.

    A number in the title, subtitle, subject or preheader that the text never has, while it has one other for the same
    noun; or two numbers with the same two words behind them in two texts. Words that compare or hedge (from, to, more,
    about, then, in 2022) make both true, a rounded number says the same, and tables are there for several numbers.
    """
    quantities = [each for text in evidence.texts for each in _quantities(text)]
    above = [each for each in quantities if each.path[0] in _INBOX]
    below = [each for each in quantities if each.path[0] not in _INBOX]
    for one, other in (*_contradicted_above(above, below), *_contradicted_below(below)):
        yield _finding(evidence.issue, one, other)


@dataclass(frozen=True)
class _Quantity:
    """A number, and what it counts."""

    path: tuple[str | int, ...]
    written: str  # $3.8 million
    value: float
    unit: str  # $ or %, or nothing
    words: tuple[str, ...]  # behind it, in lower case, as far as they stand together
    relative: bool  # the clause compares or hedges
    offset: int  # of the number in the text


def _contradicted_above(above: list[_Quantity], below: list[_Quantity]) -> Iterator[tuple[_Quantity, _Quantity]]:
    told = {each.value for each in below}
    for each in above:
        noun = each.words[:1]
        if each.relative or each.unit or not noun or noun[0] in _COMMON or len(noun[0]) < 4:
            continue
        others = {other.value: other for other in below if noun[0] in other.words[:2] and not other.unit}
        if each.value in told or len(others) != 1:
            continue
        (other,) = others.values()
        if not other.relative and not _rounded(each.value, other.value):
            yield each, other


def _contradicted_below(below: list[_Quantity]) -> Iterator[tuple[_Quantity, _Quantity]]:
    by_words: dict[tuple[str, ...], list[_Quantity]] = defaultdict(list)
    for each in below:
        if len(each.words) > 1:
            by_words[(each.unit, *each.words[:2])].append(each)
    for same in by_words.values():
        if len({each.value for each in same}) != 2 or any(each.relative for each in same):
            continue
        first = same[0]
        other = next(each for each in same if each.value != first.value)
        if other.path != first.path and not _rounded(first.value, other.value):
            yield other, first


def _finding(issue: Issue, one: _Quantity, other: _Quantity) -> Finding:
    place, elsewhere = (issue.locate(each.path, each.offset) for each in (one, other))
    message = f"{one.written} {one.words[0]} here, but {other.written} at {elsewhere}"
    return warning(contradicting_figures, place, message, "Write the same number in both places, or say why not.")


_INBOX = {"title", "subtitle", "subject", "preheader"}
_NUMBER = re.compile(
    r"(?<![\w.,:/+\-–])(?P<sign>[$€£])?(?P<number>\d{1,3}(?:[,.\u202f\u00a0 ]\d{3})+|\d+(?:[.,]\d+)?)"  # noqa: RUF001
    r"(?P<scale>[ \u00a0\u202f](?:thousand|million|billion|trillion|millions?|milliards?|Millionen|Milliarden"
    r"|mill[oó]n(?:es)?|milion[ei]|miliard[oi])\b)?(?P<percent>[ \u00a0\u202f]?%)?"
    r"(?P<words>(?:[ \u00a0][^\W\d_][\w'’-]*){0,4})"  # noqa: RUF001
)
# Part of a name: GCC 4.3, the Boeing 747; but Its 12 bridges, at the beginning of a sentence.
_NAME = re.compile(r"(?:\b[A-Z]{2,}|\S\s+[A-Z]\w*) $")
_LONGEST_CLAUSE = 500
_SCALES = {r"th": 1e3, r"mill?iar|bi": 1e9, r"mi": 1e6, r"tr": 1e12}
_RELATIVE = re.compile(
    r"\b(?:than|over|under|about|around|nearly|almost|roughly|up|least|most|more|less|fewer|another|other|further"
    r"|additional|again|now|then|later|earlier|before|after|since|until|by|first|second|next|last|ago|today|yesterday"
    r"|rose|fell|grew|each|every|per|between|some|only|not|instead|while|whereas|compared|against|average|January"
    r"|February|March|April|May|June|July|August|September|October|November|December"
    r"|de|à|plus|moins|environ|près|presque|autres?|puis|avant|après|depuis|chaque|par|entre|contre"
    r"|von|auf|bis|über|unter|etwa|rund|fast|knapp|mehr|weniger|weitere|später|früher|vor|nach|seit|je|pro|zwischen"
    r"|más|menos|unos|unas|casi|otros|otras|luego|antes|después|desde|cada|por"
    r"|più|meno|circa|quasi|altri|altre|poi|prima|dopo|ogni|tra)\b|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)
_FROM, _TO = (re.compile(rf"\b{word}\b", re.IGNORECASE) for word in ("from", "to"))
_JOINING = """
a an and are as at be been but by can for had has have he her his in into is it its may of on or our she so that the
their these they this those to was we were which who will with you
"""
_COUNTED_OFTEN = """
people persons years months weeks days hours minutes seconds times points dollars euros pounds metres meters kilometres
kilometers miles tonnes tons barrels things questions reasons ways countries cities states others percent million billion
trillion thousand lines words pages parts steps années mois semaines jours heures fois personnes raisons jahre jahren
monate wochen tage stunden minuten menschen länder euro fragen gründe prozent años meses semanas días horas minutos veces
personas países preguntas razones anni mesi settimane giorni minuti volte persone paesi domande ragioni
"""
_FUNCTION_WORDS = frozenset(_JOINING.split())
_COMMON = frozenset(_COUNTED_OFTEN.split())  # two numbers of them say nothing


def _quantities(text: ReadText) -> Iterator[_Quantity]:
    if text.written.kind is TextKind.URL or "table" in text.written.path:
        return
    shown = [(offset, character) for offset, character in enumerate(text.prose) if character != "*"]
    plain = "".join(character for _, character in shown)
    for clause in re.finditer(r"(?:[^.;:!?\n]|[.:](?=\d))+", plain):
        for match in _NUMBER.finditer(plain, clause.start(), clause.end()):
            if _NAME.search(plain[max(clause.start(), match.start() - 40) : match.start()]):
                continue
            without = _without(plain, clause, match)
            yield _Quantity(
                path=text.written.path,
                written=plain[match.start() : match.start("words")].strip(),
                value=_value(match["number"], match["scale"] or ""),
                unit=match["sign"] or (match["percent"] or "").strip(),
                words=tuple(_content(match["words"].lower().split())),
                relative=without is None or _is_relative(without),
                offset=shown[match.start()][0],
            )


def _without(plain: str, clause: re.Match[str], match: re.Match[str]) -> str | None:
    """The clause without the number; None where it is too long to be one."""
    if len(clause[0]) - len(match["number"]) > _LONGEST_CLAUSE:
        return None
    return plain[clause.start() : match.start("number")] + plain[match.end("number") : clause.end()]


def _is_relative(words: str) -> bool:
    begin = _FROM.search(words)
    return bool((begin and _TO.search(words, begin.end())) or _RELATIVE.search(words))


def _content(words: Iterable[str]) -> Iterator[str]:
    """The words up to the first one that only joins others."""
    for word in words:
        if word in _FUNCTION_WORDS:
            return
        yield word


def _value(number: str, scale: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[,.\u202f\u00a0 ]\d{3})+", number):
        plain = float(re.sub(r"\D", "", number))
    else:
        plain = float(number.replace(",", "."))
    times = (factor for start, factor in _SCALES.items() if re.match(start, scale.strip(), re.IGNORECASE))
    return plain * next(times, 1)


def _rounded(one: float, other: float) -> bool:
    """Whether one may be the other, rounded."""
    return abs(one - other) < 0.05 * max(one, other)
