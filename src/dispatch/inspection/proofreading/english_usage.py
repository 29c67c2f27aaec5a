"""Slips of English in the little words and in the forms of verbs: proud on, works as engineer, was sign by."""

from __future__ import annotations

from dispatch.inspection.proofreading.english_words import (
    BASES,
    BE,
    MONTHS,
    OWNERS,
    PARTICIPLES,
    PASTS,
    PERSONS,
    PLURALS,
    TRADES,
    UNCOUNTED,
    VERBS,
    WITH_PARTICIPLES,
    gerund,
    participle,
)
from dispatch.inspection.proofreading.slips import ACTION, ENDING, like, slip

_AFTER_BE = r"(?:not\s+|also\s+|still\s+|very\s+|so\s+|too\s+|more\s+|most\s+|\w+ly\s+)?"

# After “is” or the like: words, the wrong ones behind them, and the right one.
_GO_WITH = (
    ("proud|afraid", "on|from", "of"),
    ("accused", "for|about", "of"),
    ("dependent", "of|from|by", "on"),
    ("interested", "on|about", "in"),
    ("responsible", "of|from", "for"),
    ("similar|inferior|superior", "with|than", "to"),
    ("opposed", "against|on", "to"),
    ("married", "with(?=\\s+(?:him|her)\\b)", "to"),
    ("different", "of", "from"),
    ("aware|ashamed", "about|on|from", "of"),
    ("satisfied|pleased|disappointed|filled", "of", "with"),
    ("surprised", "of|from", "by"),
    ("worried", "of|from", "about"),
    ("angry", "of|on", "at"),
    ("famous", "of|with", "for"),
    ("fond|jealous", "at|from|on", "of"),
    ("composed", "with", "of"),
    ("addicted|allergic|hostile|accustomed|loyal|related|sensitive", "against|at|on|with", "to"),
    ("involved", "on", "in"),
)
_RIGHT = {word: right for words, _, right in _GO_WITH for word in words.split("|")}
_WRONG = "|".join(rf"(?:{words})\s+(?:{wrong})" for words, wrong, _ in _GO_WITH)


_VERBS_GO_WITH = (
    ("depend|depends|depended|depending", "at|from|of", "on"),
    ("consist|consists|consisted|consisting", "by|from|with", "of"),
    (
        "participate|participates|participated|participating",
        "to(?=\\s+(?:the|a|an|this|these|our|their|his|her)\\b)",
        "in",
    ),
    ("relies|relied|relying", "from|of", "on"),
    ("suffer|suffers|suffered|suffering", "of", "from"),
    ("resulted|resulting", "to", "in"),
    ("objected", "against", "to"),
    ("refers|referred|referring", "at|on", "to"),
    ("recovered|recovering", "of", "from"),
    ("escaped", "of", "from"),
    ("differs|differed", "of|to", "from"),
)
_WRONG_BEHIND_VERBS = "|".join(rf"(?:{verbs})\s+(?:{wrong})" for verbs, wrong, _ in _VERBS_GO_WITH)
_RIGHT |= {verb: right for verbs, _, right in _VERBS_GO_WITH for verb in verbs.split("|")}


def _with_right_word(wrong: str) -> str:
    """A word with what goes with it."""
    word = wrong.split(maxsplit=1)[0]
    return f"{word} {_RIGHT[word]}"


def _with_article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


