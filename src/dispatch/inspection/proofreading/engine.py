"""What every engine is: it reads plain text of one language, and its matches are shaped as LanguageTool's (v2)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import ClassVar, Literal, TypedDict

from dispatch.languages.tags import primary

_REGION = re.compile(r"-([A-Za-z]{2})(?:-|$)")


class Match(TypedDict):
    """A slip in a text. Offset and length count characters of the text as it was given (code points)."""

    offset: int
    length: int
    message: str  # of the engine, in its language
    replacements: list[str]  # the likeliest first
    rule: str  # its id
    issue_type: Literal["misspelling", "grammar"]  # misspelling: no dictionary has the word; grammar: all else


@dataclass(frozen=True)
class Failure:
    """Why an engine failed over a text."""

    cause: str
    again: bool = False  # it is tried once more: the machine may have been busy


Answer = list[Match] | Failure
"""What is wrong in a text; or why nobody knows."""


class Engine(ABC):
    """Reads one language. Making one may take seconds and half a gigabyte: it is done where nobody waits for others."""

    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def edition(cls, language: str) -> str:
        """What would read a language, with its version: answers are kept under it. "" where nothing installed does."""

    @classmethod
    @abstractmethod
    def remedy(cls, language: str) -> str:
        """The packages that would make this engine read a language, for pip; "" where there are none."""

    @abstractmethod
    def __init__(self, language: str) -> None:
        """An engine for a language of which `edition` tells something."""

    @abstractmethod
    def check(self, text: str) -> list[Match]:
        """What is wrong in a text, in its order; without what is a matter of style or of typography."""

    def knows(self, word: str) -> bool:
        """Whether a word is in the dictionary."""
        if word not in self._known:
            self._known[word] = not any(match["issue_type"] == "misspelling" for match in self.check(word))
        return self._known[word]

    @cached_property
    def _known(self) -> dict[str, bool]:
        """Words that were asked for before: of an unknown one an engine takes long."""
        return {}


def regional(language: str) -> str:
    """A language with its region and nothing else, `pt-BR`; "" where it has none."""
    found = _REGION.search(language)
    return f"{primary(language)}-{found[1].upper()}" if found else ""


@cache
def installed(module: str, distribution: str) -> str:
    """The version of a package that was installed when this began, found out without importing it; "" where none was."""
    if not find_spec(module):
        return ""
    try:
        return version(distribution)
    except PackageNotFoundError:  # it lies there, put by hand
        return "?"
