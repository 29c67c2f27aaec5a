"""What changes in the look of a mail whose words stay: declarations, elements and style sheets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dispatch.comparison.letter import FRAME, Letter, Part, declarations

_RULE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class StyleChange:
    """Values of a property before and after, and how often they change."""

    name: str
    before: str  # empty: it was not set there
    after: str
    times: int


@dataclass(frozen=True)
class Look:
    """What differs to the eye where the words, links and pictures are the same."""

    parts: tuple[str, ...] = ()  # the names of those whose elements or declarations differ
    styles: tuple[StyleChange, ...] = ()  # in these parts
    sheet: tuple[StyleChange, ...] = ()  # in the style sheets: hover, phones, dark mode
    elements: bool = False  # the parts are made of other elements or attributes
    rules: bool = False  # the style sheets differ in anything

    def __bool__(self) -> bool:
        return bool(self.parts or self.sheet or self.rules)

    @property
    def gist(self) -> frozenset[tuple[str, str, str]]:
        """What is the same in all issues of which the theme has changed: values, not how often."""
        return frozenset((change.name, change.before, change.after) for change in (*self.styles, *self.sheet))


def compare_look(before: Letter, after: Letter, pairs: Iterable[tuple[Part | None, Part | None]]) -> Look:
    """How the look changes. Of parts whose words or pictures differ only those are told that are in the style sheets."""
    changed = [(one, other) for one, other in pairs if one and other and _looks_different(one, other)]
    old, new = (Counter(each for pair in changed for each in _styles(pair[side])) for side in (0, 1))
    sheets = (Counter(_declared(letter.sheets)) for letter in (before, after))
    return Look(
        tuple(other.name for _, other in changed),
        tuple(_style_changes(old, new)),
        tuple(_style_changes(*sheets)) if before.sheets != after.sheets else (),
        elements=any(_bare(one) != _bare(other) for one, other in changed),
        rules=before.sheets != after.sheets,
    )


def _looks_different(one: Part, other: Part) -> bool:
    if _goes_around(one):
        return {*one.markup} != {*other.markup}
    same = (one.text, one.emphasis) == (other.text, other.emphasis) and len(one.images) == len(other.images)
    return same and len(one.links) == len(other.links) and one.markup != other.markup


def _styles(part: Part) -> Iterable[tuple[str, str]]:
    return {*part.styles} if _goes_around(part) else part.styles


def _bare(part: Part) -> Iterable[str]:
    bare = [re.sub(r' style="[^"]*"', "", element) for element in part.markup]
    return {*bare} if _goes_around(part) else bare


def _goes_around(part: Part) -> bool:
    """Whether it stands around other parts, and so there is more or less of it with every one of them."""
    return part.name == FRAME or not (part.text or part.images)


def _declared(sheets: str) -> Iterator[tuple[str, str]]:
    """Each declaration of the rules, at any depth."""
    for rule in _RULE.finditer(sheets):
        for name, value in declarations(rule[1]):
            yield name, value.replace("!important", "").strip()


def _style_changes(before: Counter[tuple[str, str]], after: Counter[tuple[str, str]]) -> Iterator[StyleChange]:
    """What was taken out of a property stands beside what was put in, in order of value."""
    gone, come = before - after, after - before
    for name in sorted({name for name, _ in (*gone, *come)}):
        old, new = (
            sorted((value, times) for (each, value), times in side.items() if each == name) for side in (gone, come)
        )
        for at in range(max(len(old), len(new))):
            was, times_before = old[at] if at < len(old) else ("", 0)
            is_now, times_after = new[at] if at < len(new) else ("", 0)
            yield StyleChange(name, was, is_now, max(times_before, times_after))
