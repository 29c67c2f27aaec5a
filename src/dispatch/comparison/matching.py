"""Which block of an issue is which of another state of it: by what they say, wherever they stand."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from dispatch.comparison.letter import Letter, Part
from dispatch.comparison.words import likeness, words_of

Pair = tuple[Part | None, Part | None]

_ALIKE = 0.4
"""How much of two blocks must be the same for the one to be taken for a revision of the other."""

_MOST_PAIRS = 40_000
"""Pairs of changed blocks that are held against each other: 200 by 200. Of more, only those at one place are."""


def match_parts(before: Letter, after: Letter) -> list[tuple[Pair, bool]]:
    """Each part of one state with the same part of the other, if there is one, and whether it was moved.

    In the order of the state after; what was removed stands where it stood.
    """
    pairs = _matched(before.parts, after.parts)
    moved = _moved([(one, other) for one, other in pairs if one.is_block and other.is_block], before, after)
    return [
        ((one, other), bool(one and other and other.name in moved)) for one, other in _in_order(pairs, before, after)
    ]


def _matched(before: Sequence[Part], after: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Fields by their names; blocks that are the same first, then those that are most alike."""
    fields = {part.name: part for part in before if not part.is_block}
    pairs = [(fields[part.name], part) for part in after if part.name in fields]
    old, new = ([part for part in parts if part.is_block] for parts in (before, after))
    for one, other in [*_the_same(old, new)]:
        pairs.append((one, other))
        old.remove(one)
        new.remove(other)
    for one, other in _alike(old, new):
        if one in old and other in new:
            pairs.append((one, other))
            old.remove(one)
            new.remove(other)
    return pairs


def _the_same(old: Sequence[Part], new: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
    """Of blocks that say the same twice, the first is the first."""
    waiting: dict[object, list[Part]] = {}
    for part in old:
        waiting.setdefault(_says(part), []).append(part)
    for part in new:
        if same := waiting.get(_says(part)):
            yield same.pop(0), part


def _says(part: Part) -> object:
    return part.kind, part.text, part.links, tuple((image.name, image.alt) for image in part.images)


def _alike(old: Sequence[Part], new: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Pairs that may be a block and its revision, the best first; of two as good, the nearer one."""
    words = {id(part): _counted(part) for part in (*old, *new)}
    all_of_them = len(old) * len(new) <= _MOST_PAIRS
    pairs = ((one, other) for one in old for other in new) if all_of_them else zip(old, new, strict=False)
    scored: list[tuple[float, int, int, Part, Part]] = []
    for one, other in pairs:
        score = 1.0 if _same_picture(one, other) else likeness(words[id(one)], words[id(other)])
        if one.kind == other.kind and score >= _ALIKE:
            scored.append((-score, abs(old.index(one) - new.index(other)), len(scored), one, other))
    return [(one, other) for *_, one, other in sorted(scored)]


def _counted(part: Part) -> Counter[str]:
    alternatives = (image.alt for image in part.images)
    return Counter(word.strip().casefold() for word in words_of(" ".join((part.text, *alternatives))))


def _same_picture(one: Part, other: Part) -> bool:
    paths = [{image.path or image.name for image in part.images} for part in (one, other)]
    return bool(paths[0] & paths[1])


def _moved(pairs: Iterable[tuple[Part, Part]], before: Letter, after: Letter) -> set[str]:
    """The names of the fewest blocks that must be taken elsewhere to turn the one order into the other.

    Columns take with them what is in them, and within two that are the same, the order of that is looked at.
    """
    was, is_now = ({part.name: at for at, part in enumerate(letter.parts)} for letter in (before, after))
    groups: dict[tuple[str, str], list[tuple[Part, Part]]] = {}
    for one, other in sorted(pairs, key=lambda pair: is_now[pair[1].name]):
        groups.setdefault((_around(one), _around(other)), []).append((one, other))
    same = {("", ""), *((one.name, other.name) for one, other in groups.get(("", ""), ()))}
    moved: set[str] = set()
    for around, group in groups.items():
        stayed = _longest_rising([was[one.name] for one, _ in group]) if around in same else set()
        moved |= {other.name for at, (_, other) in enumerate(group) if at not in stayed}
    return moved


def _around(part: Part) -> str:
    """The name of the columns that a block stands in; "" for one that stands in none."""
    name, columns, _ = part.name.partition(".columns.")
    return name if columns else ""


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The positions of a longest rising subsequence (patience sorting)."""
    tops: list[int] = []  # the smallest number that a subsequence of each length ends with
    ends: list[int] = []  # its position
    previous: list[int] = []
    for at, number in enumerate(numbers):
        length = bisect_left(tops, number)
        previous.append(ends[length - 1] if length else -1)
        tops[length : length + 1] = [number]
        ends[length : length + 1] = [at]
    chain: set[int] = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.add(at)
        at = previous[at]
    return chain


def _in_order(pairs: Iterable[tuple[Part, Part]], before: Letter, after: Letter) -> Iterator[Pair]:
    """As the state after has them, with what was removed behind what stood before it."""
    of_new = {other.name: one for one, other in pairs}
    new_name = {one.name: name for name, one in of_new.items()}
    removed: dict[str, list[Part]] = {}  # by the name, after, of the nearest part before it that is still there
    nearest = ""
    for part in before.parts:
        if part.name in new_name:
            nearest = new_name[part.name]
        else:
            removed.setdefault(nearest, []).append(part)
    yield from ((part, None) for part in removed.get("", ()))
    for part in after.parts:
        yield of_new.get(part.name), part
        yield from ((gone, None) for gone in removed.get(part.name, ()))
