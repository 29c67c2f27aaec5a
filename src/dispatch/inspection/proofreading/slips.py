"""How a slip looks that no engine has a rule for: a pattern, what is wrong in it, and what is right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

from dispatch.inspection.proofreading.engine import Match

CLAUSE = r"(?:^|[.!?;:“\n])[^\S\n]*"
"""Where one may begin."""

ENDING = r"\s*(?:[.,;:!?)]|$)"
"""Where a clause may end."""

# “All that they did was build on it” has a verb where other sentences have a participle.
ACTION = r"(?i)\b(?:all|aim|do|does|did|doing|done|goal|idea|job|plan|task|what)\b[^.!?]*$"


@dataclass(frozen=True)
class Slip:
    """How a slip looks. Its patterns are compiled when a text has what it needs: most texts have few of them."""

    rule: str
    looks: str  # a pattern, in which `slip` is what is wrong
    message: str
    proper: Callable[[str], str]  # of what is wrong
    unless: str = ""  # a pattern of what stands before it
    needs: str = ""  # what every text has in which it is: to look for that takes no time

    def places(self, text: str) -> Iterator[re.Match[str]]:
        """Where a text has it."""
        if self.needs in text:
            for match in self._pattern.finditer(text):
                start = match.start("slip")
                if not (self.unless and self._before.search(text, max(start - 100, 0), start)):
                    yield match

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.looks)

    @cached_property
    def _before(self) -> re.Pattern[str]:
        return re.compile(self.unless)


def slip(
    rule: str, looks: str, message: str, proper: Callable[[str], str] | str, unless: str = "", needs: str = ""
) -> Slip:
    """A slip by its looks; `proper` is what is right, or what makes it of what is wrong."""
    return Slip(rule, looks, message, proper if callable(proper) else partial(like, proper=proper), unless, needs)


def like(wrong: str, proper: str) -> str:
    """With a capital where what is wrong has one."""
    return proper[:1].upper() + proper[1:] if wrong[:1].isupper() else proper


def found(slips: Iterable[Slip], text: str) -> Iterator[Match]:
    """The slips in a text."""
    for each in slips:
        for match in each.places(text):
            start, end = match.span("slip")
            yield Match(
                offset=start,
                length=end - start,
                message=each.message,
                replacements=[each.proper(match["slip"])],
                rule=f"dispatch:{each.rule}",
                issue_type="grammar",
            )
