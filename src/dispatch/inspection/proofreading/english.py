"""Slips of English for which the engines have no rule, and which those make who have learnt it: everybody know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dispatch.inspection.proofreading.engine import Match
from dispatch.languages.tags import primary

_BASE = (
    "agree|believe|bring|build|buy|care|change|come|continue|cost|count|cover|cross|earn|expect|face|fear|fight|find"
    "|follow|forget|get|give|go|grow|hate|help|hope|keep|know|lead|learn|leave|live|look|lose|love|make|mean|meet|pay"
    "|prefer|produce|remain|remember|say|see|seem|sell|send|speak|spend|stand|stay|support|take|talk|think|trust|try"
    "|understand|use|vote|wait|want|watch|win|wish|work|write"
)
_PARTICIPLES = {"build": "built", "rebuild": "rebuilt", "send": "sent", "spend": "spent", "lend": "lent"}
_AGREE = {"am": "agree", "is": "agrees", "are": "agree", "was": "agreed", "were": "agreed"}

_PERSONS = "everybody|everyone|nobody|no one|somebody|someone|anybody|anyone"
_PLURALS = (
    "analysts|bridges|citizens|companies|countries|diplomats|drones|elections|experts|farmers|governments|journalists"
    "|leaders|men|ministers|missiles|officials|politicians|presidents|prices|roads|sanctions|ships|soldiers|students"
    "|talks|tanks|troops|voters|women|workers"
)
_SINGULARS = (  # none that stands for several people: the government are
    "agreement|ambassador|answer|border|bridge|budget|ceasefire|chancellor|deal|economy|election|king|law|leader|letter"
    "|minister|missile|newspaper|pipeline|plan|president|price|question|reason|report|result|river|road|ship|tank|treaty"
    "|war"
)
_THINGS = (
    "bridge|drone|election|law|letter|missile|pipeline|plan|price|report|river|road|rocket|sanction|ship|tank|treaty"
    "|weapon"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBERS = (
    r"\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|many|several|some"
)

# Where a clause begins, so that what follows is its subject: “one of the ministers has” is right.
_INTRODUCTION = (
    r"(?:(?:After|At|For|In|On|Since)(?:\s+(?!(?:about|and|as|before|behind|beside|between|by|for|from|like|nor|of|or|than"
    r"|that|to|with)\b)[\w’'-]+){1,3},?\s+)?"  # noqa: RUF001
)
_BEGINNING = rf"(?:(?:^|[.!?;:“]\s*|\n\s*){_INTRODUCTION}|\b(?:although|because|but|while)\s+)"
_ENDING = r"\s*(?:[.,;:!?)]|$)"


def _third(base: str) -> str:
    """The form that goes with he and she."""
    if base.endswith(("ch", "sh", "s", "x", "o")):
        return f"{base}es"
    return f"{base[:-1]}ies" if re.search(r"[^aeiou]y$", base) else f"{base}s"


_THIRDS = {base: _third(base) for base in _BASE.split("|")}
_PLURAL_OF = {third: base for base, third in _THIRDS.items()} | {
    "is": "are",
    "was": "were",
    "has": "have",
    "does": "do",
}
_SINGULAR_OF = {"are": "is", "were": "was", "have": "has"}
_S_FORM = "|".join(_PLURAL_OF)


@dataclass(frozen=True)
class _Slip:
    """How a slip looks: `slip` in the pattern is what is wrong."""

    rule: str
    pattern: re.Pattern[str]
    message: str
    proper: Callable[[str], str]  # of what is wrong
    unless: re.Pattern[str] | None = None  # that stands before it


def _slip(rule: str, pattern: str, message: str, proper: Callable[[str], str], unless: str = "") -> _Slip:
    return _Slip(rule, re.compile(pattern), message, proper, re.compile(unless) if unless else None)


# “All that they did was build on it” has a verb where other sentences have a participle.
_ACTION = r"(?i)\b(?:all|aim|do|does|did|doing|done|goal|idea|job|plan|task|what)\b[^.!?]*$"

_SLIPS = (
    _slip(
        "everybody",
        rf"(?:{_BEGINNING}|,\s+|\b(?:and|here|now|so|Today|today|when|where)\s+)(?i:{_PERSONS})\s+(?P<slip>{_BASE})\b(?!\s*!)",
        "This subject is singular",
        lambda slip: _THIRDS[slip],
    ),
    _slip(
        "those-who",
        rf"(?<![Oo]ne of )\b[Tt]hose\s+who\s+(?P<slip>{_S_FORM})\b",
        "“Those who” is plural",
        lambda slip: _PLURAL_OF[slip],
    ),
    _slip(
        "was-build",
        rf"\b(?:is|are|was|were|been|being)\s+(?P<slip>{'|'.join(_PARTICIPLES)})"
        rf"(?={_ENDING}|\s+(?:after|again|at|before|between|by|during|for|from|here|in|near|on|only|there|to|under|with)\b)",
        "The past participle stands here",
        lambda slip: _PARTICIPLES[slip],
        _ACTION,
    ),
    _slip(
        "since-years",
        rf"\b(?P<slip>[Ss]ince)\s+(?:{_NUMBERS}|a\s+few)\s+(?:hours|days|weeks|months|years|decades|centuries)\b"
        r"(?!\s+(?:after|ago|are|back|before|earlier|had|has|have|is|later|of|old|passed|prior|was|were)\b)",
        "“Since” goes with a point in time, and “for” with how long it lasts",
        lambda slip: "For" if slip[0] == "S" else "for",
    ),
    _slip(
        "price-are",
        rf"{_BEGINNING}(?:[Tt]he|[Tt]his|[Ii]ts|[Tt]heir)\s+(?:[\w-]+\s+)?(?:{_SINGULARS})\s+(?P<slip>are|were|have)\b",
        "This subject is singular",
        lambda slip: _SINGULAR_OF[slip],
    ),
    _slip(
        "ministers-has",
        rf"(?:{_BEGINNING}|\bthat\s+)(?:(?:[Tt]he|[Tt]hese|[Aa]ll|[Mm]any|[Mm]ost|[Ss]everal|[Ss]ome)\s+)?(?:[\w’'-]+\s+)?"  # noqa: RUF001
        rf"(?:{_PLURALS})\s+(?P<slip>is|was|has|does)\b",
        "This subject is plural",
        lambda slip: _PLURAL_OF[slip],
        r"\b(?:each|every|one|of)\b[^.!?,]*$",
    ),
    _slip(
        "companies-which-earns",
        rf"(?:{_BEGINNING}|\b[Tt]here\s+are\s+)(?:(?:[Tt]he|[Tt]hese|[Aa]ll|[Mm]any|[Mm]ost|[Ss]everal|[Ss]ome)\s+)?"
        rf"(?:[\w-]+\s+)?(?:{_PLURALS})\s+(?:that|which|who)\s+(?P<slip>{_S_FORM})\b",
        "What it goes with is plural",
        lambda slip: _PLURAL_OF[slip],
        r"\b(?:each|every|one|of)\b[^.!?,]*$",
    ),
    _slip(
        "pipelines-who",
        rf"\b(?:{_THINGS})s?\s+(?P<slip>who)\s+(?:are|were|have|had|will|{_BASE}|{_S_FORM})\b",
        "“Who” is for people",
        lambda _: "that",
    ),
    _slip(
        "the-14-december",
        rf"\b(?P<slip>the\s+\d{{1,2}}\s+(?:{_MONTHS}))(?={_ENDING}|\s+(?:a|an|at|he|in|is|it|she|the|they|was|we|when|where|will)\b)",
        "A day of a month goes without an article",
        lambda slip: " ".join(slip.split()[1:]),
    ),
    _slip(
        "next-weak",
        rf"\b(?:[Nn]ext|[Ll]ast|per)\s+(?P<slip>weak)(?={_ENDING}|\s+(?:at|he|in|on|she|the|they|we)\b)",
        "Seven days are a week",
        lambda _: "week",
    ),
    _slip(
        "is-agree",
        r"(?:\b(?:I|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Yy]ou|[Tt]hey|[Nn]obody|[Ee]verybody|[Ee]veryone)|\b[A-Z]\w+|\b[Tt]he\s+\w+)"
        r"\s+(?P<slip>(?:am|is|are|was|were)\s+agree)\b",
        "“Agree” is a verb of its own",
        lambda slip: _AGREE[slip.split()[0]],
        _ACTION,
    ),
)


def english_slips(text: str, language: str) -> Iterator[Match]:
    """The slips in a text, where it is in English."""
    for slip in _SLIPS if primary(language) == "en" else ():
        for found in slip.pattern.finditer(text):
            start, end = found.span("slip")
            if slip.unless and slip.unless.search(text, max(start - 100, 0), start):
                continue
            yield Match(
                offset=start,
                length=end - start,
                message=slip.message,
                replacements=[slip.proper(found["slip"])],
                rule=f"dispatch:{slip.rule}",
                issue_type="grammar",
            )