USAGE = (
    slip(
        "proud-on",
        rf"\b(?:{BE}|become|became|becomes|remain|remained|remains|seem|seems|feel|feels|felt|get|got)\s+{_AFTER_BE}(?P<slip>{_WRONG})"
        r"(?=\s+(?!course\b)[\w“])",
        "Another word goes with this one",
        _with_right_word,
    ),
    slip(
        "capable-to",
        rf"\b(?P<slip>capable\s+to)\s+(?:{VERBS}|be|make|leave)\b",
        "“Capable” goes with “of”",
        "able to",
        needs="capable",
    ),
    slip(
        "against-to",
        rf"\b(?P<slip>(?:against|despite|without)\s+(?:to|of|from)|during\s+(?:of|to))\s+(?:{OWNERS}|an?|these|those)\b",
        "One of these words is enough",
        lambda wrong: wrong.split()[0],
    ),
    slip(
        "arrived-to",
        r"\barriv(?:e|es|ed|ing)\s+(?P<slip>to)\s+(?:[A-Z][a-z]+(?=[\s.,;])|the\s+(?:airport|border|capital|city|country|front|harbour|hotel|island"
        r"|port|scene|station|summit|town|village)\b)",
        "One arrives in a city, and at a place",
        "in",
        needs="arriv",
    ),
    slip(
        "depends-from",
        rf"\b(?P<slip>{_WRONG_BEHIND_VERBS})\b(?=\s+(?!course\b)[\w“])",
        "Another word goes with this one",
        _with_right_word,
    ),
    slip(
        "emphasise-on",
        r"\b(?:to|will|must|should|also|[Hh]e|[Ss]he|[Tt]hey|[Ww]e|has|have|had|who)\s+emphasi[sz](?:e|es|ed)(?P<slip>\s+on)\b(?=\s+(?:the|a|his|her|their|that)\b)",
        "This verb goes without “on”",
        "",
        needs="mphasi",
    ),
    slip(
        "according-with",
        r"\b[Aa]ccording\s+(?P<slip>with|of|by|at)\b",
        "“To” goes with this word",
        "to",
        needs="ccording",
    ),
    slip(
        "used-to-live",
        rf"\b(?:[Ii]|[Hh]e|[Ss]he|[Ww]e|[Tt]hey|[Yy]ou|who|[Pp]eople|[Rr]esidents|[Cc]hildren|[Vv]illagers|(?i:{PLURALS})|(?:{PERSONS})s?)\s+"
        rf"(?:{BE}|get|got|have\s+got)\s+{_AFTER_BE}used\s+to\s+(?P<slip>live|be|hear|sleep|walk|think|speak|wait|work|see|get)\b",
        "Who is used to something is used to doing it",
        gerund,
        needs="used",
    ),
    slip(
        "let-them-to",
        rf"\b(?:[Ll]et|lets|letting)\s+(?:him|her|them|us|me|people|(?:the|their|his|her|its|our|my)\s+(?:{PERSONS}|\w+s)|(?:{PERSONS})s|owners|\w+ers)"
        rf"(?P<slip>\s+to)\s+(?:{VERBS}|be|have|do|make|work|live|stay|leave|pay|fight|use|enter|cross|vote)\b",
        "After “let” the verb goes without “to”",
        "",
        needs="et",
    ),
    slip(
        "prevent-to",
        rf"\b(?:[Pp]revent(?:s|ed|ing)?|[Hh]inder(?:s|ed|ing)?)\s+(?:him|her|them|us|people|(?:the\s+)?(?:{PLURALS}|(?:{PERSONS})s?))\s+"
        rf"(?P<slip>to\s+(?:{VERBS}|enter|leave|work|use|cross|vote))\b",
        "One is prevented from doing something",
        lambda wrong: f"from {gerund(wrong.split()[1])}",
        needs="event",
    ),
    slip(
        "was-sign-by",
        rf"\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+|also\s+|not\s+)?(?P<slip>{WITH_PARTICIPLES})\s+by\s+(?=\w)",
        "The past participle stands here",
        participle,
        needs=" by ",
    ),
    slip(
        "was-sign-in",
        r"(?<![Tt]here )\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+|also\s+|not\s+)?(?P<slip>accuse|approve|create|destroy|elect|include|injure|invite|kill|occupy|prepare"
        rf"|publish|receive|reject|remove|replace|sign|surround|threaten)(?={ENDING}|\s+(?:after|again|at|before|during|from|in|last|on|yesterday)\b)",
        "The past participle stands here",
        participle,
        ACTION,
    ),
    slip(
        "in-front-the",
        r"\b(?P<slip>[Ii]n\s+(?:front|spite|favou?r))\s+(?:the|his|her|its|their|my|our)\s+(?!entire|first|last|next|whole)[a-z]",
        "“Of” is missing",
        lambda wrong: f"{wrong} of",
        needs="n ",
    ),
    slip(
        "has-sign",
        rf"\b(?:has|have|had)\s+(?:already\s+|also\s+|just\s+|never\s+|not\s+|recently\s+)?(?P<slip>(?!(?:become|build|lose|suffer|write)\b)(?:{VERBS})"
        r"|(?:change|drop|fall|grow|increase|raise|rise)(?=\s+(?:again|by|sharply|since|to)\b)|(?:arrest|kill|occupy|reject|remove|replace|sign|visit)"
        r"(?=\s+(?:the|a|an|his|her|its|their|in|to)\b))\b(?!-)",
        "The past participle stands here",
        participle,
        r"\blike\s+to\s+have\s+$",
    ),
    slip(
        "has-rose",
        r"\b(?:has|have|had)\s+(?P<slip>fell|grew|rose)\s+(?:again|by|from|in|since|sharply|to)\b",
        "The past participle stands here",
        lambda wrong: participle(PASTS[wrong]),
        needs="ha",
    ),
    slip(
        "to-went",
        rf"\b[Tt]o\s+(?P<slip>{'|'.join(sorted(set(PASTS) - {'built', 'fell', 'heard', 'held', 'lost', 'rose', 'said', 'told'}))})\b(?!-)",
        "After “to” stands the form of the dictionary",
        lambda wrong: PASTS[wrong],
        needs="o ",
    ),
    slip(
        "accused-him-for",
        rf"\b[Aa]ccus(?:e|es|ed|ing)\s+(?:him|her|them|us|me|it|[A-Z]\w+|(?:the|its|their)\s+(?:{PERSONS}|{PLURALS}|government|company|army|police|union))\s+"
        r"(?P<slip>for|about)\s+\w+ing\b",
        "“Of” goes with this word",
        "of",
        needs="ccus",
    ),
    slip(
        "waiting-for-to",
        r"\bwait(?:s|ed|ing)?\s+(?P<slip>for\s+to)\s+\w",
        "One of these words is enough",
        "to",
        needs="wait",
    ),
    slip(
        "leaved-the",
        r"\b(?P<slip>leaved)\s+(?:the|a|an|his|her|its|their|our|my|him|her|them|it|for|at|on|in|behind|without)\b",
        "This verb has a past of its own",
        "left",
        needs=" leaved",
    ),
    slip(
        "works-as-engineer",
        rf"\b(?:(?:work|works|worked|working|job|earns)\s+as|am|be|is|was|became|become|becomes)\s+(?P<slip>{TRADES})"
        rf"(?={ENDING}|\s+(?:at|from|in|for|near|on|since|until|when|who|after|before)\b)",
        "An article is missing",
        _with_article,
    ),
    slip(
        "is-member-of",
        r"\b(?:is|was|became|become|becomes|been|being|remains|remained)\s+(?:not\s+|also\s+|still\s+)?(?P<slip>member|citizen|victim|supporter|opponent|critic|resident)\s+of\b",
        "An article is missing",
        _with_article,
        needs=" of ",
    ),
    slip(
        "is-wife-of",
        r"\b(?:is|was|became|be|been|being)\s+(?P<slip>wife|husband|son|daughter|mother|father|brother|sister)\s+of\b",
        "An article is missing",
        lambda wrong: f"the {wrong}",
        needs=" of ",
    ),
    slip(
        "is-good-idea",
        r"\b(?:is|was|it|become|became|made|makes)\s+(?:really\s+|also\s+|not\s+)?(?P<slip>(?:bad|big|brave|clear|common|crucial|difficult|good|great|historic|huge"
        r"|important|large|long|major|new|only|real|serious|small|strange|terrible|wise)\s+(?:blow|book|country|decision|defeat|disaster|example|idea|lesson"
        rf"|mistake|moment|opportunity|problem|question|step|story|surprise|victory))(?={ENDING}|\s+(?:because|but|for|in|of|that|to|when|which|who)\b)",
        "An article is missing",
        _with_article,
        r"\b(?:such|what|how|so|no|too|as)\b[^.!?,]*$",
    ),
    slip(
        "waiting-since",
        rf"\b(?P<slip>is|are|am)\s+(?:\w+ing|closed|open|married|dead|missing|ill|here|there)\s+(?:[\w-]+\s+){{0,4}}since\s+(?:early|late|last|yesterday|childhood|\d{{4}}"
        rf"|{MONTHS}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b",
        "What began then and goes on has been so",
        lambda wrong: "has been" if wrong == "is" else "have been",
        needs=" since ",
    ),
    slip(
        "much-people",
        r"\b(?P<slip>[Mm]uch)\s+(?:people|countries|problems|years|reasons|things|ships|voters|soldiers|workers|women|men|children|families|days|times)\b",
        "What is counted is many",
        "many",
        needs="uch ",
    ),
    slip(
        "decided-go",
        rf"\b(?:decided|refused|hoped|agreed|managed|wanted|wants|unable|willing|able)(?P<slip>\s+(?:{VERBS}|make|leave))\b",
        "“To” is missing",
        lambda wrong: f" to{wrong}",
    ),
    slip(
        "in-middle-of",
        r"\b(?:in|at|from|to|near|on)\s+(?P<slip>middle|end|beginning|bottom|outskirts|edge)\s+of\s+(?:the|a|this|his|her|[A-Z])",
        "An article is missing",
        lambda wrong: f"the {wrong}",
        r"\b(?:beginning|start)\b[^.!?,]*$",
        needs=" of ",
    ),
    slip(
        "the-france",
        r"\b(?P<slip>[Tt]he\s+(?:Europe|Germany|France|Russia|China|Iran|Israel|Poland|Spain|Italy|Japan|India|Syria|Iraq|Britain|Africa|Asia|Greece|Egypt|Brazil"
        rf"|Mexico))(?={ENDING}|\s+(?:has|is|was|will|wants)\b)",
        "This name goes without an article",
        lambda wrong: wrong.split()[1],
        needs="he ",
    ),
    slip(
        "many-money",
        rf"\b(?P<slip>[Mm]any)\s+(?:{UNCOUNTED})\b(?!-|\s+(?!has\b|is\b|was\b)\w+s\b)",
        "What is not counted is much",
        "much",
        needs="any ",
    ),
    slip(
        "an-information",
        rf"\b(?P<slip>[Aa]n?\s+(?:advice|equipment|evidence|furniture|homework|information|luggage|progress|traffic))(?={ENDING}|\s+(?:about|for|from|is|of|on|that|was)\b)",
        "What is not counted goes without “a”",
        lambda wrong: like(wrong, wrong.split()[1]),
    ),
    slip(
        "has-met-yesterday",
        rf"\b(?P<slip>(?:has|have)\s+(?:{'|'.join(PARTICIPLES)}|(?!need)\w+ed))\s+(?:(?!(?:after|and|before|but|by|compared|from|had|he|how|I|it|of|on|over|she|since|than|that"
        r"|they|until|was|we|were|what|when|where|which|who|why|\w+ed|\w+ing)\b)[\w-]+\s+){0,4}(?:yesterday|last\s+night|(?:an?|two|three|four|five|six|ten|\d+)\s+"
        rf"(?:day|week|month|year)s?\s+ago)(?={ENDING})",
        "What was at a time that is over stands in the past",
        lambda wrong: PARTICIPLES.get(wrong.split()[1], wrong.split()[1]),
    ),
    slip(
        "on-july",
        rf"\b(?P<slip>[Oo]n)\s+(?:{MONTHS.replace('|May', '')})(?={ENDING}|\s+(?:19|20)\d\d\b)",
        "“In” goes with a month",
        "in",
    ),
    slip(
        "instead-of-go",
        rf"\b(?:[Ii]nstead\s+of|capable\s+of|accused\s+of|interested\s+in|responsible\s+for|tired\s+of|afraid\s+of|succeeded\s+in)\s+(?P<slip>{VERBS})\b",
        "Here the verb ends in -ing",
        gerund,
    ),
    slip(
        "made-them-to",
        rf"\b(?:made|makes|make|making)\s+(?:him|her|us|me|them)(?P<slip>\s+to)\s+(?:{VERBS}|be|leave|pay|work)\b",
        "After “make” the verb goes without “to”",
        "",
        needs=" to ",
    ),
    slip(
        "as-big-than",
        r"\bas\s+(?!(?:anything|better|less|little|more|no|nothing|other|rather|soon|such|well|worse|\w+er)\b)[a-z]+\s+(?P<slip>than)\b",
        "“As” goes with “as”",
        "as",
        needs=" than",
    ),
    slip(
        "the-same-than",
        r"\bsame\s+(?:\w+\s+)?(?P<slip>than)\b",
        "“As” goes with “the same”",
        "as",
        needs=" than",
    ),
    slip(
        "is-same",
        r"\b(?:is|are|was|were|at)\s+(?P<slip>same)\s+(?!(?:day|old|sex|store)\b)[a-z]",
        "An article is missing",
        lambda wrong: f"the {wrong}",
        needs=" same ",
    ),
    slip(
        "people-which",
        rf"(?<!of )\b(?:people|men|women|children|(?:{PERSONS})s)\s+(?P<slip>which)\s+(?:are|had|have|were|{VERBS}|{BASES})\b",
        "“Which” is for things",
        "who",
        needs=" which ",
    ),
    slip(
        "in-search-for",
        r"\b(?:in\s+favou?r|in\s+search|on\s+behalf)\s+(?P<slip>for|from|to)\b(?!\s+(?:hours|days|weeks|months|years)\b)",
        "“Of” goes with these words",
        "of",
    ),
    slip(
        "in-accordance-to",
        r"\bin\s+(?:accordance|contact)\s+(?P<slip>of|to)\s+(?=the|a|his|her|its|their)\b",
        "“With” goes with these words",
        "with",
        needs="in ",
    ),
)
