"""What changes for the reader of an issue: a Difference of two Letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TypeVar

from dispatch.checks.check import Finding
from dispatch.comparison.letter import Image, Letter, Link, Part
from dispatch.comparison.look import Look, compare_look
from dispatch.comparison.matching import Pair, match_parts
from dispatch.comparison.words import Piece, compare_words
from dispatch.errors import Problem

T = TypeVar("T")

_NUMBER = re.compile(r"\d[\d.,: ]*")


@dataclass(frozen=True)
class PartChange:
    """What became of a part; a part that is the same has none."""

    before: Part | None  # None: it was added
    after: Part | None  # None: it was removed
    moved: bool = False
    words: tuple[Piece, ...] = ()  # empty: they are the same
    set_off: tuple[tuple[str, str], ...] = ()  # words that are now bold, in italics or code, and were not
    no_longer_set_off: tuple[tuple[str, str], ...] = ()
    audience: tuple[str, str] | None = None  # whose alone it was and is (empty: everybody's), if that is another
    language: tuple[str, str] | None = None  # its own before and after (empty: the issue's), if that is another

    @property
    def touched(self) -> bool:
        """Whether anything is another but its place."""
        return bool(self.words or self.set_off or self.no_longer_set_off or self.audience or self.language)

    @property
    def part(self) -> Part:
        """The part as it is, or as it was."""
        part = self.after or self.before
        assert part  # noqa: S101 - one of them there is
        return part


@dataclass(frozen=True)
class LinkChange:
    """A link gained (`before` is None), lost (`after` is None), leading elsewhere, or with another text."""

    before: Link | None
    after: Link | None


@dataclass(frozen=True)
class PictureChange:
    """A picture gained, lost, or with another content, alternative text or size."""

    before: Image | None
    after: Image | None
    part: Part  # that it stands in, or stood

    @property
    def alternative(self) -> tuple[Piece, ...]:
        """What changes of the text in its place; nothing where that is the same, or the picture gained or lost."""
        if not self.before or not self.after or self.before.alt == self.after.alt:
            return ()
        return compare_words(self.before.alt, self.after.alt)


@dataclass(frozen=True)
class FindingChanges:
    """What the checks say that they did not say, and what they do not say any more."""

    gained: tuple[Finding, ...] = ()
    lost: tuple[Finding, ...] = ()
    known: bool = True  # False: of one of the states it could not be found out


_NO_CHANGES, _SAME_LOOK = FindingChanges(), Look()


@dataclass(frozen=True)
class Difference:
    """What changes for the reader of one issue."""

    before: Letter | None  # None: there was no such issue, or it could not be compiled
    after: Letter | None
    name: str = ""  # of its file, for where there is no letter
    parts: tuple[PartChange, ...] = ()
    links: tuple[LinkChange, ...] = ()
    pictures: tuple[PictureChange, ...] = ()
    findings: FindingChanges = _NO_CHANGES
    look: Look = _SAME_LOOK
    text_part: tuple[Piece, ...] = ()  # where the words of the HTML are the same and those of the text part are not
    problems_before: tuple[Problem, ...] = ()  # why it could not be compiled, or checked if there is a letter
    problems_after: tuple[Problem, ...] = ()

    @property
    def letter(self) -> Letter | None:
        """The issue as it is, or as it was; None where neither can be read."""
        return self.after or self.before

    @property
    def slug(self) -> str:
        """What the issue goes by, or went by; where it cannot be read, its file's name."""
        return self.letter.slug if self.letter else self.name

    @property
    def renamed(self) -> bool:
        """Whether it goes by another slug."""
        return bool(self.before and self.after and self.before.slug != self.after.slug)

    @property
    def unreadable(self) -> bool:
        """Whether it is there in both states, and can be read in neither."""
        return not self.letter and bool(self.problems_before and self.problems_after)

    @property
    def unchecked(self) -> tuple[Problem, ...]:
        """Why it is not known which findings were gained and lost, each reason once."""
        sides = ((self.before, self.problems_before), (self.after, self.problems_after))
        return tuple(dict.fromkeys(problem for letter, problems in sides if letter for problem in problems))

    @property
    def words_differ(self) -> bool:
        """Whether there is anything else to read."""
        return any(change.words or not change.before or not change.after for change in self.parts)

    @property
    def only_look(self) -> bool:
        """Whether nothing differs but the look."""
        return bool(self.look) and not replace(self, look=_SAME_LOOK)

    def __bool__(self) -> bool:
        """Whether anything differs, or nobody can tell; but for numbers that follow from nothing a reader could see."""
        sides = (bool(self.before), bool(self.after))
        findings = self.findings.gained or self.findings.lost
        seen = self.parts or self.links or self.pictures or self.look or self.text_part
        troubled = self.problems_before != self.problems_after
        return bool(seen or findings or troubled or self.renamed or sides[0] != sides[1] or self.unreadable)


def compare(before: Letter, after: Letter) -> Difference:
    """What changes for the reader from one state of an issue to another."""
    pairs = match_parts(before, after)
    parts = tuple(change for pair, moved in pairs if (change := _part_change(pair, moved=moved)))
    difference = Difference(
        before,
        after,
        parts=parts,
        links=tuple(_link_changes(before, after)),
        pictures=tuple(_picture_changes(pair for pair, _ in pairs)),
        findings=_finding_changes(before, after, [pair for pair, _ in pairs]),
        look=compare_look(before, after, [pair for pair, _ in pairs]),
    )
    if difference.parts or difference.links or difference.pictures or before.text == after.text:
        return difference
    return replace(difference, text_part=compare_words(before.text, after.text))


