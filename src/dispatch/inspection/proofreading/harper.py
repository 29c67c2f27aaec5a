"""Harper: English only, and light: less memory and fewer finds, where nothing else is installed."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any, ClassVar

from dispatch.inspection.proofreading.engine import Engine, Match, installed, regional
from dispatch.languages.tags import primary

_DIALECTS = {"en-US": "AMERICAN", "en-GB": "BRITISH", "en-AU": "AUSTRALIAN", "en-CA": "CANADIAN", "en-IN": "INDIAN"}
_SPELLING = "Spelling"
_NOT_ASKED = {
    "Capitalization",
    "Enhancement",
    "Formatting",
    "Punctuation",
    "Readability",
    "Redundancy",
    "Regionalism",
    "Style",
}


class Harper(Engine):
    """harper-py 0.2.0 (Apache-2.0)."""

    name: ClassVar[str] = "harper"

    @classmethod
    def edition(cls, language: str) -> str:
        """The version of the package."""
        found = installed("harper", "harper-py") if primary(language) == "en" else ""
        return f"harper {found}" if found else ""

    @classmethod
    def remedy(cls, language: str) -> str:
        """The package."""
        return "harper-py" if primary(language) == "en" else ""

    def __init__(self, language: str) -> None:
        """Without a region every dialect is right: `en` has colour and color."""
        self._module: Any = import_module("harper")
        self._any_dialect = not regional(language)
        self._linter = self._linter_of(_DIALECTS.get(regional(language), "AMERICAN"))

    def check(self, text: str) -> list[Match]:
        """What the rules say, but for style."""
        return [
            _match(lint)
            for lint in self._linter.lint(text, language=self._module.Language.PLAINTEXT)
            if lint.lint_kind not in _NOT_ASKED and not _only_joins(lint) and not self._is_british(lint)
        ]

    def _is_british(self, lint: Any) -> bool:
        """Whether the other dictionary has a word, where it is as good."""
        return self._any_dialect and lint.lint_kind == _SPELLING and not self._british.lint(lint.problem_text)

    @cached_property
    def _british(self) -> Any:
        return self._linter_of("BRITISH")

    def _linter_of(self, dialect: str) -> Any:
        return self._module.Linter(dialect=self._module.Dialect[dialect])


def _match(lint: Any) -> Match:
    return Match(
        offset=lint.span.start,
        length=lint.span.end - lint.span.start,
        message=lint.message,
        replacements=[_replacement(lint, each) for each in lint.suggestions],
        rule=f"harper:{lint.lint_kind}",
        issue_type="misspelling" if lint.lint_kind == _SPELLING else "grammar",
    )


def _only_joins(lint: Any) -> bool:
    """Whether all that is wrong is a space between two words: coast guard, launch pad."""
    written: str = lint.problem_text
    return " " in written and any(_replacement(lint, each) == written.replace(" ", "") for each in lint.suggestions)


def _replacement(lint: Any, suggestion: Any) -> str:
    """What would stand in the place of the words: Harper has three kinds of suggestion."""
    new: str = suggestion.replacement_text or ""
    return f"{lint.problem_text}{new}" if suggestion.kind.name == "INSERT_AFTER" else new
