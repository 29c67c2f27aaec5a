"""What is found in an issue stands at the characters of its file; what is not read is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dispatch.content.issue import Issue, read_issue
from dispatch.inspection.proofreading import proofreader as module
from dispatch.inspection.proofreading.engine import Engine, Match
from dispatch.inspection.proofreading.process import EngineProcess, Late, Lost
from dispatch.inspection.proofreading.proofreader import INSTALL, Proofreader


class Fake(Engine):
    """Reads English and Sindarin."""

    name = "fake"

    @classmethod
    def edition(cls, language: str) -> str:
        return "1" if language in {"en", "sjn"} else ""

    @classmethod
    def remedy(cls, language: str) -> str:
        return "fake-data-fr" if language == "fr" else ""


DEAD = Lost("dead")


class Desk(EngineProcess):
    """In the place of a process: takes every `teh` for `the`, and remembers what it was asked."""

    def __init__(self, failing: Callable[[str], bool] = lambda _: False, failure: Lost = DEAD) -> None:
        super().__init__()
        self.asked: list[tuple[str, str]] = []
        self._failing, self._failure = failing, failure

    def ask(self, language: str, text: str) -> list[Match]:
        self.asked.append((language, text))
        if self._failing(text):
            raise self._failure
        return [
            Match(offset=at, length=3, message="", replacements=["the"], rule="R", issue_type="misspelling")
            for at in range(len(text))
            if text[at : at + 3] == "teh"
        ]


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "engine_for", lambda language: Fake if Fake.edition(language) else None)
    monkeypatch.setattr(module, "engines", lambda: (Fake,))


def issue(text: str) -> Issue:
    return read_issue(text, "issues/a.yaml")


def read(text: str, tmp_path: Path, desk: EngineProcess | None = None, **options: bool) -> module.Proofs:
    return Proofreader(tmp_path / "kept.json", desk or Desk()).read(issue(text), **options)


ALL_STYLES = """\
title: teh plain 🙂 teh
subtitle: 'teh ''quoted'' 🙂 teh'
preheader: "\\U0001F642 \\u0074eh \\
  teh"
