"""The words of English that its slips are made of: as alternatives of patterns, and in their forms."""

from __future__ import annotations

import re

BE = "am|is|are|was|were|be|been|being"
# Of verbs, as they stand in the dictionary; some of them are nouns as well.
BASES = (
    "agree|believe|bring|build|buy|care|change|come|continue|cost|count|cover|cross|earn|expect|face|fear|fight|find"
    "|follow|forget|get|give|go|grow|hate|help|hope|keep|know|lead|learn|leave|live|look|lose|love|make|mean|meet|pay"
    "|prefer|produce|remain|remember|say|see|seem|sell|send|speak|spend|stand|stay|support|take|talk|think|trust|try"
    "|understand|use|vote|wait|want|watch|win|wish|work|write"
)
# These are verbs alone, or nearly.
VERBS = (
    "admit|agree|allow|appear|apply|argue|arrive|ask|attend|avoid|become|begin|believe|belong|bring|build|buy"
    "|carry|choose|complain|confirm|consider|consist|contain|continue|decide|defend|deliver|deny|depend|describe"
    "|deserve|destroy|develop|differ|disagree|disappear|discover|eat|emerge|encourage|enjoy|enter|establish|exist"
    "|expect|explain|fail|follow|forget|get|give|go|grow|happen|hear|hide|ignore|improve|include|inform|insist"
    "|introduce|invest|invite|involve|join|keep|know|learn|lose|maintain|manage|meet|occur|oppose|owe|participate"
    "|perform|persuade|prefer|prepare|pretend|prevent|protect|provide|publish|receive|recognise|recognize"
    "|recommend|reduce|refer|reflect|reject|rely|remain|remember|represent|require|resemble|resign|satisfy|say"
    "|see|seem|sell|send|serve|sit|solve|speak|spend|succeed|suffer|suggest|survive|take|teach|tell|think"
    "|threaten|translate|understand|vary|want|warn|write"
)
# Of verbs whose participle is another form, and whose base is no noun or adjective that stands after “is”.
WITH_PARTICIPLES = (
    "accuse|approve|arrest|arrive|attack|believe|cause|close|control|create|damage|decide|destroy|elect|follow"
    "|govern|include|injure|invite|kill|launch|name|occupy|organise|organize|paint|prepare|produce|protect|provoke|publish"
    "|receive|reject|remove|replace|sign|start|stop|support|surround|threaten|use|visit|wound"
)
# Of one person; none that is a verb or an adjective too.
PERSONS = (
    "actor|ambassador|analyst|artist|author|bishop|captain|chancellor|citizen|commander|correspondent|dealer|diplomat"
    "|director|doctor|driver|economist|editor|engineer|farmer|fisherman|governor|historian|inspector|journalist|lawyer"
    "|librarian|manager|mayor|minister|newspaper|observer|officer|painter|passenger|player|politician|president|priest"
    "|prosecutor|reporter|scientist|secretary|senator|shopkeeper|singer|soldier|spokesman|spokeswoman|teacher|tourist"
    "|trader|translator|visitor|voter|witness|worker|writer"
)
PLURALS = (
    "analysts|bridges|citizens|companies|countries|diplomats|drones|elections|experts|farmers|governments|journalists"
    "|leaders|men|ministers|missiles|officials|politicians|presidents|prices|roads|sanctions|ships|soldiers|students"
    "|talks|tanks|troops|voters|women|workers"
)
SINGULARS = (  # none that stands for several people: the government are
    "agreement|ambassador|answer|border|bridge|budget|ceasefire|chancellor|deal|economy|election|king|law|leader|letter"
    "|minister|missile|newspaper|pipeline|plan|president|price|question|reason|report|result|river|road|ship|tank|treaty"
    "|war"
)
# What is counted, one of it.
COUNTED = (
    f"{PERSONS}|{SINGULARS}|aim|airport|attack|building|candidate|case|city|condition|country|day|difference|difficulty"
    "|effect|embassy|example|factor|factory|goal|group|hour|idea|island|journey|kind|member|mistake|month|neighbour|player"
    "|port|problem|proposal|reactor|region|rocket|school|side|site|song|step|street|thing|town|victim|village|week|woman"
    "|year"
)
THINGS = (
    "bridge|drone|election|law|letter|missile|pipeline|plan|price|report|river|road|rocket|sanction|ship|tank|treaty"
    "|weapon"
)
# What people have of their own: no word for people, for “they're friends”.
BELONGINGS = (
    "accounts|approval|arms|backs|beliefs|boats|bodies|budgets|cars|careers|cities|clothes|consent|countries|country|crops"
    "|decision|decisions|demands|doors|duty|efforts|eyes|faces|fields|flats|goals|hands|heads|homes|hopes|houses|jobs"
    "|land|language|lawyers|leaders?|lives|luggage|minds|mines|money|names|offices|opinion|opinions|own|passports|permission"
    "|pensions|plan|plans|positions|profits|promises|rights|salaries|savings|ships|shops|support|taxes|votes|wages|weapons"
    "|windows|wishes|work"
)
# Those whom people have of their own: gave there children.
KIN = "brothers|children|colleagues|daughters|families|fathers|friends|husbands|mothers|neighbours|parents|sisters|sons|wives"
# Of people of a trade, and not of an office: “he is president” is right.
TRADES = (
    "actor|analyst|artist|baker|carpenter|citizen|clerk|cook|dealer|dentist|diplomat|doctor|driver|economist|electrician"
    "|engineer|farmer|fisherman|historian|interpreter|journalist|lawyer|librarian|mechanic|nurse|painter|pilot|plumber|politician"
    "|priest|reporter|sailor|scientist|shopkeeper|soldier|student|teacher|tourist|trader|translator|waiter|waitress"
    "|welder|writer"
)
# Of what is not counted.
UNCOUNTED = (
    "advice|attention|bread|damage|electricity|energy|equipment|evidence|food|furniture|gas|help|information|luggage|money|oil|pressure"
    "|progress|rain|snow|support|traffic|violence|water|work"
)
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
NUMBERS = (
    r"\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|fifty|many|several|some"
)
# Before something that is known: the, or whose it is.
OWNERS = "the|this|that|my|your|his|her|its|our|their"

