"""What every engine promises, for each that is installed; and what each makes of the languages that it does not read."""

from __future__ import annotations

import re
from functools import cache
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.inspection import proofreading
from dispatch.inspection.proofreading import engine_for, engines
from dispatch.inspection.proofreading.engine import Engine, Match
from dispatch.inspection.proofreading.harper import Harper
from dispatch.inspection.proofreading.lingotweaker import LingoTweaker


@cache
def opened(kind: type[Engine]) -> Engine:
    if not kind.edition("en"):
        pytest.skip(f"{kind.name} is not installed here")
    return kind("en")


class EngineContract:
    """The promises of dispatch.inspection.proofreading.engine, for the engine of `kind`."""

    kind: type[Engine]

    @pytest.fixture
    def engine(self) -> Engine:
        return opened(self.kind)

    def found(self, engine: Engine, text: str) -> dict[str, Match]:
        """The matches by the words that they are about."""
        return {text[match["offset"] : match["offset"] + match["length"]]: match for match in engine.check(text)}

    def test_it_is_registered(self) -> None:
        assert self.kind in engines()
        assert proofreading.ENGINES[self.kind.name].startswith(f"{self.kind.__module__}:")

    def test_its_edition_has_a_version_and_stays(self, engine: Engine) -> None:
        assert re.search(r"\d+\.\d+", self.kind.edition("en"))
        assert self.kind.edition("en") == self.kind.edition("en-GB")
        assert self.kind.edition("qq") == ""

    def test_it_names_the_package_that_it_lacks(self) -> None:
        assert re.fullmatch(r"[a-z -]+", self.kind.remedy("en"))
        assert self.kind.remedy("qq") == ""

    def test_a_misspelt_word_is_found_where_it_stands(self, engine: Engine) -> None:
        match = self.found(engine, "😀 They avoid the dependance é on it.")["dependance"]
        assert match["issue_type"] == "misspelling"
        assert match["replacements"][0] == "dependence"
        assert match["message"]

    def test_another_slip_is_told_as_one_of_grammar(self, engine: Engine) -> None:
        [match] = engine.check("😀😀 He waited for the the bus.")
        assert (match["issue_type"], match["offset"], match["replacements"][0]) == ("grammar", 17, "the")

    def test_a_clean_text_and_none_at_all_are_clean(self, engine: Engine) -> None:
        for text in ("", " ", "The ministers met in Vienna on Tuesday, and nobody was surprised."):
            assert engine.check(text) == []

    def test_without_a_region_every_dialect_is_right(self, engine: Engine) -> None:
        assert engine.check("They modelled the colour of the defence.") == []
        assert engine.check("They modeled the color of the defense.") == []

    def test_with_a_region_its_own_is(self, engine: Engine) -> None:
        british = self.kind("en-GB")
        assert "color" in self.found(british, "They liked the color of it.")
        assert british.check("They liked the colour of it.") == []

    def test_it_knows_words(self, engine: Engine) -> None:
        assert engine.knows("treaty")
        assert not engine.knows("treety")


class TestLingoTweaker(EngineContract):
    kind = LingoTweaker

    def test_what_checks_of_our_own_say_is_not_said_twice(self, engine: Engine) -> None:
        text = 'It cost $3,8 million  , or 30 000 on Monday, 4 March 2026 .\nit was “cheap" .'
        assert len(cast("LingoTweaker", engine)._engine.check(text)) > 5
        assert engine.check(text) == []

    def test_messages_quote_what_they_propose(self, engine: Engine) -> None:
        [match] = engine.check("Prices are higher then before.")
        assert match["message"] == "Did you mean “higher than”?"

    def test_another_language_needs_its_own_package(self) -> None:
        assert LingoTweaker.remedy("pt-BR").split()[-1] == "lingotweaker-data-pt"
        assert LingoTweaker.remedy("lt").split()[-1] == "lingotweaker-data-ltu"


class TestHarper(EngineContract):
    kind = Harper

    def test_it_reads_english_alone(self) -> None:
        assert Harper.edition("fr") == ""
        assert Harper.remedy("fr") == ""


@pytest.mark.parametrize("kind", engines())
@given(text=st.text(max_size=60))
def test_no_text_is_too_odd_and_no_match_lies_outside_of_it(kind: type[Engine], text: str) -> None:
    for match in opened(kind).check(text):
        assert 0 <= match["offset"] < match["offset"] + match["length"] <= len(text)


def test_the_first_engine_that_reads_the_language_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    editions = {LingoTweaker: {"en": "1", "fr": "1"}, Harper: {"en": "2"}}
    for engine, known in editions.items():
        monkeypatch.setattr(engine, "edition", classmethod(lambda _, language, known=known: known.get(language, "")))
    assert [engine_for(language) for language in ("en", "fr", "de")] == [LingoTweaker, LingoTweaker, None]
    monkeypatch.setitem(editions[LingoTweaker], "en", "")
    assert engine_for("en") is Harper