def of_new(after: Letter) -> Difference:
    """What an issue that there was not brings."""
    own = [part for part in after.parts if part.is_block or part.images]
    return Difference(
        None,
        after,
        links=tuple(LinkChange(None, link) for part in own for link in part.links),
        pictures=tuple(PictureChange(None, image, part) for part in own for image in part.images),
        findings=FindingChanges(gained=after.findings or (), known=after.findings is not None),
    )


def of_old(before: Letter) -> Difference:
    """What an issue that there is no more took with it."""
    return Difference(before, None, findings=FindingChanges(known=before.findings is not None))


def _part_change(pair: Pair, *, moved: bool) -> PartChange | None:
    before, after = pair
    if not before or not after:
        old, new = (part.text if part else "" for part in pair)
        # A picture, a line across: there is nothing to read, but it is there or it is not.
        return PartChange(before, after, words=compare_words(old, new)) if _is_seen(before or after) else None
    changed = PartChange(
        before,
        after,
        moved,
        words=compare_words(before.text, after.text) if before.text != after.text else (),
        audience=(before.audience, after.audience) if before.audience != after.audience else None,
        language=(before.language, after.language) if before.language != after.language else None,
    )
    if not changed.words:
        gained, lost = _gained_and_lost(before.emphasis, after.emphasis, key=str)
        changed = replace(changed, set_off=tuple(gained), no_longer_set_off=tuple(lost))
    return changed if moved or changed.touched else None


def _is_seen(part: Part | None) -> bool:
    return bool(part and (part.text or part.images or part.is_block))


def _gained_and_lost(old: Iterable[T], new: Iterable[T], *, key: Callable[[T], Hashable]) -> tuple[list[T], list[T]]:
    """Those of the new ones that there were not, and of the old ones that there are no more; one is as good as its like."""
    lost, gained = list(old), []
    for each in new:
        same = next((other for other in lost if key(other) == key(each)), None)
        if same is None:
            gained.append(each)
        else:
            lost.remove(same)
    return gained, lost


def _paired(old: list[T], new: list[T], *, key: Callable[[T], Hashable]) -> Iterator[tuple[T, T]]:
    """Those that have something in common, in order; they are taken out of both lists."""
    for each in list(new):
        like = next((other for other in old if key(other) == key(each)), None)
        if like is not None:
            old.remove(like)
            new.remove(each)
            yield like, each


def _links(letter: Letter) -> list[Link]:
    return [link for part in letter.parts for link in part.links]


def _link_changes(before: Letter, after: Letter) -> Iterator[LinkChange]:
    gained, lost = _gained_and_lost(_links(before), _links(after), key=lambda link: link)
    for old, new in [*_paired(lost, gained, key=lambda link: link.text)]:
        yield LinkChange(old, new)
    for old, new in [*_paired(lost, gained, key=lambda link: link.url)]:
        yield LinkChange(old, new)
    yield from (LinkChange(None, link) for link in gained)
    yield from (LinkChange(link, None) for link in lost)


def _picture_changes(pairs: Iterable[Pair]) -> Iterator[PictureChange]:
    """Within a part the pictures stand in order; one that went from a part to another is neither gained nor lost."""
    gone: list[tuple[Image, Part]] = []
    come: list[tuple[Image, Part]] = []
    for before, after in pairs:
        for old, new in zip_longest(before.images if before else (), after.images if after else ()):
            if old and new and after and (old.name, old.alt, old.shown) != (new.name, new.alt, new.shown):
                yield PictureChange(old, new, after)
            elif old and before and not new:
                gone.append((old, before))
            elif new and after and not old:
                come.append((new, after))
    gained, lost = _gained_and_lost(gone, come, key=lambda each: (each[0].name, each[0].alt))
    for (old, _), (new, part) in [*_paired(lost, gained, key=lambda each: each[0].path or each[0].name)]:
        yield PictureChange(old, new, part)
    yield from (PictureChange(None, image, part) for image, part in gained)
    yield from (PictureChange(image, None, part) for image, part in lost)


def _finding_changes(before: Letter, after: Letter, pairs: Sequence[Pair]) -> FindingChanges:
    """By check, part and message: a finding that only stands in another line, or counts one more, is the same."""
    if before.findings is None or after.findings is None:
        return FindingChanges(known=False)
    renamed = {one.name: other.name for one, other in pairs if one and other}
    old = [(renamed.get(each.block, f"{each.block} before") if each.block else "", each) for each in before.findings]
    new = [(each.block, each) for each in after.findings]

    def said(told: tuple[str, Finding]) -> tuple[Hashable, ...]:
        block, finding = told
        file = "" if finding.location.file in {before.file, after.file} else finding.location.file
        return block, file, finding.check, finding.severity, finding.message

    def about(told: tuple[str, Finding]) -> tuple[Hashable, ...]:
        return *said(told)[:-1], _NUMBER.sub("0", told[1].message)

    gained, lost = _gained_and_lost(old, new, key=said)
    gained, lost = _gained_and_lost(lost, gained, key=about)
    return FindingChanges(tuple(finding for _, finding in gained), tuple(finding for _, finding in lost))


def those_alike(differences: Iterable[Difference]) -> list[list[Difference]]:
    """The differences, one by one, but those together of which the same is to be told.

    In these nothing differs but the look, in the same way; or they cannot be read for the same reasons.
    """
    groups: dict[Hashable, list[Difference]] = {}
    for difference in differences:
        groups.setdefault(_gist(difference), []).append(difference)
    return list(groups.values())


def _gist(difference: Difference) -> Hashable:
    if difference.unreadable:
        return difference.problems_before, difference.problems_after
    return difference.look.gist if difference.only_look else id(difference)