# The past of a verb, and its participle where that is another form.
_IRREGULAR = {
    "become": "became become",
    "begin": "began begun",
    "bring": "brought",
    "build": "built",
    "buy": "bought",
    "choose": "chose chosen",
    "come": "came come",
    "eat": "ate eaten",
    "fall": "fell fallen",
    "forget": "forgot forgotten",
    "get": "got",
    "give": "gave given",
    "go": "went gone",
    "grow": "grew grown",
    "hear": "heard",
    "hide": "hid hidden",
    "hold": "held",
    "keep": "kept",
    "know": "knew known",
    "lose": "lost",
    "make": "made",
    "meet": "met",
    "pay": "paid",
    "rise": "rose risen",
    "say": "said",
    "see": "saw seen",
    "sell": "sold",
    "send": "sent",
    "sit": "sat",
    "speak": "spoke spoken",
    "spend": "spent",
    "take": "took taken",
    "teach": "taught",
    "tell": "told",
    "think": "thought",
    "understand": "understood",
    "win": "won",
    "write": "wrote written",
}
_DOUBLING = {"admit", "begin", "drop", "forget", "get", "occur", "prefer", "refer", "sit", "stop", "win"}
_MANY = {"child": "children"}

PARTICIPLES = {forms.split()[-1]: forms.split()[0] for forms in _IRREGULAR.values()}
"""The pasts of verbs by their participles, where they are irregular."""

PASTS = {forms.split()[0]: base for base, forms in _IRREGULAR.items()}
"""The bases of irregular verbs by their pasts."""


def third(base: str) -> str:
    """The form that goes with he and she."""
    if base.endswith(("ch", "sh", "s", "x", "o")):
        return f"{base}es"
    return f"{base[:-1]}ies" if re.search(r"[^aeiou]y$", base) else f"{base}s"


def plural(noun: str) -> str:
    """More than one of it."""
    return _MANY.get(noun) or (f"{noun[:-3]}men" if noun.endswith("man") else third(noun))


def participle(base: str) -> str:
    """That of the past."""
    if base in _IRREGULAR:
        return _IRREGULAR[base].split()[-1]
    stem = f"{base[:-1]}i" if re.search(r"[^aeiou]y$", base) else _doubled(base).removesuffix("e")
    return f"{stem}ed"


def gerund(base: str) -> str:
    """That of the present."""
    stem = base[:-1] if base.endswith("e") and not base.endswith(("be", "ee")) else base
    return f"{_doubled(stem)}ing"


def _doubled(base: str) -> str:
    return f"{base}{base[-1]}" if base in _DOUBLING else base


# What one does: of verbs whose form is no noun that stands behind another one.
_ACTS = f"{VERBS}|cost|fall|fear|feel|find|hate|help|hold|hope|leave|live|look|love|make|need|pay|play|reach|show|stand|try|use|win|work"
DOES = "|".join(map(third, _ACTS.split("|")))

THIRDS = {base: third(base) for base in f"{BASES}|{_ACTS}".split("|")}
PLURAL_OF = {third: base for base, third in THIRDS.items()} | {
    "is": "are",
    "was": "were",
    "has": "have",
    "does": "do",
}
SINGULAR_OF = {"are": "is", "were": "was", "have": "has", "do": "does", "don't": "doesn't", "don’t": "doesn’t"}  # noqa: RUF001
S_FORM = "|".join(PLURAL_OF)
