"""What the pages say, in a reader's language; no page repeats anything that came with a request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from dispatch.languages.sentences import known_language, sentences


@dataclass(frozen=True)
class Notice:
    """A page's headline and what it says below; `{}` stands for the newsletter's name."""

    title: str
    text: str


@dataclass(frozen=True)
class Wording:
    """All that the way out has to say."""

    ask: Notice
    button: str
    left: Notice
    test: Notice
    unknown: Notice
    trouble: Notice
    again: str


def wording_for(language: str) -> Wording:
    """The sentences in a language (`fr`, `fr-CA`), or in English."""
    return _wording(known_language(language) or "en")


@cache
def _wording(language: str) -> Wording:
    said = sentences(language, "pages")
    notices: dict[str, Any] = {name: Notice(**each) for name, each in said.items() if isinstance(each, dict)}
    return Wording(**said | notices)
