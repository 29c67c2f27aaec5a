"""What is told of an engine's matches: an engine that knows few words is enough to see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

import pytest

from dispatch.inspection.proofreading.engine import Engine, Match
from dispatch.inspection.proofreading.sieve import told

_WORDS = "a and at defence government in is it miners mistart mutual of receive said so start the they was"
KNOWN = frozenset(_WORDS.split())


class Dictionary(Engine):
    """Knows some words, and proposes those that are like an unknown one."""

    name = "dictionary"

    @classmethod
    def edition(cls, language: str) -> str:
        return "1"

    @classmethod
    def remedy(cls, language: str) -> str:
        return ""

    def __init__(self, language: str, extra: Mapping[str, list[str]] | None = None) -> None:
        self._extra = extra or {}

    def check(self, text: str) -> list[Match]:
        return [
            Match(
                offset=word.start(),
                length=len(word[0]),
                message="",
                replacements=self._extra.get(word[0]) or get_close_matches(word[0].lower(), KNOWN, cutoff=0.6),
                rule="SPELLER",
                issue_type="misspelling",
            )
            for word in re.finditer(r"[\w]+(?:-\w+)*", text)
            if word[0].lower() not in KNOWN
        ]


def words(text: str, language: str = "en") -> list[str]:
    engine = Dictionary(language)
    found = told(text, engine.check(text), engine, language)
    return [text[each["offset"] : each["offset"] + each["length"]] for each in found]


@pytest.mark.parametrize(
    ("text", "misspelt"),
    [
        ("they recieve it", ["recieve"]),
        ("Recieve it", ["Recieve"]),
        ("So it was. Teh government", ["Teh"]),
        ("“Goverment is so”", ["Goverment"]),
        ("they and the Goverment of it", ["Goverment"]),
        ("they and Kozlov", []),
        ("Kozlov and Recievo", []),
        ("It was at NATO, at KN-23 and at OpenAI", []),
        ("deminers and non-miners in mutual-defence", []),
        ("they said yadda", ["yadda"]),
        ("they and von der Leyen, bin Salman and van Rompuy", []),
        ("they said von and van so", ["von", "van"]),
        ("misstart in underminers", ["misstart"]),
    ],
)
def test_names_and_words_of_known_parts_are_no_misspellings(text: str, misspelt: list[str]) -> None:
    assert words(text) == misspelt


def test_english_prefixes_make_english_words() -> None:
    assert words("restart", "en") == []
    assert words("restart", "fr") == ["restart"]


@pytest.mark.parametrize(
    ("word", "proposed", "first"),
    [
        ("wil", ["Wil", "will", "Will", "win"], ["will", "win", "Wil", "Will"]),
        ("ukraine", ["Ukraine", "moraine", "Kaine"], ["Ukraine", "moraine", "Kaine"]),
        ("nexst", ["Nest", "next"], ["next", "Nest"]),
    ],
)
def test_names_come_last_for_a_word_without_a_capital(word: str, proposed: list[str], first: list[str]) -> None:
    engine = Dictionary("en", {word: proposed})
    [match] = told(f"they {word}", engine.check(f"they {word}"), engine, "en")
    assert match["replacements"] == first


def test_what_hyphens_join_to_a_name_is_a_name() -> None:
    engine = Dictionary("en")
    text = "they and Tae-yong"
    match = Match(offset=13, length=4, message="", replacements=["young"], rule="", issue_type="misspelling")
    assert list(told(text, [match], engine, "en")) == []


def test_a_sentence_that_begins_with_a_slip_gets_it_back_with_a_capital() -> None:
    engine = Dictionary("en", {"Recieve": ["receive", "Recife", "re ceive"]})
    [match] = told("Recieve it", engine.check("Recieve it"), engine, "en")
    assert match["replacements"] == ["Receive"]


def test_five_replacements_are_enough() -> None:
    engine = Dictionary("en", {"x": list("abcdefgh")})
    [match] = told("x", engine.check("x"), engine, "en")
    assert match["replacements"] == list("abcde")


def test_where_every_noun_has_a_capital_one_may_be_misspelt_anywhere() -> None:
    engine = Dictionary("de", {"Reigerung": ["Regierung", "Weigerung"], "Saidow": ["Saison"]})
    text = "Die Reigerung und Saidow"
    found = told(
        text,
        [each for each in engine.check(text) if each["replacements"][:1] in (["Regierung"], ["Saison"])],
        engine,
        "de",
    )
    assert [each["replacements"] for each in found] == [["Regierung"]]


def test_of_two_words_that_do_not_agree_one_is_told() -> None:
    engine = Dictionary("en")
    places = [(5, 3, "grammar"), (0, 4, "grammar"), (9, 3, "misspelling"), (13, 3, "grammar"), (18, 2, "grammar")]
    matches = [
        Match(offset=offset, length=length, message="", replacements=[], rule="", issue_type=kind)  # type: ignore[arg-type]
        for offset, length, kind in places
    ]
    text = "This are xyz the  ab"
    assert [each["offset"] for each in told(text, matches, engine, "en")] == [0, 9, 13, 18]


def test_an_engine_is_asked_for_a_word_once() -> None:
    class Counting(Dictionary):
        asked = 0

        def check(self, text: str) -> list[Match]:
            self.asked += 1
            return super().check(text)

    engine = Counting("en")
    assert [engine.knows(word) for word in ("was", "wsa", "was", "wsa")] == [True, False, True, False]
    assert engine.asked == 2
