"""Slips of English for which the engines have no rule, and which those make who have learnt it: everybody know."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.inspection.proofreading.engine import Match
from dispatch.inspection.proofreading.english_confusions import CONFUSIONS
from dispatch.inspection.proofreading.english_usage import USAGE
from dispatch.inspection.proofreading.english_words import (
    BASES,
    COUNTED,
    DOES,
    MONTHS,
    NUMBERS,
    PERSONS,
    PLURAL_OF,
    PLURALS,
    S_FORM,
    SINGULAR_OF,
    SINGULARS,
    THINGS,
    THIRDS,
    VERBS,
    plural,
    third,
)
from dispatch.inspection.proofreading.slips import ACTION, CLAUSE, ENDING, found, slip
from dispatch.languages.tags import primary

_PARTICIPLES = {"build": "built", "rebuild": "rebuilt", "send": "sent", "spend": "spent", "lend": "lent"}
_AGREE = {"am": "agree", "is": "agrees", "are": "agree", "was": "agreed", "were": "agreed"}
# Of which there are several in one.
_SOME = (
    "abundance|array|bulk|bunch|chain|clutch|cluster|collection|combination|flock|flurry|fleet|fraction|generation|good|great|growing|host|huge|increasing|kind|large"
    "|list|mass|mix|mixture|multitude|network|part|percentage|pile|plethora|portion|proportion|raft|rash|record|sample|section|selection|set|share|significant|small"
    "|sort|spate|stream|string|subset|substantial|swathe|tank|trickle|type|wave|wealth"
)
_STRICT_BEGINNING = rf"(?:{CLAUSE}|\b(?:although|because|but|while)\s+)"
_PRONOUNS = r"(?:he|how|I|it|one|she|that|there|they|this|we|what|which|who|whom|you)\b"

# What stands behind “one of the”, and is several or none: by its form, or one by one.
_SEVERAL = (
    r"\w*(?:s|est|ed|ing|ae|ese|ish|people|men|ch)|above|aircraft|alone|audience|band|cast|children|class|club|committee|company|council|couple"
    "|crew|criteria|crowd|data|dead|elderly|elect|elite|family|few|first|fish|gang|great|group|half|household|kind|last|latter|less|lot|majority"
    "|many|media|mice|million|more|most|opposition|old|other|own|pack|pair|panel|party|phenomena|police|poor|public|rare|rest|rich|same|set|sheep"
    "|sort|staff|team|then|trio|two|three|four|five|six|seven|eight|nine|ten|top|type|unemployed|very|world|worst|young|youth|best|and|at|by|for|from|how|in|of|on|or|that|this|to|when|where|which|who|whom|why|with|x"
)
# What ends as plurals do, and is none, or is one measure.
_NO_PLURAL = (
    r"\w*(?:ss|us|is|ics|news)|alias|always|as|atlas|barracks|besides|bias|canvas|chaos|crossroads|days|degrees|does|dollars|euros|gas|has|headquarters|hers"
    "|his|hours|its|lens|means|metres|miles|minutes|months|needs|odds|perhaps|pounds|quarters|seconds|series|shambles|sometimes|species|thanks"
    "|theirs|thirds|times|tonnes|was|weeks|whereabouts|works|years|yours"
)
# What is not one that does something: several people, and words that are no noun.
_NO_SUBJECT = (
    r"\w*(?:s|ed|ly|ing|ese|ish|people|men|ch|th)|again|all|already|also|always|and|army|as|at|audience|away|back|band|bank|best|board|both|but|by|can|cannot"
    "|cast|children|class|club|coalition|committee|community|company|could|council|couple|crew|crowd|data|dead|did|do|does|down|elderly|even|ever|family|few|firm"
    "|first|former|government|group|half|handful|he|help|helped|her|him|how|i|if|in|it|just|last|latter|least|less|let|lot|majority|may|me|maybe|media|might"
    "|minority|more|most|must|never|not|now|number|of|off|often|old|on|once|one|only|opposition|or|other|out|over|pair|panel|party|perhaps|police|poor|press"
    "|public|quarter|range|rarely|rest|rich|same|second|seldom|series|shall|she|should|side|so|sometimes|soon|squad|staff|still|team|than|that|them|then|there|these|they"
    "|third|this|those|to|together|total|trio|two|three|four|five|six|seven|eight|nine|ten|unemployed|union|up|us|variety|we|what|when|where|which|who|why|will"
    "|world|worst|would|you|young|th|x"
)
_EVERYBODY = "everybody|everyone|nobody|no one|somebody|someone|anybody|anyone"

# Where a clause begins, so that what follows is its subject: “one of the ministers has” is right.
_INTRODUCTION = (
    r"(?:(?:After|At|For|In|On|Since)(?:\s+(?!(?:about|and|as|before|behind|beside|between|by|for|from|like|nor|of|or|than"
    r"|that|to|with)\b)[\w’'-]+){1,3},?\s+)?"  # noqa: RUF001
)
_BEGINNING = rf"(?:{CLAUSE}{_INTRODUCTION}|\b(?:although|because|but|while)\s+)"


def _singular(verb: str) -> str:
    """The form that goes with one."""
    return SINGULAR_OF.get(verb) or third(verb)


_AGREEMENT = (
    slip(
        "everybody",
        rf"(?:{_BEGINNING}|,\s+|\b(?:and|here|now|so|Today|today|when|where)\s+)(?i:{_EVERYBODY})\s+(?P<slip>{BASES})\b(?!\s*!)",
        "This subject is singular",
        lambda slip: THIRDS[slip],
    ),
    slip(
        "those-who",
        rf"(?<![Oo]ne of )\b[Tt]hose\s+who\s+(?P<slip>{S_FORM})\b",
        "“Those who” is plural",
        lambda slip: PLURAL_OF[slip],
        needs="hose",
    ),
    slip(
        "was-build",
        rf"\b(?:is|are|was|were|been|being)\s+(?P<slip>{'|'.join(_PARTICIPLES)})"
        rf"(?={ENDING}|\s+(?:after|again|at|before|between|by|during|for|from|here|in|near|on|only|there|to|under|with)\b)",
        "The past participle stands here",
        lambda slip: _PARTICIPLES[slip],
        ACTION,
    ),
    slip(
        "since-years",
        rf"\b(?P<slip>[Ss]ince)\s+(?:{NUMBERS}|a\s+few)\s+(?:hours|days|weeks|months|years|decades|centuries)\b"
        r"(?!\s+(?:after|ago|are|back|before|earlier|had|has|have|is|later|of|old|passed|prior|was|were)\b)",
        "“Since” goes with a point in time, and “for” with how long it lasts",
        "for",
        needs="ince",
    ),
    slip(
        "price-are",
        rf"{_BEGINNING}(?:[Tt]he|[Tt]his|[Ii]ts|[Tt]heir)\s+(?:[\w-]+\s+)?(?:{SINGULARS})\s+(?P<slip>are|were|have)\b",
        "This subject is singular",
        lambda slip: SINGULAR_OF[slip],
    ),
    slip(
        "ministers-has",
        rf"(?:{_BEGINNING}(?:[Tt]he|[Tt]hese|[Tt]hose|[Aa]ll|[Mm]any|[Mm]ost|[Ss]everal|[Ss]ome)\s+(?:(?!{_PRONOUNS})[a-z-]+\s+)?"
        rf"(?!(?:{_NO_PLURAL})\b)[a-z]+s|(?:{_BEGINNING}|\bthat\s+)(?:[Tt]he\s+)?(?:[\w’'-]+\s+)?(?i:people|{PLURALS}))\s+"  # noqa: RUF001
        rf"(?P<slip>is|was|has|does|{DOES})\b",
        "This subject is plural",
        lambda slip: PLURAL_OF[slip],
        r"\b(?:each|every|one|of|(?:[Aa]ll|nothing|[Nn]one|anything)\s+but)\b[^.!?,]*$",
    ),
    slip(
        "companies-which-earns",
        rf"(?:{_BEGINNING}|\b[Tt]here\s+are\s+)(?:(?:[Tt]he|[Tt]hese|[Aa]ll|[Mm]any|[Mm]ost|[Ss]everal|[Ss]ome)\s+)?"
        rf"(?:[\w-]+\s+)?(?:{PLURALS})\s+(?:that|which|who)\s+(?P<slip>{S_FORM})\b",
        "What it goes with is plural",
        lambda slip: PLURAL_OF[slip],
        r"\b(?:each|every|one|of)\b[^.!?,]*$",
    ),
    slip(
        "pipelines-who",
        rf"\b(?:{THINGS})s?\s+(?P<slip>who)\s+(?:are|were|have|had|will|{BASES}|{S_FORM})\b",
        "“Who” is for people",
        "that",
        needs=" who",
    ),
    slip(
        "the-14-december",
        rf"\b(?P<slip>the\s+\d{{1,2}}\s+(?:{MONTHS}))(?={ENDING}|\s+(?:a|an|at|he|in|is|it|she|the|they|was|we|when|where|will)\b)",
        "A day of a month goes without an article",
        lambda slip: " ".join(slip.split()[1:]),
        needs="the",
    ),
    slip(
        "next-weak",
        rf"\b(?:[Nn]ext|[Ll]ast|per)\s+(?P<slip>weak)(?={ENDING}|\s+(?:at|he|in|on|she|the|they|we)\b)",
        "Seven days are a week",
        "week",
        needs="weak",
    ),
    slip(
        "is-agree",
        r"(?:\b(?:I|[Hh]e|[Ss]he|[Ii]t|[Ww]e|[Yy]ou|[Tt]hey|[Nn]obody|[Ee]verybody|[Ee]veryone)|\b[A-Z]\w+|\b[Tt]he\s+\w+)"
        r"\s+(?P<slip>(?:am|is|are|was|were)\s+agree)\b",
        "“Agree” is a verb of its own",
        lambda slip: _AGREE[slip.split()[0]],
        ACTION,
        needs=" agree",
    ),
    slip(
        "each-of-need",
        rf"(?:{_BEGINNING}|\bthat\s+)(?:[Ee]ach|[Ee]very\s+one|[Ee]ither|[Nn]either|[Oo]ne)\s+of\s+(?:the|these|those|our|their|its|his|her|my)"
        rf"\s+(?:[\w-]+\s+)?(?:\w+s|men|women|people|children)\s+(?P<slip>are|were|have|do|need|{VERBS})\b",
        "This subject is singular",
        _singular,
        needs=" of",
    ),
    slip(
        "number-of-have",
        r"\b[Tt]he\s+number\s+of\s+(?:(?!\w+s\b)[a-z-]+\s+)?(?:(?!this|his|its)[a-z]+s|people|women|men|children)\s+(?P<slip>are|were|have)\b",
        "“The number” is singular",
        lambda slip: SINGULAR_OF[slip],
        r"\b(?:at|by|for|from|in|of|on|than|to|with)\s+the\s+number\b[^.!?]*$",
        needs="number",
    ),
    slip(
        "prices-of-wheat-has",
        rf"{_BEGINNING}(?:(?:[Tt]he|[Tt]hese|[Tt]hose|[Mm]any|[Mm]ost|[Ss]everal|[Ss]ome|[Hh]is|[Hh]er|[Tt]heir|[Ii]ts|[Oo]ur|[Mm]y)\s+(?:(?!{_PRONOUNS})[a-z-]+\s+)?"
        rf"(?!(?:{_NO_PLURAL})\b)[a-z]+s|(?i:people|{PLURALS}))\s+(?:against|at|behind|between|for|from|in|near|of|on|to|with)\s+"
        rf"(?:(?:an?|her|his|its|that|the|their|this)\s+)?(?!{_PRONOUNS})(?:[\w-]+\s+(?:(?:from|in|of|on)\s+(?:the\s+)?)?)?"
        rf"(?!{_PRONOUNS}|\w*s\b)[\w-]+\s+(?P<slip>is|was|has|does)\b",
        "This subject is plural",
        lambda slip: PLURAL_OF[slip],
    ),
    slip(
        "mayor-and-deputy-was",
        rf"{_STRICT_BEGINNING}(?:[Tt]he|[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir|[Ii]ts)\s+[a-z-]+\s+and\s+"
        r"(?:the|my|his|her|our|their|its)\s+(?:(?!and\b)[a-z-]+\s+)?(?!who|which|that|he|she|it|there|what|this|one)[a-z-]+\s+(?P<slip>was|is|has)\b",
        "Two are plural",
        lambda slip: PLURAL_OF[slip],
        needs=" and ",
    ),
    slip(
        "brother-have",
        rf"{_STRICT_BEGINNING}(?:[Tt]he|[Tt]his|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Ii]ts|[Mm]y)\s+(?:(?!(?:{_NO_SUBJECT})\b)[\w-]+\s+)?"
        rf"(?!(?:{_NO_SUBJECT})\b)[a-z]+\s+(?P<slip>don[’']t|have|(?!(?:build|get|give|see|send|enter|reject)\b)(?:{VERBS}))\b(?![-’'])",  # noqa: RUF001
        "This subject is singular",
        _singular,
    ),
    slip(
        "spokesman-for-them-have",
        rf"{_STRICT_BEGINNING}(?:[Tt]he|[Tt]his|[Aa]n?|[Hh]is|[Hh]er|[Tt]heir|[Oo]ur|[Ii]ts|[Mm]y)\s+(?:(?!(?:{_NO_SUBJECT})\b)[\w-]+\s+)?(?!(?:{_NO_SUBJECT}|{_SOME})\b)[a-z]+"
        rf"\s+(?:at|for|from|in|of|on)\s+(?:(?:her|his|its|the|their|these|those)\s+)?(?:(?!{_PRONOUNS})[a-z]+\s+)?(?!{_PRONOUNS})[a-z]+s\s+(?P<slip>are|have|make|were|{VERBS})\b",
        "This subject is singular",
        _singular,
    ),
    slip(
        "both-of-the-candidate",
        r"\b(?:[Bb]oth|[Mm]any|[Ss]everal|[Ff]ew|[Tt]wo|[Tt]hree|[Ff]our)\s+of\s+(?:the|these|those|his|her|their|its|our|my)\s+(?:(?:main|first|last|\w+est)\s+)?"
        rf"(?P<slip>(?!(?:{_SEVERAL}|{_NO_SUBJECT}|{VERBS}|are|have|later|were)\b)[a-z]+)(?={ENDING}|\s+(?:are|come|for|from|had|have|in|of|that|were|who)\b)",
        "They are more than one",
        plural,
        r"\b(?:chapter|day|episode|page|part|phase|round|season|stage|step|week|year)\s+\w+\s+of\s+(?:\w+\s+){1,2}$",
        needs=" of ",
    ),
    slip(
        "three-bus-left",
        r"\b(?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Tt]wenty|[Tt]hirty)\s+"
        rf"(?P<slip>(?!(?:{_SEVERAL}|{_NO_SUBJECT}|\w*(?:er|or|th)|billion|day|dozen|feet|game|goal|have|hour|hundred|man|metre|mile|minute|month|point|set|thousand|time"
        r"|week|women|year)\b)[a-z]+)\s+(?:are|came|died|have|left|took|went|were)\b",
        "They are more than one",
        plural,
    ),
    slip(
        "reporter-ask",
        rf"{_BEGINNING}(?:[Tt]he|[Tt]his|[Aa]n?|[Mm]y|[Hh]is|[Hh]er|[Oo]ur|[Tt]heir)\s+(?:(?!and\b|or\b)[\w-]+\s+)?(?:{PERSONS})\s+"
        rf"(?P<slip>don[’']t|{VERBS})\b(?![-’'])",  # noqa: RUF001
        "This subject is singular",
        _singular,
    ),
    slip(
        "thousands-of-people-attends",
        rf"{_BEGINNING}(?:[Tt]housands|[Hh]undreds|[Mm]illions|[Dd]ozens|[Mm]ost|[Mm]any|[Ss]ome|[Aa]ll)\s+of\s+(?:the\s+)?(?:[a-z-]+\s+)?"
        rf"(?:people|{PLURALS})\s+(?P<slip>is|was|has|does|{DOES})\b",
        "This subject is plural",
        lambda slip: PLURAL_OF[slip],
    ),
    slip(
        "nobody-were",
        rf"(?:{_BEGINNING}|\b(?:and|that)\s+)(?i:{_EVERYBODY})\s+(?P<slip>are|were|have|do)\b",
        "This subject is singular",
        lambda slip: SINGULAR_OF[slip],
        r"\b(?:can|could|did|do|does|if|should|though|unless|will|would)\b[^.!?,]*$",
    ),
    slip(
        "one-of-the-reason",
        r"(?<!number )\b[Oo]ne\s+of\s+(?:the|these|those|its|his|her|their|our|my)\s+(?:(?:main|first|last|\w+est|most\s+\w+)\s+)?"
        rf"(?P<slip>(?!(?:{_SEVERAL})\b)[a-z]+)(?={ENDING}|\s+(?:at|for|from|has|in|is|of|on|that|to|was|which|who|why)\b)",
        "One of several: they are plural",
        plural,
        needs="ne of",
    ),
    slip(
        "two-side",
        rf"\b(?:[Ss]everal|[Mm]any|[Vv]arious|[Nn]umerous|[Ff]ew|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Tt]en|[Tt]wenty)\s+(?P<slip>{COUNTED})"
        rf"(?={ENDING}|\s+(?:are|have|were)\b)",
        "They are more than one",
        plural,
    ),
    slip(
        "both-side",
        rf"\b[Bb]oth\s+(?P<slip>side|country|city|house)(?={ENDING}|\s+(?:are|have|of|were)\b)",
        "They are two",
        plural,
        needs="oth ",
    ),
)


def english_slips(text: str, language: str) -> Iterator[Match]:
    """The slips in a text, where it is in English."""
    return found((*_AGREEMENT, *USAGE, *CONFUSIONS), text) if primary(language) == "en" else iter(())
