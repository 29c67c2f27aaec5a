"""The error budget of bench/proofreading.py, kept: a noisy proof-reader gets switched off, and a blind one is useless."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bench.measuring import Target
from bench.proofreading import FALSE_ALARMS, OF_TEN, OF_THIRTY, report

from dispatch.inspection.proofreading import engine_for
from dispatch.inspection.proofreading.lingotweaker import LingoTweaker
from dispatch.inspection.proofreading.process import EngineProcess


@pytest.fixture(scope="module")
def process() -> Iterator[EngineProcess]:
    with closing(EngineProcess()) as process:
        yield process


def needs(language: str) -> pytest.MarkDecorator:
    there = engine_for(language) is LingoTweaker
    return pytest.mark.skipif(not there, reason=f"lingotweaker with its data for {language} is not installed")


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [
        pytest.param("english-news", "en", 1_000, marks=needs("en")),
        pytest.param("french-news", "fr", 200, marks=needs("fr")),
    ],
)
def test_clean_news_full_of_names_raises_few_alarms(
    name: str, language: str, words: int, tmp_path: Path, process: EngineProcess
) -> None:
    about = report(name, language, tmp_path, process)
    assert about.words > words
    assert FALSE_ALARMS.is_met(len(about.findings)), [str(finding) for finding in about.findings]


@pytest.mark.parametrize(
    ("name", "language", "number", "target"),
    [
        pytest.param("english-slips", "en", 30, OF_THIRTY, marks=needs("en")),
        pytest.param("french-slips", "fr", 10, OF_TEN, marks=needs("fr")),
    ],
)
def test_the_slips_that_writers_make_are_found(
    name: str, language: str, number: int, target: Target, tmp_path: Path, process: EngineProcess
) -> None:
    about = report(name, language, tmp_path, process)
    missed = [*about.missed()]
    assert len(about.paragraphs) == number
    assert target.is_met(number - len(missed)), missed
