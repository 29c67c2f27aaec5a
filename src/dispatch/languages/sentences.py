"""The sentences of a language, from its file: `de.yaml`, `pt-BR.yaml`. Another language is another file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from yaml import CSafeLoader, load

from dispatch.languages.tags import ranges

_FILES = {file.stem.lower(): file for file in Path(__file__).parent.glob("*.yaml")}
LANGUAGES = frozenset(_FILES)
"""The tags of the languages that have a file, in small letters."""


def known_language(tag: str) -> str:
    """The tag of the file for a language: its own, or a shorter one (`fr` for `fr-CA`); "" where there is none."""
    return next((each for each in ranges(tag) if each in _FILES), "")


def sentences(language: str, section: str) -> dict[str, Any]:
    """A section of the file of one of LANGUAGES: `mail`, `chart` or `pages`."""
    return _content(language)[section]


@cache
def _content(language: str) -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = load(_FILES[language].read_text(encoding="utf-8"), CSafeLoader)
    return content
