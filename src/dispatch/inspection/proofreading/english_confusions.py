"""Words of English that are taken for others that sound like them: they're homes, the frost effected it."""

from __future__ import annotations

from dispatch.inspection.proofreading.english_words import BE, BELONGINGS, KIN
from dispatch.inspection.proofreading.slips import CLAUSE, ENDING, like, slip

_THEIR = r"(?:(?:new|old|last|first|best|main|\w+al)\s+)?"

CONFUSIONS = (
    slip(
        "effects-everyone",
        r"\b(?:also|change|could|crisis|decision|directly|does|fire|increase|it|law|may|might|not|only|rule|shortage|storm|strike|that|this|to|war|which|will|would)\s+(?P<slip>effect(?:s|ed)?)\s+(?:everybody|everyone|us|them|him|her|you|people|thousands|millions|hundreds|many\s+\w+s|our|their|every)\b",
        "The verb is “affect”",
        lambda wrong: wrong.replace("e", "a", 1),
        needs="effect",
    ),
    slip(
        "theyre-homes",
        rf"\b(?P<slip>[Tt]hey[’']re)\s+{_THEIR}(?:{BELONGINGS})\b(?!\s*-)",  # noqa: RUF001
        "What belongs to them is theirs",
        "their",
        needs="hey",
    ),
    slip(
        "there-homes",
        rf"\b(?:of|with|from|about|for|lost|lose|loses|gave|give|gives|given|leave|left|leaving|changed|change|changing|took|take|taken|sold|sell|kept|keep|defend"
        rf"|defended|raised|raise|opened|closed|cast|spent|spend|made|in|to|by)\s+(?P<slip>there)\s+{_THEIR}(?:{BELONGINGS}|{KIN}|balance|breath|temper|voices|way)\b",
        "What belongs to them is theirs",
        "their",
        needs=" there ",
    ),
    slip(
        "of-its",
        r"\b(?:of|in|with|from|on|at|by|into|over|under|against|between|through|without|despite|during|across|within|for|lost|losing|changed|sold|raised|doubled|increased|reduced|kept|opened|closed|published|cut)\s+"
        r"(?P<slip>it[’']s)\s+(?!(?:a|an|all|as|been|difficult|easy|going|hard|impossible|in|no|not|on|possible|the|time|true|worth)\b)[a-z]",  # noqa: RUF001
        "What belongs to it is its",
        "its",
        needs=" it",
    ),
    slip(
        "with-youre",
        r"\b(?:of|with|from|at|by|into|without|in|on)\s+(?P<slip>you[’']re)\s+(?:own|[a-z]+s|country|family|home|name|money|help|support)\b",  # noqa: RUF001
        "What belongs to you is yours",
        "your",
        needs=" you",
    ),
    slip(
        "your-welcome",
        rf"(?:{CLAUSE}|,\s+|\b(?:and|because|but|if|that|think|know|hope)\s+)(?P<slip>[Yy]our)\s+(?:(?:going|lucky|mistaken|invited|welcome|supposed|allowed)\s+to\s+"
        rf"(?!the\b|our\b|us\b|my\b)[a-z]+|(?:mistaken|welcome|right|wrong){ENDING})",
        "This is short for “you are”",
        "you’re",  # noqa: RUF001
        needs="our ",
    ),
    slip(
        "its-a",
        rf"(?:{CLAUSE}|,\s+|\b(?:and|because|but|if|that|think|says?|said|when)\s+)(?P<slip>[Ii]ts)\s+(?:an?|the|been|not(?!\s+\w+ing\b)|going\s+to|up\s+to|likely\s+that"
        r"|(?:hard|easy|difficult|impossible|possible|important|time)\s+to|clear\s+that|too\s+\w+\s+to)\s",
        "This is short for “it is”",
        "it’s",  # noqa: RUF001
        needs="ts ",
    ),
    slip(
        "more-then",
        r"\b(?:[Mm]ore|[Ll]ess|[Ff]ewer|[Bb]etter|[Ww]orse|[Rr]ather|[Oo]ther|\w+ier|[Hh]igher|[Ll]ower|[Oo]lder|[Ll]arger|[Ss]maller|[Ll]onger|[Ff]aster)"
        r"(?:\s+(?!and\b)[\w-]+){0,5}\s+(?P<slip>then)\s+(?:any|before|ever|expected|last\s+(?:month|week|year)|planned|usual|in\s+(?:19|20)\d\d|in\s+person|"
        r"a\s+(?:year|month|week|decade)\s+(?:ago|earlier))\b",
        "“Than” compares, and “then” is a time",
        "than",
        needs=" then ",
    ),
    slip(
        "deeper-then",
        r"\b[a-z]+er(?:\s+(?!and\b)[\w-]+){0,2}\s+(?P<slip>then)\s+(?:any|before|ever|expected|planned|usual)\b",
        "“Than” compares, and “then” is a time",
        "than",
        r"\b(?:after|later|never|ever)\s+\w*\s*$",
        needs=" then ",
    ),
    slip(
        "weather-to",
        r"\b(?:ask|asked|asking|choose|decide|decided|decides|doubt|know|knows|knew|question|see|sure|wonder|wondered|unclear|clear)\s+(?P<slip>weather)\s+"
        r"(?:to|or\s+not|he|she|it|they|we|the|this|a|his|her)\b",
        "“Weather” is what the sky does",
        "whether",
        needs=" weather",
    ),
    slip(
        "excepted-the-offer",
        r"\b(?P<slip>excepts?|excepted|excepting)\s+(?:the|an?|his|her|their|this|that|its|our)\s+(?:\w+\s+)?(?:agreement|apology|award|bribe|conditions?|deal|decision"
        r"|defeat|gift|invitation|job|money|offer|plan|post|prize|proposals?|reality|request|resignation|responsibility|result|results|risk|role|terms|treaty)\b",
        "“Except” is to leave out",
        lambda wrong: like(wrong, wrong.lower().replace("except", "accept")),
        needs="except",
    ),
    slip(
        "some-advise",
        r"\b(?:some|any|good|bad|much|more|legal|medical|expert|his|her|their|your|my|our|its|the|this|of|needs?|needed|gave|gives?|given|get|got|seek|seeks|sought"
        rf"|take|took|followed|follow|offered|asked\s+for|piece\s+of)\s+(?P<slip>advise)(?={ENDING}|\s+(?:about|from|of|on|to\s+the|was|is|that|for|in)\b)",
        "“Advise” is the verb, and “advice” what it gives",
        "advice",
        needs=" advise",
    ),
    slip(
        "will-advice",
        r"\b(?:to|will|would|can|could|should|must|not|they|I|we)\s+(?P<slip>advice)\s+(?:him|her|us|them|you|people|against|the\s+\w+\s+to)\b",
        "“Advice” is what the verb “advise” gives",
        "advise",
        needs=" advice",
    ),
    slip(
        "people-where",
        r"(?:(?:^|[.!?;\n])[^\S\n]*|,\s+|\b(?:and|because|but|that)\s+)(?:[Tt]hey|[Ww]e)\s+(?P<slip>where)\s+(?:not|in|at|on|very|\w+ing|\w+ed|\w+en)\b",
        "“Where” is a place",
        "were",
        needs=" where ",
    ),
    slip(
        "place-were",
        r"\b(?:place|places|town|city|country|region|village|house|area|point|hospital|school|camp)\s+(?P<slip>were)\s+(?:he|she|they|we|I|it|you|people)\s+\w",
        "“Were” is a verb",
        "where",
        needs=" were ",
    ),
    slip(
        "came-hear",
        rf"\b(?:came|live|lived|lives|stay|stayed|right|over|arrived|happened|work|works|from)\s+(?P<slip>hear)(?={ENDING}|\s+(?:in|from|for|since|and)\b)",
        "“Hear” is what ears do",
        "here",
        needs=" hear",
    ),
    slip(
        "went-passed",
        r"\b(?:walk|walks|walked|drove|drive|drives|went|go|goes|ran|flew|sailed|marched|rode|half|far|long)\s+(?P<slip>passed)\s+(?:the|a|an|his|her|its|their|our|my|it|him|them"
        r"|midnight|noon|one|two|three|ten)\b",
        "“Passed” is the verb",
        "past",
        needs=" passed",
    ),
    slip(
        "effected-the",
        r"\b(?P<slip>effected)\s+(?:the|an?|his|her|its|their|our|my|all|many|thousands|millions|hundreds)\s+(?!(?:\w+\s+)?(?:arrest|change|changes|compromise|cure|cut"
        r"|deal|entry|escape|exchange|landing|merger|payment|purchase|reform|reforms|release|removal|repair|repairs|rescue|revolution|sale|settlement|shift|transfer"
        r"|transition)\b)\w",
        "“Effect” is to bring about, and “affect” to act on",
        "affected",
        needs=" effected",
    ),
    slip(
        "it-effects-our",
        rf"{CLAUSE}(?:[Tt]he|[Tt]his|[Aa]n?|[Hh]is|[Hh]er|[Ii]ts|[Oo]ur|[Tt]heir)\s+(?!(?:after|combined|drug|full|health|ill|knock-on|side|sound|special)\b)"
        r"[a-z-]+\s+(?P<slip>effects)\s+(?:her|his|my|our|their|us|your)\b",
        "The verb is “affect”",
        "affects",
        needs=" effects",
    ),
    slip(
        "affects-of",
        r"\b(?:the|an|no|little|any|such|side|adverse|good|bad|great|its|their)\s+(?P<slip>affects?)\s+(?:of|on)\b",
        "“Affect” is the verb",
        lambda wrong: wrong.replace("a", "e", 1),
        needs=" affect",
    ),
    slip(
        "past-away",
        r"\b(?P<slip>past)\s+away\b",
        "“Past” is where one passed",
        "passed",
        needs=" past",
    ),
    slip(
        "the-passed-year",
        r"\b(?:in|over|during|for|of|than)\s+the\s+(?P<slip>passed)\s+(?:(?:few|two|three|four|five|ten|several)\s+)?(?:century|day|days|decade|decades|month|months|week|weeks"
        r"|year|years)\b",
        "“Passed” is the verb",
        "past",
        needs=" passed",
    ),
    slip(
        "was-lead-by",
        r"\b(?:is|are|was|were|been|being)\s+(?P<slip>lead)\s+(?:by|to\s+believe|into|away)\b",
        "The past participle stands here",
        "led",
        needs=" lead ",
    ),
    slip(
        "to-breath",
        rf"\b(?:to|can|could|cannot|can[’']t|not|hardly|barely)\s+(?P<slip>breath)(?={ENDING}|\s+(?:again|any|clean|easily|fresh|in|properly|the|under|without)\b)",  # noqa: RUF001
        "“Breath” is what one breathes",
        "breathe",
        needs=" breath",
    ),
    slip(
        "went-threw",
        r"\b(?:go|goes|went|drove|walked|ran|came|broke|got|fell|flew|cut|all)\s+(?P<slip>threw)\s+(?:the|a|an|it|his|her|their|its)\b",
        "“Threw” is the past of throw",
        "through",
        needs=" threw",
    ),
    slip(
        "they-new",
        r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ww]e|I|[Nn]obody|[Ee]verybody)\s+(?:already\s+|never\s+)?(?P<slip>new)\s+(?:about|how|it|nothing|that|the|what|where|why)\b",
        "“New” is not old",
        "knew",
        needs=" new ",
    ),
    slip(
        "want-to-by",
        r"\b(?:afford|able|hope|hoped|offered|plan|planned|plans|tried|tries|trying|want|wanted|wants|going|money)\s+to\s+(?P<slip>by)\s+\w",
        "What is paid for is bought",
        "buy",
        needs="to by ",
    ),
    slip(
        "in-principal",
        rf"\bin\s+(?P<slip>principal)(?={ENDING}|\s+(?:on|that|to)\b)",
        "“Principal” is who or what comes first",
        "principle",
        needs="principal",
    ),
    slip(
        "has-past",
        r"\b(?:has|have|had|parliament|senate|lawmakers|Parliament|Senate|Congress)\s+(?P<slip>past)\s+(?:the|a|an|away|its|their|by|it|into|through)\b",
        "“Past” is where one passed",
        "passed",
        needs=" past",
    ),
    slip(
        "piece-talks",
        r"\b(?P<slip>[Pp]iece)\s+(?:talks|treaty|treaties|deal|agreement|process|plan|negotiations|conference|summit)\b",
        "Without war there is peace",
        "peace",
        needs="iece",
    ),
    slip(
        "peace-of-paper",
        r"\b(?P<slip>[Pp]eace)\s+of\s+(?:advice|art|bread|cake|cloth|equipment|evidence|furniture|glass|information|land|legislation|metal|music|news|paper|wood|work)\b",
        "A part is a piece",
        "piece",
        needs="eace of",
    ),
    slip(
        "cross-the-boarder",
        r"\b(?:cross|crosses|crossed|crossing|across|over|along|close|closed|closes|shut|southern|northern|eastern|western|state|[a-z]+ian)\s+(?:the\s+|its\s+|their\s+)?"
        r"(?P<slip>boarders?)\b",
        "States have borders",
        lambda wrong: wrong.replace("oa", "o", 1),
        needs=" boarder",
    ),
    slip(
        "played-a-roll",
        r"\b(?:[Pp]lay|plays|played|playing|has|had|have)\s+(?:an?|the|its|his|her|their|no)\s+(?:\w+\s+)?(?P<slip>roll)\s+(?:in|for|at|during|of\s+the)\b",
        "An actor plays a role",
        "role",
        needs=" roll",
    ),
    slip(
        "nuclear-sight",
        rf"\b(?:construction|building|nuclear|launch|web|burial|landfill|crash|missile|production)\s+(?P<slip>sights?)(?={ENDING}|\s+(?:in|at|near|on|was|were|is|are|that)\b)",
        "A place is a site",
        lambda wrong: wrong.replace("sight", "site"),
        needs=" sight",
    ),
    slip(
        "the-hole-country",
        r"\b(?:the|a|this|his|her|their|our)\s+(?P<slip>hole)\s+(?:city|continent|country|day|family|house|idea|nation|night|region|story|team|time|truth|village|week|world|year)\b",
        "What is all of it is whole",
        "whole",
        needs=" hole",
    ),
    slip(
        "aloud-to",
        rf"\b(?:{BE})\s+(?:not\s+|only\s+)?(?P<slip>aloud)\s+to\s+\w",
        "“Aloud” is not silently",
        "allowed",
        needs=" aloud",
    ),
    slip(
        "to-late",
        rf"\b(?:is|was|are|were|it[’']s|far|much|come|came|comes|be|been|seems)\s+(?P<slip>to\s+(?:late|much|expensive|dangerous|weak|slow|soon|few))"  # noqa: RUF001
        rf"(?={ENDING}|\s+to\s+\w)",
        "“Too” is more than enough",
        lambda wrong: f"too {wrong.split()[1]}",
        r"\b(?:up|due|down|added|owe|owes|owed)\s+\w*$",
        needs=" to ",
    ),
    slip(
        "prices-have-raised",
        rf"\b(?:[Pp]rices|[Rr]ents|[Ww]ages|[Tt]emperatures|[Cc]osts|[Rr]ates)\s+(?:have|has|had)\s+(?:\w+ly\s+)?(?P<slip>raised)(?={ENDING}|\s+(?:by|in|since|to|from|again|sharply)\b)",
        "What is raised rises",
        "risen",
        needs=" raised",
    ),
    slip(
        "medical-personal",
        rf"\b(?:military|medical|embassy|security|army|naval|hospital)\s+(?P<slip>personal)(?={ENDING}|\s+(?:were|was|are|is|have|has|from|in|at|to)\b)",
        "People at work are personnel",
        "personnel",
        needs=" personal",
    ),
)