blocks:
  - paragraph: >-
      🙂 **teh** folded [teh](https://teh.example)
      and `teh` teh
  - paragraph: |
      🙂 teh
      literal teh
  - {heading: teh flow}
  - list: [teh, "teh"]
author: teh
"""


def test_each_find_stands_where_the_file_has_its_first_character(tmp_path: Path) -> None:
    read_there = issue(ALL_STYLES)
    proofs = Proofreader(tmp_path / "kept.json", Desk()).read(read_there)
    places = [
        read_there.locate(path, mistake.offset) for path, mistakes in proofs.mistakes.items() for mistake in mistakes
    ]
    lines = ALL_STYLES.splitlines()
    found = {(place.line, place.column) for place in places}
    assert len(found) == len(places) == 14
    for line, column in found:
        assert lines[line - 1][column - 1 :].startswith(("teh", "\\u0074eh"))


def test_a_find_among_marks_is_told_and_one_in_a_stand_in_is_not(tmp_path: Path) -> None:
    text = "title: A\nblocks:\n  - paragraph: 'te**h** {{first_name|teh}} t*eh*'\n"
    desk = Desk()
    assert read(text, tmp_path, desk).mistakes == {}
    assert ("en", "te  h   teh                t eh ") in desk.asked


def test_each_block_is_read_in_its_own_language(tmp_path: Path) -> None:
    desk = Desk()
    text = "title: One\nblocks:\n  - {paragraph: Mae, language: sjn}\n  - paragraph: Two\n  - {paragraph: Deux, language: fr}\n"
    proofs = read(text, tmp_path, desk)
    assert desk.asked == [("en", "One"), ("en", "Two"), ("sjn", "Mae")]
    assert proofs.notices == ("Spelling and grammar in French are not checked: `pip install fake-data-fr`",)


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    first, second = Desk(), Desk()
    text = "title: teh\nblocks: [paragraph: One.]\n"
    assert read(text, tmp_path, first) == read(text, tmp_path, second)
    assert (len(first.asked), second.asked) == (2, [])
    read(text.replace("One", "Two"), tmp_path, second)
    assert second.asked == [("en", "Two.")]


def test_who_has_no_patience_gets_what_is_known(tmp_path: Path) -> None:
    desk = Desk()
    hasty = read("title: teh\nblocks: [paragraph: One.]\n", tmp_path, desk, patiently=False)
    assert (hasty.mistakes, hasty.pending, desk.asked) == ({}, True, [])
    patient = read("title: teh\nblocks: [paragraph: One.]\n", tmp_path, desk)
    assert not patient.pending
    assert read("title: teh\nblocks: [paragraph: One.]\n", tmp_path, desk, patiently=False) == patient


def test_a_language_without_an_engine_is_told_once_with_its_remedy(tmp_path: Path) -> None:
    for language, remedy in {"fr": "`pip install fake-data-fr`", "tlh": "no engine knows it"}.items():
        proofs = read(f"title: teh\nsubtitle: teh\nlanguage: {language}\nblocks: [divider: ]\n", tmp_path)
        [notice] = proofs.notices
        assert notice.startswith("Spelling and grammar in ")
        assert notice.endswith(remedy)
        assert proofs.mistakes == {}


def test_without_any_engine_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "engine_for", lambda _: None)
    monkeypatch.setattr(Fake, "edition", classmethod(lambda *_: ""))
    assert read("title: teh\nblocks: [divider: ]\n", tmp_path).notices == (
        f"Spelling and grammar are not checked: `{INSTALL}`",
    )


def test_a_text_that_the_engine_dies_over_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    text = "title: deadly\nblocks: [paragraph: teh]\n"
    proofs = read(text, tmp_path, Desk(lambda text: text == "deadly"))
    assert [*proofs.mistakes] == [("blocks", 0, "paragraph")]
    assert proofs.notices == ("issues/a.yaml:1:8: the proof-reader failed over this text, which is not read: dead",)
    assert read(text, tmp_path).notices == (), "it is tried again"


def test_an_engine_that_dies_over_everything_is_given_up(tmp_path: Path) -> None:
    desk = Desk(lambda _: True)
    blocks = "".join(f"  - paragraph: Number {number}.\n" for number in range(20))
    proofs = read(f"title: A\nblocks:\n{blocks}", tmp_path, desk)
    assert len(desk.asked) == 3
    assert proofs.notices == (
        "issues/a.yaml:1:8: the proof-reader failed over this text and 20 more, which are not read: dead",
    )


def test_cells_are_words_and_no_sentences(tmp_path: Path) -> None:
    class Grammarian(Desk):
        def ask(self, language: str, text: str) -> list[Match]:
            found = super().ask(language, text)
            return found + [Match(**{**each, "issue_type": "grammar"}) for each in found]

    text = (
        "title: A\nblocks:\n  - table: {header: [Year, teh], rows: [['1', teh.], ['2', teh]]}\n"
        "  - chart: {title: A, type: bar, unit: teh, data: {teh: 1, b: 2}}\n"
    )
    found = read(text, tmp_path, Grammarian()).mistakes
    assert {path[2:]: [mistake.misspelt for mistake in mistakes] for path, mistakes in found.items()} == {
        ("table", "header", 1): [True],
        ("table", "rows", 0, 1): [True, False],
        ("table", "rows", 1, 1): [True],
        ("chart", "data", 0): [True],
    }


def test_what_is_too_much_is_not_read_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = "word " * 2_500
    proofs = read(f"title: A\nblocks:\n  - paragraph: {long}teh\n", tmp_path)
    assert proofs.mistakes == {}
    assert proofs.notices == ("issues/a.yaml:3:16: of this text the first 10,000 characters were proof-read",)
    monkeypatch.setattr(module, "MOST_CHARACTERS", 10)
    proofs = read("title: teh\nblocks:\n  - paragraph: One teh two.\n  - paragraph: teh\n", tmp_path)
    assert [*proofs.mistakes] == [("title",)]
    assert proofs.notices == ("issues/a.yaml:3:16: from here on nothing was proof-read: the issue is too long",)


def test_a_text_that_nobody_could_read_is_told_each_time_and_tried_once(tmp_path: Path) -> None:
    desk = Desk(lambda _: True, Lost("no words", lasting=True))
    told = [read(ONE, tmp_path, desk).notices for _ in range(2)]
    assert told == [(f"{FAILED}no words",)] * 2
    assert len(desk.asked) == 1
    hasty = read(ONE, tmp_path, desk, patiently=False)
    assert (hasty.pending, hasty.notices) == (False, told[0])


ONE = "title: One\nblocks: [divider: ]\n"
FAILED = "issues/a.yaml:1:8: the proof-reader failed over this text, which is not read: "


def late(text: str = "") -> Desk:
    """One that is too late for a text, or for all."""
    return Desk(lambda asked: text in ("", asked), Late("no answer in time"))


def test_a_text_that_took_too_long_is_read_when_the_machine_has_time_again(tmp_path: Path) -> None:
    text = ONE.replace("One", "teh")
    assert read(text, tmp_path, late()).notices == (f"{FAILED}no answer in time; it is tried once more",)
    hasty = read(text, tmp_path, patiently=False)
    assert (hasty.pending, hasty.notices) == (True, ())
    again = read(text, tmp_path)
    assert (len(again.mistakes), again.notices) == (1, ())
    assert read(text, tmp_path, late()) == again, "and it is not read any more"


def test_a_text_that_takes_too_long_twice_is_told_from_then_on(tmp_path: Path) -> None:
    desk = late()
    told = [read(ONE, tmp_path, desk).notices for _ in range(4)]
    assert told == [(f"{FAILED}no answer in time; it is tried once more",), *[(f"{FAILED}no answer in time",)] * 3]
    assert len(desk.asked) == 2
    hasty = read(ONE, tmp_path, desk, patiently=False)
    assert (hasty.pending, hasty.notices) == (False, told[1])


def test_its_second_try_has_a_rest_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = late()
    reader = Proofreader(tmp_path / "kept.json", desk)
    told = [reader.read(issue(ONE)) for _ in range(2)]
    assert told[0] == told[1] == reader.read(issue(ONE), patiently=False), "two who look at once ask once"
    assert len(desk.asked) == 1
    monkeypatch.setattr(module, "REST", 0.0)
    assert reader.read(issue(ONE), patiently=False).pending
    assert reader.read(issue(ONE)).notices == (f"{FAILED}no answer in time",)
    assert len(desk.asked) == 2


def test_its_second_try_comes_after_the_others_and_waits_while_the_machine_is_busy(tmp_path: Path) -> None:
    text = "title: One\nblocks: [paragraph: Two.]\n"
    read(text, tmp_path, late("One"))
    changed = text.replace("Two", "Three")
    busy, idle = late(), Desk()
    read(changed, tmp_path, busy)
    assert busy.asked == [("en", "Three.")]
    assert read(changed.replace("Three", "Four"), tmp_path, idle).notices == ()
    assert idle.asked == [("en", "Four."), ("en", "One")]


def test_what_is_kept_of_places_that_a_text_does_not_have_is_read_anew(tmp_path: Path) -> None:
    text = "title: teh\nblocks: [divider: ]\n"
    first = read(text, tmp_path)
    kept = tmp_path / "kept.json"
    kept.write_text(kept.read_text().replace('"length": 3', '"length": 4'))
    assert read(text, tmp_path) == first
