"""LingoTweaker: the rules and dictionaries of LanguageTool, offline, without Java, a package a language."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, ClassVar

from dispatch.inspection.proofreading.engine import Engine, Match, installed, regional
from dispatch.languages.tags import primary

_OWN_CODE = (
    "ar ast be br ca crh da de el en eo es fa fr gl gn is it ja km ml nl nn no pl pt ro ru sk sl sr sv ta tl uk zh"
)
_PACKS = {code: code for code in _OWN_CODE.split()} | {"lt": "ltu", "nb": "no"}
"""The packages `lingotweaker-data-…` by language, as of October 2026."""

# What authors decide for themselves, and what checks of our own say better: numbers, quotes, spaces, dates.
_NOT_ASKED = re.compile(
    r"TYPOGRA|PUNCT|PONCT|PUNTU|INTERPUN|STYLE|STIL|ESTILO|REDUND|PLEONAS|COLLOQ|REPETITION|REPETICION|REGIONAL|PLAIN"
    r"|WIKIPEDIA|GENDER|CREATIVE|TONE|ACADEMIC|SEMANTIC|PROPER_NOUNS|EMPFOHLENE|CORRESPONDENCE|BARBARISM|HYPERCORRECT"
)
_RULES_NOT_ASKED = re.compile(
    r"UPPERCASE_SENTENCE_START|WORD_COHERENCY|OXFORD_SPELLING|WHITESPACE|_DATE|DATE_|WEEKDAY|^ANY_MORE$|^NODT_DOZEN$|^PER_CENT$"
)
_SPELLERS = re.compile(r"MORFOLOGIK|HUNSPELL|SPELLER|^[A-Z]{2}_SPELLING_RULE$")
_OTHER_DIALECT = re.compile(r" is (?:British|American|Canadian|Australian|South African|New Zealand) English")
_SUGGESTION = re.compile(r"['\"]?<suggestion>(.*?)</suggestion>['\"]?")


class LingoTweaker(Engine):
    """lingotweaker 0.2.8 (LGPL), an alpha version: it is pinned. 430 MB for English, loaded in a second."""

    name: ClassVar[str] = "lingotweaker"

    @classmethod
    def edition(cls, language: str) -> str:
        """The versions of the engine and of the language's package."""
        pack = _PACKS.get(primary(language), "")
        engine = installed("lt_py", "lingotweaker") if pack else ""
        data = installed(f"lingotweaker_data_{pack}", f"lingotweaker-data-{pack}") if engine else ""
        return f"lingotweaker {engine}, {pack} {data}" if data else ""

    @classmethod
    def remedy(cls, language: str) -> str:
        """The language's package, and the engine where that is missing too."""
        pack = _PACKS.get(primary(language))
        engine = "" if installed("lt_py", "lingotweaker") else "lingotweaker "
        return f"{engine}lingotweaker-data-{pack}" if pack else ""

    def __init__(self, language: str) -> None:
        """Without a region every dialect is right: `en` has colour and color."""
        variant = regional(language)
        self._any_dialect = not variant
        self._engine: Any = import_module("lt_py").Engine(_PACKS[primary(language)], variant=variant or None)

    def check(self, text: str) -> list[Match]:
        """What the rules say, but for those that nobody asks."""
        at = _characters(text)
        return [_match(found, at) for found in self._engine.check(text) if self._is_asked(found)]

    def _is_asked(self, found: dict[str, Any]) -> bool:
        if _NOT_ASKED.search(found["category_id"]) or _RULES_NOT_ASKED.search(found["rule_id"]):
            return False
        return not (self._any_dialect and _OTHER_DIALECT.search(found["message"]))


def _match(found: dict[str, Any], at: list[int]) -> Match:
    start, end = at[found["offset"]], at[found["offset"] + found["length"]]
    return Match(
        offset=start,
        length=end - start,
        message=_SUGGESTION.sub(r"“\1”", found["message"]),
        replacements=found["suggestions"],
        rule=found["rule_id"],
        issue_type="misspelling" if _SPELLERS.search(found["rule_id"]) else "grammar",
    )


def _characters(text: str) -> list[int]:
    """For each byte of a text in UTF-8, and for its end, the character that it belongs to: matches come in bytes."""
    at = [number for number, character in enumerate(text) for _ in character.encode()]
    return [*at, len(text)]
