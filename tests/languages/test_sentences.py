"""Every language says all that English says, in its own words and with its own marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pytest

from dispatch.languages.sentences import LANGUAGES, known_language, sentences
from dispatch.rendering.words import words_for
from dispatch.web.wording import wording_for

OTHERS = sorted(LANGUAGES - {"en"})


def said(language: str) -> dict[str, str]:
    """Every sentence of a language by its name: `mail.by`, `pages.ask.title`."""

    def flat(name: str, value: object) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, each in value.items():
                yield from flat(f"{name}.{key}", each)
        else:
            assert isinstance(value, str), f"{name} of {language} needs quotes"
            yield name, value

    return {
        name: text
        for section in ("mail", "chart", "pages")
        for name, text in flat(section, sentences(language, section))
    }


def test_these_are_the_languages() -> None:
    assert {"en", "fr", "de", "es", "it", "ar"} <= LANGUAGES


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_everything_in_its_own_words(language: str) -> None:
    english, own = said("en"), said(language)
    assert own.keys() == english.keys()
    for name, text in own.items():
        assert text.strip(), name
        assert text.count("{}") == english[name].count("{}"), name
        if re.search(r"[A-Za-z]", english[name].replace("{}", "")):
            assert text != english[name], name


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_theme_and_the_pages_read_all_of_it(language: str) -> None:
    words_for(language)
    wording_for(language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_language_writes_its_own_marks(language: str) -> None:
    everything = "\n".join(said(language).values())
    assert "'" not in everything, "the apostrophe is ’"
    assert '"' not in everything
    assert "..." not in everything
    assert everything == unicodedata.normalize("NFC", everything)
    if language == "fr":
        assert not re.search(r"(?<![\u00a0\u202f])[:;?!»]|«(?![\u00a0\u202f])", everything)
    else:
        assert not re.search(r"[^\S\n][:;?!]", everything)
    if language == "ar":
        letters = {unicodedata.bidirectional(each) for each in everything if each.isalpha()}
        assert letters == {"AL"}
        assert not re.search("[,;?]", everything), "its marks are ، ؛ ؟"


@pytest.mark.parametrize(
    ("tag", "known"), [("fr", "fr"), ("FR-ca", "fr"), ("de_AT", "de"), ("zh-Hant-TW", ""), ("", ""), ("../en", "")]
)
def test_a_region_has_the_words_of_its_language(tag: str, known: str) -> None:
    assert known_language(tag) == known
